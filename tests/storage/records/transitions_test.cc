#include "storage/records/transitions.h"

#include <set>

#include "re2/re2.h"
#include "tests/storage/records/records_fixture.h"

namespace charter::storage {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TransitionRecord Violated(int number, double time, int revision = 1) {
  TransitionRecord record;
  record.instance = "first-response~1";
  record.kind = "violated";
  record.cause = absl::StrCat("target ü", number);
  record.revision = revision;
  record.key =
      TransitionKey(record.instance, record.kind, record.cause, revision);
  record.number = number;
  record.time = At(time);
  record.transition.set_milestone("cases/a/milestones/m1");
  record.transition.set_kind(charter::v1::Transition::VIOLATED);
  return record;
}

class TransitionsTest : public RecordsTest {
 protected:
  void Insert(absl::string_view item, std::vector<TransitionRecord> records) {
    Do([&](Transaction& tx) { return InsertTransitions(tx, item, records); });
  }
  std::vector<TransitionRecord> Load(absl::string_view item) {
    return Do([&](Transaction& tx) { return LoadTransitions(tx, item); });
  }
};
CHARTER_CONFORMANCE(TransitionsTest);

TEST(TransitionKeyTest, K6_TellsApartWhateverDiffers) {
  const std::string key = TransitionKey("a", "b", "c", 1);
  EXPECT_TRUE(RE2::FullMatch(key, "[0-9a-z]{26}")) << key;
  EXPECT_EQ(TransitionKey("a", "b", "c", 1), key);
  EXPECT_EQ(
      (std::set<std::string>{
           key, TransitionKey("a", "b", "c", 2),
           TransitionKey("ab", "", "c", 1), TransitionKey("", "ab", "c", 1),
           TransitionKey("a", "bc", "", 1), TransitionKey("a", "b", "c1", 1),
           TransitionKey("a", "b", "", 1)})
          .size(),
      7u);
}

TEST_P(TransitionsTest, K6_GivesBackAllThatWasSaid) {
  TransitionRecord record = Violated(1, 10);
  record.moment = At(9.5);
  record.late = true;
  record.retracted = true;
  record.publish_time = At(11);
  record.transition.mutable_late_by()->set_seconds(1);
  Insert("cases/a", {record});
  const std::vector<TransitionRecord> loaded = Load("cases/a");
  ASSERT_EQ(loaded.size(), 1u);
  const TransitionRecord& got = loaded[0];
  EXPECT_EQ(got.key, record.key);
  EXPECT_EQ(got.instance, record.instance);
  EXPECT_EQ(got.kind, "violated");
  EXPECT_EQ(got.cause, record.cause);
  EXPECT_EQ(got.revision, 1);
  EXPECT_EQ(got.number, 1);
  EXPECT_EQ(got.time, At(10));
  EXPECT_EQ(got.moment, At(9.5));
  EXPECT_TRUE(got.late);
  EXPECT_TRUE(got.retracted);
  EXPECT_FALSE(got.superseded);
  EXPECT_EQ(got.publish_time, At(11));
  EXPECT_EQ(got.transition.key(), record.key);
  EXPECT_EQ(got.transition.milestone(), "cases/a/milestones/m1");
  EXPECT_EQ(got.transition.kind(), charter::v1::Transition::VIOLATED);
  EXPECT_EQ(got.transition.time().seconds(), absl::ToUnixSeconds(At(10)));
  EXPECT_EQ(got.transition.cause(), record.cause);
  EXPECT_EQ(got.transition.revision(), 1);
  EXPECT_TRUE(got.transition.late());
  EXPECT_TRUE(got.transition.withdrawn());
  EXPECT_EQ(got.transition.publish_time().seconds(),
            absl::ToUnixSeconds(At(11)));
  EXPECT_EQ(got.transition.late_by().seconds(), 1);
}

TEST_P(TransitionsTest, K6_OneKeyIsStoredOnce) {
  Insert("cases/a", {Violated(1, 10)});
  Insert("cases/b", {Violated(1, 10)});
  EXPECT_THAT(Try([](Transaction& tx) {
                return InsertTransitions(tx, "cases/a", {Violated(1, 12)});
              }),
              IsKind(ErrorKind::kDuplicateKey));
  Insert("cases/a", {Violated(1, 12, 2)});
  EXPECT_EQ(Load("cases/a").size(), 2u);
}

TEST_P(TransitionsTest, K7_AQuietOneIsStoredWithoutATimeOfPublishing) {
  Insert("cases/a", {Violated(1, 10)});
  EXPECT_EQ(Load("cases/a")[0].publish_time, std::nullopt);
  EXPECT_FALSE(Load("cases/a")[0].transition.has_publish_time());
}

TEST_P(TransitionsTest, E9_MarksWhatALaterRevisionReplaced) {
  Insert("cases/a", {Violated(1, 10), Violated(2, 20), Violated(3, 20)});
  Insert("cases/b", {Violated(1, 10)});
  Do([](Transaction& tx) {
    return MarkSuperseded(tx, "cases/a",
                          {Violated(1, 0).key, Violated(3, 0).key});
  });
  std::vector<bool> marks;
  for (const TransitionRecord& record : Load("cases/a"))
    marks.push_back(record.superseded);
  EXPECT_THAT(marks, ElementsAre(true, false, true));
  EXPECT_FALSE(Load("cases/b")[0].superseded);
}

TEST_P(TransitionsTest, LoadsInOrderOfTimeThenNumber) {
  Insert("cases/a",
         {Violated(1, 20), Violated(2, 10), Violated(3, 20), Violated(4, 10)});
  Insert("cases/b", {Violated(5, 1)});
  const auto many = Do([](Transaction& tx) {
    return LoadManyTransitions(tx, {"cases/b", "cases/c", "cases/a"});
  });
  std::vector<int> numbers;
  for (const TransitionRecord& record : many.at("cases/a"))
    numbers.push_back(record.number);
  EXPECT_THAT(numbers, ElementsAre(2, 4, 1, 3));
  EXPECT_EQ(many.at("cases/b").size(), 1u);
  EXPECT_EQ(many.size(), 2u);
  Do([](Transaction& tx) { return PurgeTransitions(tx, "cases/a"); });
  EXPECT_THAT(Load("cases/a"), IsEmpty());
  EXPECT_EQ(Load("cases/b").size(), 1u);
}

}  // namespace
}  // namespace charter::storage

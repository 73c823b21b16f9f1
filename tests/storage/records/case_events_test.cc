#include "storage/records/case_events.h"

#include "google/protobuf/util/message_differencer.h"
#include "tests/storage/records/records_fixture.h"

namespace charter::storage {
namespace {

using charter::v1::CaseEvent;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

CaseEvent Stopped(absl::string_view key, absl::string_view reason = "parts") {
  CaseEvent event;
  event.set_key(std::string(key));
  event.mutable_occur_time()->set_seconds(5);
  event.mutable_record_time()->set_seconds(7);
  event.set_actor("agent ä");
  event.mutable_clock_stopped()->set_reason(std::string(reason));
  return event;
}

class CaseEventsTest : public RecordsTest {
 protected:
  void Append(absl::string_view item, int first,
              std::vector<CaseEvent> events) {
    Do([&](Transaction& tx) {
      return AppendCaseEvents(tx, item, first, events);
    });
  }
};
CHARTER_CONFORMANCE(CaseEventsTest);

std::vector<std::string> NamesOf(const std::vector<CaseEvent>& events) {
  std::vector<std::string> names;
  for (const CaseEvent& event : events) names.push_back(event.name());
  return names;
}

TEST_P(CaseEventsTest, E1_AHistoryIsKeptWholeInTheOrderOfRecording) {
  Append("cases/a", 1, {Stopped("k1"), Stopped("k2", "weather")});
  Append("cases/a", 3, {Stopped("k3")});
  Append("cases/b", 1, {Stopped("k1")});
  const std::vector<CaseEvent> events =
      Do([](Transaction& tx) { return LoadCaseEvents(tx, "cases/a"); });
  EXPECT_THAT(
      NamesOf(events),
      ElementsAre("cases/a/events/1", "cases/a/events/2", "cases/a/events/3"));
  CaseEvent expected = Stopped("k2", "weather");
  expected.set_name("cases/a/events/2");
  EXPECT_TRUE(
      google::protobuf::util::MessageDifferencer::Equals(events[1], expected));
  EXPECT_THAT(Do([](Transaction& tx) { return LoadCaseEvents(tx, "cases/c"); }),
              IsEmpty());
}

TEST_P(CaseEventsTest, E1_AKeyIsRecordedOncePerItem) {
  std::string longest;
  for (int i = 0; i < 128; ++i)
    longest += "\xf0\x9f\x95\x90";  // four octets each
  Append("cases/a", 1,
         {Stopped("k1"), Stopped("k2"), Stopped("k1 "), Stopped("K1"),
          Stopped(longest), Stopped(longest + "x")});
  EXPECT_THAT(Try([](Transaction& tx) {
                return AppendCaseEvents(tx, "cases/a", 7,
                                        {Stopped("k3"), Stopped("k2")});
              }),
              IsKind(ErrorKind::kDuplicateKey));
  EXPECT_EQ(Number("SELECT COUNT(*) FROM case_events"), 6);
  const auto found = Do([&](Transaction& tx) {
    return FindCaseEventKeys(tx, "cases/a", {"k2", "k3", "k1 ", longest + "x"});
  });
  EXPECT_THAT(found, ElementsAre(Pair("k1 ", 3), Pair("k2", 2),
                                 Pair(longest + "x", 6)));
  EXPECT_THAT(Do([](Transaction& tx) {
                return FindCaseEventKeys(tx, "cases/b", {"k2"});
              }),
              IsEmpty());
}

TEST_P(CaseEventsTest, ANumberIsTakenOnce) {
  Append("cases/a", 1, {Stopped("k1")});
  EXPECT_THAT(Try([](Transaction& tx) {
                return AppendCaseEvents(tx, "cases/a", 1, {Stopped("k2")});
              }),
              IsKind(ErrorKind::kDuplicateKey));
}

TEST_P(CaseEventsTest, APageOfItemsCostsOneStatement) {
  Append("cases/a", 1, {Stopped("k1"), Stopped("k2")});
  Append("cases/b", 1, {Stopped("k1")});
  Append("cases/d", 1, {Stopped("k1")});
  const auto load = [](const std::vector<std::string>& names) {
    return [names](Transaction& tx) { return LoadManyCaseEvents(tx, names); };
  };
  const auto events = Do(load({"cases/d", "cases/c", "cases/a"}));
  const int round_trips = session_->last_round_trips();
  ASSERT_EQ(events.size(), 2u);
  EXPECT_THAT(NamesOf(events.at("cases/a")),
              ElementsAre("cases/a/events/1", "cases/a/events/2"));
  EXPECT_THAT(NamesOf(events.at("cases/d")), ElementsAre("cases/d/events/1"));
  Do(load({"cases/a"}));
  EXPECT_EQ(session_->last_round_trips(), round_trips);
  EXPECT_THAT(Do(load({})), IsEmpty());
}

TEST_P(CaseEventsTest, ReadsPagesAndPurges) {
  Append("cases/a", 1,
         {Stopped("k1"), Stopped("k2"), Stopped("k3"), Stopped("k4")});
  Append("cases/b", 1, {Stopped("k1")});
  EXPECT_THAT(NamesOf(Do([](Transaction& tx) {
                return ReadCaseEvents(tx, "cases/a", 1, 2);
              })),
              ElementsAre("cases/a/events/2", "cases/a/events/3"));
  Do([](Transaction& tx) { return PurgeCaseEvents(tx, "cases/a"); });
  EXPECT_THAT(Lines("SELECT case_name FROM case_events"),
              ElementsAre("cases/b"));
}

}  // namespace
}  // namespace charter::storage

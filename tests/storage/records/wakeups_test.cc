#include "storage/records/wakeups.h"

#include <numeric>
#include <set>

#include "absl/strings/str_cat.h"
#include "tests/storage/records/case_rows.h"
#include "tests/storage/records/records_fixture.h"

namespace charter::storage {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<int> AllShards() {
  std::vector<int> shards(kWakeupShards);
  std::iota(shards.begin(), shards.end(), 0);
  return shards;
}

std::vector<std::string> SubjectsOf(const std::vector<DueWakeup>& wakeups) {
  std::vector<std::string> subjects;
  for (const DueWakeup& wakeup : wakeups) subjects.push_back(wakeup.subject);
  return subjects;
}

class WakeupsTest : public RecordsTest {
 protected:
  void Move(std::vector<WakeupMove> moves) {
    Do([&](Transaction& tx) { return MoveWakeups(tx, moves); });
  }
  std::vector<std::string> Due(double now, int limit = 100,
                               const std::vector<int>& shards = AllShards()) {
    return SubjectsOf(Do([&](Transaction& tx) {
      return ReadDueWakeups(tx, shards, At(now), limit);
    }));
  }
  std::optional<absl::Time> Next(const std::vector<int>& shards = AllShards()) {
    return Do([&](Transaction& tx) { return NextWakeup(tx, shards); });
  }
};
CHARTER_CONFORMANCE(WakeupsTest);

TEST(WakeupShardTest, SpreadsEvenlyAndNeverChanges) {
  EXPECT_EQ(WakeupShard("cases/c1"), 15);
  std::vector<int> count(kWakeupShards);
  for (int i = 0; i < 16000; ++i)
    ++count[WakeupShard(absl::StrCat("cases/c", i))];
  for (int n : count) EXPECT_NEAR(n, 1000, 200);
}

TEST_P(WakeupsTest, ReadsWhatIsDueEarliestFirst) {
  EXPECT_EQ(Next(), std::nullopt);
  std::vector<WakeupMove> moves;
  for (int i = 0; i < 200; ++i) {
    moves.push_back({absl::StrCat("cases/c", i), std::nullopt, At(1000 - i)});
  }
  Move(moves);
  EXPECT_EQ(Next(), At(801));
  EXPECT_THAT(Due(803), ElementsAre("cases/c199", "cases/c198", "cases/c197"));
  EXPECT_THAT(Due(2000, 2), ElementsAre("cases/c199", "cases/c198"));
  EXPECT_THAT(Due(800.999999), IsEmpty());
  EXPECT_EQ(Due(2000, 1000).size(), 200u);
  EXPECT_EQ(Do([](Transaction& tx) { return CountWakeups(tx); }), 200);
  const int one = session_->last_round_trips();
  Due(900, 10);
  EXPECT_EQ(session_->last_round_trips(), one);
}

TEST_P(WakeupsTest, AServerReadsItsOwnShards) {
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) {
    Move({{absl::StrCat("cases/c", i), std::nullopt, At(i)}});
  }
  for (const std::vector<int>& shards : std::vector<std::vector<int>>{
           {0, 1, 2, 3, 4}, {5}, {6, 7}, {8, 9, 10, 11, 12, 13, 14, 15}}) {
    for (const std::string& subject : Due(1000, 100, shards)) {
      EXPECT_TRUE(seen.insert(subject).second) << subject;
    }
  }
  EXPECT_EQ(seen.size(), 100u);
  EXPECT_THAT(Due(1000, 10, {}), IsEmpty());
  EXPECT_EQ(Next({WakeupShard("cases/c7")}).value() <= At(7), true);
}

TEST_P(WakeupsTest, MovesByExactKey) {
  std::vector<WakeupMove> added, moved, removed;
  for (int i = 0; i < 130; ++i) {
    const std::string subject = absl::StrCat("cases/c", i);
    added.push_back({subject, std::nullopt, At(i)});
    moved.push_back({subject, At(i), At(i + 0.5)});
    removed.push_back({subject, At(i + 0.5), std::nullopt});
  }
  Move(added);
  Move(moved);
  EXPECT_EQ(Do([](Transaction& tx) { return CountWakeups(tx); }), 130);
  EXPECT_EQ(Next(), At(0.5));
  removed.pop_back();
  Move(removed);
  EXPECT_THAT(Due(1000), ElementsAre("cases/c129"));
  Move({{"cases/c129", At(129.5), At(129.5)}});  // nothing
  Move({{"cases/c129", At(7), std::nullopt}});   // not what is stored: no harm
  EXPECT_THAT(Due(1000), ElementsAre("cases/c129"));
}

TEST_P(WakeupsTest, K6_OnlySubjectsStillDueAreLockedInOrder) {
  Do([](Transaction& tx) { return InsertCaseRow(tx, "cases/c", At(5)); });
  Do([](Transaction& tx) { return InsertCaseRow(tx, "cases/a", At(1)); });
  Do([](Transaction& tx) {
    return InsertCaseRow(tx, "cases/b", At(9));
  });  // moved on
  Do([](Transaction& tx) {
    return InsertCaseRow(tx, "cases/d", std::nullopt);
  });  // ended
  const auto locked = Do([](Transaction& tx) {
    return LockDueCases(
        tx, {"cases/c", "cases/d", "cases/b", "cases/a", "cases/gone"}, At(5));
  });
  EXPECT_THAT(SubjectsOf(locked), ElementsAre("cases/a", "cases/c"));
  EXPECT_EQ(locked[1].due, At(5));
  EXPECT_EQ(Try([](Transaction& tx) {
              return LockDueCases(tx, std::vector<std::string>(65, "cases/a"),
                                  At(5))
                  .status();
            }).code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_P(WakeupsTest, K6_TwoWorkersNeverHoldTheSameSubject) {
  if (sqlite()) return;  // one writer at a time: nothing to race
  for (const char* name : {"cases/a", "cases/b", "cases/c"}) {
    Do([&](Transaction& tx) { return InsertCaseRow(tx, name, At(1)); });
  }
  std::unique_ptr<Session> other = store_->OpenSession();
  const std::vector<std::string> all = {"cases/a", "cases/b", "cases/c"};
  Do([&](Transaction& tx) {
    const auto mine = LockDueCases(tx, {"cases/a", "cases/c"}, At(5));
    EXPECT_EQ(mine->size(), 2u);
    const auto theirs = On(*other, [&](Transaction& theirs_tx) {
      return LockDueCases(theirs_tx, all, At(5));
    });
    EXPECT_THAT(SubjectsOf(theirs), ElementsAre("cases/b"));
    return mine.status();
  });
}

}  // namespace
}  // namespace charter::storage

#include "server/workers/wakeup_worker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/services/cases/cases.h"
#include "server/services/shared/time_convert.h"
#include "server/workers/feed_publisher.h"
#include "tests/support/service_world.h"

namespace charter::workers {
namespace {

using storage::Engine;
using test::ServiceWorld;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

// Figures of all clocks, nothing of when they were computed.
constexpr char kFigures[] =
    "SELECT name, state, start_time, target_time, completion_time, violated, "
    "violation_time FROM milestones ORDER BY name";
constexpr char kTold[] =
    "SELECT case_name, transition_key, number, time_us, superseded FROM "
    "transitions ORDER BY case_name, number";

class WakeupWorkerTest : public testing::TestWithParam<Engine> {
 protected:
  WakeupWorkerTest() { world_.SetUpSupport(); }

  // The database is gone.
  int LostLink() const { return GetParam() == Engine::kSqlite ? 10 : 2013; }
  // Also waits for locks that a transaction left behind when its link broke.
  void Settle() {
    WakeupWorker worker(world_.services());
    do {
      EXPECT_EQ(worker.RunUntilIdle(), absl::OkStatus());
      world_.clock().Advance(absl::Milliseconds(10));
    } while (world_.Number(
                 absl::StrCat("SELECT COUNT(*) FROM wakeups WHERE due_us <= ",
                              absl::ToUnixMicros(world_.now()))) > 0);
  }
  std::vector<std::string> Transitions(const std::string& item) {
    return world_.Lines(absl::StrCat(
        "SELECT number, time_us, publish_us FROM transitions WHERE case_name = "
        "'cases/",
        item, "' ORDER BY number"));
  }
  static std::string At(absl::Time time) {
    return absl::StrCat(absl::ToUnixMicros(time));
  }

  ServiceWorld world_{{.engine = GetParam()}};
};
INSTANTIATE_TEST_SUITE_P(All, WakeupWorkerTest,
                         testing::ValuesIn(test::kEngines), test::EngineName);

TEST_P(WakeupWorkerTest, K6_TimersFireAtTheirInstantsAndMoveOn) {
  const absl::Time opened = world_.now();
  world_.Open("a");
  WakeupWorker worker(world_.services());
  const size_t at_first = Transitions("a").size();
  EXPECT_EQ(world_.Lines("SELECT due_us, subject FROM wakeups"),
            (std::vector<std::string>{
                absl::StrCat(At(opened + absl::Minutes(30)), "|cases/a")}));

  world_.clock().Advance(absl::Minutes(30) - absl::Microseconds(1));
  ASSERT_EQ(worker.RunUntilIdle(), absl::OkStatus());
  EXPECT_THAT(Transitions("a"), SizeIs(at_first));

  world_.clock().Advance(absl::Microseconds(1));
  ASSERT_EQ(worker.RunUntilIdle(), absl::OkStatus());
  const std::string half = At(opened + absl::Minutes(30));
  EXPECT_EQ(Transitions("a").back(),
            absl::StrCat(at_first + 1, "|", half, "|", half));
  EXPECT_THAT(world_.Lines("SELECT topic, attempt FROM actions"),
              ElementsAre("notify|0"));
  EXPECT_EQ(world_.Lines("SELECT due_us, subject FROM wakeups"),
            (std::vector<std::string>{
                absl::StrCat(At(opened + absl::Hours(1)), "|cases/a")}));
  EXPECT_EQ(world_.Number("SELECT next_due_us FROM cases"),
            absl::ToUnixMicros(opened + absl::Hours(1)));
}

TEST_P(WakeupWorkerTest, K6_SleepsUntilTheNextTimer) {
  world_.Open("a");
  WakeupWorker worker(world_.services());
  absl::Time next = *worker.RunOnce();
  if (GetParam() == Engine::kSqlite) {
    EXPECT_EQ(next, world_.now() + absl::Minutes(30));
  } else {
    EXPECT_LE(next, world_.now() + LeaseKeeper::kRenewEvery);
  }
  world_.clock().Advance(absl::Minutes(30) - absl::Milliseconds(20));
  next = *worker.RunOnce();
  EXPECT_EQ(next, world_.now() + absl::Milliseconds(20));
}

TEST_P(WakeupWorkerTest, K5_AllThatWasMissedFiresInOrderAndSaysHowLate) {
  const absl::Time opened = world_.now();
  world_.Open("a");
  world_.clock().Advance(absl::Hours(6));
  Settle();
  FeedPublisher publisher(world_.services());
  ASSERT_EQ(publisher.RunUntilIdle(), absl::OkStatus());
  std::vector<std::string> told;
  for (const v1::Event& event : world_.Feed()) {
    if (!event.has_transition()) continue;
    const v1::Transition& t = event.transition();
    const absl::Duration after =
        absl::FromUnixSeconds(t.time().seconds()) - opened;
    if (after == absl::ZeroDuration()) continue;
    EXPECT_EQ(after + absl::Seconds(t.late_by().seconds()), absl::Hours(6));
    told.push_back(
        absl::StrCat(event.type(), " ", absl::FormatDuration(after)));
  }
  EXPECT_THAT(
      told,
      ElementsAre("milestone.warning 30m", "milestone.violated 1h",
                  "milestone.violation_trigger 1h", "milestone.violated 4h",
                  "milestone.violation_trigger 4h"));
  // What the trigger did took effect at its own moment.
  EXPECT_EQ(world_.Number("SELECT priority FROM cases"), 1);
  EXPECT_THAT(world_.Lines("SELECT display_name, owner FROM tasks"),
              ElementsAre("Look|lead"));
}

TEST_P(WakeupWorkerTest,
       T4_AServerThatWasDownGivesTheFiguresOfOneThatNeverWas) {
  ServiceWorld other({.engine = GetParam()});
  other.SetUpSupport();
  WakeupWorker steady(world_.services());
  WakeupWorker down(other.services());
  for (ServiceWorld* world : {&world_, &other}) {
    for (const char* id : {"a", "b", "c"}) {
      world->Open(id);
      world->clock().Advance(absl::Minutes(7));
    }
  }
  for (int minute = 0; minute < 300; minute += 10) {
    world_.clock().Advance(absl::Minutes(10));
    other.clock().Advance(absl::Minutes(10));
    ASSERT_EQ(steady.RunUntilIdle(), absl::OkStatus());
    // Down for an hour, twice: once across warnings, once across violations.
    const bool up = minute >= 60 && (minute < 180 || minute >= 240);
    if (up) {
      ASSERT_EQ(down.RunUntilIdle(), absl::OkStatus());
    }
    if (minute != 120) continue;
    for (ServiceWorld* world : {&world_, &other}) {
      world->Do(&services::CloseCase,
                test::Proto<v1::CloseCaseRequest>("name: 'cases/b'"));
    }
  }
  EXPECT_EQ(world_.Lines(kFigures), other.Lines(kFigures));
  EXPECT_EQ(world_.Lines(kTold), other.Lines(kTold));
  EXPECT_THAT(world_.Lines("SELECT name FROM milestones WHERE violated = 1"),
              testing::Not(IsEmpty()));
}

// Kills it at each statement of the firing, then goes on with a new one.
TEST_P(WakeupWorkerTest, K6_AKillAtAnyPointLosesNoneAndDoublesNone) {
  FeedPublisher publisher(world_.services());
  int statement = 1;
  for (bool killed = true; killed; ++statement) {
    ASSERT_LT(statement, 60);
    const std::string id = absl::StrCat("a", statement);
    world_.Open(id);
    world_.clock().Advance(absl::Minutes(30));
    int seen = 0;
    killed = false;
    world_.SetFault([&](absl::string_view sql) {
      if (killed && sql == "ROLLBACK") return 0;
      if (++seen < statement) return 0;
      const bool now = !killed;
      killed = true;
      return now ? LostLink() : 0;
    });
    {
      WakeupWorker worker(world_.services());
      // Storage may have found the link stale and gone on with a new one.
      worker.RunOnce().IgnoreError();
    }
    world_.SetFault(nullptr);
    world_.Restart();
    world_.clock().Advance(LeaseKeeper::kLifetime);
    Settle();
    // A warning, once, wherever one looks.
    EXPECT_EQ(world_.Number(absl::StrCat(
                  "SELECT COUNT(*) FROM actions WHERE topic = 'notify'")),
              statement)
        << "killed at statement " << statement;
    EXPECT_EQ(world_.Number("SELECT COUNT(*) FROM wakeups"),
              world_.Number(
                  "SELECT COUNT(*) FROM cases WHERE next_due_us IS NOT NULL"));
    EXPECT_EQ(world_.Number("SELECT COUNT(*) FROM wakeups JOIN cases ON "
                            "next_due_us = due_us AND name = wakeups.subject"),
              world_.Number("SELECT COUNT(*) FROM wakeups"));
  }
  EXPECT_GT(statement, 10);
  FeedPublisher last(world_.services());
  ASSERT_EQ(last.RunUntilIdle(), absl::OkStatus());
  std::multiset<std::string> keys;
  for (const v1::Event& event : world_.Feed()) {
    if (event.has_transition())
      keys.insert(event.subject() + event.transition().key());
  }
  for (const std::string& key : keys) EXPECT_EQ(keys.count(key), 1u);
  EXPECT_EQ(static_cast<int64_t>(keys.size()),
            world_.Number("SELECT COUNT(*) FROM transitions"));
}

TEST_P(WakeupWorkerTest, K6_TwoWorkersAtOnceFireEachTimerOnce) {
  constexpr int kItems = 150;
  for (int i = 0; i < kItems; ++i) world_.Open(absl::StrCat("a", i));
  test::Host& second = world_.AddHost();
  WakeupWorker one(world_.services());
  WakeupWorker two(second.services());
  ASSERT_TRUE(one.RunOnce().ok());
  // Both believe that the lease is theirs: nothing may rest on it.
  world_.Execute("UPDATE leases SET expire_us = 0");
  ASSERT_TRUE(two.RunOnce().ok());
  world_.clock().Advance(absl::Minutes(30));
  world_.Execute("UPDATE leases SET expire_us = 0");
  std::atomic<int> failures = 0;
  std::vector<std::thread> threads;
  for (WakeupWorker* worker : {&one, &two}) {
    threads.emplace_back([&, worker] {
      while (world_.Number("SELECT COUNT(*) FROM actions") < kItems) {
        if (!worker->RunOnce().ok()) ++failures;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(failures, 0);
  EXPECT_EQ(world_.Number("SELECT COUNT(*) FROM actions"), kItems);
  EXPECT_EQ(world_.Number("SELECT COUNT(*) FROM transitions WHERE time_us = " +
                          At(world_.now())),
            kItems);
  EXPECT_EQ(world_.Number("SELECT COUNT(*) FROM wakeups"), kItems);
}

// It saw `a` coming, whose clock ends before it is due; `b` comes meanwhile.
TEST_P(WakeupWorkerTest, K6_WhatWasSeenComingAndWentAwayDelaysNobody) {
  const absl::Time opened = world_.now();
  world_.Open("a");
  WakeupWorker worker(world_.services());
  world_.clock().Advance(absl::Minutes(30) - absl::Milliseconds(20));
  const absl::StatusOr<absl::Time> next = worker.RunOnce();
  ASSERT_TRUE(next.ok()) << next.status();
  EXPECT_EQ(*next, opened + absl::Minutes(30));
  world_.Do(&services::CloseCase,
            test::Proto<v1::CloseCaseRequest>("name: 'cases/a'"));
  auto open = test::Proto<v1::OpenCaseRequest>(
      "case_id: 'b' case { account: 'accounts/acme' "
      "entitlement: 'entitlements/gold' subject: 'S' }");
  *open.mutable_occur_time() = services::ToProto(opened);
  world_.Do(&services::OpenCase, open);
  world_.clock().Advance(absl::Milliseconds(20));
  ASSERT_EQ(worker.RunUntilIdle(), absl::OkStatus());
  EXPECT_THAT(world_.Lines("SELECT DISTINCT case_name FROM transitions WHERE "
                           "time_us = " +
                           At(world_.now())),
              ElementsAre("cases/b"));
}

TEST_P(WakeupWorkerTest, K6_WhatWasSeenComingInAnEarlierReignFiresOnce) {
  test::Host& second = world_.AddHost();
  WakeupWorker one(world_.services());
  WakeupWorker two(second.services());
  world_.Open("a");
  world_.clock().Advance(absl::Minutes(30) - absl::Milliseconds(20));
  ASSERT_EQ(one.RunUntilIdle(), absl::OkStatus());
  world_.Execute("UPDATE leases SET expire_us = 0");
  world_.clock().Advance(absl::Milliseconds(20));
  ASSERT_EQ(two.RunUntilIdle(), absl::OkStatus());
  const std::vector<std::string> told = Transitions("a");
  EXPECT_EQ(world_.Number("SELECT COUNT(*) FROM actions"), 1);
  // The first has the lease again, and what it remembers is no longer so.
  world_.Execute("UPDATE leases SET expire_us = 0");
  world_.clock().Advance(LeaseKeeper::kRenewEvery);
  ASSERT_EQ(one.RunUntilIdle(), absl::OkStatus());
  EXPECT_EQ(Transitions("a"), told);
  EXPECT_EQ(world_.Number("SELECT COUNT(*) FROM actions"), 1);
  EXPECT_THAT(world_.Lines("SELECT subject FROM wakeups"),
              ElementsAre("cases/a"));
}

TEST_P(WakeupWorkerTest, K6_AnItemThatBreaksIsTriedAloneAndParkedAtLast) {
  for (const char* id : {"a", "b", "c"}) world_.Open(id);
  world_.Execute(
      "UPDATE case_events SET payload = X'FFFFFF' WHERE case_name = 'cases/b'");
  world_.clock().Advance(absl::Minutes(30));
  WakeupWorker worker(world_.services());
  testing::internal::CaptureStdout();  // the log, in tests
  int passes = 0;
  while (world_.Number("SELECT COUNT(*) FROM cases WHERE evaluation_error_set "
                       "= 1") == 0) {
    ASSERT_LT(++passes, 1000);
    const absl::StatusOr<absl::Time> next = worker.RunOnce();
    ASSERT_TRUE(next.ok()) << next.status();
    if (passes == 1) {
      // The others didn't wait for it.
      EXPECT_EQ(world_.Number("SELECT COUNT(*) FROM actions"), 2);
    }
    if (*next > world_.now()) {
      world_.clock().Set(
          std::min(*next, world_.now() + absl::Milliseconds(500)));
    }
  }
  const std::string log = testing::internal::GetCapturedStdout();
  EXPECT_GE(passes, WakeupWorker::kMostTries);
  EXPECT_THAT(log, HasSubstr("\"subject\":\"cases/b\",\"cause\":\"a stored"));
  EXPECT_THAT(
      world_.Lines("SELECT name FROM cases WHERE evaluation_error_set = 1"),
      ElementsAre("cases/b"));
  EXPECT_THAT(
      world_.Lines("SELECT subject FROM wakeups WHERE subject = 'cases/b'"),
      IsEmpty());
  EXPECT_EQ(worker.RunUntilIdle(), absl::OkStatus());
  FeedPublisher publisher(world_.services());
  ASSERT_EQ(publisher.RunUntilIdle(), absl::OkStatus());
  int told = 0;
  for (const v1::Event& event : world_.Feed())
    told += event.type() == "case.evaluation_failed";
  EXPECT_EQ(told, 1);
}

TEST_P(WakeupWorkerTest, K6_AWakeupOfNoDueItemIsRemoved) {
  world_.Open("a");
  world_.Execute(
      absl::StrCat("INSERT INTO wakeups (shard, due_us, subject) VALUES (",
                   storage::WakeupShard("cases/gone"), ", ", At(world_.now()),
                   ", 'cases/gone')"));
  world_.Execute(absl::StrCat(
      "INSERT INTO wakeups (shard, due_us, subject) VALUES (",
      storage::WakeupShard("cases/a"), ", ", At(world_.now()), ", 'cases/a')"));
  WakeupWorker worker(world_.services());
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(worker.RunOnce().ok());
    world_.clock().Advance(absl::Milliseconds(10));
  }
  // The item's own is left.
  EXPECT_THAT(world_.Lines("SELECT subject FROM wakeups"),
              ElementsAre("cases/a"));
}

}  // namespace
}  // namespace charter::workers

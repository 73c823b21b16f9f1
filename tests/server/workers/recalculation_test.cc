#include "server/workers/recalculation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/services/admin/admin.h"
#include "server/services/calendar/calendar.h"
#include "server/services/cases/cases.h"
#include "server/services/process/process.h"
#include "server/services/shared/time_convert.h"
#include "server/workers/feed_publisher.h"
#include "server/workers/wakeup_worker.h"
#include "storage/records/generations.h"
#include "tests/support/service_world.h"

namespace charter::workers {
namespace {

using google::longrunning::Operation;
using storage::Engine;
using test::Proto;
using test::ServiceWorld;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

constexpr char kVienna[] = "businessHours/vienna";

// Everything that can be made again from the histories, with when it was told
// left out.
const char* const kDerived[] = {
    "SELECT * FROM milestones ORDER BY name",
    "SELECT case_name, transition_key, number, time_us, superseded FROM "
    "transitions ORDER BY case_name, number",
    "SELECT shard, due_us, subject FROM wakeups ORDER BY subject",
    "SELECT case_name, hours FROM case_hours ORDER BY case_name, hours",
    "SELECT name, row_version, status, priority, owner, process_version, "
    "closed, stopped, unanswered_since, reopen_count, next_target_time, "
    "violated, evaluate_time, evaluation_error, event_count, next_due_us, "
    "case_number FROM "
    "cases ORDER BY name",
};

class RecalculationTest : public testing::TestWithParam<Engine> {
 protected:
  // Monday to Friday, `from` to `to`, in Vienna, where it is an hour later than
  // in UTC in winter.
  static std::string Hours(const std::string& from, const std::string& to) {
    std::string text = "definition { time_zone: 'Europe/Vienna' ";
    for (const char* day :
         {"MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY"}) {
      absl::StrAppend(&text, "weekly { day: ", day, " start: '", from,
                      "' end: '", to, "' } ");
    }
    return text + "}";
  }
  void SetUpVienna() {
    world_.Do(&services::CreateBusinessHours,
              Proto<v1::CreateBusinessHoursRequest>(absl::StrCat(
                  "business_hours_id: 'vienna' business_hours { display_name: "
                  "'Vienna' ",
                  Hours("08:00", "17:00"), "}")));
    world_.SetUpSupport(kVienna);
  }
  // The new hours count from `from` on.
  void EditVienna(const std::string& start, const std::string& end,
                  absl::Time from) {
    auto request = Proto<v1::UpdateBusinessHoursRequest>(absl::StrCat(
        "business_hours { name: '", kVienna, "' ", Hours(start, end),
        "} update_mask { paths: 'definition' }"));
    *request.mutable_effective_time() = services::ToProto(from);
    world_.Do(&services::UpdateBusinessHours, request);
  }
  std::vector<Operation> Operations() {
    const auto response =
        world_.Do(&services::ListOperations,
                  google::longrunning::ListOperationsRequest());
    return {response.operations().begin(), response.operations().end()};
  }
  // Until all jobs are done.
  void Recalculate() {
    Recalculation job(world_.services());
    ASSERT_EQ(job.RunUntilIdle(), absl::OkStatus());
    world_.clock().Advance(Recalculation::LastLook());
    ASSERT_EQ(job.RunUntilIdle(), absl::OkStatus());
  }
  std::vector<std::vector<std::string>> Derived() {
    std::vector<std::vector<std::string>> all;
    for (const char* query : kDerived) all.push_back(world_.Lines(query));
    return all;
  }
  void Fire() {
    WakeupWorker worker(world_.services());
    ASSERT_EQ(worker.RunUntilIdle(), absl::OkStatus());
  }

  ServiceWorld world_{{.engine = GetParam()}};
};
INSTANTIATE_TEST_SUITE_P(All, RecalculationTest,
                         testing::ValuesIn(test::kEngines), test::EngineName);

TEST_P(RecalculationTest, B9_AnEditOfHoursReachesEveryOpenItem) {
  SetUpVienna();
  for (int i = 0; i < 70; ++i) world_.Open(absl::StrCat("a", i));
  world_.Do(&services::CloseCase,
            Proto<v1::CloseCaseRequest>("name: 'cases/a3'"));
  // At 10:00 in Vienna: four hours are over at 14:00.
  const absl::Time opened = world_.now();
  const absl::Time two = opened + absl::Hours(4);
  EXPECT_EQ(world_.Number(absl::StrCat(
                "SELECT COUNT(*) FROM milestones WHERE placement = 'fix' AND "
                "target_time = ",
                absl::ToUnixMicros(two))),
            70);
  // From now on Vienna closes at noon, so two hours are left for Tuesday.
  EditVienna("08:00", "12:00", opened);
  Recalculate();
  const absl::Time tuesday_ten = opened + absl::Hours(24);
  EXPECT_EQ(world_.Number(absl::StrCat(
                "SELECT COUNT(*) FROM milestones WHERE placement = 'fix' AND "
                "target_time = ",
                absl::ToUnixMicros(tuesday_ten))),
            69);
  const std::vector<Operation> operations = Operations();
  ASSERT_FALSE(operations.empty());
  v1::RecalculateResult result;
  ASSERT_TRUE(operations.back().done());
  ASSERT_TRUE(operations.back().response().UnpackTo(&result));
  EXPECT_EQ(result.done_count(), 69);
  EXPECT_EQ(result.changed_count(), 69);
  EXPECT_EQ(result.failed_count(), 0);
  v1::RecalculateProgress progress;
  ASSERT_TRUE(operations.back().metadata().UnpackTo(&progress));
  EXPECT_EQ(progress.total_count(), 69);
  EXPECT_EQ(progress.cause(), absl::StrCat("edit of ", kVienna));
}

TEST_P(RecalculationTest, B9_ACorrectionOfThePastIsToldLate) {
  SetUpVienna();
  world_.Open("a");
  const absl::Time opened = world_.now();
  EditVienna("08:00", "09:00", opened - absl::Hours(24));
  Recalculate();
  // It was opened an hour after closing: nothing counts before Tuesday.
  EXPECT_EQ(world_.Number("SELECT target_time FROM milestones WHERE placement "
                          "= 'first'"),
            absl::ToUnixMicros(opened + absl::Hours(23)));
  // And back: what was to be at half past ten is over by now.
  world_.clock().Set(opened + absl::Hours(3));
  EditVienna("08:00", "17:00", opened - absl::Hours(24));
  Recalculate();
  Fire();
  EXPECT_EQ(world_.Number("SELECT violation_time FROM milestones WHERE "
                          "placement = 'first'"),
            absl::ToUnixMicros(opened + absl::Hours(1)));
  EXPECT_EQ(world_.Number("SELECT COUNT(*) FROM actions"), 1);
}

TEST_P(RecalculationTest, B9_NoItemThatAWriteRacedWithIsLeftBehind) {
  SetUpVienna();
  constexpr int kItems = 40;
  for (int i = 0; i < kItems; ++i) world_.Open(absl::StrCat("a", i));
  const absl::Time opened = world_.now();
  std::atomic<bool> stop = false;
  std::vector<std::thread> writers;
  for (int writer = 0; writer < 2; ++writer) {
    writers.emplace_back([&, writer] {
      for (int n = 0; !stop && n < 400; ++n) {
        world_.Open(absl::StrCat("w", writer, "-", n));
        world_.Do(&services::UpdateCase,
                  Proto<v1::UpdateCaseRequest>(absl::StrCat(
                      "case { name: 'cases/a", (n * 7 + writer) % kItems,
                      "' owner: 'o", n, "' } update_mask { paths: 'owner' }")));
      }
    });
  }
  EditVienna("08:00", "12:00", opened);
  Recalculation job(world_.services());
  ASSERT_EQ(job.RunUntilIdle(), absl::OkStatus());
  stop = true;
  for (std::thread& writer : writers) writer.join();
  world_.clock().Advance(Recalculation::LastLook());
  ASSERT_EQ(job.RunUntilIdle(), absl::OkStatus());
  EXPECT_TRUE(Operations().back().done());
  // All as one that is opened after the edit.
  EXPECT_THAT(world_.Lines(absl::StrCat(
                  "SELECT case_name, target_time FROM milestones WHERE "
                  "placement = 'fix' AND target_time <> ",
                  absl::ToUnixMicros(opened + absl::Hours(24)))),
              IsEmpty());
  EXPECT_GE(world_.Number("SELECT COUNT(*) FROM milestones"), 2 * kItems);
}

// A write that began before the edit commits when the job has seen all items.
// On SQLite, with its one writer, none can.
TEST_P(RecalculationTest, B9_TheLastLookFindsAWriteThatStraddledTheEdit) {
  if (GetParam() == Engine::kSqlite) {
    SetUpVienna();
    world_.Open("a");
    EditVienna("08:00", "12:00", world_.now());
    Recalculation job(world_.services());
    ASSERT_EQ(job.RunUntilIdle(), absl::OkStatus());
    EXPECT_TRUE(Operations().back().done());
    return;
  }
  SetUpVienna();
  world_.Open("a");
  const absl::Time opened = world_.now();
  std::mutex mutex;
  std::condition_variable wake;
  bool commits = false;
  bool may_commit = false;
  std::thread::id writer_id;
  world_.SetFault([&](absl::string_view sql) {
    std::unique_lock<std::mutex> lock(mutex);
    if (sql != "COMMIT" || std::this_thread::get_id() != writer_id) return 0;
    commits = true;
    wake.notify_all();
    wake.wait(lock, [&] { return may_commit; });
    return 0;
  });
  std::thread writer([&] {
    {
      std::lock_guard<std::mutex> lock(mutex);
      writer_id = std::this_thread::get_id();
    }
    world_.Open("late");
  });
  {
    std::unique_lock<std::mutex> lock(mutex);
    wake.wait(lock, [&] { return commits; });
  }
  EditVienna("08:00", "12:00", opened);
  Recalculation job(world_.services());
  ASSERT_EQ(job.RunUntilIdle(), absl::OkStatus());
  EXPECT_FALSE(Operations().back().done());
  {
    std::lock_guard<std::mutex> lock(mutex);
    may_commit = true;
    wake.notify_all();
  }
  writer.join();
  const std::string old_target =
      absl::StrCat("cases/late|", absl::ToUnixMicros(opened + absl::Hours(4)));
  const char kTargets[] =
      "SELECT case_name, target_time FROM milestones WHERE placement = 'fix' "
      "AND case_name = 'cases/late'";
  EXPECT_THAT(world_.Lines(kTargets), ElementsAre(old_target));
  world_.clock().Advance(Recalculation::LastLook());
  ASSERT_EQ(job.RunUntilIdle(), absl::OkStatus());
  EXPECT_TRUE(Operations().back().done());
  EXPECT_THAT(
      world_.Lines(kTargets),
      ElementsAre(absl::StrCat("cases/late|",
                               absl::ToUnixMicros(opened + absl::Hours(24)))));
}

TEST_P(RecalculationTest, B9_AJobGoesOnWhereAKillLeftIt) {
  SetUpVienna();
  constexpr int kItems = 3 * Recalculation::kBatch;
  for (int i = 0; i < kItems; ++i) world_.Open(absl::StrCat("a", i));
  EditVienna("08:00", "12:00", world_.now());
  {
    Recalculation job(world_.services());
    ASSERT_TRUE(job.RunOnce().ok());
    ASSERT_TRUE(job.RunOnce().ok());
  }
  world_.Restart();
  world_.clock().Advance(LeaseKeeper::kLifetime);
  Recalculate();
  v1::RecalculateResult result;
  ASSERT_TRUE(Operations().back().response().UnpackTo(&result));
  EXPECT_EQ(result.done_count(), kItems);
  EXPECT_EQ(result.changed_count(), kItems);
}

TEST_P(RecalculationTest, E2_DerivedRowsThatWereLostComeBackTheSame) {
  SetUpVienna();
  for (const char* id : {"a", "b", "c", "d"}) world_.Open(id);
  Fire();
  world_.clock().Advance(absl::Minutes(40));
  Fire();
  world_.Do(&services::StopClock,
            Proto<v1::StopClockRequest>("name: 'cases/b'"));
  world_.clock().Advance(absl::Hours(2));
  Fire();
  world_.Do(&services::CloseCase,
            Proto<v1::CloseCaseRequest>("name: 'cases/c'"));
  // A late event, and the corrections that it brings.
  auto late = Proto<v1::RecordEventsRequest>(
      "events { case: 'cases/a' event { key: 'late' fields_changed { case { "
      "status: 'closed' } } } }");
  *late.mutable_events(0)->mutable_event()->mutable_occur_time() =
      services::ToProto(world_.now() - absl::Hours(2));
  world_.Do(&services::RecordEvents, late);
  world_.clock().Advance(absl::Hours(3));
  Fire();
  world_.Do(&services::DeleteCase,
            Proto<v1::DeleteCaseRequest>("name: 'cases/d'"));
  FeedPublisher publisher(world_.services());
  ASSERT_EQ(publisher.RunUntilIdle(), absl::OkStatus());
  EXPECT_THAT(world_.Lines("SELECT 1 FROM transitions WHERE superseded = 1"),
              Not(IsEmpty()));
  EXPECT_THAT(world_.Lines("SELECT 1 FROM milestones WHERE violated = 1"),
              Not(IsEmpty()));

  const auto before = Derived();
  const auto feed = world_.Feed();
  const int64_t actions = world_.Number("SELECT COUNT(*) FROM actions");
  const int64_t tasks = world_.Number("SELECT COUNT(*) FROM tasks");
  for (const char* table :
       {"milestones", "transitions", "wakeups", "case_hours"}) {
    world_.Execute(absl::StrCat("DELETE FROM ", table));
  }
  world_.Execute(
      "UPDATE cases SET process_version = '', closed = 0, stopped = 0, "
      "unanswered_since = NULL, reopen_count = 7, next_target_time = NULL, "
      "violated = 0, event_count = 0, next_due_us = NULL");
  world_.Do(&services::Recalculate, v1::RecalculateRequest());
  Recalculate();
  const auto after = Derived();
  ASSERT_EQ(after.size(), before.size());
  for (size_t i = 0; i < before.size(); ++i) EXPECT_EQ(after[i], before[i]);
  // Nothing was told or done again.
  ASSERT_EQ(publisher.RunUntilIdle(), absl::OkStatus());
  EXPECT_EQ(world_.Feed().size(), feed.size());
  EXPECT_EQ(world_.Number("SELECT COUNT(*) FROM actions"), actions);
  EXPECT_EQ(world_.Number("SELECT COUNT(*) FROM tasks"), tasks);
  // And the next one goes on as if nothing had been.
  world_.clock().Advance(absl::Hours(24));
  Fire();
  EXPECT_EQ(world_.Number("SELECT COUNT(*) FROM cases WHERE "
                          "evaluation_error_set = 1"),
            0);
}

TEST_P(RecalculationTest, E2_ComputingAnewChangesNothingWhereNothingChanged) {
  SetUpVienna();
  for (const char* id : {"a", "b"}) world_.Open(id);
  world_.clock().Advance(absl::Minutes(45));
  Fire();
  const auto before = Derived();
  world_.Do(&services::Recalculate, v1::RecalculateRequest());
  world_.Do(&services::Recalculate,
            Proto<v1::RecalculateRequest>("case: 'cases/a'"));
  Recalculate();
  EXPECT_EQ(Derived(), before);
  for (const Operation& operation : Operations()) {
    v1::RecalculateResult result;
    ASSERT_TRUE(operation.response().UnpackTo(&result));
    EXPECT_GE(result.done_count(), 1);
    EXPECT_EQ(result.changed_count(), 0);
  }
}

TEST_P(RecalculationTest, OneItemThatBreaksFailsAloneAndTheJobEnds) {
  SetUpVienna();
  for (int i = 0; i < 40; ++i) world_.Open(absl::StrCat("a", i));
  world_.Execute(
      "UPDATE case_events SET payload = X'FFFFFF' WHERE case_name = "
      "'cases/a7'");
  EditVienna("08:00", "12:00", world_.now());
  world_.Do(&services::Recalculate, v1::RecalculateRequest());
  Recalculate();
  for (const Operation& operation : Operations()) {
    v1::RecalculateResult result;
    ASSERT_TRUE(operation.response().UnpackTo(&result))
        << operation.DebugString();
    EXPECT_EQ(result.done_count(), 40);
    EXPECT_EQ(result.failed_count(), 1);
  }
  EXPECT_THAT(
      world_.Lines("SELECT name FROM cases WHERE evaluation_error_set = 1"),
      ElementsAre("cases/a7"));
}

TEST_P(RecalculationTest, AJobStopsWhenAskedTo) {
  SetUpVienna();
  for (int i = 0; i < 2 * Recalculation::kBatch; ++i)
    world_.Open(absl::StrCat("a", i));
  const Operation asked =
      world_.Do(&services::Recalculate, v1::RecalculateRequest());
  Recalculation job(world_.services());
  ASSERT_TRUE(job.RunOnce().ok());
  google::longrunning::CancelOperationRequest cancel;
  cancel.set_name(asked.name());
  world_.Do(&services::CancelOperation, cancel);
  ASSERT_EQ(job.RunUntilIdle(), absl::OkStatus());
  const Operation operation = Operations().back();
  EXPECT_TRUE(operation.done());
  EXPECT_EQ(operation.error().code(),
            static_cast<int>(absl::StatusCode::kCancelled));
  v1::RecalculateProgress progress;
  ASSERT_TRUE(operation.metadata().UnpackTo(&progress));
  EXPECT_EQ(progress.done_count(), Recalculation::kBatch);
}

}  // namespace
}  // namespace charter::workers

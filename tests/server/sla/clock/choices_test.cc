// The choices of a placement: exit, reopening, target changes, missed triggers
// (E8).
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/server/sla/clock/item_builder.h"

namespace charter::sla {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr const char* kClosed = "CLOSED";
constexpr const char* kOpen = "OPEN";

TEST(ChoicesTest, E8_FrozenNeverViolatesAndResumesOnReopening) {
  TestItem item;
  item.Add("m", Min(60));
  item.Create("09:00");
  item.Status("09:30", kClosed);
  item.Status("12:00", kOpen);
  EXPECT_EQ(item.M("11:59").state, MilestoneState::kFrozen);
  EXPECT_FALSE(item.M("11:59").violated);
  EXPECT_EQ(item.M("11:59").target_time, T("10:00"));
  const Milestone m = item.M("12:00");
  EXPECT_EQ(m.state, MilestoneState::kRunning);
  EXPECT_EQ(m.target_time, T("12:30"));
  EXPECT_EQ(m.actual, Min(30));
  EXPECT_EQ(m.stopped, Min(150));
  EXPECT_EQ(m.spans[1].cause, PauseCause::kOutOfProcess);
  EXPECT_EQ(m.spans[1].event, "e1");
}

TEST(ChoicesTest, E8_OnExitCompleteOrCancel) {
  TestItem item;
  item.Add("complete", Min(60)).on_exit = OnExit::kComplete;
  item.Add("cancel", Min(60)).on_exit = OnExit::kCancel;
  Placement& next = item.Add("next", Min(60));
  next.recurrence = Recurrence::kSequential;
  next.on_exit = OnExit::kComplete;
  item.Create("09:00");
  item.CompleteByHand("09:10", "next");
  item.Status("09:30", kClosed);
  EXPECT_EQ(item.M("09:30", "complete").state, MilestoneState::kCompleted);
  EXPECT_EQ(item.M("09:30", "cancel").state, MilestoneState::kCancelled);
  // Not started, so it can't be completed.
  EXPECT_EQ(item.M("09:30", "next").state, MilestoneState::kCancelled);
}

TEST(ChoicesTest, E8_ResumeOpenLeavesCompletedOnesAlone) {
  TestItem item;
  item.Add("m", Min(60)).completion = Level("is_closed");
  item.Create("09:00");
  item.Status("09:30", kClosed);
  item.Status("10:00", kOpen);
  EXPECT_EQ(item.M("10:00").state, MilestoneState::kCompleted);
}

TEST(ChoicesTest, E8_ResumeAllSupersedesTheCompletionThatEndedTheProcess) {
  TestItem item;
  Placement& m = item.Add("m", Min(60));
  m.completion = Level("is_closed");
  m.on_reopen = OnReopen::kResumeAll;
  m.triggers = {Success("s")};
  Placement& early = item.Add("early", Min(60));
  early.on_reopen = OnReopen::kResumeAll;
  item.Create("09:00");
  item.CompleteByHand("09:10", "early");
  item.Status("10:30", kClosed);
  item.Status("11:00", kOpen);
  item.Status("11:10", kClosed);
  const Milestone reopened = item.M("11:00");
  EXPECT_EQ(reopened.state, MilestoneState::kRunning);
  EXPECT_EQ(reopened.end_time, std::nullopt);
  EXPECT_EQ(reopened.actual, Min(90));
  EXPECT_TRUE(reopened.violated);  // stays
  EXPECT_EQ(item.M("11:00", "early").state, MilestoneState::kCompleted);
  EXPECT_EQ(item.M("11:10").state, MilestoneState::kCompleted);
  EXPECT_EQ(item.M("11:10").actual, Min(100));
}

TEST(ChoicesTest, E8_NewOccurrenceOnReopening) {
  TestItem item;
  Placement& m = item.Add("m", Min(60));
  m.recurrence = Recurrence::kIndependent;
  m.on_reopen = OnReopen::kNewOccurrence;
  item.Create("09:00");
  item.Status("09:30", kClosed);
  item.Status("12:00", kOpen);
  const Evaluation e = item.At("12:00");
  ASSERT_EQ(e.milestones.size(), 2u);
  EXPECT_EQ(e.milestones[0].state, MilestoneState::kFrozen);
  EXPECT_EQ(e.milestones[1].start_time, T("12:00"));
  EXPECT_EQ(e.milestones[1].target_time, T("13:00"));
}

TEST(ChoicesTest, E8_NewOccurrenceIsRefusedForNone) {
  TestItem item;
  item.Add("m", Min(60)).on_reopen = OnReopen::kNewOccurrence;
  EXPECT_THAT(CheckProcess(item.process(), TestSchema()).ToString(),
              HasSubstr("placements[0].on_reopen"));
}

TEST(ChoicesTest, E8_AScheduledOneFrozenPastItsStartResumesStopped) {
  TestItem item;
  item.Add("m", Min(60)).recurrence = Recurrence::kSequential;
  item.Create("09:00");
  item.CompleteByHand("09:10", "m");  // the next from 10:00
  item.Status("09:30", kClosed);
  item.Status("10:30", kOpen);
  const Milestone m = item.M("10:30");
  EXPECT_EQ(m.state, MilestoneState::kRunning);
  EXPECT_EQ(m.start_time, T("10:00"));
  EXPECT_EQ(m.stopped, Min(30));
  EXPECT_EQ(m.target_time, T("11:30"));
}

TEST(ChoicesTest, E8_AnotherRuleContinues) {
  TestItem item;
  item.Add("m", Min(60)).target_rules = {{Level("priority == 1"), Min(30)}};
  item.Create("09:00");
  item.Set("09:20", ItemSlot::kPriority, 1.0);
  item.Set("09:25", ItemSlot::kPriority, 2.0);
  EXPECT_EQ(item.M("09:20").target_time, T("09:30"));
  EXPECT_EQ(item.M("09:20").actual, Min(20));
  EXPECT_EQ(item.M("09:25").target_time, T("10:00"));
}

TEST(ChoicesTest, E8_AnotherRuleRestarts) {
  TestItem item;
  Placement& m = item.Add("m", Min(60));
  m.target_rules = {{Level("priority == 1"), Min(30)}};
  m.on_target_change = OnTargetChange::kRestart;
  m.triggers = {Warning("w", Min(50))};
  item.Create("09:00");
  item.Stop("09:12");
  item.Resume("09:14");
  item.Set("09:20", ItemSlot::kPriority, 1.0);
  const Milestone r = item.M("09:20");
  EXPECT_EQ(r.target_time, T("09:50"));
  EXPECT_EQ(r.start_time, T("09:00"));
  EXPECT_EQ(r.counted_from, T("09:20"));
  EXPECT_EQ(r.elapsed, Duration::Zero());
  EXPECT_EQ(r.stopped, Duration::Zero());
  EXPECT_EQ(r.spans.size(), 3u);  // the past can still be explained
  // What fired stays fired.
  EXPECT_THAT(Told(item.At("12:00").transitions),
              ElementsAre("entered e0 09:00", "started m~e0 e0 09:00",
                          "triggered m~e0 w 09:10", "item_stopped e1 09:12",
                          "paused m~e0 e1 09:12", "item_resumed e2 09:14",
                          "resumed m~e0 e2 09:14", "restarted m~e0 e3 09:20",
                          "violated m~e0 target 09:50"));
}

TEST(ChoicesTest, E8_MissedTriggersFireLateOrAreSkipped) {
  TestItem item;
  Placement& m = item.Add("m", Min(60));
  m.criteria = Level("attributes.flag");
  m.triggers = {Warning("w", Min(30)), Violation("v", Min(30)),
                Violation("now", Min(60))};
  item.Create("09:00");
  item.Set("11:00", FlagField(), true);
  EXPECT_THAT(
      Told(item.At("11:00").transitions),
      ElementsAre("entered e0 09:00", "started m~e1 e1 11:00",
                  "triggered m~e1 w 11:00 late", "violated m~e1 target 11:00",
                  "triggered m~e1 v 11:00 late", "triggered m~e1 now 11:00"));
  EXPECT_EQ(item.M("11:00").target_time, T("10:00"));
  EXPECT_EQ(item.M("11:00").triggers[0].moment, T("09:30"));
  m.missed_triggers = MissedTriggers::kSkip;
  EXPECT_THAT(
      Told(item.At("11:00").transitions),
      ElementsAre("entered e0 09:00", "started m~e1 e1 11:00",
                  "violated m~e1 target 11:00", "triggered m~e1 now 11:00"));
  EXPECT_EQ(item.M("11:00").triggers[0].state, TriggerState::kSkipped);
}

TEST(ChoicesTest, E8_ALateStartCatchesUpWithThePausesOfThePast) {
  TestItem item;
  Placement& m = item.Add("m", Min(120));
  m.criteria = Level("attributes.flag");
  m.pause = Level("priority == 5");
  item.process().stop = Level("status_category == \"WAITING_CUSTOMER\"");
  item.Create("09:00");
  item.Status("09:10", "WAITING_CUSTOMER");
  item.Status("09:20", kOpen);
  item.Set("09:30", ItemSlot::kPriority, 5.0);
  item.Set("09:40", ItemSlot::kPriority, 1.0);
  item.Status("09:50", kClosed);
  item.Status("10:00", kOpen);
  item.Set("10:10", FlagField(), true);
  const Milestone late = item.M("10:10");
  EXPECT_EQ(late.elapsed, Min(70));
  EXPECT_EQ(late.stopped, Min(30));
  EXPECT_EQ(late.target_time, T("11:30"));
  EXPECT_EQ(late.spans[1].cause, PauseCause::kStopCriteria);
  EXPECT_EQ(late.spans[3].cause, PauseCause::kPauseCriteria);
  EXPECT_EQ(late.spans[5].cause, PauseCause::kOutOfProcess);
}

}  // namespace
}  // namespace charter::sla

// Processes and what they make of an item: E3 to E8, E10, E11.
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/server/sla/clock/item_builder.h"

namespace charter::sla {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr const char* kClosed = "CLOSED";
constexpr const char* kOpen = "OPEN";

TEST(ProcessTest, E3_CompletingAtTheVeryTargetIsInTime) {
  TestItem item;
  item.Add("m", Min(60)).triggers = {Violation("v", Duration::Zero())};
  item.Create("09:00");
  item.CompleteByHand("10:00", "m");
  const Milestone m = item.M("10:00");
  EXPECT_EQ(m.state, MilestoneState::kCompleted);
  EXPECT_FALSE(m.violated);
  EXPECT_TRUE(m.met_last_target);
  EXPECT_THAT(Told(item.At("11:00").transitions),
              ElementsAre("entered e0 09:00", "started m~e0 e0 09:00",
                          "completed m~e0 e1 10:00"));
}

TEST(ProcessTest, E3_CreatingEventDoesNotComplete) {
  TestItem item;
  item.Add("m", Min(60)).completion = Level("status_category == \"NEW\"");
  item.Create("09:00");
  EXPECT_EQ(item.M("09:00").state, MilestoneState::kRunning);
  item.Set("09:10", ItemSlot::kOwner, std::string("kim"));
  EXPECT_EQ(item.M("09:10").state, MilestoneState::kCompleted);
}

TEST(ProcessTest, E3_OneEventPausesCompletesExits) {
  TestItem item;
  Placement& m = item.Add("m", Min(60));
  m.completion = Level("is_closed");
  m.pause = Level("is_closed");
  item.Create("09:00");
  item.Status("09:30", kClosed);
  EXPECT_THAT(Told(item.At("09:30").transitions),
              ElementsAre("entered e0 09:00", "started m~e0 e0 09:00",
                          "paused m~e0 e1 09:30", "completed m~e0 e1 09:30",
                          "exited e1 09:30"));
}

TEST(ProcessTest, E3_EventsOfOneInstantKeepTheirOrder) {
  TestItem item;
  item.Add("m", Min(60)).completion = AboutEvent("changed(owner)");
  item.Create("09:00");
  item.Set("09:30", ItemSlot::kOwner, std::string("kim"));
  item.Status("09:30", kClosed);
  EXPECT_EQ(item.M("09:30").state, MilestoneState::kCompleted);
  std::swap(item.history.events[1], item.history.events[2]);
  EXPECT_EQ(item.M("09:30").state, MilestoneState::kFrozen);
}

TEST(ProcessTest, E3_PlacementsAreLookedAtInTheirOrder) {
  TestItem item;
  item.Add("second", Min(60)).order = 2;
  item.Add("first", Min(60)).order = 1;
  item.Create("09:00");
  EXPECT_THAT(Told(item.At("09:00").transitions),
              ElementsAre("entered e0 09:00", "started first~e0 e0 09:00",
                          "started second~e0 e0 09:00"));
}

TEST(ProcessTest, E3_OutOfTheProcessNothingButReopeningIsLookedAt) {
  TestItem item;
  item.Add("m", Min(60)).completion = AboutEvent("changed(owner)");
  item.Add("other", Min(60)).criteria = Level("attributes.flag");
  item.Create("09:00");
  item.Status("09:10", kClosed);
  item.Set("09:20", ItemSlot::kOwner, std::string("kim"));
  item.Set("09:30", FlagField(), true);
  item.CompleteByHand("09:40", "m");
  EXPECT_EQ(item.M("12:00").state, MilestoneState::kFrozen);
  EXPECT_EQ(item.At("12:00").milestones.size(), 1u);
}

TEST(ProcessTest, E4_EntersWhenEntryHoldsExitDoesNotAndTheStartIsSet) {
  TestItem item;
  item.Add("m", Min(60));
  item.process().entry = Level("priority <= 2");
  item.process().exit = Level("attributes.flag");
  item.Create("09:00");
  EXPECT_EQ(item.At("09:00").phase, ItemPhase::kNotEntered);
  item.Set("09:10", FlagField(), true);
  item.Set("09:20", ItemSlot::kPriority, 1.0);
  EXPECT_EQ(item.At("09:20").phase, ItemPhase::kNotEntered);
  item.Set("09:30", FlagField(), false);
  EXPECT_EQ(item.At("09:30").phase, ItemPhase::kInProcess);
  // Its start is the item's, and leaving by the entry criteria is not possible.
  item.Set("09:40", ItemSlot::kPriority, 3.0);
  EXPECT_EQ(item.At("09:40").phase, ItemPhase::kInProcess);
  EXPECT_EQ(item.At("09:40").process_start, T("09:00"));
}

TEST(ProcessTest, E4_StartIsTheFieldsValueAtEntryAndStays) {
  TestItem item;
  item.Add("m", Min(60));
  item.process().start_field = ItemSlot::kUnansweredSince;
  item.Create("09:00");
  EXPECT_THAT(item.At("09:00").milestones, IsEmpty());
  item.CustomerWrites("09:30");
  item.AgentWrites("09:40");
  item.CustomerWrites("09:50");
  EXPECT_EQ(item.M("10:00").start_time, T("09:30"));
  EXPECT_EQ(item.At("10:00").process_start, T("09:30"));
}

TEST(ProcessTest, E4_LeavesByExitAloneAndComesBackByReopening) {
  TestItem item;
  item.Add("m", Min(60));
  item.Create("09:00");
  item.Status("09:10", "RESOLVED");
  item.Status("09:20", kClosed);
  item.Status("09:30", kOpen);
  EXPECT_THAT(
      Told(item.At("09:30").transitions),
      ElementsAre("entered e0 09:00", "started m~e0 e0 09:00",
                  "exited e1 09:10", "frozen m~e0 e1 09:10",
                  "reopened e3 09:30", "milestone_reopened m~e0 e3 09:30"));
  EXPECT_EQ(item.At("09:10").phase, ItemPhase::kOutOfProcess);
}

TEST(ProcessTest, E5_CriteriaTargetsAndStarts) {
  TestItem item;
  Placement& m = item.Add("m", Min(60));
  m.criteria = Level("priority == 1");
  m.start = StartsAt::kCriteriaMet;
  Placement& p = item.Add("p", Min(120));
  p.criteria = Level("priority == 1");
  p.target_rules = {{Level("attributes.flag"), Min(30)},
                    {Level("priority == 1"), Min(45)}};
  item.Create("09:00");
  EXPECT_THAT(item.At("09:00").milestones, IsEmpty());
  item.Set("09:10", ItemSlot::kPriority, 1.0);
  EXPECT_EQ(item.M("09:10").start_time, T("09:10"));
  EXPECT_EQ(item.M("09:10").target_time, T("10:10"));
  EXPECT_EQ(item.M("09:10", "p").start_time, T("09:00"));
  EXPECT_EQ(item.M("09:10", "p").target_time, T("09:45"));
  EXPECT_EQ(item.M("09:10", "p").target_rule, 1);
}

TEST(ProcessTest, E5_TheSameTypeMayBePlacedTwice) {
  TestItem item;
  item.Add("a", Min(60)).milestone_type = "reply";
  item.Add("b", Min(30)).milestone_type = "reply";
  item.Create("09:00");
  EXPECT_EQ(item.At("09:00").milestones.size(), 2u);
}

TEST(ProcessTest, E6_NoneIsNeverMadeAgainOnceCompleted) {
  TestItem item;
  item.Add("m", Min(60)).criteria = Level("!attributes.flag");
  item.Create("09:00");
  item.CompleteByHand("09:10", "m");
  item.Set("09:20", FlagField(), true);
  item.Set("09:30", FlagField(), false);
  EXPECT_EQ(item.At("10:00").milestones.size(), 1u);
}

TEST(ProcessTest, E6_NoneThatWasCancelledMayStartAgain) {
  TestItem item;
  item.Add("m", Min(60)).criteria = Level("!attributes.flag");
  item.Create("09:00");
  item.Set("09:20", FlagField(), true);
  item.Set("09:30", FlagField(), false);
  const Evaluation e = item.At("09:30");
  ASSERT_EQ(e.milestones.size(), 2u);
  EXPECT_EQ(e.milestones[0].state, MilestoneState::kCancelled);
  EXPECT_EQ(e.milestones[1].state, MilestoneState::kRunning);
  EXPECT_EQ(e.milestones[1].start_time, T("09:00"));
  EXPECT_EQ(e.milestones[1].occurrence, 2);
}

TEST(ProcessTest, E6_IndependentStartsWhenCriteriaMatchAgain) {
  TestItem item;
  Placement& m = item.Add("m", Min(60));
  m.recurrence = Recurrence::kIndependent;
  m.start = StartsAt::kCriteriaMet;
  m.criteria = Level("has(unanswered_since)");
  m.completion = Level("!has(unanswered_since)");
  item.Create("09:00");
  item.CustomerWrites("09:10");
  item.CustomerWrites("09:15");  // one open at a time
  item.AgentWrites("09:20");
  item.CustomerWrites("09:40");
  const Evaluation e = item.At("09:40");
  ASSERT_EQ(e.milestones.size(), 2u);
  EXPECT_EQ(e.milestones[0].state, MilestoneState::kCompleted);
  EXPECT_EQ(e.milestones[1].start_time, T("09:40"));
  EXPECT_EQ(e.milestones[1].target_time, T("10:40"));
}

TEST(ProcessTest, E6_CriteriaMustHaveBeenFalseInBetweenUnlessRearmed) {
  TestItem item;
  Placement& m = item.Add("m", Min(60));
  m.recurrence = Recurrence::kIndependent;
  item.Create("09:00");
  item.CompleteByHand("09:30", "m");
  item.Set("09:40", ItemSlot::kOwner, std::string("kim"));
  EXPECT_EQ(item.At("10:00").milestones.size(), 1u);
  m.rearm = Rearm::kImmediately;
  ASSERT_EQ(item.At("10:00").milestones.size(), 2u);
  EXPECT_EQ(item.M("10:00").start_time, T("09:30"));
}

TEST(ProcessTest, E6_FalseInBetweenIsSeenOutOfTheProcessToo) {
  // The reply and the closing are one event: no reply clock of the next message
  // may be missing.
  TestItem item;
  Placement& m = item.Add("m", Min(60));
  m.recurrence = Recurrence::kIndependent;
  m.start = StartsAt::kCriteriaMet;
  m.criteria = Level("has(unanswered_since)");
  m.completion = Level("!has(unanswered_since)");
  item.Create("09:00");
  item.CustomerWrites("09:10");
  item.AgentWrites("09:20").changes = {
      {ItemSlot::kStatusCategory, std::string(kClosed)}};
  item.CustomerWrites("11:00").changes = {
      {ItemSlot::kStatusCategory, std::string(kOpen)}};
  EXPECT_EQ(item.M("11:00").start_time, T("11:00"));
}

TEST(ProcessTest, E6_EventCriteriaCreateAndNeverCancel) {
  TestItem item;
  Placement& m = item.Add("m", Min(60));
  m.recurrence = Recurrence::kIndependent;
  m.start = StartsAt::kCriteriaMet;
  m.on_event = true;
  m.criteria = AboutEvent("changed(owner)");
  item.Create("09:00");
  item.Set("09:10", ItemSlot::kOwner, std::string("kim"));
  item.Set("09:20", FlagField(), true);
  EXPECT_EQ(item.M("09:20").state, MilestoneState::kRunning);
  item.CompleteByHand("09:30", "m");
  item.Set("09:40", ItemSlot::kOwner, std::string("lee"));
  EXPECT_EQ(item.M("09:40").start_time, T("09:40"));
}

TEST(ProcessTest, E6_SequentialStartsAtThePreviousTarget) {
  TestItem item;
  Placement& m = item.Add("m", Min(60));
  m.recurrence = Recurrence::kSequential;
  m.triggers = {Warning("w", Min(15))};
  item.Create("09:00");
  item.CompleteByHand("09:30", "m");  // early: from 10:00
  item.CompleteByHand("11:20", "m");  // late: from 11:20
  const Milestone next = item.M("09:30");
  EXPECT_EQ(next.state, MilestoneState::kScheduled);
  EXPECT_EQ(next.start_time, T("10:00"));
  EXPECT_EQ(next.target_time, T("11:00"));
  EXPECT_EQ(next.elapsed, Duration::Zero());
  EXPECT_EQ(item.At("09:30").next_change, T("10:00"));
  EXPECT_EQ(item.M("10:00").state, MilestoneState::kRunning);
  EXPECT_EQ(item.M("11:20").start_time, T("11:20"));
  EXPECT_THAT(Told(item.At("10:00").transitions),
              Contains("started m~e1 start 10:00"));
  EXPECT_THAT(Told(item.At("10:45").transitions),
              Contains("triggered m~e1 w 10:45"));
}

TEST(ProcessTest, E6_ScheduledCanBeCancelledButNotCompleted) {
  TestItem item;
  Placement& m = item.Add("m", Min(60));
  m.recurrence = Recurrence::kSequential;
  m.criteria = Level("!attributes.flag");
  item.Create("09:00");
  item.CompleteByHand("09:10", "m");
  item.CompleteByHand("09:20", "m");
  EXPECT_EQ(item.M("09:20").state, MilestoneState::kScheduled);
  item.Set("09:30", FlagField(), true);
  EXPECT_EQ(item.M("09:30").state, MilestoneState::kCancelled);
  EXPECT_EQ(item.M("09:30").target_time, std::nullopt);
  // The chain keeps its beat: the next one starts when this one was to.
  item.Set("09:40", FlagField(), false);
  EXPECT_EQ(item.M("09:40").start_time, T("10:00"));
}

TEST(ProcessTest, E6_APauseBeforeAScheduledStartCostsNothing) {
  TestItem item;
  item.Add("m", Min(60)).recurrence = Recurrence::kSequential;
  item.Create("09:00");
  item.CompleteByHand("09:10", "m");
  item.Stop("09:20");
  item.Resume("09:40");
  EXPECT_EQ(item.M("09:30").state, MilestoneState::kScheduled);
  EXPECT_EQ(item.M("09:30").target_time, T("11:00"));
  EXPECT_EQ(item.M("10:30").target_time, T("11:00"));
  EXPECT_EQ(item.M("10:30").stopped, Duration::Zero());
}

TEST(ProcessTest, E6_AScheduledStartWhilePausedIsBornPaused) {
  TestItem item;
  item.Add("m", Min(60)).recurrence = Recurrence::kSequential;
  item.Create("09:00");
  item.CompleteByHand("09:10", "m");
  item.Stop("09:50");
  item.Resume("10:20");
  EXPECT_EQ(item.M("10:10").state, MilestoneState::kPaused);
  EXPECT_EQ(item.M("10:20").target_time, T("11:20"));
  EXPECT_EQ(item.M("10:20").stopped, Min(20));
}

TEST(ProcessTest, E6_SequentialAfterOneWithoutTargetStartsAtOnce) {
  TestItem item;
  item.Add("m", Min(60)).recurrence = Recurrence::kSequential;
  item.process().stop = Level("attributes.flag");
  item.Create("09:00").changes.push_back({FlagField(), true});
  item.CompleteByHand("09:10", "m");
  EXPECT_EQ(item.M("09:10").start_time, T("09:10"));
  EXPECT_EQ(item.M("09:10").state, MilestoneState::kPaused);
}

TEST(ProcessTest, E9_ACompletionByHandFollowsAnInstanceThatStartedEarlier) {
  TestItem item;
  item.Add("m", Min(60)).criteria = Level("attributes.flag");
  item.Create("09:00");
  item.Set("09:30", FlagField(), true);
  item.CompleteByHand("09:40", "m~e1");
  item.Set("09:20", FlagField(), true);  // late: now it is m~e3
  EXPECT_EQ(item.M("09:40").id, "m~e3");
  EXPECT_EQ(item.M("09:40").state, MilestoneState::kCompleted);
}

TEST(ProcessTest, E1_ACompletionByHandOfAnEndedOneChangesNothing) {
  TestItem item;
  Placement& m = item.Add("m", Min(60));
  m.recurrence = Recurrence::kIndependent;
  m.rearm = Rearm::kImmediately;
  item.Create("09:00");
  item.CompleteByHand("09:10", "m~e0");
  item.CompleteByHand("09:20", "m~e0");
  EXPECT_EQ(item.M("09:20").id, "m~e1");
  EXPECT_EQ(item.M("09:20").state, MilestoneState::kRunning);
}

TEST(ProcessTest, E7_CriteriaThatStopMatchingCancelAndTheViolationStays) {
  TestItem item;
  item.Add("m", Min(60)).criteria = Level("!attributes.flag");
  item.Create("09:00");
  item.Set("10:30", FlagField(), true);
  const Milestone m = item.M("11:00");
  EXPECT_EQ(m.state, MilestoneState::kCancelled);
  EXPECT_EQ(m.end_time, T("10:30"));
  EXPECT_EQ(m.violation_time, T("10:00"));
}

TEST(ProcessTest, E8_FrozenNeverViolatesAndResumesOnReopening) {
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

TEST(ProcessTest, E8_OnExitCompleteOrCancel) {
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

TEST(ProcessTest, E8_ResumeOpenLeavesCompletedOnesAlone) {
  TestItem item;
  item.Add("m", Min(60)).completion = Level("is_closed");
  item.Create("09:00");
  item.Status("09:30", kClosed);
  item.Status("10:00", kOpen);
  EXPECT_EQ(item.M("10:00").state, MilestoneState::kCompleted);
}

TEST(ProcessTest, E8_ResumeAllSupersedesTheCompletionThatEndedTheProcess) {
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

TEST(ProcessTest, E8_NewOccurrenceOnReopening) {
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

TEST(ProcessTest, E8_NewOccurrenceIsRefusedForNone) {
  TestItem item;
  item.Add("m", Min(60)).on_reopen = OnReopen::kNewOccurrence;
  EXPECT_THAT(CheckProcess(item.process(), TestSchema()).ToString(),
              HasSubstr("placements[0].on_reopen"));
}

TEST(ProcessTest, E8_AScheduledOneFrozenPastItsStartResumesStopped) {
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

TEST(ProcessTest, E8_AnotherRuleContinues) {
  TestItem item;
  item.Add("m", Min(60)).target_rules = {{Level("priority == 1"), Min(30)}};
  item.Create("09:00");
  item.Set("09:20", ItemSlot::kPriority, 1.0);
  item.Set("09:25", ItemSlot::kPriority, 2.0);
  EXPECT_EQ(item.M("09:20").target_time, T("09:30"));
  EXPECT_EQ(item.M("09:20").actual, Min(20));
  EXPECT_EQ(item.M("09:25").target_time, T("10:00"));
}

TEST(ProcessTest, E8_AnotherRuleRestarts) {
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

TEST(ProcessTest, E8_MissedTriggersFireLateOrAreSkipped) {
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

TEST(ProcessTest, E8_ALateStartCatchesUpWithThePausesOfThePast) {
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

TEST(ProcessTest, E10_MovingKeepsWhatWasUsed) {
  TestItem item;
  item.Add("m", Min(60)).triggers = {Warning("w", Min(45))};
  item.Add("renamed", Min(60)).milestone_type = "reply";
  item.Add("dropped", Min(60));
  item.Add("done", Min(60));
  Process& v2 = item.CopyProcess("v2");
  v2.placements[0].target = Min(90);
  v2.placements[1].key = "other";
  v2.placements.erase(v2.placements.begin() + 2);
  item.Create("09:00");
  item.CompleteByHand("09:05", "done");
  Event& moved = item.Happens("09:20", EventKind::kMoved);
  moved.attach = {"v2", AttachStart::kFromItemStart};
  const Milestone m = item.M("09:20");
  EXPECT_EQ(m.id, "m~e0");
  EXPECT_EQ(m.process, "v2");
  EXPECT_EQ(m.target_time, T("10:30"));
  EXPECT_EQ(m.actual, Min(20));
  EXPECT_EQ(m.triggers[0].state, TriggerState::kFired);  // at 09:15, once
  EXPECT_EQ(item.M("09:20", "other").id, "renamed~e0");
  EXPECT_EQ(item.M("09:20", "other").state, MilestoneState::kRunning);
  EXPECT_EQ(item.M("09:20", "dropped").state, MilestoneState::kCancelled);
  EXPECT_EQ(item.M("09:20", "done").state, MilestoneState::kCompleted);
  EXPECT_EQ(item.At("09:20").milestones.size(), 4u);
}

TEST(ProcessTest, E10_AFrozenOneGoesOnUnderTheNewVersion) {
  TestItem item;
  item.Add("m", Min(60));
  item.CopyProcess("v2").placements[0].target = Min(90);
  item.Create("09:00");
  item.Status("09:30", kClosed);
  Event& moved = item.Happens("10:00", EventKind::kMoved);
  moved.attach = {"v2", AttachStart::kFromItemStart};
  item.Status("11:00", kOpen);
  EXPECT_EQ(item.M("10:00").state, MilestoneState::kFrozen);
  EXPECT_EQ(item.M("11:00").target_time, T("12:00"));
}

TEST(ProcessTest, E11_AnotherVersionOfTheSameProcessGoesOn) {
  TestItem item;
  item.Add("m", Min(60));
  item.CopyProcess("v2").placements[0].target = Min(30);
  item.Create("09:00");
  item.Attach("09:10", "v2", AttachStart::kFromEvent);
  EXPECT_EQ(item.M("09:10").id, "m~e0");
  EXPECT_EQ(item.M("09:10").target_time, T("09:30"));
}

TEST(ProcessTest, E11_AnotherProcessCancelsAndStartsFromTheItemsStart) {
  TestItem item;
  item.Add("m", Min(60));
  item.CopyProcess("s1", "silver").placements[0].target = Min(30);
  item.Create("09:00");
  item.Stop("09:02");
  item.Resume("09:05");
  item.Attach("09:10", "s1");
  const Evaluation e = item.At("09:10");
  ASSERT_EQ(e.milestones.size(), 2u);
  EXPECT_EQ(e.milestones[0].state, MilestoneState::kCancelled);
  EXPECT_EQ(e.milestones[1].start_time, T("09:00"));
  EXPECT_EQ(e.milestones[1].target_time, T("09:33"));
  EXPECT_EQ(e.milestones[1].stopped, Min(3));
}

TEST(ProcessTest, E11_AnotherProcessFromTheEvent) {
  TestItem item;
  item.Add("m", Min(60));
  item.CopyProcess("s1", "silver");
  item.Create("09:00");
  item.Attach("09:10", "s1", AttachStart::kFromEvent);
  EXPECT_EQ(item.M("09:10").start_time, T("09:10"));
  EXPECT_EQ(item.M("09:10").target_time, T("10:10"));
}

TEST(ProcessTest, E11_FromItemStartCriteriaMayHaveBeenMetLongAgo) {
  TestItem item;
  item.CopyProcess("none", "none");
  Placement& m = item.Add("m", Min(60));
  m.recurrence = Recurrence::kIndependent;
  m.start = StartsAt::kCriteriaMet;
  m.criteria = Level("has(unanswered_since)");
  m.completion = Level("!has(unanswered_since)");
  item.Create("09:00", "none");
  item.CustomerWrites("09:10");
  item.AgentWrites("09:20");
  item.CustomerWrites("09:30");
  item.Attach("09:50", "v1");
  EXPECT_EQ(item.M("09:50").start_time, T("09:30"));
  item.history.events.back().attach->start = AttachStart::kFromEvent;
  EXPECT_EQ(item.M("09:50").start_time, T("09:50"));
}

TEST(ProcessTest, E11_NoEntitlementAnyMoreEndsTheProcess) {
  TestItem item;
  item.Add("m", Min(60));
  item.Create("09:00");
  item.Attach("09:10", "");
  EXPECT_EQ(item.M("12:00").state, MilestoneState::kCancelled);
  EXPECT_EQ(item.At("12:00").phase, ItemPhase::kNoProcess);
}

TEST(ProcessTest, E11_AnItemMayGetItsEntitlementLater) {
  TestItem item;
  item.Add("m", Min(60));
  item.Create("09:00", "");
  EXPECT_EQ(item.At("09:00").phase, ItemPhase::kNoProcess);
  item.Attach("09:30", "v1");
  EXPECT_EQ(item.M("09:30").target_time, T("10:00"));
}

TEST(ProcessTest, B7_HoursOfPlacementProcessCaseDefault) {
  TestItem item;
  item.Add("m", Min(60));
  item.Create("20:00");  // Monday evening
  EXPECT_EQ(item.M("20:00").target_time, T("21:00"));
  item.history.events[0].changes.push_back(
      {ItemSlot::kBusinessHours, std::string("office")});
  EXPECT_EQ(item.M("20:00").target_time, T("1 10:00"));
  item.calendars.by_id["always"] = BusinessHours::Always();
  item.process().hours = "always";
  EXPECT_EQ(item.M("20:00").target_time, T("21:00"));
  item.process().placements[0].hours = "office";
  EXPECT_EQ(item.M("20:00").target_time, T("1 10:00"));
  EXPECT_THAT(item.At("20:00").hours, ElementsAre("office"));
}

TEST(ProcessTest, B7_OtherHoursOfTheCaseKeepWhatWasUsed) {
  TestItem item;
  item.Add("m", Min(180));
  item.Create("16:00");
  item.Set("18:00", ItemSlot::kBusinessHours, std::string("office"));
  const Milestone m = item.M("18:00");
  EXPECT_EQ(m.actual, Min(120));
  EXPECT_EQ(m.target_time, T("1 10:00"));
  EXPECT_THAT(item.At("18:00").hours, ElementsAre("", "office"));
}

TEST(ProcessTest, E5_WhatTheEvaluatorCannotTakeIsRefused) {
  const auto refusal = [](const std::function<void(Process&)>& change) {
    TestItem item;
    item.Add("m", Min(60)).triggers = {Warning("w", Min(5))};
    change(item.process());
    return CheckProcess(item.process(), TestSchema()).ToString();
  };
  EXPECT_EQ(refusal([](Process&) {}), "OK");
  EXPECT_THAT(refusal([](Process& p) { p.placements[0].target = {}; }),
              HasSubstr("placements[0].target: must be greater than zero"));
  EXPECT_THAT(refusal([](Process& p) {
                p.placements[0].target_rules = {{Level("true"), {}}};
              }),
              HasSubstr("placements[0].target_rules[0].duration"));
  EXPECT_THAT(refusal([](Process& p) {
                p.placements[0].criteria = AboutEvent("changed(owner)");
              }),
              HasSubstr("placements[0].criteria"));
  EXPECT_THAT(refusal([](Process& p) { p.placements[0].on_event = true; }),
              HasSubstr("placements[0].criteria"));
  EXPECT_THAT(
      refusal([](Process& p) { p.exit = AboutEvent("changed(owner)"); }),
      HasSubstr("exit: "));
  EXPECT_THAT(refusal([](Process& p) { p.stop = Level("is_stopped"); }),
              HasSubstr("stop: "));
  EXPECT_THAT(refusal([](Process& p) { p.start_field = ItemSlot::kPriority; }),
              HasSubstr("start_field"));
  EXPECT_THAT(
      refusal([](Process& p) { p.placements.push_back(p.placements[0]); }),
      HasSubstr("placements[1].key: \"m\" is there twice"));
  EXPECT_THAT(refusal([](Process& p) { p.placements[0].key = "a/b"; }),
              HasSubstr("placements[0].key"));
  EXPECT_THAT(
      refusal([](Process& p) { p.placements[0].triggers[0].offset = Min(-5); }),
      HasSubstr("placements[0].triggers[0].offset"));
  EXPECT_THAT(
      refusal([](Process& p) { p.placements[0].triggers[0].percent = -1; }),
      HasSubstr("placements[0].triggers[0].percent"));
  EXPECT_THAT(refusal([](Process& p) {
                p.placements[0].triggers[0] =
                    Setting(Warning("w", Min(5)), ItemSlot::kIsClosed, true);
              }),
              HasSubstr("\"is_closed\" is derived"));
}

}  // namespace
}  // namespace charter::sla

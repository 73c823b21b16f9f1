// How often a placement makes a clock, and when it is cancelled: E6, E7.
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/server/sla/clock/item_builder.h"

namespace charter::sla {
namespace {

using ::testing::Contains;

constexpr const char* kClosed = "CLOSED";
constexpr const char* kOpen = "OPEN";

TEST(RecurrenceTest, E6_NoneIsNeverMadeAgainOnceCompleted) {
  TestItem item;
  item.Add("m", Min(60)).criteria = Level("!attributes.flag");
  item.Create("09:00");
  item.CompleteByHand("09:10", "m");
  item.Set("09:20", FlagField(), true);
  item.Set("09:30", FlagField(), false);
  EXPECT_EQ(item.At("10:00").milestones.size(), 1u);
}

TEST(RecurrenceTest, E6_NoneThatWasCancelledMayStartAgain) {
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

TEST(RecurrenceTest, E6_IndependentStartsWhenCriteriaMatchAgain) {
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

TEST(RecurrenceTest, E6_CriteriaMustHaveBeenFalseInBetweenUnlessRearmed) {
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

TEST(RecurrenceTest, E6_FalseInBetweenIsSeenOutOfTheProcessToo) {
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

TEST(RecurrenceTest, E6_EventCriteriaCreateAndNeverCancel) {
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

TEST(RecurrenceTest, E6_SequentialStartsAtThePreviousTarget) {
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

TEST(RecurrenceTest, E6_ScheduledCanBeCancelledButNotCompleted) {
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

TEST(RecurrenceTest, E6_APauseBeforeAScheduledStartCostsNothing) {
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

TEST(RecurrenceTest, E6_AScheduledStartWhilePausedIsBornPaused) {
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

TEST(RecurrenceTest, E6_SequentialAfterOneWithoutTargetStartsAtOnce) {
  TestItem item;
  item.Add("m", Min(60)).recurrence = Recurrence::kSequential;
  item.process().stop = Level("attributes.flag");
  item.Create("09:00").changes.push_back({FlagField(), true});
  item.CompleteByHand("09:10", "m");
  EXPECT_EQ(item.M("09:10").start_time, T("09:10"));
  EXPECT_EQ(item.M("09:10").state, MilestoneState::kPaused);
}

TEST(RecurrenceTest, E7_CriteriaThatStopMatchingCancelAndTheViolationStays) {
  TestItem item;
  item.Add("m", Min(60)).criteria = Level("!attributes.flag");
  item.Create("09:00");
  item.Set("10:30", FlagField(), true);
  const Milestone m = item.M("11:00");
  EXPECT_EQ(m.state, MilestoneState::kCancelled);
  EXPECT_EQ(m.end_time, T("10:30"));
  EXPECT_EQ(m.violation_time, T("10:00"));
}

}  // namespace
}  // namespace charter::sla

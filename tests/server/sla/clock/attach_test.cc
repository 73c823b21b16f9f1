// Another process, another version, other hours: E10, E11, B7.
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/server/sla/clock/item_builder.h"

namespace charter::sla {
namespace {

using ::testing::ElementsAre;

constexpr const char* kClosed = "CLOSED";
constexpr const char* kOpen = "OPEN";

TEST(AttachTest, E10_MovingKeepsWhatWasUsed) {
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

// There and back again through a version that has no such trigger.
TEST(AttachTest, K5_ATriggerThatFiredDoesNotFireAgainOnTheWayBack) {
  TestItem item;
  item.Add("m", Min(60)).triggers = {Warning("w", Min(45))};
  item.CopyProcess("v2").placements[0].triggers.clear();
  item.Create("09:00");
  Event& moved = item.Happens("09:20", EventKind::kMoved);
  moved.attach = {"v2", AttachStart::kFromItemStart};
  item.Attach("09:25", "v1", AttachStart::kFromEvent);
  const Evaluation e = item.At("09:30");
  int fired = 0;
  for (const Transition& t : e.transitions)
    fired += t.kind == TransitionKind::kTriggered ? 1 : 0;
  EXPECT_EQ(fired, 1);  // at 09:15
  EXPECT_EQ(item.M("09:30").triggers[0].state, TriggerState::kFired);
}

// Its completion superseded, a SUCCESS is armed again; not so under a version
// in which the key is a warning's.
TEST(AttachTest, K5_ATriggerThatFiredDoesNotFireAgainAsAnotherKind) {
  TestItem item;
  Placement& m = item.Add("m", Min(60));
  m.on_exit = OnExit::kComplete;
  m.on_reopen = OnReopen::kResumeAll;
  m.triggers = {Warning("w", Min(45))};
  m.triggers[0].kind = TriggerKind::kSuccess;
  item.CopyProcess("v2").placements[0].triggers = {Warning("w", Min(45))};
  item.Create("09:00");
  item.Status("09:10", kClosed);
  item.Status("09:20", kOpen);
  item.Attach("09:25", "v2", AttachStart::kFromEvent);
  int fired = 0;
  const Evaluation e = item.At("11:30");
  for (const Transition& t : e.transitions)
    fired += t.kind == TransitionKind::kTriggered ? 1 : 0;
  EXPECT_EQ(fired, 1);  // at 09:10, on completion
  EXPECT_EQ(item.M("11:30").triggers[0].state, TriggerState::kFired);
}

TEST(AttachTest, E10_AFrozenOneGoesOnUnderTheNewVersion) {
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

TEST(AttachTest, E11_AnotherVersionOfTheSameProcessGoesOn) {
  TestItem item;
  item.Add("m", Min(60));
  item.CopyProcess("v2").placements[0].target = Min(30);
  item.Create("09:00");
  item.Attach("09:10", "v2", AttachStart::kFromEvent);
  EXPECT_EQ(item.M("09:10").id, "m~e0");
  EXPECT_EQ(item.M("09:10").target_time, T("09:30"));
}

TEST(AttachTest, E11_AnotherProcessCancelsAndStartsFromTheItemsStart) {
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

TEST(AttachTest, E11_AnotherProcessFromTheEvent) {
  TestItem item;
  item.Add("m", Min(60));
  item.CopyProcess("s1", "silver");
  item.Create("09:00");
  item.Attach("09:10", "s1", AttachStart::kFromEvent);
  EXPECT_EQ(item.M("09:10").start_time, T("09:10"));
  EXPECT_EQ(item.M("09:10").target_time, T("10:10"));
}

TEST(AttachTest, E11_FromItemStartCriteriaMayHaveBeenMetLongAgo) {
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

TEST(AttachTest, E11_NoEntitlementAnyMoreEndsTheProcess) {
  TestItem item;
  item.Add("m", Min(60));
  item.Create("09:00");
  item.Attach("09:10", "");
  EXPECT_EQ(item.M("12:00").state, MilestoneState::kCancelled);
  EXPECT_EQ(item.At("12:00").phase, ItemPhase::kNoProcess);
}

TEST(AttachTest, E11_AnItemMayGetItsEntitlementLater) {
  TestItem item;
  item.Add("m", Min(60));
  item.Create("09:00", "");
  EXPECT_EQ(item.At("09:00").phase, ItemPhase::kNoProcess);
  item.Attach("09:30", "v1");
  EXPECT_EQ(item.M("09:30").target_time, T("10:00"));
}

TEST(AttachTest, B7_HoursOfPlacementProcessCaseDefault) {
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

TEST(AttachTest, B7_OtherHoursOfTheCaseKeepWhatWasUsed) {
  TestItem item;
  item.Add("m", Min(180));
  item.Create("16:00");
  item.Set("18:00", ItemSlot::kBusinessHours, std::string("office"));
  const Milestone m = item.M("18:00");
  EXPECT_EQ(m.actual, Min(120));
  EXPECT_EQ(m.target_time, T("1 10:00"));
  EXPECT_THAT(item.At("18:00").hours, ElementsAre("", "office"));
}

}  // namespace
}  // namespace charter::sla

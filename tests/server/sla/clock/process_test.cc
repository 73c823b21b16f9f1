// What a process makes of an item, event by event: E3 to E5.
#include <functional>
#include <string>
#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/server/sla/clock/item_builder.h"

namespace charter::sla {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

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

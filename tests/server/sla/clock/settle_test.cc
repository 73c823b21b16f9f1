// What actions do and what is published: K5, K6, K7, E9.
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/server/sla/clock/item_builder.h"

namespace charter::sla {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

absl::StatusOr<Settled> SettleAt(const TestItem& item, absl::string_view when) {
  return Settle(item.history, item.processes, item.calendars, T(when));
}

// A warning that raises the priority, which shortens the target.
TestItem Raising() {
  TestItem item;
  Placement& m = item.Add("m", Min(60));
  m.triggers = {Setting(Warning("w", Min(30)), ItemSlot::kPriority, 1.0)};
  m.target_rules = {{Level("priority == 1"), Min(40)}};
  item.Create("09:00");
  return item;
}

TEST(SettleTest, K7_SetFieldsAreAppliedAtTheirTriggersInstant) {
  const TestItem item = Raising();
  const auto settled = SettleAt(item, "12:00");
  ASSERT_TRUE(settled.ok());
  ASSERT_EQ(settled->applied.size(), 1u);
  const Event& action = settled->applied[0];
  EXPECT_EQ(action.id, "m~e0/w/set0");
  EXPECT_EQ(action.kind, EventKind::kActionApplied);
  EXPECT_EQ(action.occur_time, T("09:30"));
  EXPECT_EQ(action.record_time, T("12:00"));
  EXPECT_EQ(settled->evaluation.milestones[0].target_time, T("09:40"));
  EXPECT_EQ(settled->evaluation.milestones[0].violation_time, T("09:40"));
}

TEST(SettleTest, K7_AppliedOnce) {
  TestItem item = Raising();
  const auto first = SettleAt(item, "12:00");
  item.history.events.push_back(first->applied[0]);
  const auto second = SettleAt(item, "13:00");
  EXPECT_THAT(second->applied, IsEmpty());
  EXPECT_EQ(second->evaluation.transitions, first->evaluation.transitions);
}

TEST(SettleTest, K7_AnEarlierActionMayPreventALaterFiring) {
  TestItem item;
  Placement& m = item.Add("m", Min(60));
  m.triggers = {Setting(Warning("first", Min(30)), FlagField(), true),
                Setting(Warning("second", Min(10)), ItemSlot::kOwner,
                        std::string("kim"))};
  m.completion = Level("attributes.flag");
  item.Create("09:00");
  const auto settled = SettleAt(item, "12:00");
  ASSERT_TRUE(settled.ok());
  EXPECT_EQ(settled->applied.size(), 1u);
  EXPECT_EQ(settled->evaluation.milestones[0].end_time, T("09:30"));
}

TEST(SettleTest, K7_ActionsOfOneInstantDoNotUndoEachOther) {
  TestItem item;
  Trigger w = Setting(Warning("w", Min(30)), FlagField(), true);
  for (const char* key : {"a", "b"}) {
    Placement& m = item.Add(key, Min(60));
    m.triggers = {w};
    m.completion = Level("attributes.flag");
  }
  item.Create("09:00");
  const auto settled = SettleAt(item, "09:30");
  ASSERT_TRUE(settled.ok());
  EXPECT_EQ(settled->applied.size(), 2u);
  EXPECT_EQ(settled->evaluation.milestones[1].state,
            MilestoneState::kCompleted);
}

TEST(SettleTest, K7_OtherActionsAreNotApplied) {
  TestItem item;
  Trigger w = Warning("w", Min(30));
  w.actions = {{"mail", {}}};
  item.Add("m", Min(60)).triggers = {w};
  item.Create("09:00");
  EXPECT_THAT(SettleAt(item, "12:00")->applied, IsEmpty());
}

// A clock that its own warning completes and makes again, for ever.
TestItem Endless() {
  TestItem item;
  Placement& m = item.Add("m", Min(60));
  m.recurrence = Recurrence::kIndependent;
  m.rearm = Rearm::kImmediately;
  m.start = StartsAt::kCriteriaMet;
  m.triggers = {
      Setting(Warning("w", Min(60)), ItemSlot::kOwner, std::string("kim"))};
  m.completion = AboutEvent("event.kind == \"action_applied\"");
  item.Create("09:00");
  return item;
}

TEST(SettleTest, K7_AtMostSixteenRounds) {
  const auto settled = SettleAt(Endless(), "09:00");
  EXPECT_EQ(settled.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(settled.status().ToString(), HasSubstr("ACTION_CASCADE"));
}

TEST(SettleTest, K7_RoundsOfDifferentInstantsDoNotAddUp) {
  // Every quarter of an hour, one round: a long downtime is not a cascade.
  TestItem item = Endless();
  item.process().placements[0].triggers[0].offset = Min(45);
  const auto settled = SettleAt(item, "18:00");
  ASSERT_TRUE(settled.ok()) << settled.status();
  EXPECT_EQ(settled->applied.size(), 36u);
}

TEST(SettleTest, K7_LiveFromKeepsEarlierMomentsQuiet) {
  TestItem item = Raising();
  item.history.live_from = T("09:31");
  const auto settled = SettleAt(item, "12:00");
  EXPECT_THAT(settled->applied, IsEmpty());
  const std::vector<Revision> revisions = Reconcile({}, settled->evaluation);
  std::vector<bool> publish;
  for (const Revision& r : revisions) publish.push_back(r.publish);
  EXPECT_THAT(publish, ElementsAre(false, false, false, true));
  item.history.live_from = T("09:30");
  EXPECT_EQ(SettleAt(item, "12:00")->applied.size(), 1u);
}

TEST(SettleTest, E9_ActionsThatRanAreListedNotUndone) {
  TestItem item = Raising();
  item.history.events.push_back(SettleAt(item, "10:00")->applied[0]);
  EXPECT_THAT(item.At("11:00").stale_actions, IsEmpty());
  item.CompleteByHand("09:10", "m");  // late
  const Evaluation e = item.At("11:00");
  EXPECT_THAT(e.stale_actions, ElementsAre("m~e0/w/set0"));
  EXPECT_EQ(e.fields[ItemSlot::kPriority], Value(1.0));
}

std::vector<StoredTransition> Store(std::vector<StoredTransition> stored,
                                    const Evaluation& evaluation) {
  for (const Revision& r : Reconcile(stored, evaluation)) {
    stored.push_back(ToStored(r));
  }
  return stored;
}

std::vector<std::string> Told(const std::vector<Revision>& revisions) {
  std::vector<std::string> told;
  for (const Revision& r : revisions) {
    told.push_back(charter::sla::Told({r.transition})[0] + " r" +
                   std::to_string(r.revision) +
                   (r.retraction ? " retracts r" : "") +
                   (r.supersedes && !r.retraction ? " corrects r" : "") +
                   (r.supersedes ? std::to_string(*r.supersedes) : ""));
  }
  return told;
}

TEST(ReconcileTest, K6_WhatIsStoredIsNotPublishedAgain) {
  TestItem item;
  item.Add("m", Min(60));
  item.Create("09:00");
  auto stored = Store({}, item.At("09:00"));
  EXPECT_EQ(stored.size(), 2u);
  EXPECT_THAT(Reconcile(stored, item.At("09:30")), IsEmpty());
  EXPECT_THAT(Told(Reconcile(stored, item.At("10:00"))),
              ElementsAre("violated m~e0 target 10:00 r1"));
}

TEST(ReconcileTest, E9_WhatNoLongerHoldsIsRetractedByName) {
  TestItem item;
  item.Add("m", Min(60)).triggers = {Violation("v", Duration::Zero())};
  item.Create("09:00");
  auto stored = Store({}, item.At("10:30"));
  item.CompleteByHand("09:50", "m");  // arrives late
  EXPECT_THAT(Told(Reconcile(stored, item.At("10:40"))),
              ElementsAre("violated m~e0 target 10:00 r2 retracts r1",
                          "triggered m~e0 v 10:00 r2 retracts r1",
                          "completed m~e0 e1 09:50 r1"));
  stored = Store(stored, item.At("10:40"));
  EXPECT_THAT(Reconcile(stored, item.At("10:50")), IsEmpty());
  // What comes true again is the next revision of the same key.
  item.history.events.pop_back();
  EXPECT_THAT(Told(Reconcile(stored, item.At("11:00"))),
              ElementsAre("completed m~e0 e1 09:50 r2 retracts r1",
                          "violated m~e0 target 10:00 r3 corrects r2",
                          "triggered m~e0 v 10:00 r3 corrects r2"));
}

TEST(ReconcileTest, K5_AMovedMomentIsTheNextRevision) {
  TestItem item;
  item.Add("m", Min(60)).triggers = {Warning("w", Min(15)), Success("s")};
  item.Create("09:00");
  item.CompleteByHand("09:55", "m");
  const auto stored = Store({}, item.At("10:00"));
  item.Stop("09:10");  // late: five minutes of pause
  item.Resume("09:15");
  EXPECT_THAT(
      Told(Reconcile(stored, item.At("10:10"))),
      ElementsAre("item_stopped e2 09:10 r1", "paused m~e0 e2 09:10 r1",
                  "item_resumed e3 09:15 r1", "resumed m~e0 e3 09:15 r1",
                  "triggered m~e0 w 09:50 r2 corrects r1"));
}

TEST(ReconcileTest, E9_LaterOnesAreLeftAlone) {
  TestItem item;
  item.Add("m", Min(60));
  item.Create("09:00");
  const auto stored = Store({}, item.At("10:30"));
  EXPECT_THAT(Reconcile(stored, item.At("09:30")), IsEmpty());
}

TEST(ReconcileTest, K7_ACorrectionOfSomethingPublishedIsPublished) {
  TestItem item;
  item.Add("m", Min(60)).triggers = {Warning("w", Min(15))};
  item.Create("09:00");
  item.history.live_from = T("09:40");
  const auto stored = Store({}, item.At("09:50"));
  EXPECT_FALSE(stored[0].published);
  EXPECT_TRUE(stored[2].published);
  item.CompleteByHand("09:30", "m");
  const std::vector<Revision> revisions = Reconcile(stored, item.At("10:00"));
  ASSERT_EQ(revisions.size(), 2u);
  EXPECT_TRUE(revisions[0].retraction && revisions[0].publish);
  EXPECT_FALSE(revisions[1].publish);  // completed, before live_from
}

}  // namespace
}  // namespace charter::sla

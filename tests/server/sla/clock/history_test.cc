// The item and its fields: E0, E1, E3, F1.
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

void Delay(Event& event, Duration d) {
  event.occur_time = event.occur_time + d;
}

Value Field(const TestItem& item, absl::string_view when, int slot) {
  return item.At(when).fields[slot];
}

TEST(HistoryTest, E0_SchemaHasItsSlots) {
  const Schema schema = MakeItemSchema({"new", "done"});
  EXPECT_EQ(schema.size(), ItemSlot::kBuiltIn);
  EXPECT_EQ(schema.Find("account"), int{ItemSlot::kAccount});
  EXPECT_EQ(schema.Find("status"), int{ItemSlot::kStatus});
  EXPECT_EQ(schema.Find("status_category"), int{ItemSlot::kStatusCategory});
  EXPECT_EQ(schema.Find("business_hours"), int{ItemSlot::kBusinessHours});
  EXPECT_EQ(schema.Find("create_time"), int{ItemSlot::kCreateTime});
  EXPECT_EQ(schema.Find("is_closed"), int{ItemSlot::kIsClosed});
  EXPECT_EQ(schema.Find("is_stopped"), int{ItemSlot::kIsStopped});
  EXPECT_EQ(schema.Find("unanswered_since"), int{ItemSlot::kUnansweredSince});
  EXPECT_EQ(schema.Find("reopen_count"), int{ItemSlot::kReopenCount});
  EXPECT_EQ(schema.field(ItemSlot::kStatus).values.size(), 2u);
}

TEST(HistoryTest, E0_ClosedMeansResolvedOrClosed) {
  TestItem item;
  item.Create("09:00");
  item.Status("10:00", "OPEN");
  item.Status("11:00", "RESOLVED");
  item.Status("12:00", "CLOSED");
  item.Status("13:00", "OPEN");
  item.Status("14:00", "CLOSED");
  item.Status("15:00", "WAITING_OTHER");
  EXPECT_EQ(Field(item, "10:00", ItemSlot::kIsClosed), Value(false));
  EXPECT_EQ(Field(item, "11:00", ItemSlot::kIsClosed), Value(true));
  EXPECT_EQ(Field(item, "12:00", ItemSlot::kReopenCount), Value(0.0));
  EXPECT_EQ(Field(item, "13:00", ItemSlot::kIsClosed), Value(false));
  EXPECT_EQ(Field(item, "13:00", ItemSlot::kReopenCount), Value(1.0));
  EXPECT_EQ(Field(item, "15:00", ItemSlot::kReopenCount), Value(2.0));
  EXPECT_EQ(Field(item, "15:00", ItemSlot::kCreateTime), Value(T("09:00")));
}

TEST(HistoryTest, E0_DerivedFieldsCannotBeSet) {
  TestItem item;
  item.Create("09:00");
  item.Set("10:00", ItemSlot::kReopenCount, 7.0);
  EXPECT_EQ(Field(item, "10:00", ItemSlot::kReopenCount), Value(0.0));
}

TEST(HistoryTest, E0_IsStoppedByHandOrByCriteria) {
  TestItem item;
  item.process().stop = Level("status_category == \"WAITING_CUSTOMER\"");
  item.Create("09:00");
  item.Stop("10:00");
  item.Status("11:00", "WAITING_CUSTOMER");
  item.Resume("12:00");
  item.Status("13:00", "OPEN");
  EXPECT_EQ(Field(item, "09:00", ItemSlot::kIsStopped), Value(false));
  EXPECT_EQ(item.At("10:00").stop, PauseCause::kStoppedByHand);
  EXPECT_EQ(Field(item, "10:00", ItemSlot::kIsStopped), Value(true));
  EXPECT_EQ(item.At("12:00").stop, PauseCause::kStopCriteria);
  EXPECT_EQ(Field(item, "12:00", ItemSlot::kIsStopped), Value(true));
  EXPECT_EQ(Field(item, "13:00", ItemSlot::kIsStopped), Value(false));
  EXPECT_THAT(Told(item.At("13:00").transitions),
              ElementsAre("entered e0 09:00", "item_stopped e1 10:00",
                          "item_resumed e4 13:00"));
}

TEST(HistoryTest, E0_DeletionEndsClocksAsCancelled) {
  TestItem item;
  item.Add("m", Min(60));
  item.Add("done", Min(60));
  item.Create("09:00");
  item.CompleteByHand("09:10", "done");
  item.Happens("09:30", EventKind::kDeleted);
  item.Status("10:00", "OPEN");
  EXPECT_EQ(item.M("12:00").state, MilestoneState::kCancelled);
  EXPECT_FALSE(item.M("12:00").violated);
  EXPECT_EQ(item.M("12:00", "done").state, MilestoneState::kCompleted);
  EXPECT_EQ(item.At("12:00").phase, ItemPhase::kDeleted);
}

TEST(HistoryTest, E1_BeginsWithItsCreation) {
  TestItem item;
  EXPECT_EQ(item.TryEvaluate("09:00").status().code(),
            absl::StatusCode::kInvalidArgument);
  item.Status("09:00", "OPEN");
  item.Create("10:00");
  EXPECT_THAT(item.TryEvaluate("09:00").status().ToString(),
              HasSubstr("history.events"));
}

TEST(HistoryTest, E1_AtMostTenThousandEvents) {
  TestItem item;
  item.Create("09:00");
  for (size_t i = 1; i < kMaxEvents; ++i) item.Status("10:00", "OPEN");
  EXPECT_TRUE(item.TryEvaluate("10:00").ok());
  item.Status("10:00", "OPEN");
  EXPECT_THAT(item.TryEvaluate("10:00").status().ToString(),
              HasSubstr("at most 10000"));
}

TEST(HistoryTest, E1_AnAbsurdHistoryIsRefusedNotSuffered) {
  // Thousands of clocks, each to catch up with thousands of pauses.
  TestItem item;
  item.Add("m", Min(60)).criteria = Level("attributes.flag");
  item.Create("09:00");
  for (int i = 0; i < 2400; ++i) {
    const Duration later = Duration::Minutes(2 * i);
    Delay(item.Set("10:00", FlagField(), true), later);
    Delay(item.Set("10:01", FlagField(), false), later);
    Delay(item.Stop("10:00"), later);
    Delay(item.Resume("10:01"), later);
  }
  EXPECT_EQ(item.TryEvaluate("9 09:00").status().code(),
            absl::StatusCode::kResourceExhausted);
  item.process().placements[0].start = StartsAt::kCriteriaMet;
  EXPECT_TRUE(item.TryEvaluate("9 09:00").ok());
}

TEST(HistoryTest, E1_ActionsAppliedComeAfterTheirInstantsEvents) {
  TestItem item;
  item.Create("09:00");
  item.Happens("10:00", EventKind::kActionApplied);
  item.Status("10:00", "OPEN");
  item.Status("09:30", "OPEN");
  item.Happens("10:00", EventKind::kActionApplied);
  EXPECT_THAT(OrderOfEvents(item.history.events), ElementsAre(0, 3, 2, 1, 4));
}

TEST(HistoryTest, E1_KindsHaveTheNamesOfExpressions) {
  EXPECT_STREQ(EventKindName(EventKind::kCreated), "created");
  EXPECT_STREQ(EventKindName(EventKind::kMoved), "moved");
  EXPECT_STREQ(EventKindName(EventKind::kDeleted), "deleted");
}

TEST(HistoryTest, F1_UnansweredSinceTheOldestCustomerMessage) {
  TestItem item;
  item.Create("09:00").interaction = {Direction::kInbound, Author::kCustomer,
                                      "web", false};
  item.CustomerWrites("10:00");
  item.AgentWrites("11:00");
  item.AgentWrites("12:00");
  item.CustomerWrites("13:00");
  EXPECT_EQ(Field(item, "09:00", ItemSlot::kUnansweredSince),
            Value(T("09:00")));
  EXPECT_EQ(Field(item, "10:00", ItemSlot::kUnansweredSince),
            Value(T("09:00")));
  EXPECT_EQ(Field(item, "10:00", ItemSlot::kLastInboundTime),
            Value(T("10:00")));
  EXPECT_FALSE(IsSet(Field(item, "11:00", ItemSlot::kUnansweredSince)));
  EXPECT_EQ(Field(item, "12:00", ItemSlot::kLastOutboundTime),
            Value(T("12:00")));
  EXPECT_EQ(Field(item, "13:00", ItemSlot::kUnansweredSince),
            Value(T("13:00")));
}

TEST(HistoryTest, F1_SystemAndAutomaticMessagesNeverMoveTheBall) {
  TestItem item;
  item.Create("09:00");
  item.CustomerWrites("10:00").interaction->automatic = true;
  EXPECT_FALSE(IsSet(Field(item, "10:00", ItemSlot::kUnansweredSince)));
  item.CustomerWrites("11:00");
  item.AgentWrites("12:00").interaction->automatic = true;
  item.AgentWrites("13:00").interaction->author = Author::kSystem;
  item.CustomerWrites("14:00").interaction->direction = Direction::kOutbound;
  item.AgentWrites("15:00").interaction->direction = Direction::kInbound;
  EXPECT_EQ(Field(item, "16:00", ItemSlot::kUnansweredSince),
            Value(T("11:00")));
  EXPECT_EQ(Field(item, "16:00", ItemSlot::kLastInboundTime),
            Value(T("11:00")));
  EXPECT_FALSE(IsSet(Field(item, "16:00", ItemSlot::kLastOutboundTime)));
}

TEST(HistoryTest, E2_EventsAfterTheInstantAreNotLookedAt) {
  TestItem item;
  item.Add("m", Min(60));
  item.Create("09:00");
  item.CompleteByHand("09:30", "m");
  EXPECT_EQ(item.M("09:29").state, MilestoneState::kRunning);
  EXPECT_EQ(item.M("09:30").state, MilestoneState::kCompleted);
  EXPECT_TRUE(item.At("08:59").fields.empty());
  EXPECT_TRUE(item.At("08:59").milestones.empty());
}

TEST(HistoryTest, E2_NextChangeIsTheNextInstantOfItself) {
  TestItem item;
  Placement& m = item.Add("m", Min(60));
  m.triggers = {Warning("w", Min(15)), Violation("v", Min(30))};
  item.Create("09:00");
  EXPECT_EQ(item.At("09:00").next_change, T("09:45"));
  EXPECT_EQ(item.At("09:45").next_change, T("10:00"));
  EXPECT_EQ(item.At("10:00").next_change, T("10:30"));
  EXPECT_EQ(item.At("10:30").next_change, std::nullopt);
}

TEST(HistoryTest, E2_UnknownVersionsAndHoursAreNamed) {
  TestItem item;
  item.Add("m", Min(60)).hours = "nowhere";
  item.Create("09:00");
  EXPECT_THAT(item.TryEvaluate("09:00").status().ToString(),
              HasSubstr("\"nowhere\""));
  item.history.events[0].attach->process = "v9";
  EXPECT_THAT(item.TryEvaluate("09:00").status().ToString(),
              HasSubstr("\"v9\""));
}

TEST(HistoryTest, E2_ContextFieldsCountFromTheEventThatCopiesThem) {
  TestItem item;
  item.Add("m", Min(60))
      .target_rules.push_back({Level("attributes.flag"), Min(30)});
  item.Create("09:00");
  Event& refresh = item.Happens("09:10", EventKind::kContextRefreshed);
  refresh.changes = {{FlagField(), true}};
  EXPECT_EQ(item.M("09:05").target_time, T("10:00"));
  EXPECT_EQ(item.M("09:10").target_time, T("09:30"));
}

TEST(HistoryTest, T4_ALongGapSaysTheSameAsConstantLooking) {
  TestItem item;
  item.Add("m", Min(60)).triggers = {Warning("w", Min(15)),
                                     Violation("v", Duration::Zero())};
  item.Create("09:00");
  const std::vector<Transition> late = item.At("300 09:00").transitions;
  EXPECT_EQ(item.At("10:00").transitions, late);
  EXPECT_THAT(
      Told(late),
      ElementsAre("entered e0 09:00", "started m~e0 e0 09:00",
                  "triggered m~e0 w 09:45", "violated m~e0 target 10:00",
                  "triggered m~e0 v 10:00"));
}

}  // namespace
}  // namespace charter::sla

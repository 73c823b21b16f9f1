// One clock: K1 to K6.
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/sla/clock/explain.h"
#include "tests/server/sla/clock/item_builder.h"

namespace charter::sla {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;

TestItem OneHour(std::vector<Trigger> triggers = {}) {
  TestItem item;
  item.Add("m", Min(60)).triggers = std::move(triggers);
  item.Create("09:00");
  return item;
}

// An hour of office hours, from 16:00 on, so that its target is a closing.
TestItem UntilClosing() {
  TestItem item;
  item.Add("m", Min(60)).hours = "office";
  item.Create("16:00");
  return item;
}

TEST(ClockTest, K1_StatesAndViolationAreApart) {
  TestItem item = OneHour();
  item.CompleteByHand("10:30", "m");
  EXPECT_EQ(item.M("10:29").state, MilestoneState::kRunning);
  EXPECT_TRUE(item.M("10:29").violated);
  const Milestone m = item.M("10:30");
  EXPECT_EQ(m.state, MilestoneState::kCompleted);
  EXPECT_TRUE(m.violated);
  EXPECT_FALSE(m.met_last_target);
}

TEST(ClockTest, K1_AViolationIsPermanentAndKeepsWhatWasInForce) {
  TestItem item;
  item.Add("m", Min(120)).target_rules = {{Level("priority == 1"), Min(30)}};
  item.Create("09:00").changes.push_back({ItemSlot::kPriority, 1.0});
  item.Set("09:40", ItemSlot::kPriority, 3.0);
  item.CompleteByHand("10:00", "m");
  const Milestone m = item.M("10:00");
  EXPECT_TRUE(m.violated);
  EXPECT_EQ(m.violation_time, T("09:30"));
  EXPECT_EQ(m.violation_duration, Min(30));
  EXPECT_EQ(m.violation_rule, 0);
  EXPECT_EQ(m.target_rule, -1);
  EXPECT_TRUE(m.met_last_target);  // side by side
}

TEST(ClockTest, K1_IdsDeriveFromTheEventThatStartedIt) {
  TestItem item;
  Placement& m = item.Add("m", Min(60));
  m.recurrence = Recurrence::kIndependent;
  m.start = StartsAt::kCriteriaMet;
  m.criteria = Level("attributes.flag");
  item.Create("09:00");
  item.Set("10:00", FlagField(), true);
  EXPECT_EQ(item.M("10:00").id, "m~e1");
  EXPECT_EQ(item.M("10:00").occurrence, 1);
  // One that is put in before it doesn't rename it.
  item.Set("09:10", FlagField(), true);
  item.Set("09:20", FlagField(), false);
  EXPECT_EQ(item.M("10:00").id, "m~e1");
  EXPECT_EQ(item.M("10:00").occurrence, 2);
}

TEST(ClockTest, K2_ElapsedStoppedActualRemaining) {
  TestItem item = OneHour();
  item.Stop("09:20");
  item.Resume("09:50");
  item.CompleteByHand("10:20", "m");
  const Milestone paused = item.M("09:30");
  EXPECT_EQ(paused.state, MilestoneState::kPaused);
  EXPECT_EQ(paused.elapsed, Min(30));
  EXPECT_EQ(paused.stopped, Min(10));
  EXPECT_EQ(paused.actual, Min(20));
  EXPECT_EQ(paused.remaining, Min(40));
  const Milestone done = item.M("12:00");
  EXPECT_EQ(done.elapsed, Min(80));
  EXPECT_EQ(done.stopped, Min(30));
  EXPECT_EQ(done.actual, Min(50));
  EXPECT_EQ(done.target_time, T("10:30"));
  EXPECT_FALSE(done.violated);
}

TEST(ClockTest, K2_PausedWhileStoppedOrWhileItsOwnCriteriaHold) {
  TestItem item;
  item.process().stop = Level("status_category == \"WAITING_CUSTOMER\"");
  item.Add("m", Min(60)).pause = Level("attributes.flag");
  item.Add("other", Min(60));
  item.Create("09:00");
  item.Set("09:10", FlagField(), true);
  item.Status("09:20", "WAITING_CUSTOMER");
  item.Stop("09:30");
  item.Set("09:40", FlagField(), false);
  item.Status("09:50", "OPEN");
  item.Resume("10:00");
  const Milestone m = item.M("10:00");
  EXPECT_EQ(m.state, MilestoneState::kRunning);
  EXPECT_EQ(m.actual, Min(10));
  EXPECT_EQ(m.stopped, Min(50));
  std::vector<PauseCause> causes;
  for (const Span& span : m.spans) causes.push_back(span.cause);
  EXPECT_THAT(causes, ElementsAre(PauseCause::kNone, PauseCause::kPauseCriteria,
                                  PauseCause::kStopCriteria,
                                  PauseCause::kStoppedByHand));
  EXPECT_EQ(item.M("10:00", "other").stopped, Min(40));
}

TEST(ClockTest, K2_APauseOutsideOpenHoursCostsNothing) {
  TestItem item = UntilClosing();
  item.history.events[0].occur_time = T("16:30");
  item.Stop("18:00");
  item.Resume("1 08:00");
  const Milestone m = item.M("1 08:00");
  EXPECT_EQ(m.stopped, Duration::Zero());
  EXPECT_EQ(m.target_time, T("1 09:30"));
}

TEST(ClockTest, K3_RunningTargetIsWhenTheDurationIsUsedUp) {
  TestItem item = OneHour();
  EXPECT_EQ(item.M("09:00").target_time, T("10:00"));
  EXPECT_EQ(item.M("09:59").target_time, T("10:00"));
  EXPECT_EQ(item.M("12:00").target_time, T("10:00"));
  EXPECT_EQ(UntilClosing().M("16:00").target_time, T("17:00"));
}

TEST(ClockTest, K3_PausedHasNoTargetButOneIfResumed) {
  TestItem item = OneHour();
  item.Stop("09:20");
  EXPECT_EQ(item.M("09:30").target_time, std::nullopt);
  EXPECT_EQ(item.M("09:30").target_time_if_resumed, T("10:10"));
  EXPECT_EQ(item.M("11:00").target_time_if_resumed, T("11:40"));
  EXPECT_EQ(item.At("09:30").next_change, std::nullopt);
}

TEST(ClockTest, K3_ResumeWithSomethingRemainingAddsIt) {
  TestItem item = OneHour();
  item.Stop("09:20");
  item.Resume("11:00");
  EXPECT_EQ(item.M("11:00").target_time, T("11:40"));
}

TEST(ClockTest,
     K3_ResumeWithNothingRemainingAndNoViolationIsDueAtTheResumption) {
  TestItem item = OneHour();
  item.Stop("10:00");  // at the very target: it isn't violated
  item.Resume("11:00");
  EXPECT_FALSE(item.M("10:59").violated);
  EXPECT_EQ(item.M("11:00").target_time, T("11:00"));
  EXPECT_EQ(item.M("11:00").violation_time, T("11:00"));
}

TEST(ClockTest, K3_ResumeOfAViolatedOneKeepsTheTargetThatItHad) {
  TestItem item = OneHour();
  item.Stop("10:00");
  item.Resume("11:00");
  item.Stop("11:30");
  item.Resume("12:00");
  EXPECT_EQ(item.M("11:45").target_time_if_resumed, T("11:00"));
  EXPECT_EQ(item.M("12:00").target_time, T("11:00"));
  EXPECT_EQ(item.M("12:00").violation_time, T("11:00"));
}

TEST(ClockTest, K3_AShorterDurationMayHaveBeenUsedUpInThePast) {
  TestItem item;
  item.Add("m", Min(60)).target_rules = {{Level("priority == 1"), Min(20)}};
  item.Create("09:00");
  item.Stop("09:10");
  item.Resume("09:15");
  item.Set("09:40", ItemSlot::kPriority, 1.0);
  const Milestone m = item.M("09:40");
  EXPECT_EQ(m.target_time, T("09:25"));
  EXPECT_EQ(m.violation_time, T("09:40"));
  EXPECT_EQ(m.violation_duration, Min(20));
}

TEST(ClockTest, K3_AShorterDurationWhilePausedTakesEffectOnResuming) {
  TestItem item;
  item.Add("m", Min(60)).target_rules = {{Level("priority == 1"), Min(20)}};
  item.Create("09:00");
  item.Stop("09:30");
  item.Set("09:40", ItemSlot::kPriority, 1.0);
  item.Resume("10:00");
  EXPECT_FALSE(item.M("09:59").violated);
  EXPECT_EQ(item.M("09:59").target_time_if_resumed, T("09:20"));
  EXPECT_EQ(item.M("10:00").target_time, T("09:20"));
  EXPECT_EQ(item.M("10:00").violation_time, T("10:00"));
}

TEST(ClockTest, K3_AnEndedOneKeepsTheLastTargetItRanAgainst) {
  TestItem item = OneHour();
  item.Stop("09:20");
  item.CompleteByHand("11:00", "m");  // while paused
  EXPECT_EQ(item.M("11:00").target_time, T("10:00"));
  EXPECT_FALSE(item.M("11:00").violated);
  EXPECT_TRUE(item.M("11:00").met_last_target);
}

TEST(ClockTest, K3_ResumingInTheCompletingEventAddsTheRemainder) {
  TestItem item;
  Placement& m = item.Add("m", Min(60));
  m.pause = Level("attributes.flag");
  m.completion = AboutEvent("changed(attributes.flag) && !attributes.flag");
  item.Create("09:00");
  item.Set("09:20", FlagField(), true);
  item.Set("11:00", FlagField(), false);
  EXPECT_EQ(item.M("11:00").state, MilestoneState::kCompleted);
  EXPECT_EQ(item.M("11:00").target_time, T("11:40"));
}

TEST(ClockTest, K4_OpenAfterItsTargetIsViolatedAtTheTarget) {
  TestItem item = OneHour();
  EXPECT_FALSE(item.M("09:59:59").violated);
  EXPECT_EQ(item.M("10:00").violation_time, T("10:00"));
}

TEST(ClockTest, K4_ComparesInstantsNotDurations) {
  // Open after a closing time: violated, though no open second has passed.
  TestItem item = UntilClosing();
  item.CompleteByHand("20:00", "m");
  const Milestone m = item.M("20:00");
  EXPECT_TRUE(m.violated);
  EXPECT_FALSE(m.met_last_target);
  EXPECT_EQ(m.actual, Min(60));
  EXPECT_EQ(m.late_by(), Duration::Zero());
}

TEST(ClockTest, K4_NotBeforeTheEventThatMadeItDue) {
  TestItem item;
  item.Add("m", Min(60)).criteria = Level("attributes.flag");
  item.Create("09:00");
  item.Set("11:00", FlagField(), true);  // a target of 10:00, made at 11:00
  EXPECT_EQ(item.M("11:00").target_time, T("10:00"));
  EXPECT_EQ(item.M("11:00").violation_time, T("11:00"));
}

TEST(ClockTest, K4_APausedClockCannotBecomeViolated) {
  TestItem item = OneHour();
  item.Stop("09:59");
  EXPECT_FALSE(item.M("20:00").violated);
}

TEST(ClockTest, K4_ResumingAndCompletingInOneEventIsJudgedAsResumedBefore) {
  for (const char* stopped : {"09:20", "10:00"}) {
    TestItem item;
    Placement& m = item.Add("m", Min(60));
    m.pause = Level("attributes.flag");
    m.completion = AboutEvent("changed(attributes.flag) && !attributes.flag");
    item.Create("09:00");
    item.Set(stopped, FlagField(), true);
    item.Set("11:00", FlagField(), false);
    EXPECT_FALSE(item.M("11:00").violated) << stopped;
    EXPECT_TRUE(item.M("11:00").met_last_target) << stopped;
  }
}

TEST(ClockTest, K4_ATargetChangedByTheCompletingEventDoesNotJudge) {
  TestItem item;
  Placement& m = item.Add("m", Min(60));
  m.target_rules = {{Level("priority == 1"), Min(10)}};
  m.completion = AboutEvent("changed(priority)");
  item.Create("09:00");
  item.Set("09:30", ItemSlot::kPriority, 1.0);
  EXPECT_FALSE(item.M("09:30").violated);
  EXPECT_EQ(item.M("09:30").target_time, T("10:00"));
}

TEST(ClockTest, K4_ATargetChangedByAnEarlierEventOfTheInstantJudges) {
  TestItem item;
  item.Add("m", Min(60)).target_rules = {{Level("priority == 1"), Min(10)}};
  item.Create("09:00");
  item.Set("09:30", ItemSlot::kPriority, 1.0);
  item.CompleteByHand("09:30", "m");
  EXPECT_EQ(item.M("09:30").violation_time, T("09:30"));
  EXPECT_EQ(item.M("09:30").violation_duration, Min(10));
}

TEST(ClockTest, K5_MomentsOfWarningsAndViolations) {
  Trigger used = Warning("used75", {});
  used.percent = 75;
  Trigger over = Violation("over50", {});
  over.percent = 50;
  TestItem item = OneHour({over, Violation("after20", Min(20)),
                           Violation("at", Duration::Zero()), used,
                           Warning("w10", Min(10))});
  EXPECT_EQ(item.M("09:00").triggers[0].moment, T("10:30"));
  EXPECT_THAT(
      Told(item.At("12:00").transitions),
      ElementsAre("entered e0 09:00", "started m~e0 e0 09:00",
                  "triggered m~e0 used75 09:45", "triggered m~e0 w10 09:50",
                  "violated m~e0 target 10:00", "triggered m~e0 at 10:00",
                  "triggered m~e0 after20 10:20",
                  "triggered m~e0 over50 10:30"));
}

TEST(ClockTest, K5_PercentIsRoundedDownToTheMicrosecond) {
  TestItem item;
  Trigger used = Warning("used", {});
  used.percent = 33;
  Placement& m = item.Add("m", Duration::Micros(1000001));
  m.triggers = {used};
  item.Create("09:00");
  EXPECT_EQ(item.M("09:00").triggers[0].moment,
            T("09:00") + Duration::Micros(330000));
}

TEST(ClockTest, K5_OffsetsAreOpenTime) {
  TestItem item = UntilClosing();
  item.process().placements[0].triggers = {Warning("w", Min(15)),
                                           Violation("v", Min(15))};
  EXPECT_THAT(
      Told(item.At("1 12:00").transitions),
      ElementsAre("entered e0 16:00", "started m~e0 e0 16:00",
                  "triggered m~e0 w 16:45", "violated m~e0 target 17:00",
                  "triggered m~e0 v 09:15"));
}

TEST(ClockTest, K5_AWarningBeyondTheTargetsLengthFiresAtTheStart) {
  TestItem item = OneHour({Warning("w", Min(90))});
  EXPECT_EQ(item.M("09:00").triggers[0].state, TriggerState::kFired);
  EXPECT_THAT(Told(item.At("09:00").transitions),
              Contains("triggered m~e0 w 09:00"));
}

TEST(ClockTest, K5_TheyFireOnlyWhileOpen) {
  TestItem item = OneHour({Warning("w", Min(15)), Violation("v", Min(15))});
  item.CompleteByHand("09:45", "m");
  EXPECT_THAT(Told(item.At("12:00").transitions),
              ElementsAre("entered e0 09:00", "started m~e0 e0 09:00",
                          "completed m~e0 e1 09:45"));
}

TEST(ClockTest, K5_WhilePausedTheyWait) {
  TestItem item = OneHour({Warning("w", Min(15)), Warning("x", Min(10))});
  item.Stop("09:45");  // at the very moment of w
  item.Resume("11:00");
  EXPECT_THAT(
      Told(item.At("11:05").transitions),
      ElementsAre("entered e0 09:00", "started m~e0 e0 09:00",
                  "item_stopped e1 09:45", "paused m~e0 e1 09:45",
                  "item_resumed e2 11:00", "resumed m~e0 e2 11:00",
                  "triggered m~e0 w 11:00 late", "triggered m~e0 x 11:05"));
}

TEST(ClockTest, K5_SuccessFiresOnCompletionAlsoALateOne) {
  TestItem item = OneHour({Success("s")});
  item.CompleteByHand("09:45", "m");
  EXPECT_THAT(Told(item.At("12:00").transitions),
              Contains("triggered m~e0 s 09:45"));
  item.history.events[1].occur_time = T("10:45");
  EXPECT_THAT(Told(item.At("12:00").transitions),
              Contains("triggered m~e0 s 10:45 late"));
}

TEST(ClockTest, K5_EachFiresOnceAlsoWhenTheTargetMoves) {
  TestItem item;
  Placement& m = item.Add("m", Min(60));
  m.triggers = {Warning("w", Min(15))};
  m.target_rules = {{Level("priority == 1"), Min(120)}};
  item.Create("09:00");
  item.Set("09:50", ItemSlot::kPriority, 1.0);
  EXPECT_THAT(
      Told(item.At("12:00").transitions),
      ElementsAre("entered e0 09:00", "started m~e0 e0 09:00",
                  "triggered m~e0 w 09:45", "target_changed m~e0 e1 09:50",
                  "violated m~e0 target 11:00"));
}

TEST(ClockTest, K5_SupersedingACompletionArmsSuccessAlone) {
  TestItem item;
  Placement& m = item.Add("m", Min(60));
  m.triggers = {Warning("w", Min(15)), Success("s")};
  m.completion = Level("is_closed");
  m.on_reopen = OnReopen::kResumeAll;
  item.Create("09:00");
  item.Status("09:50", "CLOSED");
  item.Status("10:50", "OPEN");
  item.Status("10:55", "CLOSED");
  EXPECT_EQ(item.M("10:50").triggers[1].state, TriggerState::kPending);
  EXPECT_THAT(
      Told(item.At("12:00").transitions),
      ElementsAre("entered e0 09:00", "started m~e0 e0 09:00",
                  "triggered m~e0 w 09:45", "completed m~e0 e1 09:50",
                  "triggered m~e0 s 09:50", "exited e1 09:50",
                  "reopened e2 10:50", "milestone_reopened m~e0 e2 10:50",
                  "completed m~e0 e3 10:55", "triggered m~e0 s#2 10:55",
                  "exited e3 10:55"));
}

TEST(ClockTest, K6_ATransitionsKeyIsInstanceKindAndCause) {
  TestItem item = OneHour({Warning("w", Min(15))});
  const Evaluation e = item.At("10:00");
  const Transition& fired = e.transitions[2];
  EXPECT_EQ(fired.kind, TransitionKind::kTriggered);
  EXPECT_EQ(fired.instance, "m~e0");
  EXPECT_EQ(fired.cause, "w");
  EXPECT_EQ(fired.milestone, 0);
  EXPECT_EQ(fired.process, "v1");
  EXPECT_EQ(fired.placement, "m");
  EXPECT_EQ(fired.trigger, "w");
  EXPECT_EQ(EffectKey(fired, "mail"), "m~e0/w/mail");
}

TEST(ClockTest, B5_ATargetBeyondOpenTimeIsAnError) {
  TestItem item = OneHour();
  item.process().placements[0].hours = "office";
  item.process().placements[0].target = Duration::Hours(24 * 365 * 10);
  EXPECT_EQ(item.TryEvaluate("09:00").status().code(),
            absl::StatusCode::kOutOfRange);
}

TEST(ClockTest, B5_ATriggerBeyondOpenTimeIsOnlyNeverDue) {
  TestItem item = OneHour({Violation("v", Duration::Hours(24 * 365 * 10))});
  item.process().placements[0].hours = "office";
  EXPECT_EQ(item.M("09:00").triggers[0].moment, std::nullopt);
  EXPECT_EQ(item.M("12:00").triggers[0].state, TriggerState::kPending);
}

TEST(ClockTest, B8_ExplainCutsSpansByHours) {
  TestItem item = UntilClosing();
  item.Stop("16:30");
  item.Resume("1 08:00");
  const Milestone m = item.M("1 10:00");
  const auto explained =
      ExplainMilestone(m, item.calendars, T("16:15"), T("1 09:30"));
  ASSERT_TRUE(explained.ok());
  std::vector<std::string> told;
  for (const ExplainedSpan& s : *explained) {
    told.push_back(std::string(s.counts ? "counts " : "stands ") +
                   (s.hours_cause == OpenCause::kOpen ? "open " : "shut ") +
                   s.event + " " +
                   std::to_string((s.interval.to - s.interval.from).seconds()));
  }
  EXPECT_THAT(told, ElementsAre("counts open e0 900", "stands open e1 1800",
                                "stands shut e1 54000", "stands shut e2 3600",
                                "counts open e2 1800"));
  EXPECT_FALSE(ExplainMilestone(m, {}, T("16:15"), T("17:00")).ok());
}

}  // namespace
}  // namespace charter::sla

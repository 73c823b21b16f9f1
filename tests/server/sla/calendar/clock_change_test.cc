// Local times where the clocks change (B3), and the cases in which other
// products were measured to be wrong.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/sla/calendar/business_hours.h"
#include "tests/server/sla/calendar/hours_builder.h"

namespace charter::sla {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// In New York the clocks go forward from 02:00 EST to 03:00 EDT on 2026-03-08
// (07:00 UTC) and back from 02:00 EDT to 01:00 EST on 2026-11-01 (06:00 UTC).
constexpr int kSunday = 6;
Hours Sunday(int start, int end) {
  return Hours("America/New_York").Day(kSunday, start, end);
}

TEST(ClockChangeTest, B3_A24HourDayHas23Or25Hours) {
  const auto hours = Sunday(0, Hm(24)).Compile();
  EXPECT_EQ(
      hours->Between(At("2026-03-07T00:00:00Z"), At("2026-03-10T00:00:00Z")),
      Duration::Hours(23));
  EXPECT_EQ(
      hours->Between(At("2026-10-31T00:00:00Z"), At("2026-11-03T00:00:00Z")),
      Duration::Hours(25));
}

TEST(ClockChangeTest, B3_ASkippedTimeIsReadWithTheOffsetBeforeTheGap) {
  // 02:30 is 02:30 EST, which the clocks call 03:30 EDT.
  EXPECT_EQ(Sunday(Hm(2, 30), Hm(9))
                .Compile()
                ->NextOpening(At("2026-03-08T00:00:00Z")),
            At("2026-03-08T07:30:00Z"));
  EXPECT_EQ(
      Sunday(Hm(1), Hm(2, 30)).Compile()->NextClose(At("2026-03-08T00:00:00Z")),
      At("2026-03-08T07:30:00Z"));
  // An interval that so ends before it starts has no time that day.
  EXPECT_THAT(
      Sunday(Hm(2, 15), Hm(3, 10))
          .Compile()
          ->Intervals(At("2026-03-08T00:00:00Z"), At("2026-03-09T00:00:00Z")),
      IsEmpty());
}

TEST(ClockChangeTest, B3_AnAmbiguousTimeIsItsFirstOccurrence) {
  // 01:30 EDT is 05:30 UTC, 01:30 EST an hour later.
  EXPECT_THAT(Sunday(Hm(1, 30), Hm(9))
                  .Compile()
                  ->NextOpening(At("2026-11-01T00:00:00Z")),
              At("2026-11-01T05:30:00Z"));
  EXPECT_THAT(
      Sunday(0, Hm(1, 30)).Compile()->NextClose(At("2026-11-01T04:30:00Z")),
      At("2026-11-01T05:30:00Z"));
  // What spans the repeated hour has it twice.
  EXPECT_EQ(
      Sunday(Hm(1, 30), Hm(2))
          .Compile()
          ->Between(At("2026-11-01T00:00:00Z"), At("2026-11-02T00:00:00Z")),
      Duration::Minutes(90));
}

TEST(ClockChangeTest, B3_AnOvernightIntervalOverAChange) {
  const auto hours = Hours("America/New_York").Day(5, Hm(22), Hm(6)).Compile();
  EXPECT_EQ(
      hours->Between(At("2026-03-07T12:00:00Z"), At("2026-03-08T12:00:00Z")),
      Duration::Hours(7));
  EXPECT_EQ(
      hours->Between(At("2026-10-31T12:00:00Z"), At("2026-11-01T12:00:00Z")),
      Duration::Hours(9));
}

TEST(ClockChangeTest, B3_AMidnightThatIsSkipped) {
  // In São Paulo 2015-10-18 began at 01:00: 24:00 of the day before is 03:00
  // UTC.
  const auto hours = Hours("America/Sao_Paulo").Day(5, Hm(9), Hm(24)).Compile();
  EXPECT_EQ(hours->NextClose(At("2015-10-17T15:00:00Z")),
            At("2015-10-18T03:00:00Z"));
  // A holiday on that date has 23 hours.
  const auto holiday =
      AllWeek("America/Sao_Paulo").Holiday(Date(2015, 10, 18)).Compile();
  EXPECT_THAT(
      holiday->Intervals(At("2015-10-18T00:00:00Z"),
                         At("2015-10-19T12:00:00Z")),
      ElementsAre(
          Interval{At("2015-10-18T00:00:00Z"), At("2015-10-18T03:00:00Z")},
          Interval{At("2015-10-19T02:00:00Z"), At("2015-10-19T12:00:00Z")}));
}

TEST(ClockChangeTest, B3_AMidnightThatIsRepeated) {
  // In Havana the clocks go back from 01:00 to 00:00 on 2024-11-03: that date
  // has 25 hours and begins at its first midnight, 04:00 UTC.
  const auto hours =
      AllWeek("America/Havana").Holiday(Date(2024, 11, 3)).Compile();
  EXPECT_EQ(hours->NextClose(At("2024-11-02T12:00:00Z")),
            At("2024-11-03T04:00:00Z"));
  EXPECT_EQ(hours->NextOpening(At("2024-11-02T12:00:00Z")),
            At("2024-11-04T05:00:00Z"));
}

TEST(ClockChangeTest, B3_ADateThatIsSkipped) {
  // Samoa went from 2011-12-29 24:00 to 2011-12-31 00:00.
  const auto hours = AllWeek("Pacific/Apia").Compile();
  EXPECT_EQ(
      hours->Between(At("2011-12-29T10:00:00Z"), At("2011-12-31T10:00:00Z")),
      Duration::Hours(48));
  // Its hours would have been those of the next day; a holiday on it closes
  // nothing.
  const auto holiday =
      AllWeek("Pacific/Apia").Holiday(Date(2011, 12, 30)).Compile();
  EXPECT_EQ(
      holiday->Between(At("2011-12-29T10:00:00Z"), At("2011-12-31T10:00:00Z")),
      Duration::Hours(48));
}

TEST(ClockChangeTest, B3_AHalfHourChange) {
  // Lord Howe Island goes back by half an hour, from 02:00 to 01:30, on
  // 2026-04-05.
  const auto hours =
      AllWeek("Australia/Lord_Howe").Holiday(Date(2026, 4, 5)).Compile();
  EXPECT_EQ(*hours->NextOpening(At("2026-04-04T12:00:00Z")) -
                *hours->NextClose(At("2026-04-04T12:00:00Z")),
            Duration::Minutes(24 * 60 + 30));
}

TEST(ClockChangeTest, B3_TimeInsideAnIntervalIsElapsedTime) {
  const auto hours = AllWeek("Europe/Berlin").Compile();
  EXPECT_EQ(*hours->Add(At("2026-03-28T12:00:00Z"), Duration::Hours(24)),
            At("2026-03-29T12:00:00Z"));
  EXPECT_EQ(*hours->Add(At("2026-10-24T12:00:00Z"), Duration::Hours(24)),
            At("2026-10-25T12:00:00Z"));
}

// Measured elsewhere: a target more than 30 days away came back as "not set".
TEST(ClockChangeTest, B4_ATargetFarAwayIsFound) {
  const auto hours = NewYork().Holiday(Date(2026, 11, 26)).Compile();
  EXPECT_EQ(*hours->Add(At("2026-11-03T15:17:00Z"), Duration::Hours(8 * 25)),
            At("2026-12-09T15:17:00Z"));
  // Eight hours over a closure of a whole month, and over one of nine years.
  const auto month =
      NewYork().Recurring(Date(2027, 8, 1), "FREQ=DAILY;COUNT=31").Compile();
  EXPECT_EQ(*month->Add(At("2027-07-30T14:00:00Z"), Duration::Hours(8)),
            At("2027-09-01T14:00:00Z"));
  const auto years =
      NewYork()
          .Recurring(Date(2026, 8, 1), "FREQ=DAILY;UNTIL=20350731")
          .Compile();
  EXPECT_EQ(*years->Add(At("2026-07-31T20:00:00Z"), Duration::Hours(2)),
            At("2035-08-01T14:00:00Z"));
}

// Measured elsewhere: an unreachable target also lost a reachable one.
TEST(ClockChangeTest, B4_OneTargetKnowsNothingOfAnother) {
  const auto hours = NewYork().Compile();
  const Instant opened = At("2026-11-03T15:00:00Z");
  EXPECT_EQ(*hours->Add(opened, Duration::Hours(3)),
            At("2026-11-03T18:00:00Z"));
  EXPECT_FALSE(hours->Add(opened, Duration::Hours(24 * 3653)).ok());
  EXPECT_EQ(*hours->Add(opened, Duration::Hours(3)),
            At("2026-11-03T18:00:00Z"));
}

// Measured elsewhere: `between` counted both ends, a second too much per pause.
TEST(ClockChangeTest, B4_BetweenHasNoExtraSecondHoweverOftenItIsCut) {
  const auto hours = NewYork().Compile();
  const Instant from = At("2026-11-03T14:00:00Z");
  Duration sum;
  for (int minute = 0; minute < 480; ++minute) {
    sum += hours->Between(from + Duration::Minutes(minute),
                          from + Duration::Minutes(minute + 1));
  }
  EXPECT_EQ(sum, Duration::Hours(8));
}

// Measured elsewhere: on Sunday morning Saturday's night shift was forgotten.
TEST(ClockChangeTest, B1_TheWeekHasNoEdge) {
  for (int day = 0; day < 7; ++day) {
    const auto hours = Hours("UTC").Day(day, Hm(22), Hm(6)).Compile();
    const Instant morning =
        At("2026-01-06T01:00:00Z") + Duration::Hours(24 * day);
    EXPECT_EQ(*hours->Add(morning, Duration::Hours(1)),
              morning + Duration::Hours(1));
  }
}

// Measured elsewhere: a holiday was 24 hours long, whatever its date.
TEST(ClockChangeTest, B3_AHolidayOnTheDayOfAChangeEndsAtMidnight) {
  const auto autumn =
      AllWeek("America/New_York").Holiday(Date(2026, 11, 1)).Compile();
  EXPECT_EQ(*autumn->Add(At("2026-11-01T15:00:00Z"), Duration::Hours(1)),
            At("2026-11-02T06:00:00Z"));  // 01:00 EST
  const auto spring =
      AllWeek("America/New_York").Holiday(Date(2026, 3, 8)).Compile();
  EXPECT_EQ(*spring->Add(At("2026-03-08T15:00:00Z"), Duration::Hours(1)),
            At("2026-03-09T05:00:00Z"));  // 01:00 EDT
}

// Measured elsewhere: in the second pass of the repeated hour, times stored as
// local ones came back an hour early.
TEST(ClockChangeTest, B3_TheSecondPassOfARepeatedHourIsItsOwnTime) {
  const auto hours = AllWeek("America/New_York").Compile();
  const Instant second_pass = At("2026-11-01T01:30:00-05:00");
  EXPECT_EQ(*hours->Add(second_pass, Duration::Hours(48)),
            At("2026-11-03T01:30:00-05:00"));
  EXPECT_EQ(*hours->Add(second_pass, Duration::Minutes(5)),
            At("2026-11-01T01:35:00-05:00"));
  EXPECT_EQ(hours->Between(At("2026-11-01T01:30:00-04:00"), second_pass),
            Duration::Hours(1));
}

}  // namespace
}  // namespace charter::sla

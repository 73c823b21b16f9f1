// Holidays and overrides (B2).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/sla/calendar/business_hours.h"
#include "tests/server/sla/calendar/hours_builder.h"

namespace charter::sla {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Hours Office() { return Hours("UTC").Days(0, 4, Hm(9), Hm(17)); }

// The open intervals of one UTC date.
std::vector<Interval> Day(const BusinessHours& hours, absl::string_view date) {
  const Instant from = At(std::string(date) + "T00:00:00Z");
  return hours.Intervals(from, from + Duration::Hours(24));
}

TEST(HolidayTest, B2_AHolidayClosesItsDate) {
  const auto hours = Office().Holiday(Date(2026, 1, 6)).Compile();
  EXPECT_THAT(Day(*hours, "2026-01-06"), IsEmpty());
  EXPECT_EQ(*hours->Add(At("2026-01-05T16:00:00Z"), Duration::Hours(2)),
            At("2026-01-07T10:00:00Z"));
  EXPECT_FALSE(hours->IsBusinessDay(At("2026-01-06T10:00:00Z")));
}

TEST(HolidayTest, B2_APartialHolidayClosesAPartOfItsDate) {
  const auto hours = Office()
                         .PartHoliday(Date(2026, 1, 5), Hm(12), Hm(13))
                         .PartHoliday(Date(2026, 1, 6), Hm(15), Hm(24))
                         .PartHoliday(Date(2026, 1, 7), 0, Hm(9, 30))
                         .Compile();
  EXPECT_THAT(
      Day(*hours, "2026-01-05"),
      ElementsAre(
          Interval{At("2026-01-05T09:00:00Z"), At("2026-01-05T12:00:00Z")},
          Interval{At("2026-01-05T13:00:00Z"), At("2026-01-05T17:00:00Z")}));
  EXPECT_THAT(Day(*hours, "2026-01-06"),
              ElementsAre(Interval{At("2026-01-06T09:00:00Z"),
                                   At("2026-01-06T15:00:00Z")}));
  EXPECT_THAT(Day(*hours, "2026-01-07"),
              ElementsAre(Interval{At("2026-01-07T09:30:00Z"),
                                   At("2026-01-07T17:00:00Z")}));
}

TEST(HolidayTest, B2_AHolidayBlanksItsDateAlsoForTheEveningBefore) {
  const auto hours = Hours("UTC")
                         .Days(0, 6, Hm(22), Hm(6))
                         .Holiday(Date(2026, 1, 6))
                         .Compile();
  // The night from Monday ends at midnight; the holiday's own night is gone up
  // to midnight too, and what it would have had on Wednesday goes on.
  EXPECT_THAT(
      hours->Intervals(At("2026-01-05T12:00:00Z"), At("2026-01-07T12:00:00Z")),
      ElementsAre(
          Interval{At("2026-01-05T22:00:00Z"), At("2026-01-06T00:00:00Z")},
          Interval{At("2026-01-07T00:00:00Z"), At("2026-01-07T06:00:00Z")}));
}

TEST(HolidayTest, B2_TheDateIsThatOfTheSetsOwnZone) {
  const auto hours =
      AllWeek("Pacific/Auckland").Holiday(Date(2026, 1, 6)).Compile();
  EXPECT_EQ(*hours->NextClose(At("2026-01-05T00:00:00Z")),
            At("2026-01-05T11:00:00Z"));
  EXPECT_EQ(*hours->NextOpening(At("2026-01-05T00:00:00Z")),
            At("2026-01-06T11:00:00Z"));
}

TEST(HolidayTest, B2_OverlappingHolidaysCloseOnce) {
  const auto hours = Office()
                         .PartHoliday(Date(2026, 1, 5), Hm(10), Hm(14))
                         .PartHoliday(Date(2026, 1, 5), Hm(11), Hm(12))
                         .PartHoliday(Date(2026, 1, 5), Hm(13), Hm(16))
                         .Compile();
  EXPECT_THAT(
      Day(*hours, "2026-01-05"),
      ElementsAre(
          Interval{At("2026-01-05T09:00:00Z"), At("2026-01-05T10:00:00Z")},
          Interval{At("2026-01-05T16:00:00Z"), At("2026-01-05T17:00:00Z")}));
}

TEST(HolidayTest, B2_ARecurringHolidayLessItsExceptions) {
  const auto hours =
      Office()
          .Recurring(Date(2020, 12, 25), "FREQ=YEARLY", {Date(2026, 12, 25)})
          .Compile();
  EXPECT_FALSE(hours->IsBusinessDay(At("2025-12-25T12:00:00Z")));
  EXPECT_TRUE(hours->IsBusinessDay(At("2026-12-25T12:00:00Z")));
  EXPECT_FALSE(hours->IsBusinessDay(At("2028-12-25T12:00:00Z")));
  EXPECT_TRUE(hours->IsBusinessDay(
      At("2018-12-25T12:00:00Z")));  // before its first date
}

TEST(HolidayTest, B2_ARecurrenceIsExpandedToTenYearsPastTheEffectiveTime) {
  const auto hours = Office()
                         .From("2026-01-01T00:00:00Z")
                         .Recurring(Date(2025, 6, 1), "FREQ=DAILY;INTERVAL=1")
                         .Override(Date(2037, 1, 5), {{Hm(9), Hm(17)}})
                         .Compile();
  EXPECT_FALSE(hours->IsBusinessDay(
      At("2036-01-01T12:00:00Z")));  // the last one, a Tuesday
  EXPECT_TRUE(hours->IsBusinessDay(At("2036-01-02T12:00:00Z")));
}

TEST(HolidayTest, B2_ARecurrenceMayBePartial) {
  HoursVersion version = Office().version();
  version.holidays.push_back({"half day",
                              Date(2026, 1, 7),
                              WallInterval{Hm(13), Hm(24)},
                              "FREQ=WEEKLY;COUNT=2",
                              {}});
  const auto hours = Hours::CompileAll({version});
  for (const char* day : {"2026-01-07", "2026-01-14"}) {
    const Instant date = At(std::string(day) + "T00:00:00Z");
    EXPECT_EQ(hours->Between(date, date + Duration::Hours(24)),
              Duration::Hours(4));
  }
  EXPECT_EQ(
      hours->Between(At("2026-01-21T00:00:00Z"), At("2026-01-22T00:00:00Z")),
      Duration::Hours(8));
}

TEST(HolidayTest, B2_AnOverrideReplacesTheWeeklyIntervalsOfItsDate) {
  const auto hours =
      Office()
          .Override(Date(2026, 1, 5), {{Hm(10), Hm(11)}, {Hm(12), Hm(14)}})
          .Override(Date(2026, 1, 6), {})
          .Override(Date(2026, 1, 10), {{Hm(8), Hm(9)}})  // a Saturday
          .Compile();
  EXPECT_THAT(
      Day(*hours, "2026-01-05"),
      ElementsAre(
          Interval{At("2026-01-05T10:00:00Z"), At("2026-01-05T11:00:00Z")},
          Interval{At("2026-01-05T12:00:00Z"), At("2026-01-05T14:00:00Z")}));
  EXPECT_THAT(Day(*hours, "2026-01-06"), IsEmpty());
  EXPECT_THAT(Day(*hours, "2026-01-10"),
              ElementsAre(Interval{At("2026-01-10T08:00:00Z"),
                                   At("2026-01-10T09:00:00Z")}));
}

TEST(HolidayTest, B2_AnOverrideLeavesTheEveningBeforeAndMayCrossMidnight) {
  const auto hours = Hours("UTC")
                         .Days(0, 6, Hm(22), Hm(6))
                         .Override(Date(2026, 1, 6), {{Hm(20), Hm(2)}})
                         .Compile();
  EXPECT_THAT(
      hours->Intervals(At("2026-01-05T12:00:00Z"), At("2026-01-07T12:00:00Z")),
      ElementsAre(
          Interval{At("2026-01-05T22:00:00Z"), At("2026-01-06T06:00:00Z")},
          Interval{At("2026-01-06T20:00:00Z"), At("2026-01-07T02:00:00Z")}));
}

TEST(HolidayTest, B2_AHolidayBeatsAnOverride) {
  const auto hours = Office()
                         .Override(Date(2026, 1, 5), {{Hm(8), Hm(20)}})
                         .PartHoliday(Date(2026, 1, 5), Hm(12), Hm(24))
                         .Override(Date(2026, 1, 6), {{Hm(8), Hm(20)}})
                         .Holiday(Date(2026, 1, 6))
                         .Compile();
  EXPECT_THAT(Day(*hours, "2026-01-05"),
              ElementsAre(Interval{At("2026-01-05T08:00:00Z"),
                                   At("2026-01-05T12:00:00Z")}));
  EXPECT_THAT(Day(*hours, "2026-01-06"), IsEmpty());
}

}  // namespace
}  // namespace charter::sla

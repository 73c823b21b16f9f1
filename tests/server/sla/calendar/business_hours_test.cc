// Arithmetic on business hours: T1, T2, B1, B4, B5.
#include "server/sla/calendar/business_hours.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "tests/server/sla/calendar/hours_builder.h"

namespace charter::sla {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

// 2026-01-05 is a Monday.
constexpr char kZone[] = "UTC";
Hours Office() { return Hours(kZone).Days(0, 4, Hm(9), Hm(17)); }

TEST(BusinessHoursTest, T1_ResultsAreExactToTheMicrosecond) {
  const auto hours = Office().Compile();
  const Instant start = At("2026-01-05T16:59:59.999999Z");
  EXPECT_EQ(*hours->Add(start, Duration::Micros(1)),
            At("2026-01-05T17:00:00Z"));
  EXPECT_EQ(*hours->Add(start, Duration::Micros(2)),
            At("2026-01-06T09:00:00.000001Z"));
  EXPECT_EQ(
      *hours->Subtract(At("2026-01-06T09:00:00.000001Z"), Duration::Micros(2)),
      start);
  EXPECT_EQ(hours->Between(start, At("2026-01-06T09:00:00.000001Z")),
            Duration::Micros(2));
}

TEST(BusinessHoursTest, T1_FinerTimesAreTruncatedToTheMicrosecond) {
  EXPECT_EQ(Instant::From(absl::FromUnixNanos(1999)), Instant::FromMicros(1));
  EXPECT_EQ(Instant::From(absl::FromUnixNanos(-1)), Instant::FromMicros(-1));
  EXPECT_EQ(Duration::From(absl::Nanoseconds(1999)), Duration::Micros(1));
  EXPECT_EQ(Duration::From(absl::Nanoseconds(-1999)), Duration::Micros(-1));
}

TEST(BusinessHoursTest, T1_CountsFromYear1ToYear9999) {
  const auto hours = AllWeek(kZone).Compile();
  EXPECT_TRUE(hours->IsOpen(Instant::Min()));
  EXPECT_TRUE(hours->IsOpen(Instant::Max()));
  EXPECT_EQ(hours->Between(Instant::Min(), Instant::Max()),
            Instant::Max() - Instant::Min());
  EXPECT_EQ(
      *hours->Add(Instant::Max() - Duration::Micros(1), Duration::Micros(1)),
      Instant::Max());
  EXPECT_FALSE(hours->Add(Instant::Max(), Duration::Micros(1)).ok());
  EXPECT_FALSE(hours->Subtract(Instant::Min(), Duration::Micros(1)).ok());
}

TEST(BusinessHoursTest, T2_AnIntervalHoldsItsStartAndNotItsEnd) {
  const auto hours = Office().Compile();
  EXPECT_FALSE(hours->IsOpen(At("2026-01-05T08:59:59.999999Z")));
  EXPECT_TRUE(hours->IsOpen(At("2026-01-05T09:00:00Z")));
  EXPECT_TRUE(hours->IsOpen(At("2026-01-05T16:59:59.999999Z")));
  EXPECT_FALSE(hours->IsOpen(At("2026-01-05T17:00:00Z")));
}

TEST(BusinessHoursTest, B1_SeveralIntervalsADay) {
  const auto hours = Hours(kZone)
                         .Day(0, Hm(13), Hm(17))
                         .Day(0, Hm(8), Hm(10))
                         .Day(0, Hm(11), Hm(12))
                         .Compile();
  EXPECT_THAT(
      hours->Intervals(At("2026-01-05T00:00:00Z"), At("2026-01-06T00:00:00Z")),
      ElementsAre(
          Interval{At("2026-01-05T08:00:00Z"), At("2026-01-05T10:00:00Z")},
          Interval{At("2026-01-05T11:00:00Z"), At("2026-01-05T12:00:00Z")},
          Interval{At("2026-01-05T13:00:00Z"), At("2026-01-05T17:00:00Z")}));
}

TEST(BusinessHoursTest, B1_OverlappingAndTouchingIntervalsAreUnited) {
  const auto hours = Hours(kZone)
                         .Day(0, Hm(9), Hm(12))
                         .Day(0, Hm(11), Hm(14))
                         .Day(0, Hm(14), Hm(16))
                         .Compile();
  const Instant monday = At("2026-01-05T00:00:00Z");
  EXPECT_THAT(hours->Intervals(monday, monday + Duration::Hours(24)),
              ElementsAre(Interval{At("2026-01-05T09:00:00Z"),
                                   At("2026-01-05T16:00:00Z")}));
  EXPECT_EQ(hours->Between(monday, monday + Duration::Hours(24)),
            Duration::Hours(7));
  EXPECT_EQ(*hours->NextClose(At("2026-01-05T09:30:00Z")),
            At("2026-01-05T16:00:00Z"));
}

TEST(BusinessHoursTest, B1_An2400EndTouchesTheNextDay) {
  const auto hours =
      Hours(kZone).Day(0, Hm(9), Hm(24)).Day(1, 0, Hm(3)).Compile();
  EXPECT_THAT(
      hours->Intervals(At("2026-01-05T00:00:00Z"), At("2026-01-07T00:00:00Z")),
      ElementsAre(
          Interval{At("2026-01-05T09:00:00Z"), At("2026-01-06T03:00:00Z")}));
}

TEST(BusinessHoursTest, B1_AnOvernightIntervalBelongsToTheDayOnWhichItStarts) {
  const auto hours =
      Hours(kZone).Day(6, Hm(22), Hm(6)).Compile();  // Sunday evening
  EXPECT_TRUE(hours->IsOpen(At("2026-01-04T23:00:00Z")));
  EXPECT_TRUE(hours->IsOpen(At("2026-01-05T05:59:00Z")));
  EXPECT_FALSE(hours->IsOpen(At("2026-01-04T05:00:00Z")));
  EXPECT_FALSE(hours->IsOpen(At("2026-01-05T22:30:00Z")));
}

TEST(BusinessHoursTest, B1_AnIntervalThatEndsWhereItStartsHas24Hours) {
  const auto hours = Hours(kZone).Day(0, Hm(22), Hm(22)).Compile();
  EXPECT_THAT(
      hours->Intervals(At("2026-01-01T00:00:00Z"), At("2026-01-08T00:00:00Z")),
      ElementsAre(
          Interval{At("2026-01-05T22:00:00Z"), At("2026-01-06T22:00:00Z")}));
  const auto midnight = Hours(kZone).Day(0, 0, 0).Compile();
  EXPECT_EQ(
      midnight->Between(At("2026-01-01T00:00:00Z"), At("2026-01-08T00:00:00Z")),
      Duration::Hours(24));
}

TEST(BusinessHoursTest, B1_AlwaysIsOpenAtEveryInstant) {
  const auto hours = BusinessHours::Always();
  EXPECT_EQ(*BusinessHours::Compile({.always = true, .versions = {}}), hours);
  for (Instant t :
       {Instant::Min(), At("1969-12-31T23:59:59.999999Z"),
        Instant::FromMicros(0), At("2026-07-01T12:00:00Z"), Instant::Max()}) {
    EXPECT_TRUE(hours->IsOpen(t));
    EXPECT_TRUE(hours->IsBusinessDay(t));
    EXPECT_EQ(hours->NextOpen(t), t);
    EXPECT_EQ(hours->NextClose(t), std::nullopt);
    EXPECT_EQ(hours->NextOpening(t), std::nullopt);
    EXPECT_EQ(hours->PreviousClosing(t), std::nullopt);
  }
  const Instant t = At("2026-07-01T12:00:00Z");
  EXPECT_EQ(hours->PreviousOpen(t), std::nullopt);
  EXPECT_EQ(hours->PreviousClose(t), t);
  EXPECT_EQ(*hours->Add(t, Duration::Hours(24 * 3650)),
            t + Duration::Hours(24 * 3650));
  EXPECT_EQ(*hours->AddBusinessDays(t, 3), t + Duration::Hours(72));
  EXPECT_THAT(hours->Intervals(t, t + Duration::Hours(24 * 9000)),
              ElementsAre(Interval{t, t + Duration::Hours(24 * 9000)}));
}

TEST(BusinessHoursTest, B4_AddIsTheEarliestInstant) {
  const auto hours = Office().Compile();
  const Instant opening = At("2026-01-05T09:00:00Z");
  // A day used up exactly ends at its closing time.
  EXPECT_EQ(*hours->Add(opening, Duration::Hours(8)),
            At("2026-01-05T17:00:00Z"));
  EXPECT_EQ(*hours->Add(opening, Duration::Hours(8) + Duration::Micros(1)),
            At("2026-01-06T09:00:00.000001Z"));
  EXPECT_EQ(*hours->Add(At("2026-01-02T20:00:00Z"), Duration::Hours(16)),
            At("2026-01-06T17:00:00Z"));
  // Nothing to add changes nothing, also while closed.
  EXPECT_EQ(*hours->Add(At("2026-01-04T03:00:00Z"), Duration::Zero()),
            At("2026-01-04T03:00:00Z"));
}

TEST(BusinessHoursTest, B4_SubtractIsTheLatestInstant) {
  const auto hours = Office().Compile();
  const Instant closing = At("2026-01-06T17:00:00Z");
  EXPECT_EQ(*hours->Subtract(closing, Duration::Hours(8)),
            At("2026-01-06T09:00:00Z"));
  EXPECT_EQ(*hours->Subtract(closing, Duration::Hours(8) + Duration::Micros(1)),
            At("2026-01-05T16:59:59.999999Z"));
  EXPECT_EQ(*hours->Subtract(At("2026-01-05T08:00:00Z"), Duration::Hours(1)),
            At("2026-01-02T16:00:00Z"));
  EXPECT_EQ(*hours->Subtract(At("2026-01-04T03:00:00Z"), Duration::Zero()),
            At("2026-01-04T03:00:00Z"));
}

TEST(BusinessHoursTest, B4_NegativeDurationsAreRefused) {
  const auto hours = Office().Compile();
  const auto added =
      hours->Add(At("2026-01-05T09:00:00Z"), Duration::Micros(-1));
  EXPECT_TRUE(absl::IsInvalidArgument(added.status()));
  EXPECT_THAT(std::string(added.status().message()), HasSubstr("subtract"));
  EXPECT_TRUE(absl::IsInvalidArgument(
      hours->Subtract(At("2026-01-05T09:00:00Z"), Duration::Micros(-1))
          .status()));
}

TEST(BusinessHoursTest, B4_BetweenIsNegativeBackwards) {
  const auto hours = Office().Compile();
  const Instant a = At("2026-01-02T16:00:00Z");
  const Instant b = At("2026-01-05T10:30:00Z");
  EXPECT_EQ(hours->Between(a, b), Duration::Minutes(150));
  EXPECT_EQ(hours->Between(b, a), Duration::Minutes(-150));
  EXPECT_EQ(hours->Between(a, a), Duration::Zero());
}

TEST(BusinessHoursTest, B4_OpeningsAndClosings) {
  const auto hours = Office().Compile();
  const Instant opening = At("2026-01-05T09:00:00Z");
  const Instant closing = At("2026-01-05T17:00:00Z");
  const Instant inside = At("2026-01-05T12:00:00Z");
  const Instant friday_opening = At("2026-01-02T09:00:00Z");
  const Instant friday_closing = At("2026-01-02T17:00:00Z");
  const Instant tuesday_opening = At("2026-01-06T09:00:00Z");
  const Instant tuesday_closing = At("2026-01-06T17:00:00Z");
  struct Row {
    Instant at, next_open, next_opening, next_close, previous_open,
        previous_close, previous_closing;
  };
  const Row rows[] = {
      {opening, opening, tuesday_opening, closing, friday_opening,
       friday_closing, friday_closing},
      {inside, inside, tuesday_opening, closing, opening, inside,
       friday_closing},
      {closing, tuesday_opening, tuesday_opening, tuesday_closing, opening,
       closing, friday_closing},
      {At("2026-01-05T17:00:00.000001Z"), tuesday_opening, tuesday_opening,
       tuesday_closing, opening, closing, closing},
      {At("2026-01-04T12:00:00Z"), opening, opening, closing, friday_opening,
       friday_closing, friday_closing},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(Text(row.at));
    EXPECT_EQ(hours->NextOpen(row.at), row.next_open);
    EXPECT_EQ(hours->NextOpening(row.at), row.next_opening);
    EXPECT_EQ(hours->NextClose(row.at), row.next_close);
    EXPECT_EQ(hours->PreviousOpen(row.at), row.previous_open);
    EXPECT_EQ(hours->PreviousClose(row.at), row.previous_close);
    EXPECT_EQ(hours->PreviousClosing(row.at), row.previous_closing);
  }
}

TEST(BusinessHoursTest, B4_IntervalsAreCutToTheRange) {
  const auto hours = Office().Compile();
  EXPECT_THAT(
      hours->Intervals(At("2026-01-05T10:00:00Z"), At("2026-01-06T11:00:00Z")),
      ElementsAre(
          Interval{At("2026-01-05T10:00:00Z"), At("2026-01-05T17:00:00Z")},
          Interval{At("2026-01-06T09:00:00Z"), At("2026-01-06T11:00:00Z")}));
  EXPECT_THAT(
      hours->Intervals(At("2026-01-05T17:00:00Z"), At("2026-01-06T09:00:00Z")),
      IsEmpty());
  EXPECT_THAT(
      hours->Intervals(At("2026-01-06T11:00:00Z"), At("2026-01-05T10:00:00Z")),
      IsEmpty());
}

TEST(BusinessHoursTest, B4_ABusinessDayHasOpenTimeOnItsLocalDate) {
  const auto hours = Hours("Asia/Tokyo").Days(0, 4, Hm(9), Hm(17)).Compile();
  EXPECT_TRUE(
      hours->IsBusinessDay(At("2026-01-04T15:00:00Z")));  // Monday 00:00 there
  EXPECT_FALSE(
      hours->IsBusinessDay(At("2026-01-04T14:59:59Z")));  // still Sunday
  // The morning after an evening that began on Sunday counts.
  const auto night = Hours(kZone).Day(6, Hm(22), Hm(6)).Compile();
  EXPECT_TRUE(night->IsBusinessDay(At("2026-01-05T12:00:00Z")));
  EXPECT_FALSE(night->IsBusinessDay(At("2026-01-06T12:00:00Z")));
}

TEST(BusinessHoursTest, B4_BusinessDaysKeepTheWallTime) {
  const auto hours = NewYork().Holiday(Date(2026, 3, 10)).Compile();
  const Instant friday =
      At("2026-03-06T14:00:00.5Z");  // 09:00:00.5 there, before the change
  EXPECT_EQ(*hours->AddBusinessDays(friday, 0), friday);
  EXPECT_EQ(*hours->AddBusinessDays(friday, 1), At("2026-03-09T13:00:00.5Z"));
  EXPECT_EQ(*hours->AddBusinessDays(friday, 2), At("2026-03-11T13:00:00.5Z"));
  EXPECT_EQ(*hours->AddBusinessDays(At("2026-03-11T13:00:00.5Z"), -2), friday);
  // Outside hours too.
  EXPECT_EQ(*hours->AddBusinessDays(At("2026-03-06T04:00:00Z"), 1),
            At("2026-03-07T04:00:00Z"));
}

TEST(BusinessHoursTest, B4_BusinessDaysFromAClosedDateCountTheNextOneFirst) {
  const auto hours = Office().Compile();
  const Instant saturday = At("2026-01-03T10:00:00Z");
  EXPECT_EQ(*hours->AddBusinessDays(saturday, 1), At("2026-01-05T10:00:00Z"));
  EXPECT_EQ(*hours->AddBusinessDays(saturday, -1), At("2026-01-02T10:00:00Z"));
}

TEST(BusinessHoursTest, B5_SearchesStopTenYearsOut) {
  // Open in 2026 alone.
  const auto hours =
      Hours(kZone).Override(Date(2026, 3, 2), {{Hm(9), Hm(17)}}).Compile();
  const Instant after = At("2026-06-01T00:00:00Z");
  const auto none = hours->Add(after, Duration::Seconds(1));
  EXPECT_TRUE(absl::IsOutOfRange(none.status()));
  EXPECT_THAT(std::string(none.status().message()), StartsWith("NO_OPEN_TIME"));
  EXPECT_EQ(hours->NextOpen(after), std::nullopt);
  EXPECT_EQ(hours->NextOpening(after), std::nullopt);
  EXPECT_EQ(hours->NextClose(after), std::nullopt);
  const auto no_day = hours->AddBusinessDays(after, 1);
  EXPECT_TRUE(absl::IsOutOfRange(no_day.status()));
  EXPECT_THAT(std::string(no_day.status().message()),
              StartsWith("NO_OPEN_TIME"));

  const Instant before = At("2026-01-01T00:00:00Z");
  const auto none_before = hours->Subtract(before, Duration::Seconds(1));
  EXPECT_TRUE(absl::IsOutOfRange(none_before.status()));
  EXPECT_THAT(std::string(none_before.status().message()),
              StartsWith("NO_OPEN_TIME"));
  EXPECT_EQ(hours->PreviousOpen(before), std::nullopt);
  EXPECT_EQ(hours->PreviousClose(before), std::nullopt);
  EXPECT_EQ(hours->PreviousClosing(before), std::nullopt);
  EXPECT_TRUE(absl::IsOutOfRange(hours->AddBusinessDays(before, -1).status()));

  // It is found from less than ten years away, and from more it is not.
  EXPECT_EQ(hours->NextOpen(At("2016-04-01T00:00:00Z")),
            At("2026-03-02T09:00:00Z"));
  EXPECT_EQ(hours->NextOpen(At("2016-02-01T00:00:00Z")), std::nullopt);
  EXPECT_EQ(hours->PreviousClose(At("2036-02-01T00:00:00Z")),
            At("2026-03-02T17:00:00Z"));
  EXPECT_EQ(hours->PreviousClose(At("2036-04-01T00:00:00Z")), std::nullopt);
  EXPECT_EQ(*hours->Add(At("2016-04-01T00:00:00Z"), Duration::Hours(8)),
            At("2026-03-02T17:00:00Z"));
  EXPECT_FALSE(hours->Add(At("2016-02-01T00:00:00Z"), Duration::Hours(8)).ok());
}

TEST(BusinessHoursTest, B5_ADurationLongerThanTenYearsIsOutOfRange) {
  const auto hours = BusinessHours::Always();
  const Instant t = At("2026-01-01T00:00:00Z");
  EXPECT_TRUE(hours->Add(t, BusinessHours::kSearchLimit).ok());
  EXPECT_TRUE(absl::IsOutOfRange(
      hours->Add(t, BusinessHours::kSearchLimit + Duration::Micros(1))
          .status()));
  EXPECT_TRUE(absl::IsOutOfRange(
      hours->Add(t, Duration::Micros(std::numeric_limits<int64_t>::max()))
          .status()));
  EXPECT_TRUE(hours->Subtract(t, BusinessHours::kSearchLimit).ok());
  EXPECT_TRUE(absl::IsOutOfRange(
      hours->Subtract(t, Duration::Micros(std::numeric_limits<int64_t>::max()))
          .status()));
}

TEST(BusinessHoursTest, B5_HoursThatNeverOpenAreRefused) {
  const auto refused = [](const Hours& hours) {
    const auto compiled =
        BusinessHours::Compile({.versions = {hours.version()}});
    EXPECT_TRUE(absl::IsInvalidArgument(compiled.status()))
        << compiled.status();
    EXPECT_THAT(std::string(compiled.status().message()),
                HasSubstr("versions[0]: these hours never open"));
  };
  refused(Hours(kZone));
  refused(Hours(kZone).Override(Date(2026, 3, 2), {}));
  refused(Office().Recurring(Date(2025, 12, 1), "FREQ=DAILY"));
  refused(Hours(kZone)
              .Override(Date(2026, 3, 2), {{Hm(9), Hm(17)}})
              .Holiday(Date(2026, 3, 2)));
  // Once, at some time, is enough.
  EXPECT_NE(
      Hours(kZone).Override(Date(2020, 3, 2), {{Hm(9), Hm(17)}}).Compile(),
      nullptr);
  EXPECT_NE(Office()
                .Recurring(Date(2025, 12, 1), "FREQ=DAILY;UNTIL=20301231")
                .Compile(),
            nullptr);
  // A reader may go on with such a set.
  const auto allowed = BusinessHours::Compile(
      {.versions = {Hours(kZone).version()}}, NeverOpens::kAllow);
  ASSERT_TRUE(allowed.ok());
  EXPECT_EQ((*allowed)->Between(Instant::Min(), Instant::Max()),
            Duration::Zero());
  EXPECT_EQ((*allowed)->NextOpen(Instant::FromMicros(0)), std::nullopt);
}

}  // namespace
}  // namespace charter::sla

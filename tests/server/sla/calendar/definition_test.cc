// What Compile refuses, and what it says then (B1, B2).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "server/sla/calendar/business_hours.h"
#include "tests/server/sla/calendar/hours_builder.h"

namespace charter::sla {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// The message of the error that `change` makes of good hours, "" if of none.
std::string Refusal(const std::function<void(HoursVersion&)>& change) {
  HoursVersion version = NewYork().version();
  change(version);
  const auto compiled =
      BusinessHours::Compile({.versions = {NewYork().version(), version}});
  if (compiled.ok()) return "";
  EXPECT_TRUE(absl::IsInvalidArgument(compiled.status()));
  return std::string(compiled.status().message());
}

TEST(DefinitionTest, B1_AZoneIsAnIanaNameThatLoads) {
  for (const char* good :
       {"UTC", "Etc/UTC", "Etc/GMT+5", "America/Argentina/Buenos_Aires",
        "Europe/Paris", "America/Port-au-Prince", "GMT"}) {
    EXPECT_EQ(Refusal([&](HoursVersion& v) { v.time_zone = good; }), "")
        << good;
  }
  for (const char* bad :
       {"", "localtime", "Mars/Olympus", "/usr/share/zoneinfo/UTC",
        "Fixed/UTC+05:00:00", "Fixed/UTC+05", "right/UTC", "posix/UTC",
        "posixrules", "EST5EDT", "../UTC", "America/", "/UTC",
        "America//New_York", "UTC ", "+05:00", "Europe", "tzdata.zi"}) {
    EXPECT_THAT(Refusal([&](HoursVersion& v) { v.time_zone = bad; }),
                AllOf(StartsWith("versions[1].time_zone: "), HasSubstr("IANA")))
        << bad;
  }
}

TEST(DefinitionTest, B1_WallTimesAreFrom0000To2400) {
  const auto weekly = [](WallInterval interval) {
    return Refusal([&](HoursVersion& v) { v.weekly[2] = {interval}; });
  };
  EXPECT_EQ(weekly({0, 86400}), "");
  EXPECT_EQ(weekly({86399, 0}), "");
  EXPECT_THAT(weekly({-1, 100}),
              StartsWith("versions[1].weekly[2][0]: starts at second -1"));
  EXPECT_THAT(weekly({86400, 100}),
              StartsWith("versions[1].weekly[2][0]: starts at second 86400"));
  EXPECT_THAT(
      weekly({100, 86401}),
      AllOf(StartsWith("versions[1].weekly[2][0]: ends at second 86401"),
            HasSubstr("past 24:00")));
  EXPECT_THAT(weekly({100, -1}), StartsWith("versions[1].weekly[2][0]: ends"));
  EXPECT_THAT(
      Refusal([](HoursVersion& v) {
        v.overrides.push_back({"", Date(2026, 1, 5), {{0, 100}, {100, 90000}}});
      }),
      StartsWith("versions[1].overrides[0].intervals[1]: ends"));
}

TEST(DefinitionTest, B2_APartialHolidayStaysWithinItsDate) {
  const auto part = [](int start, int end) {
    return Refusal([&](HoursVersion& v) {
      v.holidays.push_back(
          {"", Date(2026, 1, 5), WallInterval{start, end}, "", {}});
    });
  };
  EXPECT_EQ(part(0, 86400), "");
  for (const auto& [start, end] : {std::pair(Hm(22), Hm(2)),
                                   {Hm(9), Hm(9)},
                                   {-1, Hm(9)},
                                   {Hm(9), 86401}}) {
    EXPECT_THAT(part(start, end),
                AllOf(StartsWith("versions[1].holidays[0].part: "),
                      HasSubstr("two holidays")));
  }
}

TEST(DefinitionTest, B2_ABadRecurrenceIsNamed) {
  EXPECT_THAT(
      Refusal([](HoursVersion& v) {
        v.holidays.push_back({"", Date(2026, 1, 5), {}, "FREQ=HOURLY", {}});
      }),
      StartsWith(
          "versions[1].holidays[0].recurrence: FREQ=HOURLY is not valid"));
  EXPECT_THAT(
      Refusal([](HoursVersion& v) {
        v.holidays.push_back({"", Date(1800, 1, 5), {}, "FREQ=YEARLY", {}});
      }),
      AllOf(StartsWith("versions[1].holidays[0].date: "),
            HasSubstr("200 years")));
}

TEST(DefinitionTest, B2_ADateHasOneOverride) {
  EXPECT_THAT(
      Refusal([](HoursVersion& v) {
        for (int i = 0; i < 2; ++i)
          v.overrides.push_back({"", Date(2026, 1, 5), {}});
      }),
      AllOf(StartsWith("versions[1].overrides: "), HasSubstr("2026-01-05")));
}

TEST(DefinitionTest, B2_DatesAreFromYear1To9999) {
  EXPECT_THAT(Refusal([](HoursVersion& v) {
                v.overrides.push_back({"", Date(10000, 1, 1), {}});
              }),
              StartsWith("versions[1].overrides[0].date: "));
  EXPECT_THAT(Refusal([](HoursVersion& v) {
                v.holidays.push_back({"", Date(0, 1, 1), {}, "", {}});
              }),
              StartsWith("versions[1].holidays[0].date: "));
  EXPECT_THAT(Refusal([](HoursVersion& v) {
                v.effective_time = Instant::Max() + Duration::Micros(1);
              }),
              StartsWith("versions[1].effective_time: "));
}

TEST(DefinitionTest, B1_TheSizeOfASetIsBounded) {
  EXPECT_THAT(Refusal([](HoursVersion& v) {
                v.weekly[0].resize(kMaxWeeklyIntervals + 1);
              }),
              StartsWith("versions[1].weekly: "));
  EXPECT_THAT(
      Refusal([](HoursVersion& v) { v.holidays.resize(kMaxHolidays + 1); }),
      StartsWith("versions[1].holidays: "));
  EXPECT_THAT(
      Refusal([](HoursVersion& v) { v.overrides.resize(kMaxOverrides + 1); }),
      StartsWith("versions[1].overrides: "));
  EXPECT_THAT(Refusal([](HoursVersion& v) {
                v.overrides.resize(1);
                v.overrides[0].intervals.resize(kMaxOverrideIntervals + 1);
              }),
              StartsWith("versions[1].overrides[0].intervals: "));
  EXPECT_THAT(
      Refusal([](HoursVersion& v) {
        v.holidays.resize(20, {"", Date(2026, 1, 1), {}, "FREQ=DAILY", {}});
      }),
      StartsWith("versions[1].holidays: "));
}

TEST(DefinitionTest, B6_ASetHasAVersion) {
  EXPECT_THAT(std::string(BusinessHours::Compile({}).status().message()),
              StartsWith("versions: "));
}

}  // namespace
}  // namespace charter::sla

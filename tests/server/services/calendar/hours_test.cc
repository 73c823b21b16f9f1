#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "server/services/calendar/calendar.h"
#include "server/services/shared/errors.h"
#include "tests/support/service_world.h"

namespace charter::services {
namespace {

using test::Proto;
using test::ServiceWorld;
using testing::HasSubstr;

constexpr char kMondays[] =
    R"(weekly { day: MONDAY start: "08:00" end: "18:00" })";

v1::CreateBusinessHoursRequest Create(const std::string& id,
                                      const std::string& hours) {
  return Proto<v1::CreateBusinessHoursRequest>(absl::StrCat(
      "business_hours_id: '", id,
      "' business_hours { definition { time_zone: 'UTC' ", hours, " } }"));
}

v1::UpdateBusinessHoursRequest Update(const std::string& id,
                                      const std::string& hours,
                                      int64_t effective_seconds) {
  return Proto<v1::UpdateBusinessHoursRequest>(
      absl::StrCat("business_hours { name: 'businessHours/", id,
                   "' definition { time_zone: 'UTC' ", hours,
                   " } } effective_time { seconds: ", effective_seconds, " }"));
}

// Whether any set can be read: the server keeps all of them compiled.
bool CanCalculate(ServiceWorld& world) {
  return world
      .Try(FindBusinessTime,
           Proto<v1::FindBusinessTimeRequest>(
               "business_hours: 'businessHours/always' time { seconds: 0 }"))
      .ok();
}

TEST(BusinessHoursTest, B5_HoursThatNeverOpenFromTheirEffectiveTimeAreRefused) {
  ServiceWorld world;
  // Every Monday is a holiday from 2024 on, and nothing else is open.
  const std::string never =
      absl::StrCat(kMondays,
                   " holidays { date { year: 2024 month: 1 day: 1 } "
                   "recurrence: 'FREQ=WEEKLY' }");
  const absl::Status refused =
      world.Try(CreateBusinessHours, Create("never", never)).status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(refused.message(), HasSubstr("never open"));

  world.Do(CreateBusinessHours, Create("office", kMondays));
  EXPECT_EQ(world
                .Try(UpdateBusinessHours,
                     Update("office", never, absl::ToUnixSeconds(world.now())))
                .status()
                .code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_TRUE(CanCalculate(world));
}

TEST(BusinessHoursTest, B6_ALaterVersionIsCheckedOverItsOwnTime) {
  ServiceWorld world;
  world.Do(CreateBusinessHours, Create("office", kMondays));
  // Open on one date, which is past when the version begins to count.
  const std::string past =
      "overrides { date { year: 2000 month: 1 day: 3 } "
      "intervals { start: '08:00' end: '18:00' } }";
  const absl::Time year_2010 = absl::FromUnixSeconds(1262304000);
  EXPECT_EQ(world
                .Try(UpdateBusinessHours,
                     Update("office", past, absl::ToUnixSeconds(year_2010)))
                .status()
                .code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_TRUE(CanCalculate(world));
}

TEST(BusinessHoursTest, B2_ARecurrenceIsBoundedFromTheEffectiveTime) {
  ServiceWorld world;
  // Within 200 years of 1970, but not of now.
  const absl::Status refused =
      world
          .Try(CreateBusinessHours,
               Create("old", absl::StrCat(kMondays,
                                          " holidays { date { year: 1790 "
                                          "month: 7 day: 14 } recurrence: "
                                          "'FREQ=YEARLY' }")))
          .status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(refused.message(), HasSubstr("holidays[0].date"));
  EXPECT_TRUE(CanCalculate(world));
}

TEST(BusinessHoursTest, B1_AStartAt24IsRefusedWhereTheClientWroteIt) {
  ServiceWorld world;
  const absl::Status refused =
      world
          .Try(CreateBusinessHours,
               Create("late", absl::StrCat(kMondays,
                                           " weekly { day: MONDAY start: "
                                           "'24:00' end: '08:00' }")))
          .status();
  EXPECT_THAT(refused.message(),
              HasSubstr("business_hours.definition.weekly[1].start: "));
}

}  // namespace
}  // namespace charter::services

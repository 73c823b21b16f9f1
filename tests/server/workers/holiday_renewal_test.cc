#include "server/workers/holiday_renewal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "server/services/admin/admin.h"
#include "server/services/calendar/calendar.h"
#include "server/services/shared/time_convert.h"
#include "server/workers/recalculation.h"
#include "tests/support/service_world.h"

namespace charter::workers {
namespace {

using storage::Engine;
using test::Proto;
using test::ServiceWorld;

// Every day from 8 to 18, UTC.
std::string Create(const std::string& id, const std::string& holiday) {
  std::string days;
  for (const char* day : {"MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY",
                          "FRIDAY", "SATURDAY", "SUNDAY"}) {
    absl::StrAppend(&days, " weekly { day: ", day,
                    " start: '08:00' end: '18:00' }");
  }
  return absl::StrCat("business_hours_id: '", id,
                      "' business_hours { definition { time_zone: 'UTC'", days,
                      " holidays { date { year: 2020 month: 12 day: 25 } ",
                      holiday, " } } }");
}

class HolidayRenewalTest : public testing::TestWithParam<Engine> {
 protected:
  HolidayRenewalTest() {
    for (const auto& request :
         {Create("yearly", "recurrence: 'FREQ=YEARLY'"), Create("once", "")}) {
      world_.Do(&services::CreateBusinessHours,
                Proto<v1::CreateBusinessHoursRequest>(request));
    }
  }

  v1::BusinessHours Get(const std::string& id) {
    return world_.Do(&services::GetBusinessHours,
                     Proto<v1::GetBusinessHoursRequest>(
                         absl::StrCat("name: 'businessHours/", id, "'")));
  }
  // The day of December on which two hours from the 24th at 17:00 are over.
  int DayAfterChristmasEve(int year) {
    const absl::TimeZone utc = absl::UTCTimeZone();
    auto request = Proto<v1::AddBusinessTimeRequest>(
        "business_hours: 'businessHours/yearly' duration { seconds: 7200 }");
    *request.mutable_time() = services::ToProto(
        absl::FromCivil(absl::CivilHour(year, 12, 24, 17), utc));
    return absl::ToCivilDay(
               services::ToTime(
                   world_.Do(&services::AddBusinessTime, request).time()),
               utc)
        .day();
  }
  void RunADayLater() {
    world_.clock().Advance(absl::Hours(24));
    ASSERT_EQ(renewal_.RunUntilIdle(), absl::OkStatus());
  }
  int year() {
    return static_cast<int>(
        absl::ToCivilYear(world_.now(), absl::UTCTimeZone()).year());
  }

  ServiceWorld world_{{.engine = GetParam()}};
  HolidayRenewal renewal_{world_.services()};
};
INSTANTIATE_TEST_SUITE_P(All, HolidayRenewalTest,
                         testing::ValuesIn(test::kEngines), test::EngineName);

TEST_P(HolidayRenewalTest, B2_RecurrencesReachTenYearsAndAreRenewedEachYear) {
  const int first = year();
  const v1::BusinessHours before = Get("yearly");
  for (const int ahead : {1, 2, 9}) {
    EXPECT_EQ(DayAfterChristmasEve(first + ahead), 26) << ahead;
  }
  EXPECT_EQ(DayAfterChristmasEve(first + 11), 25) << "beyond ten years";
  RunADayLater();
  EXPECT_EQ(Get("yearly").version_count(), 1) << "renewed too early";

  for (int years = 1; years <= 3; ++years) {
    world_.clock().Advance(HolidayRenewal::kRenewAfter);
    RunADayLater();
    RunADayLater();
    EXPECT_EQ(Get("yearly").version_count(), 1 + years);
  }
  EXPECT_EQ(DayAfterChristmasEve(first + 11), 26);
  EXPECT_EQ(DayAfterChristmasEve(first + 2), 26) << "what was, stays";
  const v1::BusinessHours after = Get("yearly");
  EXPECT_EQ(after.etag(), before.etag());
  EXPECT_EQ(after.definition().SerializeAsString(),
            before.definition().SerializeAsString());
  EXPECT_EQ(Get("once").version_count(), 1) << "nothing recurs";
}

TEST_P(HolidayRenewalTest, B9_OpenItemsStayAsTheyAre) {
  world_.SetUpSupport("businessHours/yearly");
  world_.Open("a");
  const std::string clocks = "SELECT * FROM milestones ORDER BY name";
  world_.clock().Advance(HolidayRenewal::kRenewAfter);
  Recalculation recalculation(world_.services());
  world_.Do(&services::Recalculate, v1::RecalculateRequest());
  ASSERT_EQ(recalculation.RunUntilIdle(), absl::OkStatus());
  const auto before = world_.Lines(clocks);
  ASSERT_EQ(renewal_.RunUntilIdle(), absl::OkStatus());
  EXPECT_EQ(Get("yearly").version_count(), 2);
  ASSERT_EQ(recalculation.RunUntilIdle(), absl::OkStatus());
  EXPECT_EQ(world_.Lines(clocks), before);
}

}  // namespace
}  // namespace charter::workers

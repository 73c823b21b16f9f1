// A stored definition that this server cannot compile harms what needs it, and
// nothing else.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "server/services/calendar/calendar.h"
#include "server/services/cases/cases.h"
#include "server/services/directory/directory.h"
#include "server/services/process/process.h"
#include "server/services/reports/reports.h"
#include "server/services/shared/errors.h"
#include "storage/table/resource_tables.h"
#include "tests/support/service_world.h"

namespace charter::services {
namespace {

using test::Proto;
using test::ServiceWorld;
using testing::HasSubstr;

// What a server with other zone data, or of another release, could have stored.
absl::StatusOr<v1::BusinessHoursVersion> MoveToMars(
    Call& call, const v1::GetBusinessHoursRequest& request) {
  return call.Write<v1::BusinessHoursVersion>(
      [&](storage::Transaction& tx)
          -> absl::StatusOr<v1::BusinessHoursVersion> {
        auto version =
            storage::BusinessHoursVersionTable().Get(tx, request.name());
        if (!version.ok()) return version;
        version->mutable_definition()->set_time_zone("Mars/Base");
        const absl::Status status =
            storage::BusinessHoursVersionTable().UpdateDerived(tx, *version);
        if (!status.ok()) return status;
        return version;
      });
}

absl::StatusOr<v1::EntitlementProcessVersion> NameALostField(
    Call& call, const v1::GetEntitlementProcessRequest& request) {
  return call.Write<v1::EntitlementProcessVersion>(
      [&](storage::Transaction& tx)
          -> absl::StatusOr<v1::EntitlementProcessVersion> {
        auto version =
            storage::EntitlementProcessVersionTable().Get(tx, request.name());
        if (!version.ok()) return version;
        version->mutable_definition()->set_entry_criteria("lost == 1");
        const absl::Status status =
            storage::EntitlementProcessVersionTable().UpdateDerived(tx,
                                                                    *version);
        if (!status.ok()) return status;
        return version;
      });
}

class UnusableTest : public testing::Test {
 protected:
  void SetUp() override {
    world_.Do(&CreateBusinessHours,
              Proto<v1::CreateBusinessHoursRequest>(
                  "business_hours_id: 'mars' business_hours { definition { "
                  "time_zone: 'UTC' "
                  "weekly { day: MONDAY start: '08:00' end: '18:00' } } }"));
    world_.SetUpSupport("businessHours/mars");
    world_.Open("one");
    world_.Do(&CreateAccount,
              Proto<v1::CreateAccountRequest>("account_id: 'other' account { "
                                              "display_name: 'Other' }"));
  }

  // `one` and its account cannot be served, for want of `name`; the others can.
  void ExpectHarmOfUsersAlone(const std::string& name) {
    const auto expect_refused = [&](const absl::Status& status) {
      EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << status;
      EXPECT_EQ(errors::ReasonOf(status), "DEFINITION_UNUSABLE");
      EXPECT_THAT(std::string(status.message()), HasSubstr(name));
    };
    const auto open = [&](const std::string& account) {
      return world_
          .Try(&OpenCase, Proto<v1::OpenCaseRequest>(
                              "case { account: 'accounts/" + account + "' }"))
          .status();
    };
    const auto report = [&](const std::string& account) {
      return world_
          .Try(&GetComplianceReport, Proto<v1::GetComplianceReportRequest>(
                                         "account: 'accounts/" + account + "'"))
          .status();
    };
    const int64_t events = world_.Number("SELECT COUNT(*) FROM case_events");
    expect_refused(
        world_.Try(&StopClock, Proto<v1::StopClockRequest>("name: 'cases/one'"))
            .status());
    EXPECT_EQ(world_.Number("SELECT COUNT(*) FROM case_events"), events);
    expect_refused(open("acme"));
    expect_refused(report("acme"));
    EXPECT_TRUE(open("other").ok()) << open("other");
    EXPECT_TRUE(report("other").ok()) << report("other");
  }

  absl::Status FindTime(const std::string& hours) {
    return world_
        .Try(&FindBusinessTime,
             Proto<v1::FindBusinessTimeRequest>("business_hours: '" + hours +
                                                "' time { seconds: 0 }"))
        .status();
  }

  ServiceWorld world_;
};

TEST_F(UnusableTest, B9_HoursThatDoNotCompileHarmTheirUsersAlone) {
  world_.Do(&MoveToMars, Proto<v1::GetBusinessHoursRequest>(
                             "name: 'businessHours/mars/versions/1'"));
  world_.Restart();
  ExpectHarmOfUsersAlone("businessHours/mars");
  EXPECT_EQ(errors::ReasonOf(FindTime("businessHours/mars")),
            "DEFINITION_UNUSABLE");
  EXPECT_TRUE(FindTime("businessHours/always").ok());
}

TEST_F(UnusableTest, E4_AVersionThatDoesNotCompileHarmsItsItemsAlone) {
  const std::string version = "entitlementProcesses/support/versions/1";
  world_.Do(&NameALostField,
            Proto<v1::GetEntitlementProcessRequest>("name: '" + version + "'"));
  world_.Restart();
  ExpectHarmOfUsersAlone(version);
  EXPECT_EQ(errors::ReasonOf(world_
                                 .Try(&SimulateProcess,
                                      Proto<v1::SimulateProcessRequest>(
                                          "process_version: '" + version + "'"))
                                 .status()),
            "DEFINITION_UNUSABLE");
  EXPECT_TRUE(FindTime("businessHours/mars").ok());
}

}  // namespace
}  // namespace charter::services

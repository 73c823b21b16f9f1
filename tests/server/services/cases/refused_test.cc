// What is wrong with a change of a case is said by the names that its request
// has for it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "google/rpc/error_details.pb.h"
#include "server/services/cases/cases.h"
#include "server/services/directory/directory.h"
#include "server/services/entitlements/entitlements.h"
#include "server/services/reports/reports.h"
#include "server/services/shared/errors.h"
#include "tests/support/service_world.h"

namespace charter::services {
namespace {

using test::Proto;
using test::ServiceWorld;
using testing::HasSubstr;
using testing::StartsWith;

class RefusedTest : public testing::Test {
 protected:
  void SetUp() override {
    world_.SetUpSupport();
    world_.Open("one");
    world_.Open("two");
  }

  template <typename Request, typename Response>
  std::string Refusal(absl::StatusOr<Response> (*handler)(Call&,
                                                          const Request&),
                      const std::string& request) {
    const absl::Status status =
        world_.Try(handler, Proto<Request>(request)).status();
    EXPECT_FALSE(status.ok());
    return std::string(status.message());
  }

  ServiceWorld world_;
};

TEST_F(RefusedTest, E1_TheInstantIsNamedAsTheRequestNamesIt) {
  EXPECT_THAT(
      Refusal(&StopClock, "name: 'cases/one' occur_time { seconds: 0 }"),
      StartsWith("occur_time: "));
  EXPECT_THAT(Refusal(&UpdateCase,
                      "case { name: 'cases/one' priority: 1 } "
                      "occur_time { seconds: 0 }"),
              StartsWith("occur_time: "));
  EXPECT_THAT(Refusal(&OpenCase,
                      "case { account: 'accounts/acme' } "
                      "occur_time { seconds: 99999999999 }"),
              StartsWith("occur_time: "));
  EXPECT_THAT(Refusal(&OpenCase,
                      "case { account: 'accounts/acme' } history { occur_time "
                      "{ seconds: 0 } clock_stopped {} }"),
              StartsWith("history[0].occur_time: "));
}

TEST_F(RefusedTest, FieldsAreNamedAsTheRequestNamesThem) {
  EXPECT_THAT(
      Refusal(&UpdateCase, "case { name: 'cases/one' contact: 'contacts/no' }"),
      StartsWith("case.contact: "));
  EXPECT_THAT(
      Refusal(&UpdateCase, "case { name: 'cases/one' status: 'no-such' }"),
      StartsWith("case.status: "));
  EXPECT_THAT(Refusal(&ChangeEntitlement,
                      "name: 'cases/one' entitlement: 'entitlements/no-such'"),
              StartsWith("entitlement: "));
}

TEST_F(RefusedTest, E0_AnItemIsNoPartOfItself) {
  const auto make_part_of = [](const std::string& part,
                               const std::string& whole) {
    return "case { name: 'cases/" + part + "' parent: 'cases/" + whole + "' }";
  };
  EXPECT_THAT(Refusal(&UpdateCase, make_part_of("one", "one")),
              StartsWith("case.parent: "));
  world_.Do(&UpdateCase,
            Proto<v1::UpdateCaseRequest>(make_part_of("one", "two")));
  EXPECT_THAT(Refusal(&UpdateCase, make_part_of("two", "one")),
              StartsWith("case.parent: "));
}

TEST_F(RefusedTest, K2_WhatIsStoppedIsNotStoppedAgainNorWhatRunsResumed) {
  const auto stop = Proto<v1::StopClockRequest>("name: 'cases/one'");
  const auto resume = Proto<v1::ResumeClockRequest>("name: 'cases/one'");
  const auto refused = [](const absl::Status& status) {
    return errors::ReasonOf(status) == "STATE_TRANSITION_NOT_ALLOWED";
  };
  EXPECT_TRUE(refused(world_.Try(&ResumeClock, resume).status()));
  const int64_t events = world_.Do(&StopClock, stop).event_count();
  EXPECT_TRUE(refused(world_.Try(&StopClock, stop).status()));
  // History that is brought in may repeat itself.
  world_.Do(&RecordEvents, Proto<v1::RecordEventsRequest>(
                               "events { case: 'cases/one' event { "
                               "key: 'again' clock_stopped {} } }"));
  const v1::Case running = world_.Do(&ResumeClock, resume);
  EXPECT_EQ(running.event_count(), events + 2);
  EXPECT_TRUE(refused(world_.Try(&ResumeClock, resume).status()));
  // It ran then: only later it was stopped.
  v1::StopClockRequest earlier = stop;
  *earlier.mutable_occur_time() = running.create_time();
  world_.clock().Advance(absl::Seconds(1));
  world_.Do(&StopClock, stop);
  world_.Do(&StopClock, earlier);
}

TEST_F(RefusedTest, E1_AnUpdateThatChangesNothingIsNoEvent) {
  const auto same = Proto<v1::UpdateCaseRequest>(
      "case { name: 'cases/one' subject: 'Help' owner: 'ann' } "
      "update_mask { paths: 'subject' paths: 'owner' }");
  const v1::Case before =
      world_.Do(&GetCase, Proto<v1::GetCaseRequest>("name: 'cases/one'"));
  world_.clock().Advance(absl::Seconds(1));
  const v1::Case after = world_.Do(&UpdateCase, same);
  EXPECT_EQ(after.event_count(), before.event_count());
  EXPECT_EQ(after.etag(), before.etag());
  // Of an instant in the past, the same value may be news.
  v1::UpdateCaseRequest then = same;
  *then.mutable_occur_time() = before.create_time();
  EXPECT_EQ(world_.Do(&UpdateCase, then).event_count(),
            before.event_count() + 1);
}

TEST_F(RefusedTest, ADeletedCaseIsSaidToBeDeleted) {
  const auto remove = Proto<v1::DeleteCaseRequest>("name: 'cases/one'");
  world_.Do(&DeleteCase, remove);
  for (const absl::Status& status :
       {world_.Try(&DeleteCase, remove).status(),
        world_.Try(&StopClock, Proto<v1::StopClockRequest>("name: 'cases/one'"))
            .status()}) {
    EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
    EXPECT_EQ(errors::ReasonOf(status), "RESOURCE_NOT_FOUND");
    EXPECT_THAT(std::string(status.message()), HasSubstr("is deleted"));
  }
}

TEST_F(RefusedTest, C6_WhereNoEntitlementHoldsEachSaysWhy) {
  world_.Do(&CreateAccount,
            Proto<v1::CreateAccountRequest>(
                "account_id: 'other' account { display_name: 'Other' }"));
  const std::string open =
      "case { account: 'accounts/other' } require_entitlement: true";
  EXPECT_THAT(Refusal(&OpenCase, open), HasSubstr("CreateEntitlement"));
  world_.Do(&CreateEntitlement, Proto<v1::CreateEntitlementRequest>(
                                    "entitlement_id: 'draft' entitlement { "
                                    "account: 'accounts/other' "
                                    "display_name: 'Draft' }"));
  const absl::Status refused =
      world_.Try(&OpenCase, Proto<v1::OpenCaseRequest>(open)).status();
  EXPECT_THAT(std::string(refused.message()),
              HasSubstr("entitlements/draft is NOT_STARTED"));
  google::rpc::PreconditionFailure failure;
  ASSERT_TRUE(failure.ParseFromString(std::string(*refused.GetPayload(
      "type.googleapis.com/google.rpc.PreconditionFailure"))));
  ASSERT_EQ(failure.violations_size(), 1);
  EXPECT_EQ(failure.violations(0).type(), "NOT_STARTED");
  EXPECT_EQ(failure.violations(0).subject(), "entitlements/draft");
}

TEST_F(RefusedTest, E0_AnExternalIdThatIsTakenIsTheItemsTroubleOnly) {
  world_.Do(&UpdateCase, Proto<v1::UpdateCaseRequest>(
                             "case { name: 'cases/one' external_id: 'X' }"));
  const v1::RecordEventsResponse response = world_.Do(
      &RecordEvents,
      Proto<v1::RecordEventsRequest>(
          "events { case: 'cases/one' event { key: 'a' fields_changed { case { "
          "priority: 1 } } } } events { case: 'cases/two' event { key: 'b' "
          "fields_changed { case { external_id: 'X' } } } }"));
  ASSERT_EQ(response.results_size(), 2);
  EXPECT_TRUE(response.results(0).has_event());
  EXPECT_EQ(response.results(1).status().code(),
            static_cast<int>(absl::StatusCode::kAlreadyExists));
  EXPECT_THAT(response.results(1).status().message(), HasSubstr("external_id"));
}

TEST_F(RefusedTest, AReportIsRefusedForWhatIsNotThere) {
  EXPECT_THAT(Refusal(&GetComplianceReport,
                      "dimensions: OWNER dimensions: DIMENSION_UNSPECIFIED"),
              StartsWith("dimensions[1]: "));
  EXPECT_THAT(Refusal(&GetComplianceReport,
                      "start_time { seconds: 2 } end_time { seconds: 1 }"),
              StartsWith("end_time: "));
  EXPECT_THAT(Refusal(&GetComplianceReport, "account: 'accounts/no-such'"),
              StartsWith("account: accounts/no-such does not exist"));
  EXPECT_THAT(
      Refusal(&GetComplianceReport, "process: 'entitlementProcesses/no-such'"),
      StartsWith("process: "));
}

}  // namespace
}  // namespace charter::services

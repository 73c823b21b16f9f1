// Verdicts on entitlements that are kept with the cases they opened (C6).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/services/cases/cases.h"
#include "server/services/entitlements/entitlements.h"
#include "server/services/shared/errors.h"
#include "tests/support/service_world.h"

namespace charter::services {
namespace {

using test::Proto;
using test::ServiceWorld;

// acme has `gold`, first in rank, and `night`, of type "night".
class OpeningVerdictTest : public testing::TestWithParam<storage::Engine> {
 protected:
  void SetUp() override {
    world_.SetUpSupport();
    world_.Do(&CreateEntitlement, Proto<v1::CreateEntitlementRequest>(R"(
      entitlement_id: 'night'
      entitlement {
        account: 'accounts/acme'
        display_name: 'Night'
        type: 'night'
        start_date { year: 2020 month: 1 day: 1 }
      })"));
  }
  void Rule(const std::string& fields) {
    world_.Do(&CreateAssignmentRule,
              Proto<v1::CreateAssignmentRuleRequest>(
                  absl::StrCat("assignment_rule_id: 'rule' assignment_rule { "
                               "display_name: 'R' ",
                               fields, " }")));
  }
  static v1::OpenCaseRequest Request(const std::string& fields,
                                     const std::string& more) {
    return Proto<v1::OpenCaseRequest>(
        absl::StrCat("case { account: 'accounts/acme' ", fields, " } ", more));
  }
  v1::OpenCaseResponse Open(const std::string& fields,
                            const std::string& more = "record_verdict: true") {
    return world_.Do(&OpenCase, Request(fields, more));
  }
  std::string Refusal(const std::string& more) {
    return errors::ReasonOf(world_.Try(&OpenCase, Request("", more)).status());
  }
  v1::EntitlementVerdict Get(const std::string& name) {
    return world_.Do(&GetEntitlementVerdict,
                     Proto<v1::GetEntitlementVerdictRequest>(
                         absl::StrCat("name: '", name, "'")));
  }
  int64_t Kept() {
    return world_.Number("SELECT COUNT(*) FROM entitlement_verdicts");
  }

  ServiceWorld world_{{.engine = GetParam()}};
};
INSTANTIATE_TEST_SUITE_P(All, OpeningVerdictTest,
                         testing::ValuesIn(test::kEngines), test::EngineName);

TEST_P(OpeningVerdictTest, C6_ItSaysUnderWhatACaseWasOpenedAndWhy) {
  Rule("entitlement_condition: 'entitlement.type == \"night\"'");
  const auto opened = Open("origin: 'phone'",
                           "record_verdict: true verdict_note: 'Called twice' "
                           "occur_time { seconds: 1700000000 }");
  const v1::EntitlementVerdict kept = Get(opened.verdict());
  EXPECT_EQ(kept.case_(), opened.case_().name());
  EXPECT_EQ(kept.entitlement(), "entitlements/night");
  EXPECT_EQ(kept.assignment_rule(), "assignmentRules/rule");
  EXPECT_EQ(kept.note(), "Called twice");
  EXPECT_EQ(kept.account(), "accounts/acme");
  EXPECT_EQ(kept.channel(), "phone");
  EXPECT_EQ(kept.as_of().seconds(), 1700000000);
  EXPECT_EQ(kept.actor(), world_.Info().principal.name);
  EXPECT_TRUE(kept.eligible());
  ASSERT_EQ(kept.candidates_size(), 2);
  EXPECT_EQ(kept.candidates(0).entitlement(), "entitlements/gold");
  Open("");
  const auto listed =
      world_.Do(&ListEntitlementVerdicts,
                Proto<v1::ListEntitlementVerdictsRequest>(absl::StrCat(
                    "filter: \"case == '", opened.case_().name(), "'\"")));
  ASSERT_EQ(listed.entitlement_verdicts_size(), 1);
  EXPECT_EQ(listed.entitlement_verdicts(0).SerializeAsString(),
            kept.SerializeAsString());
}

TEST_P(OpeningVerdictTest, C6_OfANamedEntitlementItIsTheOneOnThat) {
  const auto opened = Open("entitlement: 'entitlements/night'");
  const v1::EntitlementVerdict kept = Get(opened.verdict());
  EXPECT_EQ(kept.case_(), opened.case_().name());
  EXPECT_EQ(kept.entitlement(), "entitlements/night");
  EXPECT_TRUE(kept.eligible());
  ASSERT_EQ(kept.candidates_size(), 1);
  EXPECT_EQ(kept.candidates(0).entitlement(), "entitlements/night");
  EXPECT_EQ(kept.assignment_rule(), "");
}

TEST_P(OpeningVerdictTest, C6_ACaseWithoutAnEntitlementKeepsWhy) {
  Rule("leave_unassigned: true");
  const v1::EntitlementVerdict left = Get(Open("").verdict());
  EXPECT_TRUE(left.eligible());
  EXPECT_EQ(left.entitlement(), "");
  EXPECT_EQ(left.assignment_rule(), "assignmentRules/rule");
  for (const char* name : {"gold", "night"}) {
    world_.Do(&SuspendEntitlement,
              Proto<v1::SuspendEntitlementRequest>(
                  absl::StrCat("name: 'entitlements/", name, "'")));
  }
  const v1::EntitlementVerdict none = Get(Open("").verdict());
  EXPECT_FALSE(none.eligible());
  EXPECT_EQ(none.entitlement(), "");
  EXPECT_THAT(none.candidates(0).reasons(),
              testing::ElementsAre(v1::EntitlementCandidate::SUSPENDED));
}

TEST_P(OpeningVerdictTest, NoneIsKeptOfWhatIsNotOpenedOrNotAsked) {
  EXPECT_EQ(Open("", "").verdict(), "");
  EXPECT_EQ(Refusal("record_verdict: true occur_time { seconds: 0 } "
                    "require_entitlement: true"),
            "ENTITLEMENT_NOT_ELIGIBLE");
  EXPECT_EQ(Refusal("verdict_note: 'x'"), "FIELD_INVALID");
  EXPECT_EQ(Kept(), 0);
  Open("");
  EXPECT_EQ(Kept(), 1);
}

TEST_P(OpeningVerdictTest, ItTakesThePermissionToKeepVerdicts) {
  const auto open = [&](const std::vector<std::string>& permissions,
                        const std::string& more) {
    const auto session = world_.store().OpenSession();
    CallInfo info = world_.Info();
    info.principal.permissions = std::make_shared<PermissionSet>(permissions);
    Call call(world_.services(), *session, std::move(info));
    return errors::ReasonOf(OpenCase(call, Request("", more)).status());
  };
  const std::string record = "record_verdict: true";
  EXPECT_EQ(open({"cases.create"}, record), "PERMISSION_MISSING");
  EXPECT_EQ(open({"cases.create"}, ""), "");
  EXPECT_EQ(open({"cases.create", "entitlementVerdicts.create"}, record), "");
  EXPECT_EQ(Kept(), 1);
}

}  // namespace
}  // namespace charter::services

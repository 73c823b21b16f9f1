// Rules that say which entitlement an item gets that names none (C6).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/services/cases/cases.h"
#include "server/services/directory/directory.h"
#include "server/services/entitlements/entitlements.h"
#include "server/services/process/process.h"
#include "tests/server/services/cases/two_entitlements.h"
#include "tests/support/refusal.h"
#include "tests/support/service_world.h"

namespace charter::services {
namespace {

using test::Proto;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using Outcome = v1::AssignmentRuleOutcome;

class AssignmentTest : public TwoEntitlements {
 protected:
  absl::StatusOr<v1::AssignmentRule> TryRule(const std::string& id,
                                             const std::string& fields) {
    return world_.Try(
        &CreateAssignmentRule,
        Proto<v1::CreateAssignmentRuleRequest>(absl::StrCat(
            "assignment_rule_id: '", id, "' assignment_rule { display_name: '",
            id, "' ", fields, " }")));
  }
  v1::AssignmentRule Rule(const std::string& id, const std::string& fields) {
    const auto rule = TryRule(id, fields);
    EXPECT_TRUE(rule.ok()) << rule.status();
    return rule.ok() ? *rule : v1::AssignmentRule();
  }
  v1::AssignmentRule Update(const std::string& id, const std::string& fields,
                            const std::string& more = "") {
    return world_.Do(&UpdateAssignmentRule,
                     Proto<v1::UpdateAssignmentRuleRequest>(absl::StrCat(
                         "assignment_rule { name: 'assignmentRules/", id, "' ",
                         fields, " } ", more)));
  }
  absl::StatusOr<v1::OpenCaseResponse> TryOpen(const std::string& fields,
                                               const std::string& more = "") {
    return world_.Try(&OpenCase, Proto<v1::OpenCaseRequest>(absl::StrCat(
                                     "case { account: 'accounts/acme' ", fields,
                                     " } ", more)));
  }
  // What an item gets, and by which rule; a trial must have said so.
  std::string Assigned(const std::string& fields,
                       const std::string& occur_time = "") {
    const auto as_of = [&](const char* field) {
      return occur_time.empty() ? ""
                                : absl::StrCat(field, " { ", occur_time, " }");
    };
    const auto trial =
        world_.Do(&TestAssignmentRules,
                  Proto<v1::TestAssignmentRulesRequest>(
                      absl::StrCat("case { account: 'accounts/acme' ", fields,
                                   " } ", as_of("as_of"))));
    const auto estimate = world_.Do(
        &EstimateTargets, Proto<v1::EstimateTargetsRequest>(absl::StrCat(
                              "case { account: 'accounts/acme' ", fields, " } ",
                              as_of("occur_time"))));
    EXPECT_EQ(estimate.entitlement(), trial.entitlement());
    const auto opened = TryOpen(fields, as_of("occur_time"));
    EXPECT_TRUE(opened.ok()) << opened.status();
    if (!opened.ok()) return "";
    EXPECT_EQ(opened->case_().entitlement(), trial.entitlement());
    EXPECT_EQ(opened->assignment_rule(), trial.assignment_rule());
    EXPECT_EQ(opened->verification().ShortDebugString(),
              trial.verification().ShortDebugString());
    return absl::StrCat(trial.entitlement(), " ", trial.assignment_rule());
  }
};
INSTANTIATE_TEST_SUITE_P(All, AssignmentTest, testing::ValuesIn(test::kEngines),
                         test::EngineName);

constexpr char kNight[] =
    "condition: 'origin == \"machine\"' "
    "entitlement_condition: 'entitlement.type == \"night\"'";

TEST_P(AssignmentTest, C6_ARuleChoosesAmongWhatHolds) {
  EXPECT_EQ(Assigned("origin: 'machine'"), "entitlements/gold ");
  Rule("machines", kNight);
  EXPECT_EQ(Assigned("origin: 'machine'"),
            "entitlements/night assignmentRules/machines");
  EXPECT_EQ(Assigned("origin: 'email'"), "entitlements/gold ");
  // What the item names is what it gets.
  const auto named =
      TryOpen("origin: 'machine' entitlement: 'entitlements/gold'");
  EXPECT_EQ(named->case_().entitlement(), "entitlements/gold");
  EXPECT_EQ(named->assignment_rule(), "");
  EXPECT_FALSE(named->has_verification());
  // One that does not hold is not chosen, and the rule decides nothing.
  world_.Do(&SuspendEntitlement,
            Proto<v1::SuspendEntitlementRequest>("name: 'entitlements/night'"));
  EXPECT_EQ(Assigned("origin: 'machine'"), "entitlements/gold ");
}

TEST_P(AssignmentTest, C6_AnEditCountsAtOnceOnEveryServer) {
  test::Host& other = world_.AddHost();
  const auto there = [&] {
    const auto session = world_.store().OpenSession();
    Call call(other.services(), *session, world_.Info());
    const auto opened = OpenCase(
        call, Proto<v1::OpenCaseRequest>(
                  "case { account: 'accounts/acme' origin: 'machine' }"));
    EXPECT_TRUE(opened.ok()) << opened.status();
    return opened.ok() ? opened->case_().entitlement() : "";
  };
  EXPECT_EQ(there(), "entitlements/gold");
  Rule("machines", kNight);
  EXPECT_EQ(there(), "entitlements/night");
  Update("machines", "disabled: true");
  EXPECT_EQ(there(), "entitlements/gold");
  Update("machines", "", "update_mask { paths: 'disabled' }");
  EXPECT_EQ(there(), "entitlements/night");
  world_.Do(&DeleteAssignmentRule, Proto<v1::DeleteAssignmentRuleRequest>(
                                       "name: 'assignmentRules/machines'"));
  EXPECT_EQ(there(), "entitlements/gold");
}

TEST_P(AssignmentTest, C6_ConditionsSeeTheItemAsItIsOpened) {
  world_.Do(&UpdateAccount,
            Proto<v1::UpdateAccountRequest>(
                "account { name: 'accounts/acme' tier: 'premium' }"));
  world_.Do(&CreateAttributeDefinition,
            Proto<v1::CreateAttributeDefinitionRequest>(
                "attribute_definition_id: 'site' attribute_definition { "
                "type: STRING }"));
  Rule("all",
       "condition: 'account.tier == \"premium\" && priority == 3 && status == "
       "\"new\" && status_category == \"NEW\" && !is_closed && "
       "attributes.site == \"vienna\" && subject.contains(\"fire\")' "
       "entitlement_condition: 'entitlement.type == \"night\" && "
       "attributes.site == \"vienna\"'");
  EXPECT_EQ(Assigned("subject: 'On fire' attributes { key: 'site' value { "
                     "string_value: 'vienna' } }"),
            "entitlements/night assignmentRules/all");
  EXPECT_EQ(Assigned("subject: 'On fire'"), "entitlements/gold ");
}

TEST_P(AssignmentTest, C6_AnImportIsJudgedAtItsInstant) {
  Entitle("old",
          "type: 'night' priority: 1 end_date { year: 2021 month: 1 "
          "day: 31 }");
  Rule("machines", kNight);
  Rule(
      "recent",
      "order: 1 condition: 'create_time > timestamp(\"2021-06-01T00:00:00Z\")' "
      "leave_unassigned: true");
  EXPECT_EQ(Assigned("origin: 'machine'"),
            "entitlements/night assignmentRules/machines");
  EXPECT_EQ(Assigned("origin: 'machine'", "seconds: 1610000000"),
            "entitlements/old assignmentRules/machines");
  EXPECT_EQ(Assigned(""), " assignmentRules/recent");
  EXPECT_EQ(Assigned("", "seconds: 1610000000"), "entitlements/old ");
}

TEST_P(AssignmentTest, C6_ARuleMayLeaveAnItemWithoutAny) {
  Rule("spam", "condition: 'subject == \"Win\"' leave_unassigned: true");
  EXPECT_EQ(Assigned("subject: 'Win'"), " assignmentRules/spam");
  EXPECT_THAT(
      TryOpen("subject: 'Win'", "require_entitlement: true").status(),
      AllOf(IsRefusal("ENTITLEMENT_NOT_ELIGIBLE", "assignmentRules/spam"),
            IsRefusal("ENTITLEMENT_NOT_ELIGIBLE", "require_entitlement")));
  EXPECT_EQ(TryOpen("", "require_entitlement: true")->case_().entitlement(),
            "entitlements/gold");
}

TEST_P(AssignmentTest, C5_ARuleGivesNoUnitsThatAreNotThere) {
  Entitle("units", "type: 'night' priority: 1 allotment { unit: CASES }");
  world_.Do(&GrantUnits, Proto<v1::GrantUnitsRequest>(
                             "name: 'entitlements/units' units: 1"));
  Rule("machines", kNight);
  EXPECT_EQ(Assigned("origin: 'machine'"),
            "entitlements/units assignmentRules/machines");
  EXPECT_EQ(Assigned("origin: 'machine'"),
            "entitlements/night assignmentRules/machines");
}

TEST_P(AssignmentTest, C6_ATrialTellsOfEachRuleAndChangesNothing) {
  Rule("off", "disabled: true");
  Rule("mail", "order: 1 condition: 'origin == \"email\"'");
  Rule("post", "order: 2 entitlement_condition: 'entitlement.type == \"x\"'");
  Rule("machines", absl::StrCat("order: 3 ", kNight));
  Rule("rest", "order: 4");
  const auto trial =
      world_.Do(&TestAssignmentRules,
                Proto<v1::TestAssignmentRulesRequest>(
                    "case { account: 'accounts/acme' origin: 'machine' }"));
  std::vector<std::string> told;
  for (const Outcome& outcome : trial.outcomes()) {
    told.push_back(absl::StrCat(outcome.assignment_rule(), " ",
                                Outcome::Result_Name(outcome.result()), " ",
                                outcome.entitlement()));
  }
  EXPECT_THAT(told,
              ElementsAre("assignmentRules/off DISABLED ",
                          "assignmentRules/mail CONDITION_FALSE ",
                          "assignmentRules/post NO_ENTITLEMENT ",
                          "assignmentRules/machines DECIDES entitlements/night",
                          "assignmentRules/rest COMES_TOO_LATE "
                          "entitlements/gold"));
  EXPECT_EQ(trial.entitlement(), "entitlements/night");
  EXPECT_EQ(trial.verification().entitlement(), "entitlements/gold");
  EXPECT_EQ(world_.Number("SELECT COUNT(*) FROM cases"), 0);
}

TEST_P(AssignmentTest, C6_RulesCanBeTriedThatAreNotStored) {
  Rule("spam", "leave_unassigned: true");
  const std::string item =
      "case { account: 'accounts/acme' origin: 'machine' } ";
  const auto tried =
      world_.Do(&TestAssignmentRules,
                Proto<v1::TestAssignmentRulesRequest>(absl::StrCat(
                    item,
                    "rules { display_name: 'Second' order: 2 } rules { "
                    "display_name: 'First' ",
                    kNight, " }")));
  EXPECT_EQ(tried.entitlement(), "entitlements/night");
  EXPECT_EQ(tried.outcomes(0).display_name(), "First");
  EXPECT_EQ(tried.outcomes(0).result(), Outcome::DECIDES);
  EXPECT_EQ(tried.outcomes(1).result(), Outcome::COMES_TOO_LATE);
  EXPECT_THAT(world_
                  .Try(&TestAssignmentRules,
                       Proto<v1::TestAssignmentRulesRequest>(absl::StrCat(
                           item,
                           "rules { display_name: 'A' } rules { display_name: "
                           "'B' condition: 'orgin == \"x\"' }")))
                  .status(),
              IsRefusal("FIELD_INVALID", "rules[1].condition"));
  EXPECT_THAT(world_
                  .Try(&TestAssignmentRules,
                       Proto<v1::TestAssignmentRulesRequest>(
                           "case { account: 'accounts/acme' entitlement: "
                           "'entitlements/gold' }"))
                  .status(),
              IsRefusal("FIELD_INVALID", "case.entitlement"));
  EXPECT_THAT(world_
                  .Try(&TestAssignmentRules,
                       Proto<v1::TestAssignmentRulesRequest>(
                           "case { account: 'accounts/acme' priority: 9 }"))
                  .status(),
              IsRefusal("FIELD_INVALID", "case.priority"));
}

TEST_P(AssignmentTest, X2_WhatCannotBeAskedIsRefusedWhenItIsWritten) {
  EXPECT_THAT(TryRule("a", "condition: 'entitlement.type == \"x\"'").status(),
              IsRefusal("FIELD_INVALID", "assignment_rule.condition"));
  EXPECT_THAT(
      TryRule("a",
              "leave_unassigned: true entitlement_condition: "
              "'entitlement.type == \"x\"'")
          .status(),
      IsRefusal("FIELD_INVALID", "assignment_rule.entitlement_condition"));
  EXPECT_THAT(TryRule("a", "condition: 'status == \"nwe\"'").status(),
              IsRefusal("FIELD_INVALID", "new"));
  Rule("a", "condition: 'status == \"new\"'");
  const auto update = [&](const std::string& fields) {
    return world_
        .Try(&UpdateAssignmentRule,
             Proto<v1::UpdateAssignmentRuleRequest>(absl::StrCat(
                 "assignment_rule { name: 'assignmentRules/a' ", fields, " }")))
        .status();
  };
  EXPECT_THAT(update("condition: 'stats == \"new\"'"),
              IsRefusal("FIELD_INVALID", "assignment_rule.condition"));
  EXPECT_THAT(update("etag: '\"1-0\"' display_name: 'B'"),
              IsRefusal("ETAG_MISMATCH", "assignmentRules/a"));
}

TEST_P(AssignmentTest, C6_WhatRulesNameStays) {
  world_.Do(&CreateAttributeDefinition,
            Proto<v1::CreateAttributeDefinitionRequest>(
                "attribute_definition_id: 'site' attribute_definition { "
                "type: STRING }"));
  world_.Do(&CreateItemStatus,
            Proto<v1::CreateItemStatusRequest>(
                "item_status_id: 'triage' item_status { category: OPEN }"));
  Rule("a", "entitlement_condition: 'attributes.site == \"x\"'");
  Rule("b", "condition: 'status == \"triage\"'");
  const auto attribute = Proto<v1::DeleteAttributeDefinitionRequest>(
      "name: 'attributeDefinitions/site'");
  const auto status =
      Proto<v1::DeleteItemStatusRequest>("name: 'itemStatuses/triage'");
  EXPECT_THAT(world_.Try(&DeleteAttributeDefinition, attribute).status(),
              IsRefusal("RESOURCE_IN_USE", "assignmentRules/a"));
  EXPECT_THAT(world_.Try(&DeleteItemStatus, status).status(),
              IsRefusal("RESOURCE_IN_USE", "assignmentRules/b"));
  for (const char* rule : {"a", "b"}) {
    world_.Do(&DeleteAssignmentRule,
              Proto<v1::DeleteAssignmentRuleRequest>(
                  absl::StrCat("name: 'assignmentRules/", rule, "'")));
  }
  world_.Do(&DeleteAttributeDefinition, attribute);
  world_.Do(&DeleteItemStatus, status);
}

TEST_P(AssignmentTest, C6_ThereAreAtMostTwoHundred) {
  Rule("a", "");
  const std::string columns =
      "row_version, create_time, update_time, display_name, rule_order, "
      "disabled, rule_condition, entitlement_condition, leave_unassigned, "
      "description, more";
  for (int i = 1; i < 200; ++i) {
    world_.Execute(absl::StrCat(
        "INSERT INTO assignment_rules (name, ", columns,
        ") SELECT 'assignmentRules/b", i, "', ", columns,
        " FROM assignment_rules WHERE name = 'assignmentRules/a'"));
  }
  Update("a", "order: 3");
  EXPECT_THAT(TryRule("c", "").status(), IsRefusal("LIMIT_REACHED", "200"));
  world_.Do(&DeleteAssignmentRule, Proto<v1::DeleteAssignmentRuleRequest>(
                                       "name: 'assignmentRules/b7'"));
  Rule("c", "");
}

TEST_P(AssignmentTest, C6_TheyAreListedByName) {
  Rule("a", "order: 2 description: 'Last'");
  Rule("b", "order: 1");
  Rule("c", "order: 1 disabled: true");
  std::vector<std::string> names;
  v1::ListAssignmentRulesRequest request;
  request.set_page_size(2);
  do {
    const auto page = world_.Do(&ListAssignmentRules, request);
    for (const v1::AssignmentRule& rule : page.assignment_rules())
      names.push_back(rule.name());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_THAT(names, ElementsAre("assignmentRules/a", "assignmentRules/b",
                                 "assignmentRules/c"));
  EXPECT_EQ(
      world_
          .Do(&ListAssignmentRules, Proto<v1::ListAssignmentRulesRequest>(
                                        "filter: 'order >= 1 && !disabled'"))
          .assignment_rules_size(),
      2);
  EXPECT_EQ(world_
                .Do(&GetAssignmentRule, Proto<v1::GetAssignmentRuleRequest>(
                                            "name: 'assignmentRules/a'"))
                .description(),
            "Last");
}

TEST_P(AssignmentTest, C6_ATrialRefusesWhatOpeningRefuses) {
  world_.Do(&CreateEntitlementProcess,
            Proto<v1::CreateEntitlementProcessRequest>(
                "entitlement_process_id: 'draft' entitlement_process { "
                "display_name: 'D' definition { kind: CASE } }"));
  const auto expect_refused = [&](const std::string& fields,
                                  const std::string& reason,
                                  const std::string& words) {
    const absl::Status opened = TryOpen(fields).status();
    EXPECT_THAT(opened, IsRefusal(reason, words));
    EXPECT_EQ(world_
                  .Try(&TestAssignmentRules,
                       Proto<v1::TestAssignmentRulesRequest>(absl::StrCat(
                           "case { account: 'accounts/acme' ", fields, " }")))
                  .status(),
              opened);
  };
  // With no rules at all, too.
  expect_refused("status: 'none'", "FIELD_INVALID", "case.status");
  Entitle("draft", "type: 'draft' process: 'entitlementProcesses/draft'");
  Rule("drafts",
       "condition: 'origin == \"machine\"' "
       "entitlement_condition: 'entitlement.type == \"draft\"'");
  expect_refused("origin: 'machine'", "PROCESS_NOT_PUBLISHED",
                 "no published version");
  expect_refused("status: 'none'", "FIELD_INVALID", "case.status");
  // So are rules that are only thought of.
  EXPECT_THAT(
      world_
          .Try(&TestAssignmentRules,
               Proto<v1::TestAssignmentRulesRequest>(
                   "case { account: 'accounts/acme' } rules { display_name: "
                   "'T' entitlement_condition: 'entitlement.type == "
                   "\"draft\"' }"))
          .status(),
      IsRefusal("PROCESS_NOT_PUBLISHED", "no published version"));
}

TEST_P(AssignmentTest, ARuleThatThisServerCannotAskStopsWhatNeedsIt) {
  Rule("a", "");
  world_.Execute("UPDATE assignment_rules SET rule_condition = 'later(x)'");
  world_.Restart();
  EXPECT_THAT(TryOpen("").status(),
              IsRefusal("DEFINITION_UNUSABLE", "assignmentRules/a"));
  EXPECT_TRUE(TryOpen("entitlement: 'entitlements/gold'").ok());
  Update("a", "disabled: true");
  EXPECT_TRUE(TryOpen("").ok());
}

}  // namespace
}  // namespace charter::services

// What customers do for themselves, and what is kept of it.
#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "absl/strings/cord.h"
#include "absl/strings/match.h"
#include "server/services/shared/errors.h"
#include "tests/server/services/customers/caller.h"

namespace charter::services {
namespace {

using testing::ElementsAre;
using testing::UnorderedElementsAre;

class SelfServiceTest : public CustomersTest {
 protected:
  // The names in the repeated field of a list.
  std::vector<std::string> Names(const std::string& token,
                                 const std::string& method,
                                 const std::string& field,
                                 const Json& request = Json::object()) {
    std::vector<std::string> names;
    const Json response = Do(token, method, request);
    if (!response.contains(field)) return names;
    for (const Json& row : response[field]) names.push_back(row["name"]);
    return names;
  }
};
INSTANTIATE_TEST_SUITE_P(All, SelfServiceTest,
                         testing::ValuesIn(test::kEngines), test::EngineName);

Json Said(const std::string& key, const Json& interaction) {
  return {{"events",
           {{{"case", "cases/acme-1"},
             {"event", {{"key", key}, {"interaction", interaction}}}}}}};
}

TEST_P(SelfServiceTest, AnAccountSeesItsOwnAndAContactItsOwn) {
  EXPECT_THAT(Names("acme", "CaseService/ListCases", "cases"),
              ElementsAre("cases/acme-1", "cases/acme-2"));
  EXPECT_THAT(Names("ann", "CaseService/ListCases", "cases"),
              ElementsAre("cases/acme-1"));
  EXPECT_THAT(
      Names("acme", "EntitlementService/ListEntitlements", "entitlements"),
      UnorderedElementsAre("entitlements/acme", "entitlements/acme-named",
                           "entitlements/gold"));
  EXPECT_THAT(
      Names("ann", "EntitlementService/ListEntitlements", "entitlements"),
      UnorderedElementsAre("entitlements/acme", "entitlements/gold"));
  EXPECT_THAT(Names("ann", "DirectoryService/ListContacts", "contacts"),
              ElementsAre("contacts/ann"));
  EXPECT_THAT(Names("ann", "DirectoryService/ListAccounts", "accounts"),
              ElementsAre("accounts/acme"));
  EXPECT_EQ(Refused("ann", "CaseService/GetCase", {{"name", "cases/acme-2"}}),
            "RESOURCE_NOT_FOUND");
}

TEST_P(SelfServiceTest, ACaseIsOpenedUnderWhatHoldsOnly) {
  const Json opened = Do("ann", "CaseService/OpenCase",
                         {{"case", {{"account", "accounts/acme"}}}});
  EXPECT_EQ(opened["case"]["contact"], "contacts/ann");
  EXPECT_TRUE(opened["case"].contains("entitlement"));
  EXPECT_EQ(Refused("ann", "CaseService/OpenCase",
                    {{"case",
                      {{"account", "accounts/acme"},
                       {"entitlement", "entitlements/acme-named"}}}}),
            "RESOURCE_NOT_FOUND");
  for (const char* name : {"acme", "acme-named", "gold"}) {
    Do("admin", "EntitlementService/DeleteEntitlement",
       {{"name", std::string("entitlements/") + name}});
  }
  EXPECT_EQ(Refused("ann", "CaseService/OpenCase",
                    {{"case", {{"account", "accounts/acme"}}}}),
            "ENTITLEMENT_NOT_ELIGIBLE");
  for (const Json& row :
       {Json{{"account", "accounts/acme"}, {"status", "closed"}},
        Json{{"account", "accounts/acme"}, {"kind", "WORK_ORDER"}}}) {
    EXPECT_EQ(Refused("acme", "CaseService/OpenCase", {{"case", row}}),
              "FIELD_INVALID");
  }
}

TEST_P(SelfServiceTest, C1_ACustomersCaseIsTheirAccounts) {
  Do("admin", "EntitlementService/CreateEntitlement",
     {{"entitlement_id", "asset"},
      {"entitlement",
       {{"display_name", "Asset"},
        {"account", "accounts/acme"},
        {"asset", "assets/acme"},
        {"start_date", {{"year", 2020}, {"month", 1}, {"day", 1}}}}}});
  const auto open = [](const Json& row) { return Json{{"case", row}}; };
  const Json opened = Do("ann", "CaseService/OpenCase",
                         open({{"entitlement", "entitlements/asset"}}))["case"];
  EXPECT_EQ(opened["account"], "accounts/acme");
  EXPECT_EQ(opened["contact"], "contacts/ann");
  EXPECT_EQ(opened["asset"], "assets/acme");
  EXPECT_EQ(Do("acme", "CaseService/OpenCase",
               open({{"subject", "It smokes"}}))["case"]["account"],
            "accounts/acme");
  for (const auto& [field, theirs] :
       {std::pair("entitlement", "entitlements/bolt"),
        std::pair("asset", "assets/bolt"),
        std::pair("contact", "contacts/bea")}) {
    EXPECT_EQ(Refused("acme", "CaseService/OpenCase", open({{field, theirs}})),
              "RESOURCE_NOT_FOUND");
  }
}

TEST_P(SelfServiceTest, C6_RulesChooseForCustomersTooAndAreNotSeen) {
  const std::string service = "EntitlementService/";
  const Json item = {{"case", {{"account", "accounts/acme"}}}};
  EXPECT_EQ(Do("ann", "CaseService/OpenCase", item)["case"]["entitlement"],
            "entitlements/acme");
  Do("admin", service + "CreateAssignmentRule",
     {{"assignment_rule_id", "gold"},
      {"assignment_rule",
       {{"display_name", "Gold"},
        {"order", 2},
        {"entitlement_condition", "entitlement.name.endsWith('gold')"}}}});
  const Json opened = Do("ann", "CaseService/OpenCase", item);
  EXPECT_EQ(opened["case"]["entitlement"], "entitlements/gold");
  EXPECT_FALSE(opened.contains("assignment_rule"));
  EXPECT_EQ(Do("desk", "CaseService/OpenCase", item)["assignment_rule"],
            "assignmentRules/gold");
  for (const char* method : {"ListAssignmentRules", "TestAssignmentRules"})
    EXPECT_EQ(Refused("ann", service + method, Json::object()),
              "PERMISSION_MISSING");
  // What a rule leaves without any, they cannot open so.
  Do("admin", service + "CreateAssignmentRule",
     {{"assignment_rule_id", "none"},
      {"assignment_rule",
       {{"display_name", "None"}, {"order", 1}, {"leave_unassigned", true}}}});
  const absl::Status refused =
      Try("ann", "CaseService/OpenCase", item).status();
  EXPECT_THAT(std::string(refused.message()),
              testing::AllOf(testing::HasSubstr("Name one in case.entitlement"),
                             testing::Not(testing::HasSubstr("Rules/"))));
  Json named = item;
  named["case"]["entitlement"] = "entitlements/gold";
  EXPECT_EQ(Refused("ann", "CaseService/OpenCase", named), "OK");
}

// What is not as it should be is told to those who can mend it.
TEST_P(SelfServiceTest, CustomersAreNotToldWhatDefinitionsAreCalled) {
  const Json item = {{"case", {{"account", "accounts/acme"}}}};
  const auto expect_told = [&](const std::string& reason,
                               const std::string& name) {
    for (const char* token : {"desk", "ann"}) {
      const absl::Status refused =
          Try(token, "CaseService/OpenCase", item).status();
      EXPECT_EQ(errors::ReasonOf(refused), reason);
      std::string all(refused.message());
      refused.ForEachPayload([&](absl::string_view, const absl::Cord& payload) {
        all += std::string(payload);
      });
      EXPECT_EQ(absl::StrContains(all, name), token == std::string("desk"))
          << all;
    }
  };
  Do("admin", "ProcessService/CreateEntitlementProcess",
     {{"entitlement_process_id", "draft"},
      {"entitlement_process",
       {{"display_name", "Draft"}, {"definition", {{"kind", "CASE"}}}}}});
  Do("admin", "EntitlementService/UpdateEntitlement",
     {{"entitlement",
       {{"name", "entitlements/acme"},
        {"process", "entitlementProcesses/draft"}}}});
  expect_told("PROCESS_NOT_PUBLISHED", "entitlementProcesses/draft");
  const auto add_rule = [&](const std::string& id) {
    Do("admin", "EntitlementService/CreateAssignmentRule",
       {{"assignment_rule_id", id},
        {"assignment_rule", {{"display_name", id}, {"order", 1}}}});
  };
  add_rule("secret");
  world_.Execute("UPDATE assignment_rules SET rule_condition = 'later(x)'");
  add_rule("z");  // with which all are read anew
  expect_told("DEFINITION_UNUSABLE", "assignmentRules/secret");
}

TEST_P(SelfServiceTest, ACustomerWritesMessagesAndNothingElse) {
  const Json message = {{"direction", "INBOUND"},
                        {"author", "CUSTOMER"},
                        {"text", "It still smokes"}};
  const auto code = [&](const Json& request) {
    const Json results =
        Do("acme", "CaseService/RecordEvents", request)["results"];
    return results[0].contains("status") ? results[0]["status"].value("code", 0)
                                         : 0;
  };
  EXPECT_EQ(code(Said("1", message)), 0);
  EXPECT_TRUE(Do("acme", "CaseService/RecordEvents",
                 Said("1", message))["results"][0]["duplicate"]);
  for (const auto& [field, value] :
       {std::pair("direction", "OUTBOUND"), std::pair("author", "AGENT")}) {
    Json other = message;
    other[field] = value;
    EXPECT_EQ(code(Said("2", other)), 3) << field;
  }
  Json dated = Said("3", message);
  dated["events"][0]["event"]["occur_time"] = "2026-03-02T08:00:00Z";
  EXPECT_EQ(code(dated), 3);
  EXPECT_EQ(
      Refused(
          "acme", "CaseService/RecordEvents",
          {{"events",
            {{{"case", "cases/acme-1"},
              {"event", {{"key", "4"}, {"clock_stopped", Json::object()}}}}}}}),
      "FIELD_INVALID");
  Do("desk", "CaseService/RecordEvents",
     Said("5", {{"direction", "OUTBOUND"},
                {"author", "AGENT"},
                {"text", "Pull the plug"}}));
  const Json events = Do("acme", "CaseService/ListCaseEvents",
                         {{"parent", "cases/acme-1"}})["events"];
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[0]["interaction"]["text"], "It still smokes");
  EXPECT_EQ(events[1]["interaction"]["text"], "Pull the plug");
  EXPECT_FALSE(events[1].contains("actor"));
  EXPECT_GT(Do("desk", "CaseService/ListCaseEvents",
               {{"parent", "cases/acme-1"}})["events"]
                .size(),
            2u);
}

TEST_P(SelfServiceTest, C4_ACustomersAdminSaysWhoMayUseAnEntitlement) {
  const std::string service = "EntitlementService/";
  EXPECT_EQ(
      Refused("acme", service + "AddEntitlementContacts",
              {{"name", "entitlements/acme"}, {"contacts", {"contacts/ann"}}}),
      "PERMISSION_MISSING");
  const std::string cy =
      Do("boss", "DirectoryService/CreateContact",
         {{"contact",
           {{"display_name", "Cy"}, {"account", "accounts/acme"}}}})["name"];
  Json entitlement = Do("boss", service + "AddEntitlementContacts",
                        {{"name", "entitlements/acme-named"},
                         {"contacts", {cy, "contacts/art"}}});
  EXPECT_EQ(entitlement["contacts"].size(), 2u);
  EXPECT_EQ(Refused("boss", service + "AddEntitlementContacts",
                    {{"name", "entitlements/acme-named"},
                     {"contacts", {"contacts/bea"}}}),
            "FIELD_INVALID");
  EXPECT_EQ(Refused("admin", service + "AddEntitlementContacts",
                    {{"name", "entitlements/acme-named"},
                     {"contacts", {"contacts/bea"}}}),
            "FIELD_INVALID");
  entitlement = Do("boss", service + "RemoveEntitlementContacts",
                   {{"name", "entitlements/acme-named"},
                    {"contacts", {"contacts/art", "contacts/ann"}}});
  EXPECT_EQ(entitlement["contacts"], Json({cy}));
  EXPECT_EQ(Refused("boss", service + "RemoveEntitlementContacts",
                    {{"name", "entitlements/acme-named"}, {"contacts", {cy}}}),
            "LAST_CONTACT");
  // Nobody is listed, so there is nobody to take.
  entitlement =
      Do("boss", service + "RemoveEntitlementContacts",
         {{"name", "entitlements/acme"}, {"contacts", {"contacts/art"}}});
  EXPECT_FALSE(entitlement.contains("contacts"));
}

TEST_P(SelfServiceTest, TheAuditHasBothStatesOfAVerbAndWhatItMakes) {
  world_.clock().Advance(absl::Seconds(1));
  const auto last = [&](const std::string& subject) {
    return Do("admin", "AdminService/ListAuditEntries",
              {{"subject", subject}})["audit_entries"][0];
  };
  Do("admin", "EntitlementService/SuspendEntitlement",
     {{"name", "entitlements/acme"}});
  EXPECT_EQ(last("entitlements/acme")["before"]["state"], "ACTIVE");
  EXPECT_EQ(last("entitlements/acme")["after"]["state"], "SUSPENDED");
  Do("admin", "EntitlementService/ResumeEntitlement",
     {{"name", "entitlements/acme"}});
  Do("admin", "EntitlementService/UpdateEntitlement",
     {{"entitlement",
       {{"name", "entitlements/acme"},
        {"end_date", {{"year", 2030}, {"month", 12}, {"day", 31}}}}}});
  const Json next = Do("admin", "EntitlementService/RenewEntitlement",
                       {{"name", "entitlements/acme"}, {"term_months", 12}});
  const Json made = last(next["name"]);
  EXPECT_EQ(made["method"], "charter.v1.EntitlementService/RenewEntitlement");
  EXPECT_FALSE(made.contains("before"));
  EXPECT_EQ(made["after"]["renewed_from"], "entitlements/acme");
  EXPECT_EQ(last("entitlements/acme")["after"]["renewed_to"], next["name"]);
}

TEST_P(SelfServiceTest, EveryWriteCanBeReadInTheAudit) {
  world_.clock().Advance(absl::Seconds(1));
  Do("boss", "DirectoryService/UpdateContact",
     {{"contact", {{"name", "contacts/ann"}, {"display_name", "Ann B."}}},
      {"request_id", "6f1a6d0e-0d2c-4b1e-9d0a-000000000001"}});
  Refused("boss", "DirectoryService/DeleteContact", {{"name", "contacts/ann"}});
  const auto list = [&](const Json& request) {
    const Json response = Do("admin", "AdminService/ListAuditEntries", request);
    return response.contains("audit_entries") ? response["audit_entries"]
                                              : Json::array();
  };
  Json entries = list({{"subject", "contacts/ann"}});
  ASSERT_EQ(entries.size(), 2u);  // the newest first
  EXPECT_EQ(entries[0]["principal"], "boss");
  EXPECT_EQ(entries[0]["method"], "charter.v1.DirectoryService/UpdateContact");
  EXPECT_EQ(entries[0]["request_id"], "6f1a6d0e-0d2c-4b1e-9d0a-000000000001");
  EXPECT_EQ(entries[0]["before"]["display_name"], "ann");
  EXPECT_EQ(entries[0]["after"]["display_name"], "Ann B.");
  EXPECT_EQ(entries[1]["method"], "charter.v1.DirectoryService/CreateContact");
  EXPECT_FALSE(entries[1].contains("before"));
  entries = list({{"principal", "boss"}, {"subject", "contacts/ann"}});
  EXPECT_EQ(entries.size(), 1u);
  EXPECT_EQ(
      list({{"start_time", entries[0]["time"]}, {"subject", "contacts/ann"}})
          .size(),
      1u);
  EXPECT_EQ(
      list({{"end_time", entries[0]["time"]}, {"subject", "contacts/ann"}})
          .size(),
      1u);
  EXPECT_EQ(Refused("admin", "AdminService/ListAuditEntries",
                    {{"start_time", "2026-02-02T00:00:00Z"},
                     {"end_time", "2026-02-01T00:00:00Z"}}),
            "FIELD_INVALID");
  EXPECT_EQ(Refused("desk", "AdminService/ListAuditEntries", Json::object()),
            "PERMISSION_MISSING");
  // Pages.
  std::vector<std::string> names;
  Json request = {{"page_size", 3}};
  while (true) {
    const Json page = Do("admin", "AdminService/ListAuditEntries", request);
    for (const Json& entry : page["audit_entries"])
      names.push_back(entry["name"]);
    if (!page.contains("next_page_token")) break;
    request["page_token"] = page["next_page_token"];
  }
  EXPECT_GT(names.size(), 6u);
  EXPECT_TRUE(std::is_sorted(names.rbegin(), names.rend()));
}

}  // namespace
}  // namespace charter::services

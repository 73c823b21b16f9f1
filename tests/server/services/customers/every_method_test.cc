// Every method as a customer of another account: what is not theirs is not
// there.
#include <gmock/gmock.h>

#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "server/services/shared/errors.h"
#include "tests/server/services/customers/caller.h"

namespace charter::services {
namespace {

using testing::HasSubstr;
using testing::Not;

class EveryMethodTest : public CustomersTest {};
INSTANTIATE_TEST_SUITE_P(All, EveryMethodTest,
                         testing::ValuesIn(test::kEngines), test::EngineName);

// What somebody who looks for `bolt` would send. `@` stands for a name: bolt's,
// or one that there is not.
struct Attempt {
  Json request;
  // What `@` names in bolt.
  std::string theirs;
  // That it answers with nothing of bolt's, rather than refuses.
  bool answers = false;
};

const std::multimap<std::string, Attempt>& Attempts() {
  static const auto& attempts = *new std::multimap<std::string, Attempt>{
      {"DirectoryService/GetAccount", {{{"name", "@"}}, "accounts/bolt"}},
      {"DirectoryService/BatchGetAccounts",
       {{{"names", {"accounts/acme", "@"}}}, "accounts/bolt"}},
      {"DirectoryService/BatchGetContacts",
       {{{"names", {"contacts/ann", "@"}}}, "contacts/bea"}},
      {"DirectoryService/BatchGetProducts",
       {{{"names", {"products/@"}}}, "nothing-of-bolts"}},
      {"DirectoryService/BatchGetAssets",
       {{{"names", {"assets/acme", "@"}}}, "assets/bolt"}},
      {"ContractService/BatchGetServiceContracts",
       {{{"names", {"serviceContracts/acme", "@"}}}, "serviceContracts/bolt"}},
      {"ContractService/BatchGetContractLineItems",
       {{{"names", {"contractLineItems/acme", "@"}}},
        "contractLineItems/bolt"}},
      {"EntitlementService/BatchGetEntitlements",
       {{{"names", {"entitlements/acme", "@"}}}, "entitlements/bolt"}},
      {"DirectoryService/ListAccounts",
       {{{"filter", "name == '@'"}}, "accounts/bolt", true}},
      {"DirectoryService/ListAccounts", {Json::object(), "", true}},
      {"DirectoryService/GetContact", {{{"name", "@"}}, "contacts/bea"}},
      {"DirectoryService/ListContacts",
       {{{"filter", "account == '@'"}}, "accounts/bolt", true}},
      {"DirectoryService/ListContacts",
       {{{"filter", "email == '@@example.com'"}}, "bea", true}},
      {"DirectoryService/CreateContact",
       {{{"contact", {{"display_name", "x"}, {"account", "@"}}}},
        "accounts/bolt"}},
      {"DirectoryService/CreateContact",
       {{{"contact_id", "@"},
         {"contact", {{"display_name", "x"}, {"account", "accounts/acme"}}}},
        "bea"}},
      {"DirectoryService/UpdateContact",
       {{{"contact", {{"name", "@"}, {"display_name", "x"}}}}, "contacts/bea"}},
      {"DirectoryService/GetProduct",
       {{{"name", "products/@"}}, "nothing-of-bolts"}},
      {"DirectoryService/ListProducts", {Json::object(), "", true}},
      {"DirectoryService/GetAsset", {{{"name", "@"}}, "assets/bolt"}},
      {"DirectoryService/ListAssets",
       {{{"filter", "account == '@'"}}, "accounts/bolt", true}},
      {"DirectoryService/ListAssets",
       {{{"filter", "parent == '@'"}}, "assets/bolt", true}},
      {"ContractService/GetServiceContract",
       {{{"name", "@"}}, "serviceContracts/bolt"}},
      {"ContractService/ListServiceContracts",
       {{{"filter", "account == '@'"}}, "accounts/bolt", true}},
      {"ContractService/GetContractLineItem",
       {{{"name", "@"}}, "contractLineItems/bolt"}},
      {"ContractService/ListContractLineItems",
       {{{"filter", "service_contract == '@'"}},
        "serviceContracts/bolt",
        true}},
      {"EntitlementService/GetEntitlement",
       {{{"name", "@"}}, "entitlements/bolt"}},
      {"EntitlementService/ListEntitlements",
       {{{"filter", "external_id == '@'"}}, "bolt", true}},
      {"EntitlementService/ListEntitlements",
       {{{"contact", "@"}}, "contacts/bea", true}},
      {"EntitlementService/AddEntitlementContacts",
       {{{"name", "@"}, {"contacts", {"contacts/ann"}}}, "entitlements/bolt"}},
      {"EntitlementService/AddEntitlementContacts",
       {{{"name", "entitlements/acme"}, {"contacts", {"@"}}}, "contacts/bea"}},
      {"EntitlementService/RemoveEntitlementContacts",
       {{{"name", "@"}, {"contacts", {"contacts/bob"}}},
        "entitlements/bolt-named"}},
      {"EntitlementService/VerifyEntitlement",
       {{{"account", "@"}}, "accounts/bolt"}},
      {"EntitlementService/VerifyEntitlement",
       {{{"contact", "@"}}, "contacts/bea"}},
      {"EntitlementService/VerifyEntitlement",
       {{{"account", "accounts/acme"}, {"asset", "@"}}, "assets/bolt"}},
      {"CaseService/GetCase", {{{"name", "@"}}, "cases/bolt-1"}},
      {"CaseService/ListCases",
       {{{"filter", "account == '@'"}}, "accounts/bolt", true}},
      {"CaseService/ListCases",
       {{{"filter", "external_id == '@'"}}, "bolt-1", true}},
      {"CaseService/OpenCase",
       {{{"case", {{"account", "@"}, {"subject", "x"}}}}, "accounts/bolt"}},
      {"CaseService/OpenCase",
       {{{"case", {{"account", "accounts/acme"}, {"contact", "@"}}}},
        "contacts/bea"}},
      {"CaseService/OpenCase",
       {{{"case", {{"account", "accounts/acme"}, {"entitlement", "@"}}}},
        "entitlements/bolt"}},
      {"CaseService/OpenCase",
       {{{"case", {{"account", "accounts/acme"}, {"parent", "@"}}}},
        "cases/bolt-1"}},
      {"CaseService/OpenCase",
       {{{"case_id", "@"}, {"case", {{"account", "accounts/acme"}}}},
        "bolt-1"}},
      {"CaseService/RecordEvents",
       {{{"events",
          {{{"case", "@"},
            {"event",
             {{"key", "k"},
              {"interaction",
               {{"direction", "INBOUND"}, {"author", "CUSTOMER"}}}}}}}}},
        "cases/bolt-1",
        true}},
      {"CaseService/ListCaseEvents", {{{"parent", "@"}}, "cases/bolt-1"}},
  };
  return attempts;
}

Json With(const Json& request, const std::string& name) {
  return Json::parse(absl::StrReplaceAll(request.dump(), {{"@", name}}));
}

TEST_P(EveryMethodTest, WhatIsNotTheirsIsNotThere) {
  int tried = 0;
  for (const auto& endpoint : endpoints_.all()) {
    const v1::MethodPolicy& policy = endpoint->method.policy;
    const std::string full = endpoint->method.name;
    if (policy.public_() || full.rfind("charter.v1.", 0) != 0) continue;
    const std::string method = full.substr(std::string("charter.v1.").size());
    SCOPED_TRACE(method);
    if (!policy.customers()) {
      // Whatever permissions the role has: it is asked before the request is
      // read.
      EXPECT_EQ(Refused("boss", method, Json::object()), "PERMISSION_MISSING");
      continue;
    }
    const auto [begin, end] = Attempts().equal_range(method);
    EXPECT_NE(begin, end) << "customers may call it: say what of another "
                             "account somebody could ask it for";
    for (auto it = begin; it != end; ++it) {
      const Attempt& attempt = it->second;
      const std::string missing = absl::StrReplaceAll(
          attempt.theirs, {{"bolt", "b0lt"}, {"bea", "b0a"}});
      const Json asked = With(attempt.request, attempt.theirs);
      SCOPED_TRACE(asked.dump());
      ++tried;
      const absl::StatusOr<Json> theirs = Try("boss", method, asked);
      const absl::StatusOr<Json> none =
          Try("boss", method, With(attempt.request, missing));
      if (attempt.answers) {
        ASSERT_TRUE(theirs.ok()) << theirs.status();
        ASSERT_TRUE(none.ok()) << none.status();
        EXPECT_EQ(
            absl::StrReplaceAll(theirs->dump(), {{attempt.theirs, missing}}),
            none->dump());
        EXPECT_THAT(theirs->dump(), Not(HasSubstr("Bolt")));
      } else {
        ASSERT_FALSE(theirs.ok());
        EXPECT_EQ(theirs.status().code(), none.status().code());
        EXPECT_EQ(errors::ReasonOf(theirs.status()),
                  errors::ReasonOf(none.status()));
        EXPECT_EQ(absl::StrReplaceAll(theirs.status().message(),
                                      {{attempt.theirs, missing}}),
                  none.status().message());
      }
    }
  }
  EXPECT_GT(tried, 25);
}

}  // namespace
}  // namespace charter::services

// Another account's names where somebody says what a resource of acme's is
// about: as they are, in other case, and with a space behind them. A database
// may take the three for one; whoever asks is refused each of them, and nothing
// is changed.
#include <gmock/gmock.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "server/services/shared/errors.h"
#include "tests/server/services/customers/caller.h"

namespace charter::services {
namespace {

using testing::AnyOf;
using testing::HasSubstr;

// A request of which `@` is a name of bolt's.
struct Naming {
  std::string method;
  Json request;
  std::string theirs;
};

std::vector<Naming> ByCustomers() {
  const auto open = [](const std::string& field, const std::string& theirs) {
    return Naming{"CaseService/OpenCase",
                  {{"case", {{"account", "accounts/acme"}, {field, "@"}}}},
                  theirs};
  };
  const auto verify = [](const std::string& field, const std::string& theirs) {
    return Naming{"EntitlementService/VerifyEntitlement",
                  {{"account", "accounts/acme"}, {field, "@"}},
                  theirs};
  };
  return {
      {"CaseService/OpenCase", {{"case", {{"account", "@"}}}}, "accounts/bolt"},
      open("contact", "contacts/bea"),
      open("entitlement", "entitlements/bolt"),
      open("asset", "assets/bolt"),
      open("parent", "cases/bolt-1"),
      verify("contact", "contacts/bea"),
      verify("asset", "assets/bolt"),
      {"EntitlementService/VerifyEntitlement",
       {{"account", "@"}},
       "accounts/bolt"},
  };
}

std::vector<Naming> ByTheirAdmin() {
  std::vector<Naming> all = ByCustomers();
  all.push_back({"EntitlementService/AddEntitlementContacts",
                 {{"name", "entitlements/acme-named"}, {"contacts", {"@"}}},
                 "contacts/bea"});
  all.push_back({"DirectoryService/CreateContact",
                 {{"contact", {{"display_name", "x"}, {"account", "@"}}}},
                 "accounts/bolt"});
  return all;
}

// The fields alone: an account may be anybody's, for one of us.
std::vector<Naming> ByStaff() {
  std::vector<Naming> all;
  const auto add = [&all](const std::string& method, Json request,
                          const std::string& theirs) {
    all.push_back({method, std::move(request), theirs});
  };
  for (const auto& [field, theirs] :
       {std::pair("contact", "contacts/bea"), std::pair("asset", "assets/bolt"),
        std::pair("entitlement", "entitlements/bolt")}) {
    add("CaseService/OpenCase",
        {{"case", {{"account", "accounts/acme"}, {field, "@"}}}}, theirs);
    if (std::string(field) == "entitlement") continue;
    add("CaseService/UpdateCase",
        {{"case", {{"name", "cases/acme-1"}, {field, "@"}}}}, theirs);
  }
  add("CaseService/ChangeEntitlement",
      {{"name", "cases/acme-1"}, {"entitlement", "@"}}, "entitlements/bolt");
  for (const auto& [field, theirs] :
       {std::pair("asset", "assets/bolt"),
        std::pair("service_contract", "serviceContracts/bolt"),
        std::pair("contract_line_item", "contractLineItems/bolt")}) {
    add("EntitlementService/CreateEntitlement",
        {{"entitlement",
          {{"account", "accounts/acme"}, {"display_name", "x"}, {field, "@"}}}},
        theirs);
    add("EntitlementService/UpdateEntitlement",
        {{"entitlement", {{"name", "entitlements/acme"}, {field, "@"}}}},
        theirs);
  }
  add("EntitlementService/CreateEntitlement",
      {{"entitlement",
        {{"account", "accounts/acme"},
         {"display_name", "x"},
         {"contacts", {"@"}}}}},
      "contacts/bea");
  add("EntitlementService/UpdateEntitlement",
      {{"entitlement",
        {{"name", "entitlements/acme"}, {"contacts", {"contacts/ann", "@"}}}}},
      "contacts/bea");
  add("EntitlementService/AddEntitlementContacts",
      {{"name", "entitlements/acme-named"}, {"contacts", {"@"}}},
      "contacts/bea");
  add("EntitlementService/ApplyTemplate",
      {{"entitlement_template", "entitlementTemplates/year"},
       {"account", "accounts/acme"},
       {"contacts", {"@"}}},
      "contacts/bea");
  add("ContractService/UpdateContractLineItem",
      {{"contract_line_item",
        {{"name", "contractLineItems/acme"}, {"asset", "@"}}}},
      "assets/bolt");
  add("ContractService/UpdateServiceContract",
      {{"service_contract",
        {{"name", "serviceContracts/acme"}, {"contact", "@"}}}},
      "contacts/bea");
  return all;
}

std::string InOtherCase(const std::string& name) {
  const size_t id = name.find('/') + 1;
  return absl::StrCat(name.substr(0, id),
                      absl::AsciiStrToUpper(name.substr(id)));
}

class ForeignNamesTest : public CustomersTest {
 protected:
  void SetUp() override {
    Do("admin", "EntitlementService/CreateEntitlementTemplate",
       {{"entitlement_template_id", "year"},
        {"entitlement_template", {{"display_name", "Y"}, {"term_days", 365}}}});
  }

  // What a write would change.
  std::vector<std::string> Everything() {
    std::vector<std::string> all;
    for (const char* table : {"cases", "entitlements", "contract_line_items",
                              "service_contracts", "contacts"}) {
      for (std::string& line : world_.Lines(absl::StrCat(
               "SELECT name, row_version FROM ", table, " ORDER BY name")))
        all.push_back(std::move(line));
    }
    for (const char* sql :
         {"SELECT entitlement, contact FROM entitlement_contacts ORDER BY "
          "entitlement, contact",
          "SELECT COUNT(*) FROM case_events", "SELECT COUNT(*) FROM outbox"}) {
      for (std::string& line : world_.Lines(sql))
        all.push_back(std::move(line));
    }
    return all;
  }

  absl::Status Asked(const std::string& token, const Naming& naming,
                     const std::string& name) {
    return Try(token, naming.method,
               Json::parse(
                   absl::StrReplaceAll(naming.request.dump(), {{"@", name}})))
        .status();
  }
};
INSTANTIATE_TEST_SUITE_P(All, ForeignNamesTest,
                         testing::ValuesIn(test::kEngines), test::EngineName);

TEST_P(ForeignNamesTest, C1_AreRefusedToOneOfUs) {
  const std::vector<std::string> before = Everything();
  for (const Naming& naming : ByStaff()) {
    SCOPED_TRACE(absl::StrCat(naming.method, " ", naming.request.dump()));
    const absl::Status theirs = Asked("admin", naming, naming.theirs);
    EXPECT_EQ(errors::ReasonOf(theirs), "FIELD_INVALID") << theirs;
    EXPECT_THAT(std::string(theirs.message()), HasSubstr("of another account"));
    // Names are compared as they are: this one is nobody's.
    const absl::Status other =
        Asked("admin", naming, InOtherCase(naming.theirs));
    EXPECT_THAT(std::string(other.message()),
                AnyOf(HasSubstr(InOtherCase(naming.theirs) + " does not exist"),
                      HasSubstr("names no contact that exists")));
    const absl::Status spaced = Asked("admin", naming, naming.theirs + " ");
    EXPECT_EQ(errors::ReasonOf(spaced), "FIELD_INVALID") << spaced;
    EXPECT_THAT(std::string(spaced.message()),
                HasSubstr("must be a name of the form"));
  }
  EXPECT_EQ(Everything(), before);
}

TEST_P(ForeignNamesTest, C1_AreNotThereForACustomer) {
  const std::vector<std::string> before = Everything();
  for (const char* token : {"acme", "ann", "boss"}) {
    for (const Naming& naming :
         token == std::string("boss") ? ByTheirAdmin() : ByCustomers()) {
      SCOPED_TRACE(
          absl::StrCat(token, " ", naming.method, " ", naming.request.dump()));
      for (const std::string& name :
           {naming.theirs, InOtherCase(naming.theirs), naming.theirs + " "}) {
        const absl::Status asked = Asked(token, naming, name);
        EXPECT_FALSE(asked.ok()) << name;
        // It answers as it does of what nobody has.
        const std::string missing = absl::StrReplaceAll(name, {{"bolt", "b0lt"},
                                                               {"bea", "b0a"},
                                                               {"BOLT", "B0LT"},
                                                               {"BEA", "B0A"}});
        const absl::Status none = Asked(token, naming, missing);
        EXPECT_EQ(asked.code(), none.code());
        EXPECT_EQ(errors::ReasonOf(asked), errors::ReasonOf(none));
        EXPECT_EQ(absl::StrReplaceAll(asked.message(), {{name, missing}}),
                  none.message());
      }
    }
  }
  EXPECT_EQ(Everything(), before);
}

// Of a batch of events each has its own answer.
TEST_P(ForeignNamesTest, C1_AnEventThatNamesThemIsRefused) {
  const std::vector<std::string> before = Everything();
  for (const auto& [name, code] :
       {std::pair("contacts/bea", 3), std::pair("contacts/BEA", 5)}) {
    const Json response =
        Do("admin", "CaseService/RecordEvents",
           {{"events",
             {{{"case", "cases/acme-1"},
               {"event",
                {{"key", "k"},
                 {"fields_changed", {{"case", {{"contact", name}}}}}}}}}}});
    EXPECT_EQ(response["results"][0]["status"]["code"], code) << response;
  }
  EXPECT_EQ(Everything(), before);
}

TEST_P(ForeignNamesTest, ACasesNumberTellsAnotherAccountNothing) {
  const auto number = [&](const std::string& name) -> std::string {
    return Do("admin", "CaseService/GetCase", {{"name", name}})["case_number"];
  };
  const auto listed = [&](const std::string& name) {
    return Do("acme", "CaseService/ListCases",
              {{"filter", "case_number == '" + number(name) + "'"}});
  };
  EXPECT_EQ(listed("cases/acme-1")["cases"].size(), 1u);
  EXPECT_EQ(
      listed("cases/bolt-1").dump(),
      Do("acme", "CaseService/ListCases", {{"filter", "case_number == '1'"}})
          .dump());
}

}  // namespace
}  // namespace charter::services

// Who is found by what an agent types.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/services/cases/cases.h"
#include "server/services/entitlements/entitlements.h"
#include "storage/records/search_terms.h"
#include "tests/server/services/directory/directory_fixture.h"

namespace charter::services {
namespace {

using test::Proto;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

class SearchCallersTest : public DirectoryTest {
 protected:
  void SetUp() override {
    DirectoryTest::SetUp();
    Account("bolt", "Bolt & Söhne GmbH", "phone: '+43 1 58801' tier: 'gold'");
    Account("north", "Nordwind AG");
    Contact("anna", "bolt", "Anna Müller",
            "email: 'anna.mueller@bolt.example' phone: '+43 (0)664 123 45 67'");
    Contact("annabel", "bolt", "Annabel Meyer");
    Contact("ohara", "north", "Siobhán O'Hara", "external_id: 'K-00815'");
    Contact("anna2", "north", "Anna Schmidt", "mobile_phone: '0660/99 88 77'");
    world_.Do(&services::CreateAsset,
              Proto<v1::CreateAssetRequest>(
                  "asset_id: 'press' asset { account: 'accounts/bolt' "
                  "display_name: 'Druckmaschine Halle 2' "
                  "serial_number: 'X-200/17' contact: 'contacts/anna' }"));
  }
  void Account(const std::string& id, const std::string& name,
               const std::string& more = "") {
    world_.Do(&CreateAccount, Proto<v1::CreateAccountRequest>(absl::StrCat(
                                  "account_id: '", id, "' account { ",
                                  "display_name: '", name, "' ", more, "}")));
  }
  void Contact(const std::string& id, const std::string& account,
               const std::string& name, const std::string& more = "") {
    world_.Do(&CreateContact,
              Proto<v1::CreateContactRequest>(absl::StrCat(
                  "contact_id: '", id, "' contact { account: 'accounts/",
                  account, "' display_name: \"", name, "\" ", more, "}")));
  }
  v1::SearchCallersResponse Search(const std::string& query,
                                   const std::string& account = "") {
    v1::SearchCallersRequest request;
    request.set_query(query);
    request.set_account(account);
    return world_.Do(&SearchCallers, request);
  }
  // The names that are found, the best first.
  std::vector<std::string> Found(const std::string& query,
                                 const std::string& account = "") {
    const v1::SearchCallersResponse response = Search(query, account);
    std::vector<std::string> names;
    for (const v1::Caller& caller : response.callers())
      names.push_back(caller.name());
    return names;
  }
  absl::Status Refused(const std::string& request) {
    return world_.Try(&SearchCallers, Proto<v1::SearchCallersRequest>(request))
        .status();
  }
};
INSTANTIATE_TEST_SUITE_P(All, SearchCallersTest,
                         testing::ValuesIn(test::kEngines), test::EngineName);

TEST_P(SearchCallersTest, ByWordsOfNamesInAnyOrderWithoutCaseAndAccents) {
  EXPECT_THAT(Found("anna müller"), ElementsAre("contacts/anna"));
  EXPECT_THAT(Found("MULLER Anna"), ElementsAre("contacts/anna"));
  EXPECT_THAT(Found("siobhan"), ElementsAre("contacts/ohara"));
  // One error away.
  EXPECT_THAT(Found("soehne"), ElementsAre("accounts/bolt"));
  EXPECT_THAT(Found("sohne"), ElementsAre("accounts/bolt"));
  EXPECT_THAT(Found("halle druckm"), ElementsAre("assets/press"));
  EXPECT_THAT(Found("anna halle"), IsEmpty());
}

TEST_P(SearchCallersTest, ByBeginningsTheWholeWordFirst) {
  EXPECT_THAT(Found("anna"), ElementsAre("contacts/anna", "contacts/anna2",
                                         "contacts/annabel"));
  EXPECT_THAT(Found("ann mul"), ElementsAre("contacts/anna"));
  EXPECT_THAT(Found("anna m"),
              ElementsAre("contacts/anna", "contacts/annabel"));
  EXPECT_THAT(Found("nna"), IsEmpty());
}

TEST_P(SearchCallersTest, SignsInNamesMayBeTypedOrNot) {
  for (const char* typed : {"O'Hara", "ohara", "o hara", "Siobhan O'H"}) {
    EXPECT_THAT(Found(typed), ElementsAre("contacts/ohara")) << typed;
  }
}

TEST_P(SearchCallersTest, ByTelephoneNumberInAnyNotation) {
  for (const char* typed :
       {"+43 664 1234567", "0664/123 45 67", "0043 664 12345", "664123456"}) {
    EXPECT_THAT(Found(typed), ElementsAre("contacts/anna")) << typed;
  }
  EXPECT_THAT(Found("0660 998877"), ElementsAre("contacts/anna2"));
  EXPECT_THAT(Found("+43 660 998877"), ElementsAre("contacts/anna2"));
  EXPECT_THAT(Found("01 588 01"), ElementsAre("accounts/bolt"));
  EXPECT_THAT(Found("anna 0664 123"), ElementsAre("contacts/anna"));
  EXPECT_THAT(Found("schmidt 0664 123"), IsEmpty());
}

TEST_P(SearchCallersTest, ByAddressAndNumbers) {
  EXPECT_THAT(Found("Anna.Mueller@BOLT"), ElementsAre("contacts/anna"));
  EXPECT_THAT(Found("anna.mue"), ElementsAre("contacts/anna"));
  for (const char* typed : {"X-200/17", "x20017", "x200 17", "X 200"}) {
    EXPECT_THAT(Found(typed), ElementsAre("assets/press")) << typed;
  }
  EXPECT_THAT(Found("k 00815"), ElementsAre("contacts/ohara"));
  EXPECT_THAT(Found("k-008"), ElementsAre("contacts/ohara"));
}

TEST_P(SearchCallersTest, ByTheNameOfTheAccountAsWell) {
  EXPECT_THAT(Found("anna bolt"),
              ElementsAre("contacts/anna", "contacts/annabel"));
  EXPECT_THAT(Found("nordwind anna"), ElementsAre("contacts/anna2"));
  EXPECT_THAT(Found("bolt x200"), ElementsAre("assets/press"));
  // Not everything of an account that was named.
  EXPECT_THAT(Found("nordwind ag"), ElementsAre("accounts/north"));
}

TEST_P(SearchCallersTest, TheAccountThatMeetsMoreIsLookedThroughFirst) {
  for (int i = 0; i < 10; ++i)
    Account(absl::StrCat("anna-", i), absl::StrCat("Anna Verlag ", i));
  EXPECT_THAT(Found("anna bolt"),
              testing::Contains(std::string("contacts/anna")));
}

TEST_P(SearchCallersTest, WithOneTypingErrorInALongWord) {
  for (const char* typed : {"Schmdit", "schmitd", "Schmit", "Schmiidt"}) {
    const v1::SearchCallersResponse response = Search(typed);
    ASSERT_THAT(response.callers(), SizeIs(1)) << typed;
    EXPECT_EQ(response.callers(0).name(), "contacts/anna2") << typed;
    EXPECT_TRUE(response.callers(0).corrected()) << typed;
  }
  EXPECT_THAT(Found("anna schmdit"), ElementsAre("contacts/anna2"));
  EXPECT_THAT(Found("schmdit nordwnid"), ElementsAre("contacts/anna2"));
  EXPECT_THAT(Found("shcmdit"), IsEmpty());
  // A short word has too many neighbours.
  EXPECT_THAT(Found("bolz"), IsEmpty());
  EXPECT_FALSE(Search("schmidt").callers(0).corrected());
}

TEST_P(SearchCallersTest, ByTheNamesAndNumbersOfCases) {
  world_.Do(&OpenCase, Proto<v1::OpenCaseRequest>(
                           "case_id: 'cs-4711' case { account: 'accounts/bolt' "
                           "contact: 'contacts/anna' subject: 'Paper jam' "
                           "external_id: 'INC 0042' }"));
  for (const char* typed : {"cs-4711", "cases/cs-47", "INC-0042", "inc00"}) {
    const v1::SearchCallersResponse response = Search(typed);
    ASSERT_THAT(response.callers(), SizeIs(1)) << typed;
    EXPECT_EQ(response.callers(0).name(), "cases/cs-4711");
    EXPECT_EQ(response.callers(0).display_name(), "Paper jam");
    EXPECT_EQ(response.callers(0).contact(), "contacts/anna");
  }
  EXPECT_THAT(Found("cs-4711", "accounts/north"), IsEmpty());
  world_.Do(&UpdateCase,
            Proto<v1::UpdateCaseRequest>("case { name: 'cases/cs-4711' "
                                         "external_id: 'INC 0043' }"));
  EXPECT_THAT(Found("inc0042"), IsEmpty());
  EXPECT_THAT(Found("inc0043"), ElementsAre("cases/cs-4711"));
  world_.Do(&DeleteCase, Proto<v1::DeleteCaseRequest>("name: 'cases/cs-4711'"));
  EXPECT_THAT(Found("inc0043"), IsEmpty());
  EXPECT_THAT(Found("cs-4711"), IsEmpty());
}

TEST_P(SearchCallersTest, WithinAnAccountOnly) {
  EXPECT_THAT(Found("anna", "accounts/north"), ElementsAre("contacts/anna2"));
  EXPECT_THAT(Found("anna müller", "accounts/north"), IsEmpty());
  EXPECT_THAT(Found("nordwind", "accounts/north"),
              ElementsAre("accounts/north"));
  EXPECT_THAT(Found("x200", "accounts/north"), IsEmpty());
  EXPECT_THAT(Found("schmdit", "accounts/bolt"), IsEmpty());
  EXPECT_THAT(Found("nordwind schmdit", "accounts/north"),
              ElementsAre("contacts/anna2"));
}

TEST_P(SearchCallersTest, WhatChangesIsFoundAsItIsNow) {
  world_.Do(&UpdateContact,
            Proto<v1::UpdateContactRequest>(
                "contact { name: 'contacts/anna2' display_name: 'Anna Huber' "
                "email: 'ah@north.example' }"));
  EXPECT_THAT(Found("schmidt"), IsEmpty());
  EXPECT_THAT(Found("schmdit"), IsEmpty());
  EXPECT_THAT(Found("hubre"), ElementsAre("contacts/anna2"));
  EXPECT_THAT(Found("ah@north"), ElementsAre("contacts/anna2"));
  EXPECT_THAT(Found("0660998877"), ElementsAre("contacts/anna2"));
  world_.Do(&UpdateContact, Proto<v1::UpdateContactRequest>(
                                "contact { name: 'contacts/anna2' } "
                                "update_mask { paths: 'mobile_phone' }"));
  EXPECT_THAT(Found("0660998877"), IsEmpty());
}

TEST_P(SearchCallersTest, WhatIsDeletedIsNotFound) {
  world_.Do(&DeleteContact,
            Proto<v1::DeleteContactRequest>("name: 'contacts/anna2'"));
  EXPECT_THAT(Found("schmidt"), IsEmpty());
  EXPECT_THAT(Found("0660 998877"), IsEmpty());
  world_.Do(&services::DeleteAsset,
            Proto<v1::DeleteAssetRequest>("name: 'assets/press'"));
  EXPECT_THAT(Found("x200"), IsEmpty());
}

TEST_P(SearchCallersTest, AWriteThatIsRefusedOrOnlyTriedIsNotFound) {
  EXPECT_FALSE(world_
                   .Try(&CreateContact,
                        Proto<v1::CreateContactRequest>(
                            "contact_id: 'anna' contact { account: "
                            "'accounts/bolt' display_name: 'Zacharias' }"))
                   .ok());
  EXPECT_THAT(Found("zacharias"), IsEmpty());
}

TEST_P(SearchCallersTest, C4_WhatTheCallerHasIsSeenAtAGlance) {
  for (const char* entitlement :
       {"entitlement_id: 'gold' entitlement { priority: 2 "
        "start_date { year: 2020 month: 1 day: 1 } "
        "end_date { year: 2099 month: 1 day: 1 } ",
        "entitlement_id: 'own' entitlement { priority: 1 contacts: "
        "'contacts/anna' start_date { year: 2020 month: 1 day: 1 } ",
        "entitlement_id: 'old' entitlement { start_date { year: 2020 month: 1 "
        "day: 1 } end_date { year: 2020 month: 2 day: 1 } "}) {
    world_.Do(&CreateEntitlement, Proto<v1::CreateEntitlementRequest>(
                                      absl::StrCat(entitlement,
                                                   "account: 'accounts/bolt' "
                                                   "display_name: 'E' }")));
  }
  for (const char* item :
       {"case_id: 'urgent' case { priority: 1 ",
        "case_id: 'hers' case { priority: 4 contact: 'contacts/anna' ",
        "case_id: 'third' case { priority: 3 ",
        "case_id: 'fourth' case { priority: 5 "}) {
    world_.Do(&OpenCase, Proto<v1::OpenCaseRequest>(absl::StrCat(
                             item, "subject: 'S' account: 'accounts/bolt' }")));
  }
  world_.Do(&CloseCase, Proto<v1::CloseCaseRequest>("name: 'cases/fourth'"));

  const v1::SearchCallersResponse anna = Search("anna müller");
  ASSERT_THAT(anna.callers(), SizeIs(1));
  const v1::Caller& caller = anna.callers(0);
  EXPECT_EQ(caller.account(), "accounts/bolt");
  EXPECT_EQ(caller.account_display_name(), "Bolt & Söhne GmbH");
  EXPECT_EQ(caller.account_tier(), "gold");
  EXPECT_EQ(caller.entitlement_count(), 2);
  ASSERT_THAT(caller.entitlements(), SizeIs(2));
  EXPECT_EQ(caller.entitlements(0).name(), "entitlements/own");
  EXPECT_FALSE(caller.entitlements(0).has_end_date());
  EXPECT_EQ(caller.entitlements(1).name(), "entitlements/gold");
  EXPECT_EQ(caller.entitlements(1).end_date().year(), 2099);
  EXPECT_EQ(caller.open_case_count(), 3);
  ASSERT_THAT(caller.open_cases(), SizeIs(3));
  EXPECT_EQ(caller.open_cases(0).name(), "cases/hers");
  EXPECT_EQ(caller.open_cases(1).name(), "cases/urgent");
  EXPECT_EQ(caller.open_cases(1).priority(), 1);
  EXPECT_EQ(caller.open_cases(2).name(), "cases/third");

  const v1::SearchCallersResponse annabel = Search("annabel");
  EXPECT_EQ(annabel.callers(0).entitlement_count(), 1);
  EXPECT_EQ(annabel.callers(0).open_cases(0).name(), "cases/urgent");
  const v1::SearchCallersResponse bolt = Search("bolt");
  EXPECT_EQ(bolt.callers(0).entitlement_count(), 2);
  EXPECT_THAT(Search("schmidt").callers(0).entitlements(), IsEmpty());
}

TEST_P(SearchCallersTest, ACommonWordIsLookedAtSoFarAndItIsSaid) {
  for (int i = 0; i < 230; ++i) {
    Contact(absl::StrCat("common-", i), "north", absl::StrCat("Kim Z", i));
  }
  const v1::SearchCallersResponse many = Search("kim");
  EXPECT_EQ(many.callers_size(), 10);
  EXPECT_TRUE(many.incomplete());
  // Two words that follow each other are looked up together.
  EXPECT_THAT(Found("kim z229"), ElementsAre("contacts/common-229"));
  EXPECT_THAT(Found("z229 kim"), ElementsAre("contacts/common-229"));
  EXPECT_FALSE(Search("kim z229").incomplete());
  // A rare word decides.
  Contact("rare", "bolt", "Kim Wolfgang Xaver");
  EXPECT_THAT(Found("xaver kim"), ElementsAre("contacts/rare"));
  EXPECT_THAT(Found("kim", "accounts/bolt"), ElementsAre("contacts/rare"));
}

TEST_P(SearchCallersTest, WhatCannotBeLookedForIsRefused) {
  EXPECT_THAT(Refused("query: '--'"), IsRefusal("FIELD_INVALID", "query: "));
  EXPECT_THAT(Refused("query: 'a b c d e f g h i'"),
              IsRefusal("FIELD_INVALID", "query: "));
  EXPECT_THAT(Refused("query: 'a' account: 'accounts/none'"),
              IsRefusal("RESOURCE_NOT_FOUND", "account: "));
}

}  // namespace
}  // namespace charter::services

// Entitlements and templates that were deleted come back; lists of entitlements
// by contact and by their last day.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/services/shared/time_convert.h"
#include "server/workers/wakeup_worker.h"
#include "tests/server/services/entitlements/entitlements_fixture.h"

namespace charter::services {
namespace {

using test::Proto;
using testing::ElementsAre;
using testing::IsEmpty;

class UndeleteEntitlementTest : public EntitlementsTest {
 protected:
  void Delete(const std::string& id) {
    world_.Do(&DeleteEntitlement,
              Proto<v1::DeleteEntitlementRequest>(
                  absl::StrCat("name: 'entitlements/", id, "'")));
  }
  absl::StatusOr<v1::Entitlement> Undelete(const std::string& id) {
    return world_.Try(&UndeleteEntitlement,
                      Proto<v1::UndeleteEntitlementRequest>(
                          absl::StrCat("name: 'entitlements/", id, "'")));
  }
  void SetDay(int year, int month, int day) {
    world_.clock().Set(
        absl::FromCivil(absl::CivilDay(year, month, day), absl::UTCTimeZone()));
  }
  // The last parts of the names, page by page.
  std::vector<std::string> List(v1::ListEntitlementsRequest request) {
    request.set_page_size(2);
    std::vector<std::string> ids;
    do {
      const auto page = world_.Do(&ListEntitlements, request);
      for (const v1::Entitlement& entitlement : page.entitlements())
        ids.push_back(entitlement.name().substr(sizeof("entitlements")));
      request.set_page_token(page.next_page_token());
    } while (!request.page_token().empty());
    return ids;
  }
  std::vector<std::string> List(const std::string& request) {
    return List(Proto<v1::ListEntitlementsRequest>(request));
  }
};
INSTANTIATE_TEST_SUITE_P(All, UndeleteEntitlementTest,
                         testing::ValuesIn(test::kEngines), test::EngineName);

TEST_P(UndeleteEntitlementTest, ItComesBackWithItsUnitsAndHolds) {
  Entitle(
      "e",
      "allotment { unit: CASES } contacts: 'contacts/ann' external_id: 'E'");
  world_.Do(&GrantUnits,
            Proto<v1::GrantUnitsRequest>("name: 'entitlements/e' units: 5"));
  world_.Do(&ReserveUnits, Proto<v1::ReserveUnitsRequest>(
                               "name: 'entitlements/e' subject: 'x' units: 2"));
  const v1::Entitlement before = Get("e");
  Delete("e");
  EXPECT_FALSE(
      Verify("account: 'accounts/acme' contact: 'contacts/ann'").eligible());
  const absl::StatusOr<v1::Entitlement> back = Undelete("e");
  ASSERT_TRUE(back.ok()) << back.status();
  v1::Entitlement expected = before;
  expected.set_etag(back->etag());
  *expected.mutable_update_time() = ToProto(world_.now());
  EXPECT_EQ(back->SerializeAsString(), expected.SerializeAsString());
  EXPECT_EQ(Get("e").SerializeAsString(), expected.SerializeAsString());
  EXPECT_EQ(
      Verify("account: 'accounts/acme' contact: 'contacts/ann'").entitlement(),
      "entitlements/e");
  EXPECT_EQ(FeedTypes().back(), "entitlement.undeleted");
  EXPECT_THAT(Undelete("e").status(),
              IsRefusal("RESOURCE_ALREADY_EXISTS", "not deleted"));
}

TEST_P(UndeleteEntitlementTest, C10_WhatFellDueWhileItWasDeletedIsToldThen) {
  SetDay(2035, 4, 1);
  world_.Do(&CreateEntitlement, Proto<v1::CreateEntitlementRequest>(R"pb(
    entitlement_id: "e"
    entitlement {
      display_name: "E"
      account: "accounts/acme"
      start_date { year: 2035 month: 4 day: 2 }
      end_date { year: 2035 month: 4 day: 20 }
    })pb"));
  Delete("e");
  SetDay(2035, 4, 10);
  workers::WakeupWorker worker(world_.services());
  ASSERT_EQ(worker.RunUntilIdle(), absl::OkStatus());
  EXPECT_THAT(FeedTypes(),
              ElementsAre("entitlement.created", "entitlement.deleted"));
  EXPECT_EQ(Undelete("e")->status(), v1::Entitlement::ACTIVE);
  SetDay(2035, 4, 21);
  ASSERT_EQ(worker.RunUntilIdle(), absl::OkStatus());
  EXPECT_THAT(FeedTypes(),
              ElementsAre("entitlement.created", "entitlement.deleted",
                          "entitlement.started", "entitlement.undeleted",
                          "entitlement.expired"));
}

TEST_P(UndeleteEntitlementTest, C1_WhatItNamesMustStillBeThere) {
  Entitle("e",
          "contacts: 'contacts/ann' service_contract: "
          "'serviceContracts/acme'");
  Delete("e");
  world_.Do(&DeleteContact,
            Proto<v1::DeleteContactRequest>("name: 'contacts/ann'"));
  EXPECT_THAT(Undelete("e").status(),
              IsRefusal("FIELD_INVALID", "entitlement.contacts[0]: "));
  world_.Do(&UndeleteContact,
            Proto<v1::UndeleteContactRequest>("name: 'contacts/ann'"));
  world_.Do(&DeleteServiceContract, Proto<v1::DeleteServiceContractRequest>(
                                        "name: 'serviceContracts/acme'"));
  EXPECT_THAT(
      Undelete("e").status(),
      IsRefusal("RESOURCE_NOT_FOUND", "entitlement.service_contract: "));
  world_.Do(&UndeleteServiceContract, Proto<v1::UndeleteServiceContractRequest>(
                                          "name: 'serviceContracts/acme'"));
  EXPECT_TRUE(Undelete("e").ok());
}

TEST_P(UndeleteEntitlementTest, C9_AnEntitlementHasOneSuccessor) {
  Entitle("e", "end_date { year: 2001 month: 12 day: 31 }");
  const auto renew = [&](const std::string& id) {
    return world_
        .Do(&RenewEntitlement,
            Proto<v1::RenewEntitlementRequest>(absl::StrCat(
                "name: 'entitlements/e' entitlement_id: '", id, "'")))
        .name();
  };
  renew("first");
  Delete("first");
  ASSERT_TRUE(Undelete("first").ok());
  EXPECT_EQ(renew("second"), "entitlements/first");
  Delete("first");
  EXPECT_EQ(renew("second"), "entitlements/second");
  EXPECT_THAT(Undelete("first").status(),
              IsRefusal("RENEWED_ANEW", "entitlements/second"));
}

TEST_P(UndeleteEntitlementTest, ATemplateComesBack) {
  world_.Do(&CreateEntitlementTemplate,
            Proto<v1::CreateEntitlementTemplateRequest>(
                "entitlement_template_id: 't' entitlement_template { "
                "display_name: 'T' term_days: 30 }"));
  world_.Do(&DeleteEntitlementTemplate,
            Proto<v1::DeleteEntitlementTemplateRequest>(
                "name: 'entitlementTemplates/t'"));
  EXPECT_EQ(world_
                .Do(&UndeleteEntitlementTemplate,
                    Proto<v1::UndeleteEntitlementTemplateRequest>(
                        "name: 'entitlementTemplates/t'"))
                .term_days(),
            30);
}

TEST_P(UndeleteEntitlementTest, C4_TheyAreListedByWhomTheyList) {
  Entitle("a", "contacts: 'contacts/bob' contacts: 'contacts/ann'");
  Entitle("b", "contacts: 'contacts/bob'");
  Entitle("c");  // everybody's
  Entitle("d", "contacts: 'contacts/ann' product: 'products/press'");
  Entitle("e", "contacts: 'contacts/ann'");
  EXPECT_THAT(List("contact: 'contacts/ann'"), ElementsAre("a", "d", "e"));
  EXPECT_THAT(List("contact: 'contacts/bob'"), ElementsAre("a", "b"));
  EXPECT_THAT(List("contact: 'contacts/oto'"), IsEmpty());
  EXPECT_THAT(List("contact: 'contacts/ann' filter: \"account == "
                   "'accounts/acme' && has(product)\""),
              ElementsAre("d"));
  EXPECT_THAT(List("contact: 'contacts/ann' filter: \"account == "
                   "'accounts/other'\""),
              IsEmpty());
  world_.Do(&AddEntitlementContacts,
            Proto<v1::AddEntitlementContactsRequest>(
                "name: 'entitlements/b' contacts: 'contacts/ann'"));
  EXPECT_THAT(List("contact: 'contacts/ann'"), ElementsAre("a", "b", "d", "e"));
  Delete("d");
  EXPECT_THAT(List("contact: 'contacts/ann'"), ElementsAre("a", "b", "e"));
  EXPECT_THAT(List("contact: 'contacts/ann' show_deleted: true"),
              ElementsAre("a", "b", "d", "e"));
  // A token is good for the contact that it was made for.
  auto request = Proto<v1::ListEntitlementsRequest>(
      "contact: 'contacts/ann' page_size: 1");
  request.set_page_token(
      world_.Do(&ListEntitlements, request).next_page_token());
  request.set_contact("contacts/bob");
  EXPECT_THAT(world_.Try(&ListEntitlements, request).status(),
              IsRefusal("PAGE_TOKEN_INVALID", "page_token"));
}

TEST_P(UndeleteEntitlementTest, X3_WhatEndsSoonIsListedByItsLastDay) {
  const auto until = [](int month, int day) {
    return absl::StrCat("end_date { year: 2031 month: ", month, " day: ", day,
                        " }");
  };
  Entitle("open");
  Entitle("may", until(5, 31));
  Entitle("april", until(4, 30));
  Entitle("june", until(6, 1));
  Entitle("march", until(3, 31));
  const std::string quarter =
      "end_date >= date('2031-04-01') && end_date < date('2031-06-01')";
  EXPECT_THAT(List(absl::StrCat("filter: \"", quarter, "\"")),
              ElementsAre("april", "may"));
  EXPECT_THAT(
      List(absl::StrCat("filter: \"", quarter, " && renewed_to == ''\"")),
      ElementsAre("april", "may"));
  EXPECT_THAT(List("filter: \"end_date >= date('2031-04-30')\""),
              ElementsAre("april", "may", "june"));
  EXPECT_THAT(List("filter: \"end_date < date('2031-05-31')\""),
              ElementsAre("march", "april"));
}

}  // namespace
}  // namespace charter::services

#include "server/services/entitlements/verify.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/services/directory/directory.h"
#include "server/services/entitlements/entitlements.h"
#include "server/services/shared/errors.h"
#include "tests/support/service_world.h"

namespace charter::services {
namespace {

using test::Proto;
using test::ServiceWorld;
using testing::ElementsAre;
using testing::IsEmpty;
using Candidate = v1::EntitlementCandidate;

absl::Time At(const std::string& text) {
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, text, &time, &error))
      << error;
  return time;
}

// Hours in Auckland, 13 hours ahead of UTC in January.
Catalog Auckland() {
  Catalog catalog;
  catalog.default_hours = "businessHours/auckland";
  absl::LoadTimeZone("Pacific/Auckland",
                     &catalog.zones["businessHours/auckland"]);
  return catalog;
}

const v1::Entitlement January() {
  return Proto<v1::Entitlement>(R"pb(
    name: "entitlements/a"
    start_date { year: 2026 month: 1 day: 10 }
    end_date { year: 2026 month: 1 day: 20 })pb");
}

TEST(EntitlementStatusTest, C2_BothDatesAreWholeDaysInTheZoneOfTheHours) {
  const Catalog catalog = Auckland();
  const v1::Entitlement january = January();
  // Midnight in Auckland is 11:00 UTC of the day before.
  EXPECT_EQ(StatusAt(january, catalog, At("2026-01-09T10:59:59Z")),
            v1::Entitlement::INACTIVE);
  EXPECT_EQ(StatusAt(january, catalog, At("2026-01-09T11:00:00Z")),
            v1::Entitlement::ACTIVE);
  EXPECT_EQ(StatusAt(january, catalog, At("2026-01-20T10:59:59Z")),
            v1::Entitlement::ACTIVE);
  EXPECT_EQ(StatusAt(january, catalog, At("2026-01-20T11:00:00Z")),
            v1::Entitlement::EXPIRED);
}

TEST(EntitlementStatusTest, C2_NoStartIsNotInForceAndNoEndIsOpenEnded) {
  const Catalog catalog = Auckland();
  v1::Entitlement open_ended = January();
  open_ended.clear_end_date();
  EXPECT_EQ(StatusAt(open_ended, catalog, At("2099-01-01T00:00:00Z")),
            v1::Entitlement::ACTIVE);
  open_ended.clear_start_date();
  EXPECT_EQ(StatusAt(open_ended, catalog, At("2099-01-01T00:00:00Z")),
            v1::Entitlement::INACTIVE);
}

TEST(EntitlementStatusTest, C3_WhatWasDoneByHandBeatsTheDates) {
  const Catalog catalog = Auckland();
  v1::Entitlement entitlement = January();
  entitlement.set_suspended(true);
  EXPECT_EQ(StatusAt(entitlement, catalog, At("2026-01-15T00:00:00Z")),
            v1::Entitlement::SUSPENDED);
  entitlement.set_cancelled(true);
  EXPECT_EQ(StatusAt(entitlement, catalog, At("2026-01-15T00:00:00Z")),
            v1::Entitlement::CANCELLED);
}

TEST(EntitlementStatusTest, C4_ListedContactsAloneMayUseIt) {
  const Catalog catalog = Auckland();
  v1::Entitlement entitlement = January();
  const absl::Time inside = At("2026-01-15T00:00:00Z");
  EXPECT_THAT(WhyNot(entitlement, "contacts/ann", catalog, inside), IsEmpty());
  entitlement.add_contacts("contacts/bob");
  EXPECT_THAT(WhyNot(entitlement, "contacts/ann", catalog, inside),
              ElementsAre(Candidate::CONTACT_NOT_LISTED));
  EXPECT_THAT(WhyNot(entitlement, "contacts/bob", catalog, inside), IsEmpty());
}

TEST(EntitlementRankTest, C6_PriorityThenContactsThenEarliestEndThenName) {
  const auto ranks = [](const std::string& a, const std::string& b) {
    return RanksBefore(Proto<v1::Entitlement>(a), Proto<v1::Entitlement>(b));
  };
  EXPECT_TRUE(ranks("name: 'z' priority: 1", "name: 'a' priority: 2"));
  EXPECT_TRUE(ranks("name: 'z' priority: 9", "name: 'a'"))
      << "0 comes after all others";
  EXPECT_TRUE(ranks("name: 'z' contacts: 'contacts/c'", "name: 'a'"));
  EXPECT_TRUE(ranks("name: 'z' end_date { year: 2026 month: 1 day: 1 }",
                    "name: 'a' end_date { year: 2026 month: 1 day: 2 }"));
  EXPECT_TRUE(
      ranks("name: 'z' end_date { year: 2026 month: 1 day: 1 }", "name: 'a'"));
  EXPECT_TRUE(ranks("name: 'a'", "name: 'b'"));
  EXPECT_FALSE(ranks("name: 'b'", "name: 'a'"));
}

class VerifyTest : public testing::TestWithParam<storage::Engine> {
 protected:
  void SetUp() override {
    world_.Do(&CreateAccount,
              Proto<v1::CreateAccountRequest>(
                  "account_id: 'acme' account { display_name: 'Acme' }"));
    world_.Do(&CreateAccount,
              Proto<v1::CreateAccountRequest>(
                  "account_id: 'other' account { display_name: 'Other' }"));
    for (const char* contact : {"ann", "bob"}) {
      world_.Do(&CreateContact,
                Proto<v1::CreateContactRequest>(absl::StrCat(
                    "contact_id: '", contact,
                    "' contact { account: 'accounts/acme' display_name: '",
                    contact, "' }")));
    }
  }
  void Entitle(const std::string& id, const std::string& fields) {
    world_.Do(
        &CreateEntitlement,
        Proto<v1::CreateEntitlementRequest>(absl::StrCat(
            "entitlement_id: '", id, "' entitlement { display_name: '", id,
            "' account: 'accounts/acme' start_date { year: 2001 month: 1 day: "
            "1 } ",
            fields, " }")));
  }
  v1::VerifyEntitlementResponse Verify(const std::string& request) {
    return world_.Do(&VerifyEntitlement,
                     Proto<v1::VerifyEntitlementRequest>(request));
  }

  ServiceWorld world_{{.engine = GetParam()}};
};
INSTANTIATE_TEST_SUITE_P(All, VerifyTest, testing::ValuesIn(test::kEngines),
                         test::EngineName);

TEST_P(VerifyTest, C6_EveryLoserComesWithEachReason) {
  Entitle("basic", "");
  Entitle("bobs", "contacts: 'contacts/bob'");
  Entitle(
      "gone",
      "priority: 1 suspended: true end_date { year: 2002 month: 1 day: 1 }");
  const v1::VerifyEntitlementResponse ann = Verify("contact: 'contacts/ann'");
  EXPECT_TRUE(ann.eligible());
  EXPECT_EQ(ann.entitlement(), "entitlements/basic");
  ASSERT_EQ(ann.candidates_size(), 3);
  EXPECT_EQ(ann.candidates(0).entitlement(), "entitlements/gone");
  EXPECT_THAT(ann.candidates(0).reasons(),
              ElementsAre(Candidate::SUSPENDED, Candidate::EXPIRED));
  EXPECT_EQ(ann.candidates(1).entitlement(), "entitlements/bobs");
  EXPECT_THAT(ann.candidates(1).reasons(),
              ElementsAre(Candidate::CONTACT_NOT_LISTED));
  EXPECT_TRUE(ann.candidates(2).eligible());
  EXPECT_EQ(Verify("contact: 'contacts/bob'").entitlement(),
            "entitlements/bobs");
  EXPECT_EQ(Verify("account: 'accounts/acme'").entitlement(),
            "entitlements/basic");
}

TEST_P(VerifyTest, C6_NobodyIsEligibleWhereNothingHolds) {
  const v1::VerifyEntitlementResponse verdict =
      Verify("account: 'accounts/other'");
  EXPECT_FALSE(verdict.eligible());
  EXPECT_EQ(verdict.candidates_size(), 0);
  const auto mixed =
      world_.Try(&VerifyEntitlement,
                 Proto<v1::VerifyEntitlementRequest>(
                     "account: 'accounts/other' contact: 'contacts/ann'"));
  EXPECT_EQ(errors::ReasonOf(mixed.status()), "FIELD_INVALID");
}

TEST_P(VerifyTest, C1_ContactsOfAnotherAccountAreRefused) {
  const auto foreign = world_.Try(
      &CreateEntitlement, Proto<v1::CreateEntitlementRequest>(
                              "entitlement { display_name: 'x' account: "
                              "'accounts/other' contacts: 'contacts/ann' }"));
  EXPECT_EQ(errors::ReasonOf(foreign.status()), "FIELD_INVALID");
  EXPECT_EQ(world_.Number("SELECT COUNT(*) FROM entitlements"), 0);
}

}  // namespace
}  // namespace charter::services

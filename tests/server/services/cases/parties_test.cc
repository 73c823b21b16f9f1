// What an item that is opened leaves out, and what it names says of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "server/services/cases/cases.h"
#include "server/services/directory/directory.h"
#include "server/services/entitlements/entitlements.h"
#include "tests/support/refusal.h"
#include "tests/support/service_world.h"

namespace charter::services {
namespace {

using test::Proto;
using test::ServiceWorld;

// acme has `gold`, `press` for the asset of that name, and `printers` for a
// product; its press, of that product, has a roller. other has an entitlement,
// a contact and an asset too.
class PartiesTest : public testing::TestWithParam<storage::Engine> {
 protected:
  void SetUp() override {
    world_.SetUpSupport();
    world_.Do(&CreateAccount,
              Proto<v1::CreateAccountRequest>(
                  "account_id: 'other' account { display_name: 'O' }"));
    for (const char* product : {"printer", "roller"}) {
      world_.Do(&CreateProduct, Proto<v1::CreateProductRequest>(absl::StrCat(
                                    "product_id: '", product,
                                    "' product { display_name: 'P' }")));
    }
    for (const char* contact :
         {"contact_id: 'ann' contact { account: 'accounts/acme'",
          "contact_id: 'oto' contact { account: 'accounts/other'"}) {
      world_.Do(&CreateContact, Proto<v1::CreateContactRequest>(absl::StrCat(
                                    contact, " display_name: 'C' }")));
    }
    for (const char* asset :
         {"asset_id: 'press' asset { account: 'accounts/acme' product: "
          "'products/printer'",
          "asset_id: 'roller' asset { account: 'accounts/acme' product: "
          "'products/roller' parent: 'assets/press'",
          "asset_id: 'oven' asset { account: 'accounts/other'"}) {
      world_.Do(&CreateAsset, Proto<v1::CreateAssetRequest>(
                                  absl::StrCat(asset, " display_name: 'A' }")));
    }
    Entitle("press", "account: 'accounts/acme' asset: 'assets/press'");
    Entitle("printers", "account: 'accounts/acme' product: 'products/printer'");
    Entitle("theirs", "account: 'accounts/other'");
  }
  void Entitle(const std::string& id, const std::string& fields) {
    world_.Do(
        &CreateEntitlement,
        Proto<v1::CreateEntitlementRequest>(absl::StrCat(
            "entitlement_id: '", id,
            "' entitlement { display_name: 'E' start_date { year: 2020 month: "
            "1 day: 1 } ",
            fields, " }")));
  }
  absl::StatusOr<v1::OpenCaseResponse> TryOpen(const std::string& fields) {
    return world_.Try(&OpenCase, Proto<v1::OpenCaseRequest>(
                                     absl::StrCat("case { ", fields, " }")));
  }
  v1::Case Open(const std::string& fields) {
    const auto opened = TryOpen(fields);
    EXPECT_TRUE(opened.ok()) << opened.status();
    return opened.ok() ? opened->case_() : v1::Case();
  }

  ServiceWorld world_{{.engine = GetParam()}};
};
INSTANTIATE_TEST_SUITE_P(All, PartiesTest, testing::ValuesIn(test::kEngines),
                         test::EngineName);

TEST_P(PartiesTest, C1_AnEntitlementSaysWhoseACaseIsAndWhatItIsAbout) {
  const v1::Case item = Open("entitlement: 'entitlements/press'");
  EXPECT_EQ(item.account(), "accounts/acme");
  EXPECT_EQ(item.asset(), "assets/press");
  EXPECT_EQ(item.product(), "products/printer");
  EXPECT_EQ(item.contact(), "");
  const v1::Case stored = world_.Do(
      &GetCase,
      Proto<v1::GetCaseRequest>(absl::StrCat("name: '", item.name(), "'")));
  EXPECT_EQ(stored.asset(), "assets/press");
  const v1::Case of_product = Open("entitlement: 'entitlements/printers'");
  EXPECT_EQ(of_product.asset(), "");
  EXPECT_EQ(of_product.product(), "products/printer");
  const v1::Case of_account = Open("entitlement: 'entitlements/gold'");
  EXPECT_EQ(of_account.account(), "accounts/acme");
  EXPECT_EQ(of_account.asset(), "");
  EXPECT_EQ(of_account.product(), "");
  EXPECT_EQ(world_
                .Do(&EstimateTargets,
                    Proto<v1::EstimateTargetsRequest>(
                        "case { entitlement: 'entitlements/press' }"))
                .entitlement(),
            "entitlements/press");
}

TEST_P(PartiesTest, AContactOrAnAssetSaysWhoseACaseIs) {
  const auto by_contact = TryOpen("contact: 'contacts/ann'");
  ASSERT_TRUE(by_contact.ok()) << by_contact.status();
  EXPECT_EQ(by_contact->case_().account(), "accounts/acme");
  EXPECT_EQ(by_contact->case_().asset(), "");
  EXPECT_EQ(by_contact->case_().entitlement(), "entitlements/gold");
  EXPECT_EQ(by_contact->verification().candidates_size(), 3);
  const v1::Case by_asset = Open("asset: 'assets/press'");
  EXPECT_EQ(by_asset.account(), "accounts/acme");
  EXPECT_EQ(by_asset.entitlement(), "entitlements/press");
  const auto asked =
      Proto<v1::TestAssignmentRulesRequest>("case { contact: 'contacts/ann' }");
  EXPECT_EQ(world_.Do(&TestAssignmentRules, asked).entitlement(),
            "entitlements/gold");
}

TEST_P(PartiesTest, WhatIsNamedStaysAsItIs) {
  const v1::Case part =
      Open("asset: 'assets/roller' entitlement: 'entitlements/press'");
  EXPECT_EQ(part.asset(), "assets/roller");
  EXPECT_EQ(part.product(), "products/roller");
  const v1::Case told =
      Open("product: 'products/printer' entitlement: 'entitlements/press'");
  EXPECT_EQ(told.asset(), "assets/press");
  EXPECT_EQ(told.product(), "products/printer");
  EXPECT_THAT(
      TryOpen("product: 'products/roller' entitlement: 'entitlements/press'")
          .status(),
      IsRefusal("FIELD_INVALID", "case.product: "));
  EXPECT_EQ(Open("product: 'products/roller' asset: 'assets/press' "
                 "entitlement: 'entitlements/press'")
                .product(),
            "products/roller");
}

TEST_P(PartiesTest, C1_ContradictionsAreRefused) {
  EXPECT_THAT(TryOpen("account: 'accounts/other' "
                      "entitlement: 'entitlements/press'")
                  .status(),
              IsRefusal("FIELD_INVALID", "case.entitlement: "));
  EXPECT_THAT(
      TryOpen("contact: 'contacts/oto' entitlement: 'entitlements/press'")
          .status(),
      IsRefusal("FIELD_INVALID", "case.contact: "));
  EXPECT_THAT(TryOpen("asset: 'assets/oven' entitlement: 'entitlements/press'")
                  .status(),
              IsRefusal("FIELD_INVALID", "case.asset: "));
  EXPECT_THAT(TryOpen("contact: 'contacts/ann' asset: 'assets/oven'").status(),
              IsRefusal("FIELD_INVALID", "case.asset: "));
  EXPECT_THAT(TryOpen("entitlement: 'entitlements/none'").status(),
              IsRefusal("RESOURCE_NOT_FOUND", "case.entitlement: "));
  // The contact stays the caller's to name.
  Entitle("anns", "account: 'accounts/acme' contacts: 'contacts/ann'");
  EXPECT_THAT(TryOpen("entitlement: 'entitlements/anns'").status(),
              IsRefusal("ENTITLEMENT_NOT_ELIGIBLE", "CONTACT_NOT_LISTED"));
  EXPECT_EQ(Open("entitlement: 'entitlements/anns' contact: 'contacts/ann'")
                .account(),
            "accounts/acme");
  EXPECT_EQ(world_.Number("SELECT COUNT(*) FROM cases"), 1);
}

TEST_P(PartiesTest, C6_AnEntitlementForAnAssetIsChosenWhereEitherIsNamed) {
  // Of itself it is not taken, though it ranks first: it needs the asset.
  const auto unsaid = TryOpen("account: 'accounts/acme'");
  ASSERT_TRUE(unsaid.ok()) << unsaid.status();
  EXPECT_EQ(unsaid->case_().entitlement(), "entitlements/gold");
  EXPECT_EQ(unsaid->case_().asset(), "");
  const v1::EntitlementCandidate& first = unsaid->verification().candidates(0);
  EXPECT_EQ(first.entitlement(), "entitlements/press");
  EXPECT_THAT(first.reasons(),
              testing::ElementsAre(v1::EntitlementCandidate::ASSET_NOT_NAMED));
  EXPECT_EQ(Open("asset: 'assets/roller'").entitlement(), "entitlements/press");
  EXPECT_EQ(Open("account: 'accounts/acme' entitlement: 'entitlements/press'")
                .asset(),
            "assets/press");
  const auto change = Proto<v1::ChangeEntitlementRequest>(
      absl::StrCat("name: '", unsaid->case_().name(),
                   "' entitlement: 'entitlements/press'"));
  EXPECT_THAT(world_.Try(&ChangeEntitlement, change).status(),
              IsRefusal("ENTITLEMENT_NOT_ELIGIBLE", "ASSET_NOT_NAMED"));
}

TEST_P(PartiesTest, OfACaseOfNobodyItIsSaidWhatWouldDo) {
  const auto refused = IsRefusal("FIELD_INVALID", "case.account: give the");
  EXPECT_THAT(TryOpen("subject: 'Whose?'").status(), refused);
  EXPECT_THAT(TryOpen("product: 'products/printer'").status(), refused);
  EXPECT_THAT(world_
                  .Try(&EstimateTargets, Proto<v1::EstimateTargetsRequest>(
                                             "case { priority: 1 }"))
                  .status(),
              refused);
  EXPECT_THAT(
      world_
          .Try(&TestAssignmentRules,
               Proto<v1::TestAssignmentRulesRequest>("case { priority: 1 }"))
          .status(),
      refused);
}

}  // namespace
}  // namespace charter::services

// What an entitlement names must be there, be its account's, and agree (C1).
#include <string>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "tests/server/services/entitlements/entitlements_fixture.h"

namespace charter::services {
namespace {

using test::Proto;

class AgreementTest : public EntitlementsTest {
 protected:
  void ExpectRefused(const std::string& fields, const std::string& reason,
                     const std::string& words) {
    EXPECT_THAT(TryEntitle(fields).status(), IsRefusal(reason, words))
        << fields;
  }
};
INSTANTIATE_TEST_SUITE_P(All, AgreementTest, testing::ValuesIn(test::kEngines),
                         test::EngineName);

TEST_P(AgreementTest, C1_WhatItNamesIsThereAndItsAccounts) {
  AddLine("others", "other");
  AddLine("mine", "acme");
  const int64_t before = world_.Number("SELECT COUNT(*) FROM entitlements");
  for (const auto& [field, foreign, missing] :
       {std::tuple("asset", "assets/oven", "assets/none"),
        std::tuple("service_contract", "serviceContracts/other",
                   "serviceContracts/none"),
        std::tuple("contract_line_item", "contractLineItems/others",
                   "contractLineItems/none"),
        std::tuple("contacts", "contacts/oto", "contacts/none")}) {
    ExpectRefused(absl::StrCat(field, ": '", foreign, "'"), "FIELD_INVALID",
                  absl::StrCat("entitlement.", field));
    ExpectRefused(absl::StrCat(field, ": '", foreign, "'"), "FIELD_INVALID",
                  "of another account");
  }
  ExpectRefused("asset: 'assets/none'", "RESOURCE_NOT_FOUND", "assets/none");
  // Another account's name in other case is nobody's.
  ExpectRefused("asset: 'assets/Oven'", "RESOURCE_NOT_FOUND", "assets/Oven");
  ExpectRefused("product: 'products/none'", "RESOURCE_NOT_FOUND",
                "entitlement.product");
  ExpectRefused("service_contract: 'serviceContracts/none'",
                "RESOURCE_NOT_FOUND", "entitlement.service_contract");
  ExpectRefused("contract_line_item: 'contractLineItems/none'",
                "RESOURCE_NOT_FOUND", "entitlement.contract_line_item");
  EXPECT_EQ(world_.Number("SELECT COUNT(*) FROM entitlements"), before);
}

TEST_P(AgreementTest, C1_ThePartsAgreeAmongEachOther) {
  AddLine("mine", "acme", "asset: 'assets/press'");
  ExpectRefused("asset: 'assets/press' product: 'products/roller'",
                "FIELD_INVALID", "is not the asset's product");
  ExpectRefused(
      "asset: 'assets/roller' contract_line_item: "
      "'contractLineItems/mine'",
      "FIELD_INVALID", "is not the asset of the line");
  world_.Do(&CreateServiceContract,
            Proto<v1::CreateServiceContractRequest>(
                "service_contract_id: 'second' service_contract { account: "
                "'accounts/acme' display_name: 'C' currency_code: 'EUR' }"));
  ExpectRefused(
      "service_contract: 'serviceContracts/second' "
      "contract_line_item: 'contractLineItems/mine'",
      "FIELD_INVALID", "is a line of another contract");
  ExpectRefused("channels: 'phone' channels: ''", "FIELD_INVALID",
                "entitlement.channels[1]");
}

TEST_P(AgreementTest, C1_ALineGivesItsContractAndItsAsset) {
  AddLine("mine", "acme", "asset: 'assets/press'");
  const v1::Entitlement entitlement =
      Entitle("e", "contract_line_item: 'contractLineItems/mine'");
  EXPECT_EQ(entitlement.service_contract(), "serviceContracts/acme");
  EXPECT_EQ(entitlement.asset(), "assets/press");
  EXPECT_EQ(Get("e").SerializeAsString(), entitlement.SerializeAsString());
}

TEST_P(AgreementTest, C1_AnUpdateIsHeldToTheSame) {
  Entitle("e", "asset: 'assets/press'");
  const auto update = [&](const std::string& fields) {
    return world_
        .Try(&UpdateEntitlement,
             Proto<v1::UpdateEntitlementRequest>(absl::StrCat(
                 "entitlement { name: 'entitlements/e' ", fields, " }")))
        .status();
  };
  EXPECT_THAT(update("product: 'products/roller'"),
              IsRefusal("FIELD_INVALID", "is not the asset's product"));
  EXPECT_THAT(update("asset: 'assets/oven'"),
              IsRefusal("FIELD_INVALID", "of another account"));
  EXPECT_EQ(update("product: 'products/press'"), absl::OkStatus());
  EXPECT_THAT(update("asset: 'assets/roller'"),
              IsRefusal("FIELD_INVALID", "is not the asset's product"));
  EXPECT_EQ(Get("e").asset(), "assets/press");
}

TEST_P(AgreementTest, AnExternalIdIsOnceInAnAccount) {
  Entitle("e", "external_id: 'E 1'");
  Entitle("f");
  ExpectRefused("external_id: 'E 1'", "RESOURCE_ALREADY_EXISTS", "external_id");
  const auto update = [&](const std::string& id) {
    return world_
        .Try(&UpdateEntitlement,
             Proto<v1::UpdateEntitlementRequest>(
                 absl::StrCat("entitlement { name: 'entitlements/", id,
                              "' external_id: 'E 1' }")))
        .status();
  };
  EXPECT_THAT(update("f"), IsRefusal("RESOURCE_ALREADY_EXISTS", "external_id"));
  EXPECT_EQ(Get("f").external_id(), "");
  EXPECT_EQ(update("e"), absl::OkStatus());
  // Ids are compared as they are, and another account has its own.
  Entitle("g", "external_id: 'e 1'");
  world_.Do(&CreateEntitlement,
            Proto<v1::CreateEntitlementRequest>(
                "entitlement { display_name: 'x' account: 'accounts/other' "
                "external_id: 'E 1' }"));
}

TEST_P(AgreementTest, WhatAnEntitlementNamesStays) {
  Entitle("e", "asset: 'assets/roller'");
  Entitle("f", "product: 'products/press'");
  EXPECT_THAT(world_
                  .Try(&DeleteAsset,
                       Proto<v1::DeleteAssetRequest>("name: 'assets/roller'"))
                  .status(),
              IsRefusal("RESOURCE_IN_USE", "entitlements/e"));
  world_.Do(&DeleteEntitlement,
            Proto<v1::DeleteEntitlementRequest>("name: 'entitlements/e'"));
  world_.Do(&DeleteAsset,
            Proto<v1::DeleteAssetRequest>("name: 'assets/roller'"));
  world_.Do(&DeleteAsset,
            Proto<v1::DeleteAssetRequest>("name: 'assets/press'"));
  world_.Execute("DELETE FROM price_book_entries");
  EXPECT_THAT(world_
                  .Try(&DeleteProduct, Proto<v1::DeleteProductRequest>(
                                           "name: 'products/press'"))
                  .status(),
              IsRefusal("RESOURCE_IN_USE", "entitlements/f"));
}

}  // namespace
}  // namespace charter::services

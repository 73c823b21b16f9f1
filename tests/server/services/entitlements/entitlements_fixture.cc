#include "tests/server/services/entitlements/entitlements_fixture.h"

#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/workers/feed_publisher.h"

namespace charter::services {

using test::Proto;

void EntitlementsTest::SetUp() {
  for (const char* account : {"acme", "other"}) {
    world_.Do(&CreateAccount, Proto<v1::CreateAccountRequest>(absl::StrCat(
                                  "account_id: '", account,
                                  "' account { display_name: 'A' }")));
    world_.Do(&CreateServiceContract,
              Proto<v1::CreateServiceContractRequest>(absl::StrCat(
                  "service_contract_id: '", account,
                  "' service_contract { display_name: 'C' currency_code: 'EUR' "
                  "account: 'accounts/",
                  account, "' start_date { year: 2001 month: 1 day: 1 } }")));
  }
  for (const auto& [contact, account] :
       {std::pair("ann", "acme"), std::pair("bob", "acme"),
        std::pair("oto", "other")}) {
    world_.Do(&CreateContact,
              Proto<v1::CreateContactRequest>(absl::StrCat(
                  "contact_id: '", contact, "' contact { account: 'accounts/",
                  account, "' display_name: 'C' }")));
  }
  for (const char* product : {"press", "roller"}) {
    world_.Do(&CreateProduct, Proto<v1::CreateProductRequest>(absl::StrCat(
                                  "product_id: '", product,
                                  "' product { display_name: 'P' }")));
  }
  for (const char* asset :
       {"asset_id: 'press' asset { account: 'accounts/acme' product: "
        "'products/press'",
        "asset_id: 'roller' asset { account: 'accounts/acme' product: "
        "'products/roller' parent: 'assets/press'",
        "asset_id: 'oven' asset { account: 'accounts/other'"}) {
    world_.Do(&CreateAsset, Proto<v1::CreateAssetRequest>(
                                absl::StrCat(asset, " display_name: 'A' }")));
  }
  world_.Do(&CreatePriceBookEntry, Proto<v1::CreatePriceBookEntryRequest>(R"pb(
    price_book_entry_id: "care"
    price_book_entry {
      product: "products/press"
      unit_price { currency_code: "EUR" units: 100 }
    })pb"));
}

v1::Entitlement EntitlementsTest::Entitle(const std::string& id,
                                          const std::string& fields) {
  return world_.Do(
      &CreateEntitlement,
      Proto<v1::CreateEntitlementRequest>(absl::StrCat(
          "entitlement_id: '", id, "' entitlement { display_name: '", id,
          "' account: 'accounts/acme' start_date { year: 2001 month: 1 day: 1 "
          "} ",
          fields, " }")));
}

absl::StatusOr<v1::Entitlement> EntitlementsTest::TryEntitle(
    const std::string& fields) {
  return world_.Try(
      &CreateEntitlement,
      Proto<v1::CreateEntitlementRequest>(absl::StrCat(
          "entitlement { display_name: 'x' account: 'accounts/acme' ", fields,
          " }")));
}

v1::ContractLineItem EntitlementsTest::AddLine(const std::string& id,
                                               const std::string& contract,
                                               const std::string& fields) {
  return world_.Do(
      &CreateContractLineItem,
      Proto<v1::CreateContractLineItemRequest>(absl::StrCat(
          "contract_line_item_id: '", id,
          "' contract_line_item { service_contract: 'serviceContracts/",
          contract, "' price_book_entry: 'priceBookEntries/care' ", fields,
          " }")));
}

void EntitlementsTest::Link(const std::string& of, const std::string& start,
                            const std::string& id) {
  world_.Do(&CreateProductEntitlementTemplate,
            Proto<v1::CreateProductEntitlementTemplateRequest>(absl::StrCat(
                "product_entitlement_template_id: '", id.empty() ? of : id,
                "' product_entitlement_template { product: 'products/press' "
                "entitlement_template: 'entitlementTemplates/",
                of, "' start: ", start, " }")));
}

v1::CreateAssetRequest EntitlementsTest::NewPress(const std::string& id,
                                                  const std::string& fields) {
  return Proto<v1::CreateAssetRequest>(absl::StrCat(
      "asset_id: '", id,
      "' asset { account: 'accounts/acme' display_name: 'A' product: "
      "'products/press' ",
      fields, " }"));
}

void EntitlementsTest::Activate(const std::string& contract) {
  world_.Do(&ActivateContract, Proto<v1::ActivateContractRequest>(absl::StrCat(
                                   "name: 'serviceContracts/", contract, "'")));
}

v1::Entitlement EntitlementsTest::Get(const std::string& id,
                                      const std::string& more) {
  return world_.Do(&GetEntitlement,
                   Proto<v1::GetEntitlementRequest>(
                       absl::StrCat("name: 'entitlements/", id, "' ", more)));
}

v1::VerifyEntitlementResponse EntitlementsTest::Verify(
    const std::string& request) {
  return world_.Do(&VerifyEntitlement,
                   Proto<v1::VerifyEntitlementRequest>(request));
}

std::vector<std::string> EntitlementsTest::FeedTypes() {
  workers::FeedPublisher publisher(world_.services());
  EXPECT_EQ(publisher.RunUntilIdle(), absl::OkStatus());
  std::vector<std::string> types;
  for (const v1::Event& event : world_.Feed()) {
    if (absl::StartsWith(event.type(), "entitlement"))
      types.push_back(event.type());
  }
  return types;
}

}  // namespace charter::services

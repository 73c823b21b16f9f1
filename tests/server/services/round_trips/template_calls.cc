// The calls about contract templates, and those that make what templates give.
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/server/services/round_trips/round_trips_fixture.h"

namespace charter::services {

void RoundTripsTest::Templates() {
  const std::string contracts = "ContractService/";
  for (const char* id : {"spare", "gold"}) {
    Measure(contracts + "CreateContractTemplate",
            absl::StrCat(R"({"contract_template_id": ")", id,
                         R"(", "contract_template": {"display_name": "T",
        "currency_code": "EUR", "term_months": 12, "lines": [
          {"price_book_entry": "priceBookEntries/standard"},
          {"price_book_entry": "priceBookEntries/standard", "quantity": "2"}
        ]}})"));
  }
  const std::string gold = R"("name": "contractTemplates/gold")";
  Measure(contracts + "GetContractTemplate", "{" + gold + "}");
  Measure(contracts + "ListContractTemplates", "{}");
  Measure(
      contracts + "UpdateContractTemplate",
      R"({"contract_template": {"additional_discount": "5", )" + gold + "}}");
  MeasureDelete(contracts + "DeleteContractTemplate",
                "contractTemplates/spare");
  const std::string apply = R"({"contract_template": "contractTemplates/gold",
    "account": "accounts/acme", "contact": "contacts/acme"})";
  Measure(contracts + "ApplyContractTemplate", apply);

  const std::string entitlements = "EntitlementService/";
  Measure(entitlements + "CreateEntitlementTemplate", R"({
    "entitlement_template_id": "calls", "entitlement_template": {
      "display_name": "T", "process": "entitlementProcesses/gold",
      "allotment": {"unit": "CASES"},
      "initial_units": 5, "units_term_days": 365}})");
  Measure(entitlements + "CreateProductEntitlementTemplate", R"({
    "product_entitlement_template_id": "calls",
    "product_entitlement_template": {"product": "products/printer",
      "entitlement_template": "entitlementTemplates/calls",
      "start": "CREATE_DATE"}})");
  MeasureApart("+units", contracts + "ApplyContractTemplate", apply);
  MeasureApart("+units", contracts + "CreateContractLineItem",
               R"({"contract_line_item": {
      "service_contract": "serviceContracts/frame",
      "price_book_entry": "priceBookEntries/standard"}})");
  MeasureApart("+units", "DirectoryService/CreateAsset", R"({"asset": {
      "account": "accounts/acme", "display_name": "A",
      "product": "products/printer"}})");
  MeasureApart("+units", entitlements + "ApplyTemplate", R"({
      "account": "accounts/acme",
      "entitlement_template": "entitlementTemplates/calls"})");
  MeasureApart("+units", entitlements + "CreateEntitlement", R"({
      "initial_units": 5, "entitlement": {"account": "accounts/acme",
        "display_name": "E", "allotment": {"unit": "CASES"}}})");
  Measure(entitlements + "DeleteProductEntitlementTemplate",
          R"({"name": "productEntitlementTemplates/calls"})");
}

}  // namespace charter::services

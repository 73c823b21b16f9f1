// Batches of three, each of which could be alone.
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tests/server/services/round_trips/round_trips_fixture.h"

namespace charter::services {

void RoundTripsTest::Batches() {
  const std::string of = R"("display_name": "B", "account": "accounts/acme")";
  const std::string from =
      R"("start_date": {"year": 2024, "month": 1, "day": 1})";
  const auto measure = [&](const std::string& service, const std::string& kinds,
                           const std::string& collection,
                           const std::string& field,
                           const std::string& fields) {
    std::string requests, names;
    for (int i = 0; i < 3; ++i) {
      const char* comma = i == 0 ? "" : ", ";
      absl::StrAppend(&requests, comma, R"({")", field, R"(_id": "batch-)", i,
                      R"(", ")", field, R"(": {)", fields, "}}");
      absl::StrAppend(&names, comma, "\"", collection, "/batch-", i, "\"");
    }
    Measure(absl::StrCat(service, "/BatchCreate", kinds),
            absl::StrCat(R"({"requests": [)", requests, "]}"));
    Measure(absl::StrCat(service, "/BatchGet", kinds),
            absl::StrCat(R"({"names": [)", names, "]}"));
  };
  const std::string directory = "DirectoryService";
  measure(directory, "Accounts", "accounts", "account",
          R"("display_name": "B")");
  measure(directory, "Contacts", "contacts", "contact", of);
  measure(directory, "Products", "products", "product",
          R"("display_name": "B")");
  measure(directory, "Assets", "assets", "asset",
          of + R"(, "product": "products/printer")");
  const std::string contracts = "ContractService";
  measure(contracts, "ServiceContracts", "serviceContracts", "service_contract",
          of + R"(, "currency_code": "EUR")");
  measure(contracts, "ContractLineItems", "contractLineItems",
          "contract_line_item",
          R"("service_contract": "serviceContracts/batch-0",
             "price_book_entry": "priceBookEntries/standard")");
  measure("EntitlementService", "Entitlements", "entitlements", "entitlement",
          absl::StrCat(of, ", ", from));
  // An entry is of a product, a book and a currency of its own.
  Measure(contracts + "/BatchCreatePriceBookEntries", R"({"requests": [
    {"price_book_entry_id": "batch-0", "price_book_entry": {"price_book": "a",
      "product": "products/printer", "unit_price": {"currency_code": "EUR"}}},
    {"price_book_entry_id": "batch-1", "price_book_entry": {"price_book": "b",
      "product": "products/printer", "unit_price": {"currency_code": "EUR"}}},
    {"price_book_entry_id": "batch-2", "price_book_entry": {"price_book": "c",
      "product": "products/printer", "unit_price": {"currency_code": "EUR"}}}
  ]})");
  Measure(contracts + "/BatchGetPriceBookEntries", R"({"names": [
    "priceBookEntries/batch-0", "priceBookEntries/batch-1",
    "priceBookEntries/batch-2"]})");
}

}  // namespace charter::services

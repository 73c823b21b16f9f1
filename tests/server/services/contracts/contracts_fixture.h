// A contract, prices and assets, on either engine.
#ifndef CHARTER_TESTS_SERVER_SERVICES_CONTRACTS_CONTRACTS_FIXTURE_H_
#define CHARTER_TESTS_SERVER_SERVICES_CONTRACTS_CONTRACTS_FIXTURE_H_

#include <string>

#include "absl/strings/str_cat.h"
#include "server/services/contracts/contracts.h"
#include "tests/server/services/directory/directory_fixture.h"

namespace charter::services {

// `assets/a` and `assets/b` of acme, `assets/o` of the other account; entries
// of the printer: `std` (EUR 100) and `usd` (USD 100) in the price book
// `standard`, `small` (EUR 0.05) in `pennies`, `part` (EUR 80) in `partners`.
class ContractsTest : public DirectoryTest {
 protected:
  void SetUp() override {
    DirectoryTest::SetUp();
    CreateAsset("a");
    CreateAsset("b");
    ASSERT_TRUE(world_
                    .Try(&services::CreateAsset,
                         test::Proto<v1::CreateAssetRequest>(
                             "asset_id: 'o' asset { account: 'accounts/other' "
                             "display_name: 'O' }"))
                    .ok());
    Price("std", "standard", "currency_code: 'EUR' units: 100");
    Price("small", "pennies", "currency_code: 'EUR' nanos: 50000000");
    Price("usd", "standard", "currency_code: 'USD' units: 100");
    Price("part", "partners", "currency_code: 'EUR' units: 80");
  }

  void Price(const std::string& id, const std::string& book,
             const std::string& money) {
    world_.Do(
        &CreatePriceBookEntry,
        test::Proto<v1::CreatePriceBookEntryRequest>(absl::StrCat(
            "price_book_entry_id: '", id,
            "' price_book_entry { product: 'products/",
            "printer' price_book: '", book, "' unit_price { ", money, " } }")));
  }

  // `more`: further fields, in text.
  absl::StatusOr<v1::ServiceContract> TryContract(const std::string& id,
                                                  const std::string& more) {
    return world_.Try(
        &CreateServiceContract,
        test::Proto<v1::CreateServiceContractRequest>(absl::StrCat(
            "service_contract_id: '", id,
            "' service_contract { display_name: 'C' ", more, " }")));
  }
  // Of acme, in euros.
  v1::ServiceContract CreateContract(const std::string& id,
                                     const std::string& more = "") {
    absl::StatusOr<v1::ServiceContract> contract = TryContract(
        id,
        absl::StrCat("account: 'accounts/acme' currency_code: 'EUR' ", more));
    EXPECT_TRUE(contract.ok()) << contract.status();
    return contract.ok() ? *contract : v1::ServiceContract();
  }
  absl::StatusOr<v1::ServiceContract> TryUpdateContract(
      const std::string& id, const std::string& changes,
      const std::string& mask = "") {
    return world_.Try(
        &UpdateServiceContract,
        test::Proto<v1::UpdateServiceContractRequest>(
            absl::StrCat("service_contract { name: 'serviceContracts/", id,
                         "' ", changes, " } ", Mask(mask))));
  }
  v1::ServiceContract GetContract(const std::string& id) {
    return world_.Do(&GetServiceContract,
                     test::Proto<v1::GetServiceContractRequest>(
                         absl::StrCat("name: 'serviceContracts/", id, "'")));
  }

  absl::StatusOr<v1::ContractLineItem> TryLine(const std::string& id,
                                               const std::string& contract,
                                               const std::string& more) {
    return world_.Try(
        &CreateContractLineItem,
        test::Proto<v1::CreateContractLineItemRequest>(absl::StrCat(
            "contract_line_item_id: '", id,
            "' contract_line_item { service_contract: 'serviceContracts/",
            contract, "' ", more, " }")));
  }
  // Of the entry `std`, unless `more` names another.
  v1::ContractLineItem CreateLine(const std::string& id,
                                  const std::string& contract,
                                  const std::string& more = "") {
    const std::string entry = more.find("price_book_entry") == std::string::npos
                                  ? "price_book_entry: 'priceBookEntries/std' "
                                  : "";
    absl::StatusOr<v1::ContractLineItem> line =
        TryLine(id, contract, entry + more);
    EXPECT_TRUE(line.ok()) << line.status();
    return line.ok() ? *line : v1::ContractLineItem();
  }
  absl::StatusOr<v1::ContractLineItem> TryUpdateLine(
      const std::string& id, const std::string& changes,
      const std::string& mask = "") {
    return world_.Try(
        &UpdateContractLineItem,
        test::Proto<v1::UpdateContractLineItemRequest>(
            absl::StrCat("contract_line_item { name: 'contractLineItems/", id,
                         "' ", changes, " } ", Mask(mask))));
  }
  v1::ContractLineItem GetLine(const std::string& id) {
    return world_.Do(&GetContractLineItem,
                     test::Proto<v1::GetContractLineItemRequest>(
                         absl::StrCat("name: 'contractLineItems/", id, "'")));
  }
  absl::Status DeleteLine(const std::string& id) {
    return world_
        .Try(&DeleteContractLineItem,
             test::Proto<v1::DeleteContractLineItemRequest>(
                 absl::StrCat("name: 'contractLineItems/", id, "'")))
        .status();
  }

  static std::string Mask(const std::string& path) {
    return path.empty() ? ""
                        : absl::StrCat("update_mask { paths: '", path, "' }");
  }
  // "2026-01-31" as a field.
  static std::string Day(const std::string& field, int year, int month,
                         int day) {
    return absl::StrCat(field, " { year: ", year, " month: ", month,
                        " day: ", day, " } ");
  }
  // "EUR 500.00" and so on, for reading.
  static std::string Text(const google::type::Money& money) {
    return absl::StrCat(money.currency_code(), " ", money.units(), ".",
                        absl::Dec(money.nanos() / 10000000, absl::kZeroPad2));
  }
};

}  // namespace charter::services

#endif  // CHARTER_TESTS_SERVER_SERVICES_CONTRACTS_CONTRACTS_FIXTURE_H_

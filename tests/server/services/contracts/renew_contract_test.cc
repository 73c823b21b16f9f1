// Contracts made from contracts (C9), their trees, and what they would cost.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/services/entitlements/entitlements.h"
#include "server/services/shared/time_convert.h"
#include "server/workers/wakeup_worker.h"
#include "tests/server/services/contracts/contracts_fixture.h"

namespace charter::services {
namespace {

using Contract = v1::ServiceContract;
using test::Proto;
using testing::ElementsAre;

class RenewContractTest : public ContractsTest {
 protected:
  // `serviceContracts/ID`, active, of the year 2026.
  void CreateYear(const std::string& id, const std::string& more = "") {
    CreateContract(id, absl::StrCat(Day("start_date", 2026, 1, 1),
                                    "term_months: 12 ", more));
    Activate(id);
  }
  void Activate(const std::string& id) {
    world_.Do(&ActivateContract,
              Proto<v1::ActivateContractRequest>(
                  absl::StrCat("name: 'serviceContracts/", id, "'")));
  }
  absl::StatusOr<Contract> TryRenew(const std::string& id,
                                    const std::string& more = "") {
    return world_.Try(&RenewContract,
                      Proto<v1::RenewContractRequest>(absl::StrCat(
                          "name: 'serviceContracts/", id, "' ", more)));
  }
  std::vector<v1::ContractLineItem> LinesOf(const std::string& contract) {
    const auto page =
        world_.Do(&ListContractLineItems,
                  Proto<v1::ListContractLineItemsRequest>(absl::StrCat(
                      "filter: \"service_contract == '", contract, "'\"")));
    return {page.contract_line_items().begin(),
            page.contract_line_items().end()};
  }
  static std::string Dates(const auto& of) {
    const auto text = [](const google::type::Date& date) {
      return date.year() == 0 ? "-"
                              : absl::StrCat(date.year(), "-", date.month(),
                                             "-", date.day());
    };
    return absl::StrCat(text(of.start_date()), " ", text(of.end_date()));
  }
  int64_t Contracts() {
    return world_.Number("SELECT COUNT(*) FROM service_contracts");
  }
};
INSTANTIATE_TEST_SUITE_P(All, RenewContractTest,
                         testing::ValuesIn(test::kEngines), test::EngineName);

TEST_P(RenewContractTest, C9_TheSuccessorFollowsWithoutAGapWithItsLines) {
  CreateYear("c", "external_id: 'E' additional_discount: '10'");
  CreateLine("all", "c", "quantity: '2' external_id: 'L'");
  CreateLine("part", "c",
             "asset: 'assets/a' parent: 'contractLineItems/all' discount: '5'" +
                 Day("start_date", 2026, 7, 1));
  CreateLine("ended", "c", Day("end_date", 2026, 6, 30));
  CreateLine(
      "late", "c",
      "parent: 'contractLineItems/ended'" + Day("end_date", 2026, 12, 31));
  CreateLine("gone", "c", "cancelled: true");

  absl::StatusOr<Contract> next = TryRenew("c", "service_contract_id: 'n'");
  ASSERT_TRUE(next.ok()) << next.status();
  EXPECT_EQ(next->name(), "serviceContracts/n");
  EXPECT_EQ(Dates(*next), "2027-1-1 2027-12-31");
  EXPECT_EQ(next->term_months(), 12);
  EXPECT_EQ(next->state(), Contract::ACTIVE);
  EXPECT_EQ(next->status(), Contract::INACTIVE);
  EXPECT_EQ(next->external_id(), "");
  EXPECT_EQ(next->renewed_from(), "serviceContracts/c");
  EXPECT_EQ(next->root(), "serviceContracts/n");
  EXPECT_NE(next->contract_number(), GetContract("c").contract_number());
  EXPECT_EQ(GetContract("c").renewed_to(), "serviceContracts/n");
  EXPECT_EQ(GetContract("c").status(), Contract::ACTIVE);
  EXPECT_EQ(next->line_count(), 3);
  EXPECT_EQ(Text(next->subtotal()), "EUR 400.00");
  EXPECT_EQ(Text(next->total_price()), "EUR 395.00");
  EXPECT_EQ(Text(next->grand_total()), "EUR 355.50");

  const std::vector<v1::ContractLineItem> lines = LinesOf(next->name());
  ASSERT_EQ(lines.size(), 3);
  EXPECT_THAT(
      (std::vector<std::string>{Dates(lines[0]), Dates(lines[1]),
                                Dates(lines[2])}),
      testing::UnorderedElementsAre("- -", "2027-1-1 -", "- 2027-12-31"));
  for (const v1::ContractLineItem& line : lines) {
    EXPECT_EQ(line.external_id(), "");
    if (line.asset().empty()) {
      // Its parent ended before.
      EXPECT_EQ(line.parent(), "");
      EXPECT_EQ(line.root(), line.name());
    } else {
      EXPECT_EQ(line.discount(), "5");
      EXPECT_EQ(line.asset(), "assets/a");
      EXPECT_NE(line.root(), line.name());
      EXPECT_EQ(line.root(), line.parent());
    }
  }
  // The first activation is kept.
  world_.clock().Set(
      absl::FromCivil(absl::CivilDay(2027, 1, 1), absl::UTCTimeZone()));
  workers::WakeupWorker worker(world_.services());
  ASSERT_EQ(worker.RunUntilIdle(), absl::OkStatus());
  const Contract before = GetContract("c"), after = GetContract("n");
  EXPECT_EQ(before.status(), Contract::EXPIRED);
  EXPECT_EQ(after.status(), Contract::ACTIVE);
  EXPECT_EQ(ToTime(after.activation_time()), world_.now());
  EXPECT_EQ(ToTime(after.first_activation_time()),
            ToTime(before.activation_time()));
  // The next line's number goes on.
  EXPECT_EQ(CreateLine("more", "n").line_number(),
            after.contract_number() + "-4");
}

TEST_P(RenewContractTest, C9_EntitlementsGoOnWithFreshGrants) {
  CreateYear("c");
  CreateLine("all", "c");
  CreateLine("ended", "c", Day("end_date", 2026, 6, 30));
  const auto entitle = [&](const std::string& id, const std::string& more) {
    return world_.Do(&CreateEntitlement,
                     Proto<v1::CreateEntitlementRequest>(absl::StrCat(
                         "entitlement_id: '", id,
                         "' entitlement { account: 'accounts/acme' "
                         "display_name: 'E' service_contract: "
                         "'serviceContracts/c' ",
                         Day("start_date", 2026, 1, 1),
                         Day("end_date", 2026, 12, 31), more, "}")));
  };
  entitle("counted",
          "contract_line_item: 'contractLineItems/all' "
          "allotment { unit: CASES }");
  entitle("of-ended", "contract_line_item: 'contractLineItems/ended'");
  entitle("plain", "external_id: 'P'");
  for (const auto& [units, subject] : {std::pair(5, "a"), std::pair(3, "b")}) {
    world_.Do(&GrantUnits, Proto<v1::GrantUnitsRequest>(absl::StrCat(
                               "name: 'entitlements/counted' units: ", units,
                               " subject: '", subject, "'")));
  }
  world_.Do(&ReserveUnits,
            Proto<v1::ReserveUnitsRequest>(
                "name: 'entitlements/counted' subject: 'x' units: 6"));
  ASSERT_TRUE(TryRenew("c", "service_contract_id: 'n'").ok());

  const auto get = [&](const std::string& name) {
    return world_.Do(&GetEntitlement,
                     Proto<v1::GetEntitlementRequest>("name: '" + name + "'"));
  };
  const v1::Entitlement counted = get("entitlements/counted");
  EXPECT_EQ(counted.units_available(), 2);
  const v1::Entitlement next = get(counted.renewed_to());
  EXPECT_EQ(next.renewed_from(), "entitlements/counted");
  EXPECT_EQ(next.service_contract(), "serviceContracts/n");
  EXPECT_EQ(next.contract_line_item(), LinesOf("serviceContracts/n")[0].name());
  EXPECT_EQ(Dates(next), "2027-1-1 2027-12-31");
  EXPECT_EQ(next.units_available(), 5);  // the other three were extra
  EXPECT_EQ(next.units_reserved(), 0);
  EXPECT_EQ(next.ledger_entry_count(), 1);
  EXPECT_EQ(get(get("entitlements/plain").renewed_to()).external_id(), "");
  EXPECT_EQ(get("entitlements/of-ended").renewed_to(), "");
  // Again: nothing more.
  ASSERT_TRUE(TryRenew("c").ok());
  EXPECT_EQ(world_.Number("SELECT COUNT(*) FROM entitlements"), 5);
}

TEST_P(RenewContractTest, C9_RenewingTwiceGivesTheSameSuccessor) {
  CreateYear("c");
  CreateLine("l", "c");
  const absl::StatusOr<Contract> first = TryRenew("c");
  ASSERT_TRUE(first.ok());
  const absl::StatusOr<Contract> again = TryRenew("c", "term_months: 6");
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->SerializeAsString(), first->SerializeAsString());
  EXPECT_EQ(Contracts(), 2);
  EXPECT_EQ(LinesOf(first->name()).size(), 1);
  // And the successor can be renewed in turn.
  const absl::StatusOr<Contract> third =
      TryRenew(first->name().substr(std::string("serviceContracts/").size()),
               Day("end_date", 2028, 1, 15));
  ASSERT_TRUE(third.ok()) << third.status();
  EXPECT_EQ(Dates(*third), "2028-1-1 2028-1-15");
  EXPECT_EQ(third->term_months(), 0);
}

TEST_P(RenewContractTest, C9_PricesStayOrFollowThePriceBookOrAPercentage) {
  Price("gone", "standard2", "currency_code: 'EUR' units: 50");
  for (const char* id : {"keep", "book", "more", "less"}) {
    CreateYear(id, "additional_discount: '10'");
    CreateLine(absl::StrCat(id, "-a"), id, "quantity: '2' discount: '5'");
    CreateLine(absl::StrCat(id, "-b"), id,
               "unit_price { currency_code: 'EUR' units: 80 nanos: 50000000 }");
    CreateLine(absl::StrCat(id, "-c"), id,
               "price_book_entry: 'priceBookEntries/gone'");
  }
  world_.Do(&UpdatePriceBookEntry,
            Proto<v1::UpdatePriceBookEntryRequest>(
                "price_book_entry { name: 'priceBookEntries/std' unit_price { "
                "currency_code: 'EUR' units: 120 } }"));
  world_.Do(&UpdatePriceBookEntry,
            Proto<v1::UpdatePriceBookEntryRequest>(
                "price_book_entry { name: 'priceBookEntries/gone' unit_price { "
                "currency_code: 'EUR' units: 70 } }"));
  world_.Do(&DeletePriceBookEntry, Proto<v1::DeletePriceBookEntryRequest>(
                                       "name: 'priceBookEntries/gone'"));
  // Unit and list prices of the successor's lines.
  const auto prices = [&](const std::string& id, const std::string& how) {
    const absl::StatusOr<Contract> next = TryRenew(id, how);
    EXPECT_TRUE(next.ok()) << next.status();
    std::vector<std::string> texts;
    for (const v1::ContractLineItem& line : LinesOf(next->name())) {
      texts.push_back(
          absl::StrCat(Text(line.unit_price()), " ", Text(line.list_price())));
    }
    std::sort(texts.begin(), texts.end());
    texts.push_back(Text(next->subtotal()));
    texts.push_back(Text(next->grand_total()));
    return texts;
  };
  EXPECT_THAT(prices("keep", "pricing: KEEP"),
              ElementsAre("EUR 100.00 EUR 100.00", "EUR 50.00 EUR 50.00",
                          "EUR 80.05 EUR 100.00", "EUR 330.05", "EUR 288.04"));
  EXPECT_THAT(prices("book", "pricing: PRICE_BOOK"),
              ElementsAre("EUR 120.00 EUR 120.00", "EUR 120.00 EUR 120.00",
                          "EUR 50.00 EUR 50.00", "EUR 410.00", "EUR 358.20"));
  // 80.05 × 1.1 is 88.055, which is nearest to an even cent above.
  EXPECT_THAT(prices("more", "price_change_percent: '10'"),
              ElementsAre("EUR 110.00 EUR 100.00", "EUR 55.00 EUR 50.00",
                          "EUR 88.06 EUR 100.00", "EUR 363.06", "EUR 316.85"));
  EXPECT_THAT(prices("less", "price_change_percent: '-100'"),
              ElementsAre("EUR 0.00 EUR 100.00", "EUR 0.00 EUR 100.00",
                          "EUR 0.00 EUR 50.00", "EUR 0.00", "EUR 0.00"));
  // What was renewed keeps its prices.
  EXPECT_EQ(Text(GetContract("book").subtotal()), "EUR 330.05");
}

TEST_P(RenewContractTest, C9_PricesThatContradictOrDoNotFitAreRefused) {
  CreateYear("c");
  CreateLine("l", "c",
             "unit_price { currency_code: 'EUR' units: 90000000000000000 }");
  for (const auto& [how, words] :
       {std::pair("pricing: PRICE_BOOK price_change_percent: '1'", "not both"),
        std::pair("price_change_percent: '-100.000000001'", "-100 to 1,000"),
        std::pair("price_change_percent: '1000.5'", "-100 to 1,000"),
        std::pair("price_change_percent: '3,5'", "price_change_percent: "),
        std::pair("price_change_percent: '3'", "contractLineItems/l")}) {
    EXPECT_THAT(TryRenew("c", how).status(), IsRefusal("FIELD_INVALID", words))
        << how;
  }
  EXPECT_THAT(world_
                  .Try(&BatchRenewContracts,
                       Proto<v1::BatchRenewContractsRequest>(
                           "names: 'serviceContracts/c' pricing: PRICE_BOOK "
                           "price_change_percent: '0'"))
                  .status(),
              IsRefusal("FIELD_INVALID", "price_change_percent: "));
  EXPECT_EQ(Contracts(), 1);
  const auto batch =
      world_.Do(&BatchRenewContracts,
                Proto<v1::BatchRenewContractsRequest>(
                    "names: 'serviceContracts/c' price_change_percent: '-50'"));
  EXPECT_EQ(Text(batch.results(0).successor().subtotal()),
            "EUR 45000000000000000.00");
}

TEST_P(RenewContractTest, C9_RenewedByTwoAtOnceItHasOneSuccessor) {
  CreateYear("c");
  CreateLine("l", "c");
  std::vector<absl::StatusOr<Contract>> renewed(4);
  std::vector<std::thread> threads;
  for (size_t i = 0; i < renewed.size(); ++i)
    threads.emplace_back([&, i] { renewed[i] = TryRenew("c"); });
  for (std::thread& thread : threads) thread.join();
  for (const absl::StatusOr<Contract>& one : renewed) {
    ASSERT_TRUE(one.ok()) << one.status();
    EXPECT_EQ(one->name(), GetContract("c").renewed_to());
  }
  EXPECT_EQ(Contracts(), 2);
  EXPECT_EQ(LinesOf(renewed[0]->name()).size(), 1);
}

TEST_P(RenewContractTest, C9_WhatCannotBeRenewedIsRefused) {
  CreateContract("draft", Day("start_date", 2026, 1, 1) + "term_months: 12");
  EXPECT_THAT(TryRenew("draft").status(),
              IsRefusal("STATE_TRANSITION_NOT_ALLOWED", "DRAFT"));
  CreateContract("open", Day("start_date", 2026, 1, 1));
  Activate("open");
  EXPECT_THAT(TryRenew("open").status(), IsRefusal("OPEN_ENDED", "end_date"));
  CreateYear("c");
  EXPECT_THAT(TryRenew("c", Day("end_date", 2026, 12, 31)).status(),
              IsRefusal("FIELD_INVALID", "end_date: "));
  EXPECT_THAT(TryRenew("c", Day("end_date", 2027, 2, 30)).status(),
              IsRefusal("FIELD_INVALID", "end_date: "));
  EXPECT_THAT(TryRenew("c", "term_months: 12 " + Day("end_date", 2027, 11, 30))
                  .status(),
              IsRefusal("FIELD_INVALID", "end_date: "));
  EXPECT_THAT(TryRenew("c", "service_contract_id: 'open'").status(),
              IsRefusal("RESOURCE_ALREADY_EXISTS", "serviceContracts/open"));
  EXPECT_EQ(Contracts(), 3);
  EXPECT_EQ(GetContract("c").renewed_to(), "");
}

TEST_P(RenewContractTest, C9_InBulkEachContractHasItsResult) {
  CreateYear("a");
  CreateYear("b");
  CreateContract("draft");
  const std::string names =
      "names: 'serviceContracts/a' names: 'serviceContracts/draft' "
      "names: 'serviceContracts/none' names: 'serviceContracts/b' "
      "names: 'serviceContracts/a' ";
  const auto request = Proto<v1::BatchRenewContractsRequest>(names);
  // A dry run shows the same and keeps nothing.
  {
    const auto session = world_.store().OpenSession();
    CallInfo info = world_.Info();
    info.validate_only = true;
    Call call(world_.services(), *session, info);
    const auto response = BatchRenewContracts(call, request);
    ASSERT_TRUE(response.ok()) << response.status();
    EXPECT_EQ(response->results(0).successor().renewed_from(),
              "serviceContracts/a");
    EXPECT_EQ(Contracts(), 3);
  }
  const auto response = world_.Do(&BatchRenewContracts, request);
  ASSERT_EQ(response.results_size(), 5);
  std::vector<int> codes;
  for (const v1::RenewResult& result : response.results()) {
    codes.push_back(result.status().code());
    EXPECT_EQ(result.has_successor(), result.status().code() == 0);
  }
  EXPECT_THAT(codes, ElementsAre(0, 9, 5, 0, 0));
  EXPECT_EQ(response.results(0).successor().name(),
            response.results(4).successor().name());
  EXPECT_EQ(Contracts(), 5);
}

TEST_P(RenewContractTest, ACloneIsADraftWithTheSameLines) {
  CreateYear("c", "external_id: 'E'");
  CreateLine("l", "c", "quantity: '2'");
  CreateLine("gone", "c", "cancelled: true");
  const Contract clone = world_.Do(
      &CloneContract, Proto<v1::CloneContractRequest>(
                          "name: 'serviceContracts/c' service_contract_id: "
                          "'copy' display_name: 'Copy'"));
  EXPECT_EQ(clone.display_name(), "Copy");
  EXPECT_EQ(clone.status(), Contract::DRAFT);
  EXPECT_FALSE(clone.has_activation_time());
  EXPECT_EQ(clone.external_id(), "");
  EXPECT_EQ(Dates(clone), "2026-1-1 2026-12-31");
  EXPECT_EQ(Text(clone.subtotal()), "EUR 200.00");
  EXPECT_EQ(LinesOf(clone.name()).size(), 1);
  EXPECT_EQ(GetContract("copy").SerializeAsString(), clone.SerializeAsString());
  EXPECT_EQ(Text(GetContract("c").subtotal()), "EUR 200.00");
}

TEST_P(RenewContractTest, C8_ATreeHasTheTotalsOfItsParts) {
  const std::string tax = "tax { currency_code: 'EUR' units: 1 } ";
  CreateContract("top", tax);
  CreateContract("left", tax + "parent: 'serviceContracts/top'");
  ASSERT_TRUE(
      TryContract(
          "dollars",
          "account: 'accounts/acme' currency_code: 'USD' parent: "
          "'serviceContracts/left' tax { currency_code: 'USD' units: 7 }")
          .ok());
  CreateContract("elsewhere", tax);
  CreateLine("l1", "top");
  CreateLine("l2", "left", "quantity: '3'");
  const auto tree = world_.Do(
      &GetContractTree,
      Proto<v1::GetContractTreeRequest>("name: 'serviceContracts/left'"));
  ASSERT_EQ(tree.nodes_size(), 3);
  EXPECT_EQ(tree.nodes(0).service_contract(), "serviceContracts/top");
  std::map<std::string, std::vector<std::string>> totals;
  for (const v1::ContractTreeNode& node : tree.nodes()) {
    for (const google::type::Money& sum : node.tree_grand_totals())
      totals[node.service_contract()].push_back(Text(sum));
  }
  EXPECT_THAT(totals["serviceContracts/top"],
              ElementsAre("EUR 402.00", "USD 7.00"));
  EXPECT_THAT(totals["serviceContracts/left"],
              ElementsAre("EUR 301.00", "USD 7.00"));
  EXPECT_THAT(totals["serviceContracts/dollars"], ElementsAre("USD 7.00"));
  EXPECT_EQ(Text(tree.nodes(0).grand_total()), "EUR 101.00");
}

// The worked example of the field reference, before there is a contract.
TEST_P(RenewContractTest, C8_PricesCanBeAskedFor) {
  const std::string lines =
      "lines { price_book_entry: 'priceBookEntries/std' quantity: '2' "
      "discount: "
      "'10' } lines { unit_price { currency_code: 'EUR' units: 300 } } ";
  const auto price = [&](const std::string& request) {
    return world_.Try(&PriceContract, Proto<v1::PriceContractRequest>(request));
  };
  const auto priced = price(absl::StrCat(
      "currency_code: 'EUR' tax { currency_code: 'EUR' units: 40 } shipping { "
      "currency_code: 'EUR' units: 10 } additional_discount: '50' ",
      lines));
  ASSERT_TRUE(priced.ok()) << priced.status();
  EXPECT_EQ(Text(priced->lines(0).total_price()), "EUR 180.00");
  EXPECT_EQ(Text(priced->subtotal()), "EUR 500.00");
  EXPECT_EQ(priced->discount(), "4");
  EXPECT_EQ(Text(priced->total_price()), "EUR 480.00");
  EXPECT_EQ(Text(priced->additional_discount()), "EUR 240.00");
  EXPECT_EQ(Text(priced->grand_total()), "EUR 290.00");
  EXPECT_EQ(Contracts(), 0);

  EXPECT_THAT(price("currency_code: 'USD' " + lines).status(),
              IsRefusal("FIELD_INVALID", "lines[0].price_book_entry: "));
  EXPECT_THAT(price("currency_code: 'EUR' lines {}").status(),
              IsRefusal("FIELD_INVALID", "lines[0].unit_price: "));
  EXPECT_THAT(price("currency_code: 'EUR' lines { quantity: '0' unit_price { "
                    "currency_code: 'EUR' } }")
                  .status(),
              IsRefusal("FIELD_INVALID", "lines[0].quantity: "));
  EXPECT_THAT(price("currency_code: 'EUR' lines { price_book_entry: "
                    "'priceBookEntries/none' }")
                  .status(),
              IsRefusal("RESOURCE_NOT_FOUND", "lines[0].price_book_entry"));
  EXPECT_THAT(
      price("currency_code: 'EUR' additional_discount: '100.01'").status(),
      IsRefusal("FIELD_INVALID", "additional_discount: "));
}

}  // namespace
}  // namespace charter::services

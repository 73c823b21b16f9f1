#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <map>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/services/contracts/place_in_tree.h"
#include "tests/server/services/contracts/contracts_fixture.h"

namespace charter::services {
namespace {

using Contract = v1::ServiceContract;

class ContractLineItemTest : public ContractsTest {};
INSTANTIATE_TEST_SUITE_P(All, ContractLineItemTest,
                         testing::ValuesIn(test::kEngines), test::EngineName);

// The worked example of the field reference.
TEST_P(ContractLineItemTest, C8_TheContractsFiguresAreThoseOfItsLines) {
  CreateContract("c",
                 "tax { currency_code: 'EUR' units: 40 } "
                 "shipping { currency_code: 'EUR' units: 10 }");
  EXPECT_EQ(Text(GetContract("c").grand_total()), "EUR 50.00");
  const v1::ContractLineItem line =
      CreateLine("l1", "c", "quantity: '2' discount: '10'");
  EXPECT_EQ(Text(line.list_price()), "EUR 100.00");
  EXPECT_EQ(Text(line.unit_price()), "EUR 100.00");
  EXPECT_EQ(Text(line.subtotal()), "EUR 200.00");
  EXPECT_EQ(Text(line.total_price()), "EUR 180.00");
  EXPECT_EQ(line.product(), "products/printer");
  EXPECT_EQ(line.account(), "accounts/acme");
  CreateLine("l2", "c", "unit_price { currency_code: 'EUR' units: 300 }");
  Contract contract = GetContract("c");
  EXPECT_EQ(contract.line_count(), 2);
  EXPECT_EQ(Text(contract.subtotal()), "EUR 500.00");
  EXPECT_EQ(Text(contract.total_price()), "EUR 480.00");
  EXPECT_EQ(contract.discount(), "4");
  EXPECT_EQ(Text(contract.grand_total()), "EUR 530.00");

  ASSERT_TRUE(TryUpdateContract("c", "additional_discount: '50'").ok());
  contract = GetContract("c");
  EXPECT_EQ(Text(contract.net_price()), "EUR 240.00");
  EXPECT_EQ(Text(contract.grand_total()), "EUR 290.00");
  ASSERT_TRUE(TryUpdateLine("l1", "quantity: '3'").ok());
  EXPECT_EQ(Text(GetContract("c").total_price()), "EUR 570.00");
  ASSERT_TRUE(TryUpdateLine("l1", "cancelled: true").ok());
  EXPECT_EQ(GetContract("c").line_count(), 1);
  EXPECT_EQ(Text(GetContract("c").total_price()), "EUR 300.00");
  EXPECT_EQ(DeleteLine("l2"), absl::OkStatus());
  EXPECT_EQ(Text(GetContract("c").subtotal()), "EUR 0.00");
  EXPECT_EQ(GetContract("c").discount(), "");
}

TEST_P(ContractLineItemTest, C8_SumsNeverDrift) {
  CreateContract("c");
  std::map<std::string, v1::ContractLineItem> lines;
  rc::check("the contract's figures are the sums of its lines' figures", [&] {
    const std::string id = absl::StrCat("l", *rc::gen::inRange(0, 6));
    const std::string figures = absl::StrCat(
        "quantity: '", *rc::gen::inRange(1, 100), ".",
        *rc::gen::inRange(1, 1000), "' discount: '", *rc::gen::inRange(0, 100),
        ".", *rc::gen::inRange(0, 1000), "'");
    const auto found = lines.find(id);
    if (found == lines.end()) {
      lines[id] = CreateLine(
          id, "c",
          absl::StrCat("price_book_entry: 'priceBookEntries/small' ", figures));
    } else {
      absl::StatusOr<v1::ContractLineItem> line = TryUpdateLine(id, figures);
      RC_ASSERT(line.ok());
      found->second = *line;
    }
    int64_t subtotal = 0, total = 0;
    const auto cents = [](const google::type::Money& money) {
      return money.units() * 100 + money.nanos() / 10000000;
    };
    for (const auto& [name, line] : lines) {
      subtotal += cents(line.subtotal());
      total += cents(line.total_price());
    }
    const Contract contract = GetContract("c");
    RC_ASSERT(cents(contract.subtotal()) == subtotal);
    RC_ASSERT(cents(contract.total_price()) == total);
    RC_ASSERT(contract.line_count() == static_cast<int>(lines.size()));
  });
}

TEST_P(ContractLineItemTest, C8_WhatMakesNoPriceIsRefused) {
  CreateContract("c");
  const std::string std = "price_book_entry: 'priceBookEntries/std' ";
  const auto refused = [&](const std::string& more) {
    return TryLine("x", "c", std + more).status();
  };
  EXPECT_THAT(refused("quantity: '0'"),
              IsRefusal("FIELD_INVALID", "contract_line_item.quantity: "));
  EXPECT_THAT(refused("quantity: 'two'"),
              IsRefusal("FIELD_INVALID", "contract_line_item.quantity: "));
  EXPECT_THAT(refused("discount: '100.1'"),
              IsRefusal("FIELD_INVALID", "contract_line_item.discount: "));
  EXPECT_THAT(refused("discount: '-1'"),
              IsRefusal("FIELD_INVALID", "contract_line_item.discount: "));
  EXPECT_THAT(refused("unit_price { currency_code: 'EUR' nanos: 1 }"),
              IsRefusal("FIELD_INVALID", "contract_line_item.unit_price: "));
  EXPECT_THAT(refused("unit_price { currency_code: 'USD' units: 1 }"),
              IsRefusal("FIELD_INVALID", "contract_line_item.unit_price: "));
  EXPECT_THAT(refused("unit_price { currency_code: 'EUR' units: -1 }"),
              IsRefusal("FIELD_INVALID", "contract_line_item.unit_price: "));
  EXPECT_THAT(
      refused("unit_price { currency_code: 'EUR' units: 90000000000000000 } "
              "quantity: '9000000000'"),
      IsRefusal("FIELD_INVALID", "contract_line_item.quantity: "));
  EXPECT_THAT(
      TryLine("x", "c", "price_book_entry: 'priceBookEntries/usd'").status(),
      IsRefusal("FIELD_INVALID", "contract_line_item.price_book_entry: "));
  EXPECT_THAT(
      TryLine("x", "c", "price_book_entry: 'priceBookEntries/none'").status(),
      IsRefusal("RESOURCE_NOT_FOUND", "contract_line_item.price_book_entry"));
  EXPECT_THAT(
      TryLine("x", "none", std).status(),
      IsRefusal("RESOURCE_NOT_FOUND", "contract_line_item.service_contract"));
  EXPECT_EQ(GetContract("c").line_count(), 0);
  EXPECT_EQ(CreateLine("first", "c").line_number(),
            GetContract("c").contract_number() + "-1");
}

TEST_P(ContractLineItemTest, C8_ThePriceBookIsTheContracts) {
  CreateContract("c", "price_book: 'partners'");
  EXPECT_THAT(
      TryLine("x", "c", "price_book_entry: 'priceBookEntries/std'").status(),
      IsRefusal("FIELD_INVALID", "contract_line_item.price_book_entry: "));
  CreateLine("l", "c", "price_book_entry: 'priceBookEntries/part'");
  EXPECT_THAT(TryUpdateContract("c", "price_book: 'standard'").status(),
              IsRefusal("FIELD_INVALID", "service_contract.price_book: "));
  EXPECT_TRUE(TryUpdateContract("c", "", "price_book").ok());
}

TEST_P(ContractLineItemTest, C8_LinesLieInsideTheContract) {
  CreateContract("c", Day("start_date", 2027, 1, 1) + "term_months: 12");
  const std::string std = "price_book_entry: 'priceBookEntries/std' ";
  EXPECT_THAT(TryLine("x", "c", std + Day("start_date", 2026, 12, 31)).status(),
              IsRefusal("FIELD_INVALID", "contract_line_item.start_date: "));
  EXPECT_THAT(TryLine("x", "c", std + Day("end_date", 2028, 1, 1)).status(),
              IsRefusal("FIELD_INVALID", "contract_line_item.end_date: "));
  EXPECT_THAT(
      TryLine("x", "c",
              std + Day("start_date", 2027, 5, 2) + Day("end_date", 2027, 5, 1))
          .status(),
      IsRefusal("FIELD_INVALID", "contract_line_item.end_date: "));
  EXPECT_THAT(TryLine("x", "c", std + Day("start_date", 2027, 2, 29)).status(),
              IsRefusal("FIELD_INVALID", "contract_line_item.start_date: "));
  CreateLine("l", "c", Day("start_date", 2027, 3, 1));
  // Nor is one moved outside.
  const std::string line = GetLine("l").SerializeAsString();
  EXPECT_THAT(TryUpdateLine("l", Day("start_date", 2026, 12, 31)).status(),
              IsRefusal("FIELD_INVALID", "contract_line_item.start_date: "));
  EXPECT_THAT(TryUpdateLine("l", Day("end_date", 2028, 1, 1)).status(),
              IsRefusal("FIELD_INVALID", "contract_line_item.end_date: "));
  EXPECT_THAT(TryUpdateLine("l", Day("end_date", 2027, 2, 28)).status(),
              IsRefusal("FIELD_INVALID", "contract_line_item.end_date: "));
  EXPECT_EQ(GetLine("l").SerializeAsString(), line);
  // The contract stays around its lines.
  EXPECT_THAT(TryUpdateContract("c", Day("end_date", 2027, 2, 28)).status(),
              IsRefusal("FIELD_INVALID", "contractLineItems/l outside"));
  EXPECT_TRUE(TryUpdateContract("c", Day("end_date", 2027, 3, 1)).ok());
  ASSERT_TRUE(TryUpdateLine("l", "cancelled: true").ok());
  EXPECT_TRUE(TryUpdateContract("c", Day("end_date", 2027, 2, 28)).ok());
}

TEST_P(ContractLineItemTest, C8_AnAssetIsOnAContractOnceForAPeriod) {
  CreateContract("c", Day("start_date", 2027, 1, 1) + "term_months: 12");
  CreateContract("d");
  const std::string a =
      "price_book_entry: 'priceBookEntries/std' asset: 'assets/a' ";
  CreateLine("l1", "c", a + Day("end_date", 2027, 6, 30));
  EXPECT_THAT(TryLine("l2", "c", a).status(),
              IsRefusal("FIELD_INVALID", "contractLineItems/l1"));
  CreateLine("l2", "c", a + Day("start_date", 2027, 7, 1));
  EXPECT_THAT(TryUpdateLine("l2", Day("start_date", 2027, 6, 30)).status(),
              IsRefusal("FIELD_INVALID", "contract_line_item.asset: "));
  CreateLine("l3", "d", a);
  ASSERT_TRUE(TryUpdateLine("l1", "cancelled: true").ok());
  EXPECT_TRUE(TryUpdateLine("l2", Day("start_date", 2027, 6, 30)).ok());
}

TEST_P(ContractLineItemTest, C1_TheAssetIsTheAccounts) {
  CreateContract("c");
  const std::string std = "price_book_entry: 'priceBookEntries/std' ";
  EXPECT_THAT(TryLine("x", "c", std + "asset: 'assets/o'").status(),
              IsRefusal("FIELD_INVALID", "contract_line_item.asset: "));
  for (const char* name : {"assets/A", "assets/none"}) {
    EXPECT_THAT(
        TryLine("x", "c", absl::StrCat(std, "asset: '", name, "'")).status(),
        IsRefusal("RESOURCE_NOT_FOUND", "contract_line_item.asset"));
  }
  CreateLine("l", "c", "asset: 'assets/a'");
  EXPECT_THAT(TryUpdateLine("l", "asset: 'assets/o'").status(),
              IsRefusal("FIELD_INVALID", "contract_line_item.asset: "));
  for (const char* name : {"assets/A", "assets/O", "assets/none"}) {
    EXPECT_THAT(
        TryUpdateLine("l", absl::StrCat("asset: '", name, "'")).status(),
        IsRefusal("RESOURCE_NOT_FOUND", "contract_line_item.asset"));
  }
  EXPECT_EQ(GetLine("l").asset(), "assets/a");
}

TEST_P(ContractLineItemTest, AnExternalIdIsOnceInAnAccount) {
  CreateContract("c");
  CreateContract("d");
  ASSERT_TRUE(
      TryContract("o", "account: 'accounts/other' currency_code: 'EUR'").ok());
  const std::string id = "external_id: 'L 1'";
  CreateLine("l", "c", id);
  CreateLine("m", "c");
  for (const char* contract : {"c", "d"}) {
    EXPECT_THAT(
        TryLine("x", contract,
                absl::StrCat("price_book_entry: 'priceBookEntries/std' ", id))
            .status(),
        IsRefusal("RESOURCE_ALREADY_EXISTS", "external_id"));
  }
  EXPECT_THAT(TryUpdateLine("m", id).status(),
              IsRefusal("RESOURCE_ALREADY_EXISTS", "external_id"));
  EXPECT_EQ(GetLine("m").external_id(), "");
  EXPECT_EQ(GetContract("c").line_count(), 2);
  EXPECT_TRUE(TryUpdateLine("l", id).ok());
  CreateLine("o", "o", id);
}

TEST_P(ContractLineItemTest, C10_ACancelledLineStaysCancelled) {
  CreateContract("c");
  CreateLine("l", "c");
  ASSERT_TRUE(TryUpdateLine("l", "cancelled: true").ok());
  EXPECT_EQ(GetLine("l").status(), Contract::CANCELLED);
  EXPECT_THAT(TryUpdateLine("l", "", "cancelled").status(),
              IsRefusal("STATE_TRANSITION_NOT_ALLOWED", "CANCELLED"));
}

TEST_P(ContractLineItemTest, C8_LinesFormTreesWithoutCircles) {
  CreateContract("c");
  CreateContract("d");
  CreateLine("a", "c");
  CreateLine("b", "c", "parent: 'contractLineItems/a'");
  CreateLine("x", "c", "parent: 'contractLineItems/b'");
  EXPECT_EQ(GetLine("a").root(), "contractLineItems/a");
  EXPECT_EQ(GetLine("x").root(), "contractLineItems/a");
  EXPECT_THAT(TryUpdateLine("a", "parent: 'contractLineItems/x'").status(),
              IsRefusal("FIELD_INVALID", "contract_line_item.parent: "));
  EXPECT_THAT(TryUpdateLine("a", "parent: 'contractLineItems/a'").status(),
              IsRefusal("FIELD_INVALID", "contract_line_item.parent: "));
  EXPECT_THAT(TryLine("y", "d",
                      "price_book_entry: 'priceBookEntries/std' parent: "
                      "'contractLineItems/a'")
                  .status(),
              IsRefusal("FIELD_INVALID", "contract_line_item.parent: "));
  EXPECT_THAT(DeleteLine("a"),
              IsRefusal("RESOURCE_IN_USE", "contractLineItems/b"));
  // What is below a line moves with it.
  ASSERT_TRUE(TryUpdateLine("b", "", "parent").ok());
  EXPECT_EQ(GetLine("b").root(), "contractLineItems/b");
  EXPECT_EQ(GetLine("x").root(), "contractLineItems/b");
  ASSERT_TRUE(TryUpdateLine("a", "parent: 'contractLineItems/x'").ok());
  EXPECT_EQ(GetLine("a").root(), "contractLineItems/b");
}

TEST(ReplantTest, C8_ATreeHasAtMostTenThousandNodes) {
  std::vector<storage::TreeNode> nodes = {{"top", ""}};
  for (int i = 1; i < 9999; ++i) nodes.push_back({absl::StrCat("n", i), "top"});
  EXPECT_TRUE(Replant(nodes, "new", "n1", "f").ok());
  nodes.push_back({"last", "n1"});
  EXPECT_THAT(Replant(nodes, "new", "n1", "f").status(),
              IsRefusal("FIELD_INVALID", "more than 10000"));
  EXPECT_THAT(*Replant(nodes, "n1", "n2", "f"), testing::ElementsAre("last"));
}

TEST_P(ContractLineItemTest, C8_LinesWrittenAtOnceAllCount) {
  CreateContract("c");
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 5; ++i) CreateLine(absl::StrCat("l", t, "-", i), "c");
    });
  }
  for (std::thread& thread : threads) thread.join();
  const Contract contract = GetContract("c");
  EXPECT_EQ(contract.line_count(), 20);
  EXPECT_EQ(Text(contract.subtotal()), "EUR 2000.00");
  EXPECT_THAT(world_.Lines("SELECT COUNT(DISTINCT line_number) FROM "
                           "contract_line_items"),
              testing::ElementsAre("20"));
}

}  // namespace
}  // namespace charter::services

// The lines of a contract as a tree, with what each part of it comes to.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/server/services/contracts/contracts_fixture.h"

namespace charter::services {
namespace {

using test::Proto;
using testing::ElementsAre;
using testing::IsEmpty;

class ContractTreeTest : public ContractsTest {
 protected:
  v1::GetContractTreeResponse Tree(const std::string& id,
                                   const std::string& more) {
    return world_.Do(&GetContractTree,
                     Proto<v1::GetContractTreeRequest>(absl::StrCat(
                         "name: 'serviceContracts/", id, "' ", more)));
  }
};
INSTANTIATE_TEST_SUITE_P(All, ContractTreeTest,
                         testing::ValuesIn(test::kEngines), test::EngineName);

TEST_P(ContractTreeTest, C8_LinesAreShownWhereTheyAreAskedFor) {
  CreateContract("top");
  CreateContract("c", "parent: 'serviceContracts/top'");
  CreateLine("other", "top");
  CreateLine("b", "c", "quantity: '2' discount: '10'");
  CreateLine("a", "c", "parent: 'contractLineItems/b' asset: 'assets/a'");
  CreateLine("off", "c", "parent: 'contractLineItems/b'");
  CreateLine("below", "c", "parent: 'contractLineItems/off'");
  CreateLine("gone", "c");
  ASSERT_TRUE(TryUpdateLine("off", "cancelled: true").ok());
  ASSERT_EQ(DeleteLine("gone"), absl::OkStatus());
  const v1::GetContractTreeResponse plain = Tree("c", "");
  for (const v1::ContractTreeNode& node : plain.nodes())
    EXPECT_THAT(node.lines(), IsEmpty());

  const v1::GetContractTreeResponse tree = Tree("c", "show_lines: true");
  ASSERT_EQ(tree.nodes_size(), 2);
  EXPECT_THAT(tree.nodes(0).lines(), IsEmpty());
  std::map<std::string, std::vector<std::string>> told;
  for (const v1::LineTreeNode& line : tree.nodes(1).lines()) {
    told[line.contract_line_item()] = {
        v1::ServiceContract::Status_Name(line.status()), Text(line.subtotal()),
        Text(line.total_price()), Text(line.tree_subtotal()),
        Text(line.tree_total_price())};
  }
  EXPECT_EQ(told.size(), 4);
  EXPECT_EQ(tree.nodes(1).lines(0).contract_line_item(), "contractLineItems/b");
  EXPECT_THAT(told["contractLineItems/b"],
              ElementsAre("DRAFT", "EUR 200.00", "EUR 180.00", "EUR 400.00",
                          "EUR 380.00"));
  // What is cancelled costs nothing; what hangs below it does.
  EXPECT_THAT(told["contractLineItems/off"],
              ElementsAre("CANCELLED", "EUR 100.00", "EUR 100.00", "EUR 100.00",
                          "EUR 100.00"));
  EXPECT_EQ(told["contractLineItems/below"].back(), "EUR 100.00");
  for (const v1::LineTreeNode& line : tree.nodes(1).lines()) {
    if (line.contract_line_item() != "contractLineItems/a") continue;
    EXPECT_EQ(line.parent(), "contractLineItems/b");
    EXPECT_EQ(line.asset(), "assets/a");
    EXPECT_EQ(line.product(), "products/printer");
    EXPECT_EQ(line.line_number(), GetLine("a").line_number());
  }
}

// Whatever is added, moved, cancelled or deleted.
TEST_P(ContractTreeTest, C8_TheTopsOfTheLinesComeToTheContract) {
  CreateContract("c");
  const auto cents = [](const google::type::Money& money) {
    return money.units() * 100 + money.nanos() / 10'000'000;
  };
  int made = 0;
  EXPECT_TRUE(rc::check("totals", [&] {
    const auto some = [&] {
      return absl::StrCat("l", *rc::gen::inRange(0, made + 1));
    };
    const int what = *rc::gen::inRange(0, 6);
    if (what < 3) {
      const std::string parent = some();
      const std::string figures =
          absl::StrCat("price_book_entry: 'priceBookEntries/std' quantity: '",
                       *rc::gen::inRange(1, 90), ".", *rc::gen::inRange(1, 999),
                       "' discount: '", *rc::gen::inRange(0, 100), "' ");
      const std::string id = absl::StrCat("l", made);
      // One that is not there makes it a top.
      if (TryLine(
              id, "c",
              absl::StrCat(figures, "parent: 'contractLineItems/", parent, "'"))
              .ok() ||
          TryLine(id, "c", figures).ok()) {
        ++made;
      }
    } else if (what == 3) {
      (void)TryUpdateLine(some(), "cancelled: true");
    } else if (what == 4) {
      (void)TryUpdateLine(
          some(), absl::StrCat("parent: 'contractLineItems/", some(), "'"));
    } else {
      (void)DeleteLine(some());
    }
    const v1::ContractTreeNode node = Tree("c", "show_lines: true").nodes(0);
    int64_t subtotal = 0, total = 0;
    std::map<std::string, int64_t> below;
    for (const v1::LineTreeNode& line : node.lines()) {
      if (!line.parent().empty()) {
        // Its parent was told before it.
        RC_ASSERT(below.contains(line.parent()));
        below[line.parent()] += cents(line.tree_total_price());
      } else {
        subtotal += cents(line.tree_subtotal());
        total += cents(line.tree_total_price());
      }
      below[line.contract_line_item()] = 0;
    }
    int counted = 0;
    for (const v1::LineTreeNode& line : node.lines()) {
      const bool counts = line.status() != v1::ServiceContract::CANCELLED;
      counted += counts ? 1 : 0;
      RC_ASSERT(cents(line.tree_total_price()) ==
                below[line.contract_line_item()] +
                    (counts ? cents(line.total_price()) : 0));
    }
    const v1::ServiceContract contract = GetContract("c");
    RC_ASSERT(subtotal == cents(contract.subtotal()));
    RC_ASSERT(total == cents(contract.total_price()));
    RC_ASSERT(counted == contract.line_count());
  }));
}

}  // namespace
}  // namespace charter::services

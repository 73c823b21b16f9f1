// What lines and contracts cost (C8), by example.
#include "server/contracts/pricing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "tests/server/contracts/amounts.h"

namespace charter::contracts {
namespace {

using ::testing::Eq;
using ::testing::Optional;

constexpr int64_t kMax = std::numeric_limits<int64_t>::max();

LineTerms Line(Money unit_price, const char* quantity,
               const char* discount = "0") {
  return {unit_price, Number(quantity), Number(discount)};
}

ContractTerms InEuros() {
  return {In("EUR"), Decimal(), std::nullopt, std::nullopt};
}

std::string Refusal(const absl::Status& status) {
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  return std::string(status.message());
}

// The worked example of the reference product: lines 2 × 100 at 10 % and
// 1 × 300 at 0 %, tax 40, shipping 10.
TEST(PricingTest, C8_TheReferenceProductsExample) {
  ContractTerms contract = InEuros();
  contract.tax = Euros(40);
  contract.shipping = Euros(10);
  const auto priced = PriceContractAndLines(
      contract, {Line(Euros(100), "2", "10"), Line(Euros(300), "1")});
  ASSERT_TRUE(priced.ok()) << priced.status();
  EXPECT_EQ(priced->lines[0], (LinePrice{Euros(200), Euros(180)}));
  EXPECT_EQ(priced->lines[1], (LinePrice{Euros(300), Euros(300)}));
  EXPECT_EQ(priced->price, (ContractPrice{
                               .subtotal = Euros(500),
                               .discount = Number("4"),
                               .total_price = Euros(480),
                               .additional_discount = Euros(0),
                               .net_price = Euros(480),
                               .tax = Euros(40),
                               .shipping = Euros(10),
                               .grand_total = Euros(530),
                           }));
}

// The same contract with an additional discount, which takes off the lines'
// total, before tax and shipping.
TEST(PricingTest, C8_AdditionalDiscountIsOnTheTotalBeforeTaxAndShipping) {
  ContractTerms contract = InEuros();
  contract.additional_discount = Number("5");
  contract.tax = Euros(40);
  contract.shipping = Euros(10);
  const auto priced = PriceContractAndLines(
      contract, {Line(Euros(100), "2", "10"), Line(Euros(300), "1")});
  ASSERT_TRUE(priced.ok()) << priced.status();
  EXPECT_THAT(priced->price.discount, Optional(Number("4")));
  EXPECT_EQ(priced->price.total_price, Euros(480));
  EXPECT_EQ(priced->price.additional_discount, Euros(24));
  EXPECT_EQ(priced->price.net_price, Euros(456));
  EXPECT_EQ(priced->price.grand_total, Euros(506));
}

TEST(PricingTest, C8_HalfEvenPerLineAndThenSummed) {
  // 0.05 × 50 % = 0.025 and 0.15 × 50 % = 0.075: to 0.02 and 0.08.
  EXPECT_EQ(PriceLine(Line(Euros(0, 5), "1", "50"))->total_price, Euros(0, 2));
  EXPECT_EQ(PriceLine(Line(Euros(0, 15), "1", "50"))->total_price, Euros(0, 8));
  // Three lines of 0.10 at 33.333333333 % are 3 × 0.07; rounded together they
  // would be 0.20.
  const LineTerms third = Line(Euros(0, 10), "1", "33.333333333");
  const auto priced = PriceContractAndLines(InEuros(), {third, third, third});
  EXPECT_EQ(priced->lines[0].total_price, Euros(0, 7));
  EXPECT_EQ(priced->price.total_price, Euros(0, 21));
}

TEST(PricingTest, C8_QuantitiesMayBeFractions) {
  EXPECT_EQ(PriceLine(Line(Euros(80), "1.5"))->subtotal, Euros(120));
  // 0.01 × 0.5 is a tie, to zero; 0.03 × 0.5 is one, to 0.02.
  EXPECT_EQ(PriceLine(Line(Euros(0, 1), "0.5"))->subtotal, Euros(0));
  EXPECT_EQ(PriceLine(Line(Euros(0, 3), "0.5"))->subtotal, Euros(0, 2));
}

// 0.05 × 0.5 = 0.025 is shown as 0.02, and that less 40 % is 0.012; the 0.025
// would give 0.015, and so 0.02.
TEST(PricingTest, C8_EachFigureIsComputedFromTheOneShown) {
  EXPECT_EQ(*PriceLine(Line(Euros(0, 5), "0.5", "40")),
            (LinePrice{Euros(0, 2), Euros(0, 1)}));
}

TEST(PricingTest, C8_MinorUnitsAreTheCurrencys) {
  // 333 less 10 % is 299.7.
  EXPECT_EQ(PriceLine(Line(Minor("JPY", 333), "1", "10"))->total_price,
            Minor("JPY", 300));
  EXPECT_EQ(PriceLine(Line(Minor("EUR", 33300), "1", "10"))->total_price,
            Minor("EUR", 29970));
  EXPECT_EQ(PriceLine(Line(Minor("KWD", 333), "1", "10"))->total_price,
            Minor("KWD", 300));
}

TEST(PricingTest, C8_DiscountOfTheContractIsDerived) {
  const auto discount = [](std::vector<LineTerms> lines) {
    return PriceContractAndLines(InEuros(), lines)->price.discount;
  };
  EXPECT_THAT(discount({Line(Euros(100), "1", "10"), Line(Euros(300), "1")}),
              Optional(Number("2.5")));
  EXPECT_THAT(discount({Line(Euros(1), "1", "100"), Line(Euros(2), "1")}),
              Optional(Number("33.3333")));
  EXPECT_THAT(discount({Line(Euros(2), "1", "100"), Line(Euros(1), "1")}),
              Optional(Number("66.6667")));
  EXPECT_THAT(discount({Line(Euros(7), "3", "100")}), Optional(Number("100")));
  EXPECT_THAT(discount({}), Eq(std::nullopt));
  EXPECT_THAT(discount({Line(Euros(0), "3", "20")}), Eq(std::nullopt));
}

TEST(PricingTest, C8_AContractWithoutLinesCostsItsTaxAndShipping) {
  ContractTerms contract = InEuros();
  contract.shipping = Euros(10);
  const auto priced = PriceContract(contract, {});
  EXPECT_EQ(priced->subtotal, Euros(0));
  EXPECT_EQ(priced->total_price, Euros(0));
  EXPECT_EQ(priced->tax, Euros(0));
  EXPECT_EQ(priced->grand_total, Euros(10));
}

TEST(PricingTest, C9_PricesChangeByAPercentageHalfEven) {
  const auto change = [](int64_t cents, const char* percent) {
    return ChangePrice(Minor("EUR", cents), Number(percent));
  };
  EXPECT_EQ(*change(10000, "3.5"), Minor("EUR", 10350));
  EXPECT_EQ(*change(5, "10"), Minor("EUR", 6));     // 5.5
  EXPECT_EQ(*change(45, "10"), Minor("EUR", 50));   // 49.5
  EXPECT_EQ(*change(25, "-10"), Minor("EUR", 22));  // 22.5
  EXPECT_EQ(*change(777, "0"), Minor("EUR", 777));
  EXPECT_EQ(*change(777, "-100"), Minor("EUR", 0));
  EXPECT_EQ(*change(777, "1000"), Minor("EUR", 8547));
  EXPECT_THAT(Refusal(change(1, "-100.000000001").status()),
              testing::StartsWith("percent: "));
  EXPECT_THAT(Refusal(change(1, "1000.000000001").status()),
              testing::StartsWith("percent: "));
  EXPECT_THAT(Refusal(change(kMax, "0.1").status()),
              testing::StartsWith("unit_price: "));
}

TEST(PricingTest, C8_BadLinesAreRefusedByField) {
  const auto refusal = [](const LineTerms& line) {
    return Refusal(PriceLine(line).status());
  };
  EXPECT_EQ(refusal(Line(Euros(-1), "1")),
            "unit_price: must not be negative (C8)");
  EXPECT_EQ(refusal(Line(Euros(1), "0")),
            "quantity: must be more than zero (C8)");
  EXPECT_EQ(refusal(Line(Euros(1), "-0.000000001")),
            "quantity: must be more than zero (C8)");
  EXPECT_EQ(refusal(Line(Euros(1), "1", "100.000000001")),
            "discount: must be 0 to 100 percent (C8)");
  EXPECT_EQ(refusal(Line(Euros(1), "1", "-0.000000001")),
            "discount: must be 0 to 100 percent (C8)");
  EXPECT_EQ(Refusal(PriceContractAndLines(
                        InEuros(), {Line(Euros(1), "1"), Line(Euros(1), "0")})
                        .status()),
            "lines[1].quantity: must be more than zero (C8)");
}

TEST(PricingTest, C8_BadContractsAreRefusedByField) {
  const auto refusal = [](const ContractTerms& contract) {
    return Refusal(PriceContract(contract, {}).status());
  };
  ContractTerms contract = InEuros();
  contract.additional_discount = Number("100.5");
  EXPECT_EQ(refusal(contract),
            "additional_discount: must be 0 to 100 percent (C8)");
  contract = InEuros();
  contract.tax = Euros(-1);
  EXPECT_EQ(refusal(contract), "tax: must not be negative (C8)");
  contract = InEuros();
  contract.shipping = Euros(0, -1);
  EXPECT_EQ(refusal(contract), "shipping: must not be negative (C8)");
}

TEST(PricingTest, C8_AContractHasOneCurrency) {
  const std::string tail =
      " is in USD, not in the one currency of its contract, EUR (C8)";
  ContractTerms contract = InEuros();
  contract.tax = Minor("USD", 0);
  EXPECT_EQ(Refusal(PriceContract(contract, {}).status()), "tax:" + tail);
  contract = InEuros();
  contract.shipping = Minor("USD", 1);
  EXPECT_EQ(Refusal(PriceContract(contract, {}).status()), "shipping:" + tail);
  const std::vector<LineTerms> lines = {Line(Euros(1), "1"),
                                        Line(Minor("USD", 100), "1")};
  EXPECT_EQ(Refusal(PriceContractAndLines(InEuros(), lines).status()),
            "lines[1].unit_price:" + tail);
}

TEST(PricingTest, C8_OverflowIsAnError) {
  EXPECT_EQ(PriceLine(Line(Minor("EUR", kMax), "1", "100"))->total_price,
            Euros(0));
  EXPECT_EQ(PriceLine(Line(Minor("EUR", kMax), "1"))->total_price,
            Minor("EUR", kMax));
  EXPECT_EQ(
      Refusal(
          PriceLine(Line(Minor("EUR", kMax), "1.000000001", "100")).status()),
      "quantity: times unit_price is more money than can be kept (C8)");
  EXPECT_EQ(
      Refusal(
          PriceLine(Line(Minor("EUR", kMax), "9223372036.854775807")).status()),
      "quantity: times unit_price is more money than can be kept (C8)");
  const LineTerms largest = Line(Minor("EUR", kMax), "1", "100");
  const LineTerms cent = Line(Minor("EUR", 1), "1", "100");
  EXPECT_EQ(Refusal(PriceContractAndLines(InEuros(), {largest, cent}).status()),
            "subtotal: is a sum of more money than can be kept (C8)");
  ContractTerms contract = InEuros();
  contract.tax = Minor("EUR", 1);
  EXPECT_EQ(
      Refusal(PriceContractAndLines(contract, {Line(Minor("EUR", kMax), "1")})
                  .status()),
      "grand_total: is a sum of more money than can be kept (C8)");
  contract.additional_discount = Number("50");
  EXPECT_EQ(PriceContractAndLines(contract, {Line(Minor("EUR", kMax), "1")})
                ->price.grand_total,
            Minor("EUR", kMax / 2 + 2));
}

}  // namespace
}  // namespace charter::contracts

// Decimal numbers, currencies and amounts (C8).
#include "server/contracts/money.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <set>
#include <string>

#include "server/contracts/decimal.h"
#include "server/contracts/rounding.h"
#include "tests/server/contracts/amounts.h"

namespace charter::contracts {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
constexpr int64_t kMax = std::numeric_limits<int64_t>::max();

std::string Refusal(const absl::Status& status) {
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  return std::string(status.message());
}

TEST(RoundingTest, C8_TiesGoToTheEvenOne) {
  const auto halves = [](int64_t n) {
    return static_cast<int64_t>(DivideHalfEven(n, 2));
  };
  EXPECT_EQ(halves(1), 0);   // 0.5
  EXPECT_EQ(halves(3), 2);   // 1.5
  EXPECT_EQ(halves(5), 2);   // 2.5
  EXPECT_EQ(halves(-1), 0);  // -0.5
  EXPECT_EQ(halves(-3), -2);
  EXPECT_EQ(halves(-5), -2);
  EXPECT_EQ(static_cast<int64_t>(DivideHalfEven(249, 100)), 2);
  EXPECT_EQ(static_cast<int64_t>(DivideHalfEven(251, 100)), 3);
  EXPECT_EQ(static_cast<int64_t>(DivideHalfEven(-249, 100)), -2);
  EXPECT_EQ(static_cast<int64_t>(DivideHalfEven(-251, 100)), -3);
}

TEST(RoundingTest, C8_WhatDoesNotFitIsNothing) {
  EXPECT_EQ(Narrow(Wide{kMax}), kMax);
  EXPECT_EQ(Narrow(Wide{kMin}), kMin);
  EXPECT_EQ(Narrow(Wide{kMax} + 1), std::nullopt);
  EXPECT_EQ(Narrow(Wide{kMin} - 1), std::nullopt);
}

TEST(DecimalTest, C8_ReadsAndWritesDecimalNumbers) {
  for (const auto& [text, billionths] :
       {std::pair("0", int64_t{0}), std::pair("12", int64_t{12000000000}),
        std::pair("33.125", int64_t{33125000000}),
        std::pair("-0.5", int64_t{-500000000}),
        std::pair("0.000000001", int64_t{1}),
        std::pair("9223372036.854775807", kMax),
        std::pair("-9223372036.854775808", kMin)}) {
    EXPECT_EQ(Number(text).billionths(), billionths) << text;
    EXPECT_EQ(Decimal::FromBillionths(billionths).ToString(), text);
  }
  EXPECT_EQ(Number("007.50"), Number("7.5"));
  EXPECT_EQ(Number("1.0000000000000"), Decimal::FromWhole(1));
  EXPECT_EQ(Number("-0"), Decimal());
}

TEST(DecimalTest, C8_RefusesWhatIsNoDecimalNumber) {
  for (const char* text : {"", "-", ".", "1.", ".5", "+1", "1e2", " 1", "1 ",
                           "1,5", "--1", "1.2.3", "NaN", "0x10", "\u0661"}) {
    EXPECT_THAT(Refusal(Decimal::Parse("quantity", text).status()),
                StartsWith("quantity: is not a decimal number"))
        << text;
  }
  EXPECT_THAT(Refusal(Decimal::Parse("discount", "1.0000000001").status()),
              StartsWith("discount: has more than 9 digits"));
  for (const char* text :
       {"9223372036.854775808", "-9223372036.854775809", "10000000000",
        "99999999999999999999999999999999999999999999999999"}) {
    EXPECT_THAT(Refusal(Decimal::Parse("quantity", text).status()),
                StartsWith("quantity: is out of range"))
        << text;
  }
}

TEST(CurrencyTest, C8_HasTheMinorUnitOfIso4217) {
  for (const auto& [code, digits] :
       {std::pair("EUR", 2), std::pair("USD", 2), std::pair("GBP", 2),
        std::pair("AED", 2), std::pair("ZWL", 2), std::pair("HUF", 2),
        std::pair("JPY", 0), std::pair("KRW", 0), std::pair("BIF", 0),
        std::pair("XPF", 0), std::pair("ISK", 0), std::pair("UGX", 0),
        std::pair("KWD", 3), std::pair("TND", 3), std::pair("BHD", 3),
        std::pair("CLF", 4), std::pair("UYW", 4)}) {
    EXPECT_EQ(In(code).digits(), digits) << code;
    EXPECT_EQ(In(code).code(), code);
  }
  EXPECT_EQ(In("JPY").minor_per_unit(), 1);
  EXPECT_EQ(In("EUR").minor_per_unit(), 100);
  EXPECT_EQ(In("CLF").minor_per_unit(), 10000);
}

TEST(CurrencyTest, C8_RefusesWhatIsNoCurrencyWithAMinorUnit) {
  for (const char* code : {"", "EU", "EURO", "eur", "EUR ", "XAG", "XTS", "XAU",
                           "XDR", "AAA", "D A", " AF"}) {
    EXPECT_THAT(Refusal(Currency::Find("currency_code", code).status()),
                AllOf(StartsWith("currency_code: \""), HasSubstr("ISO 4217")))
        << code;
  }
}

// Every text of three capital letters, so that no entry of the table is
// misplaced, doubled or torn.
TEST(CurrencyTest, C8_TheTableHoldsEachCurrencyOnce) {
  int known = 0;
  std::set<int> digits;
  for (char a = 'A'; a <= 'Z'; ++a) {
    for (char b = 'A'; b <= 'Z'; ++b) {
      for (char c = 'A'; c <= 'Z'; ++c) {
        const std::string code = {a, b, c};
        const auto currency = Currency::Find("", code);
        if (!currency.ok()) continue;
        ++known;
        digits.insert(currency->digits());
        EXPECT_EQ(currency->code(), code);
      }
    }
  }
  // List one's 165 with a minor unit, and the six that were withdrawn.
  EXPECT_EQ(known, 171);
  EXPECT_EQ(digits, (std::set<int>{0, 2, 3, 4}));
}

TEST(MoneyTest, C8_IsMinorUnitsOfItsCurrency) {
  const auto check = [](const char* code, int64_t units, int32_t nanos,
                        int64_t minor, const char* text) {
    const auto money = Money::FromUnits("price", code, units, nanos);
    ASSERT_TRUE(money.ok()) << money.status();
    EXPECT_EQ(*money, Minor(code, minor));
    EXPECT_EQ(money->units(), units);
    EXPECT_EQ(money->nanos(), nanos);
    EXPECT_EQ(money->ToString(), text);
  };
  check("EUR", 12, 340000000, 1234, "EUR 12.34");
  check("EUR", 0, 10000000, 1, "EUR 0.01");
  check("EUR", -1, -750000000, -175, "EUR -1.75");
  check("EUR", 0, -500000000, -50, "EUR -0.50");
  check("JPY", 1234, 0, 1234, "JPY 1234");
  check("KWD", 1, 5000000, 1005, "KWD 1.005");
  check("CLF", 0, 100000, 1, "CLF 0.0001");
  check("JPY", kMin, 0, kMin, "JPY -9223372036854775808");
  check("EUR", kMax / 100, 70000000, kMax, "EUR 92233720368547758.07");
  check("EUR", kMin / 100, -80000000, kMin, "EUR -92233720368547758.08");
}

TEST(MoneyTest, C8_FinerMoneyIsRefused) {
  const auto refusal = [](const char* code, int32_t nanos) {
    return Refusal(Money::FromUnits("unit_price", code, 1, nanos).status());
  };
  EXPECT_EQ(refusal("EUR", 5000000),
            "unit_price: is finer than the minor unit of EUR: at most 2 digits "
            "after the point (C8)");
  EXPECT_THAT(refusal("JPY", 500000000), HasSubstr("at most 0 digits"));
  EXPECT_THAT(refusal("KWD", 500000), HasSubstr("minor unit of KWD"));
  EXPECT_THAT(refusal("EUR", 1), HasSubstr("finer"));
}

TEST(MoneyTest, C8_BadMoneyIsRefusedByField) {
  const auto refusal = [](const char* code, int64_t units, int32_t nanos) {
    return Refusal(Money::FromUnits("tax", code, units, nanos).status());
  };
  EXPECT_THAT(refusal("eur", 1, 0), StartsWith("tax.currency_code: \"eur\""));
  EXPECT_THAT(refusal("EUR", 1, -10000000), StartsWith("tax.nanos: "));
  EXPECT_THAT(refusal("EUR", -1, 10000000), StartsWith("tax.nanos: "));
  EXPECT_THAT(refusal("EUR", 0, 1000000000), StartsWith("tax.nanos: "));
  EXPECT_THAT(refusal("EUR", 0, -1000000000), StartsWith("tax.nanos: "));
  EXPECT_EQ(refusal("EUR", kMax, 0),
            "tax: is more money than can be kept (C8)");
  EXPECT_EQ(refusal("EUR", kMin, 0),
            "tax: is more money than can be kept (C8)");
  EXPECT_EQ(refusal("EUR", kMax / 100, 80000000),
            "tax: is more money than can be kept (C8)");
}

TEST(MoneyTest, C8_SumsAreOfOneCurrency) {
  const std::vector<Money> amounts = {Euros(1), Minor("USD", 100)};
  EXPECT_EQ(Refusal(Sum("total", In("EUR"), amounts).status()),
            "total: is in USD, not in the one currency of its contract, EUR "
            "(C8)");
  EXPECT_EQ(*Sum("total", In("JPY"), {}), Minor("JPY", 0));
}

TEST(MoneyTest, C8_OnlyTheWholeSumMustFit) {
  const std::vector<Money> fits = {Minor("EUR", kMax), Minor("EUR", kMax),
                                   Minor("EUR", -kMax)};
  EXPECT_EQ(*Sum("total", In("EUR"), fits), Minor("EUR", kMax));
  const std::vector<Money> not_quite = {Minor("EUR", kMax), Minor("EUR", 1)};
  EXPECT_EQ(Refusal(Sum("total", In("EUR"), not_quite).status()),
            "total: is a sum of more money than can be kept (C8)");
}

}  // namespace
}  // namespace charter::contracts

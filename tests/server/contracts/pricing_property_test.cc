// What must hold of any price (C8).
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "server/contracts/pricing.h"
#include "server/contracts/rounding.h"
#include "tests/server/contracts/amounts.h"

namespace charter::contracts {
namespace {

constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
constexpr int64_t kHundredPercent = 100 * Decimal::kOne;

// A whole number of any magnitude up to `max`, small ones and the ends often.
rc::Gen<int64_t> UpTo(int64_t max) {
  return rc::gen::oneOf(
      rc::gen::inRange<int64_t>(0, std::min<int64_t>(max, 1000) + 1),
      rc::gen::map(rc::gen::pair(rc::gen::inRange(0, 63),
                                 rc::gen::arbitrary<uint64_t>()),
                   [max](const std::pair<int, uint64_t>& one) {
                     const uint64_t size = (one.second >> 1) >> one.first;
                     return static_cast<int64_t>(size % (uint64_t(max) + 1));
                   }),
      rc::gen::just(max));
}

// 0 to 100 percent; ties are likely.
rc::Gen<Decimal> Percent() {
  return rc::gen::map(
      rc::gen::oneOf(UpTo(kHundredPercent),
                     rc::gen::map(rc::gen::inRange<int64_t>(0, 201),
                                  [](int64_t halves) {
                                    return halves * Decimal::kOne / 2;
                                  })),
      Decimal::FromBillionths);
}

rc::Gen<Decimal> Quantity() {
  return rc::gen::map(
      rc::gen::oneOf(rc::gen::map(UpTo(1000 * Decimal::kOne),
                                  [](int64_t n) { return n + 1; }),
                     rc::gen::map(rc::gen::inRange<int64_t>(1, 50),
                                  [](int64_t halves) {
                                    return halves * Decimal::kOne / 2;
                                  })),
      Decimal::FromBillionths);
}

// A line whose price fits, even with those of a thousand others.
rc::Gen<LineTerms> SomeLine() {
  return rc::gen::map(
      rc::gen::tuple(UpTo(1000000000000), Quantity(), Percent()),
      [](const std::tuple<int64_t, Decimal, Decimal>& one) {
        return LineTerms{Minor("EUR", std::get<0>(one)), std::get<1>(one),
                         std::get<2>(one)};
      });
}

rc::Gen<std::vector<LineTerms>> SomeLines() {
  return rc::gen::container<std::vector<LineTerms>>(SomeLine());
}

ContractTerms SomeContract() {
  ContractTerms contract = {In("EUR"), *Percent(), std::nullopt, std::nullopt};
  if (*rc::gen::arbitrary<bool>()) {
    contract.tax = Minor("EUR", *UpTo(1000000000000));
  }
  if (*rc::gen::arbitrary<bool>()) {
    contract.shipping = Minor("EUR", *UpTo(1000000000000));
  }
  return contract;
}

// Whether `rounded` is the whole number nearest to numerator / denominator, the
// even one of two.
bool IsNearestEven(Wide rounded, Wide numerator, Wide denominator) {
  const Wide away = 2 * (rounded * denominator - numerator);
  const Wide distance = away < 0 ? -away : away;
  return distance < denominator ||
         (distance == denominator && rounded % 2 == 0);
}

RC_GTEST_PROP(PricingProperty, C8_FiguresAreTheNearestMinorUnitTiesEven, ()) {
  const LineTerms line = *SomeLine();
  const LinePrice price = *PriceLine(line);
  RC_ASSERT(IsNearestEven(
      price.subtotal.minor,
      Wide{line.unit_price.minor} * line.quantity.billionths(), Decimal::kOne));
  RC_ASSERT(IsNearestEven(price.total_price.minor,
                          Wide{price.subtotal.minor} *
                              (kHundredPercent - line.discount.billionths()),
                          kHundredPercent));
}

RC_GTEST_PROP(PricingProperty, C8_SumsNeverDrift, ()) {
  const std::vector<LineTerms> lines = *SomeLines();
  const ContractTerms contract = SomeContract();
  const PricedContract priced = *PriceContractAndLines(contract, lines);
  const ContractPrice& price = priced.price;
  Wide subtotal = 0, total = 0;
  for (const LinePrice& line : priced.lines) {
    subtotal += line.subtotal.minor;
    total += line.total_price.minor;
  }
  RC_ASSERT(price.subtotal.minor == subtotal);
  RC_ASSERT(price.total_price.minor == total);
  RC_ASSERT(price.net_price.minor + price.additional_discount.minor == total);
  RC_ASSERT(IsNearestEven(
      price.net_price.minor,
      total * (kHundredPercent - contract.additional_discount.billionths()),
      kHundredPercent));
  RC_ASSERT(price.grand_total.minor ==
            price.net_price.minor + price.tax.minor + price.shipping.minor);
}

RC_GTEST_PROP(PricingProperty, C8_TheOrderOfLinesIsIrrelevant, ()) {
  std::vector<LineTerms> lines = *SomeLines();
  const ContractTerms contract = SomeContract();
  const ContractPrice price = PriceContractAndLines(contract, lines)->price;
  const auto places = *rc::gen::container<std::vector<uint64_t>>(
      lines.size(), rc::gen::arbitrary<uint64_t>());
  for (size_t i = lines.size(); i > 1; --i) {
    std::swap(lines[i - 1], lines[places[i - 1] % i]);
  }
  RC_ASSERT(PriceContractAndLines(contract, lines)->price == price);
}

// Also where only the whole sum fits, or doesn't: no order of adding decides.
RC_GTEST_PROP(PricingProperty, C8_SumsOfAnySizeHaveNoOrder, ()) {
  auto amounts = *rc::gen::container<std::vector<Money>>(
      rc::gen::map(rc::gen::pair(UpTo(kMax), rc::gen::arbitrary<bool>()),
                   [](const std::pair<int64_t, bool>& one) {
                     return Minor("EUR", one.second ? one.first : -one.first);
                   }));
  const auto sum = Sum("total", In("EUR"), amounts);
  Wide exact = 0;
  for (const Money& amount : amounts) exact += amount.minor;
  RC_ASSERT(sum.ok() == Narrow(exact).has_value());
  if (sum.ok()) RC_ASSERT(sum->minor == exact);
  std::sort(amounts.begin(), amounts.end(),
            [](const Money& a, const Money& b) { return a.minor < b.minor; });
  RC_ASSERT(Sum("total", In("EUR"), amounts) == sum);
}

// Sums of parts, however they are cut, sum up to the whole.
RC_GTEST_PROP(PricingProperty, C8_LinesCanBeAddedUpInParts, ()) {
  std::vector<LinePrice> all, parts;
  for (const std::vector<LineTerms>& part :
       *rc::gen::container<std::vector<std::vector<LineTerms>>>(SomeLines())) {
    const PricedContract priced = *PriceContractAndLines(
        {In("EUR"), Decimal(), std::nullopt, std::nullopt}, part);
    all.insert(all.end(), priced.lines.begin(), priced.lines.end());
    parts.push_back({priced.price.subtotal, priced.price.total_price});
  }
  const ContractTerms contract = SomeContract();
  RC_ASSERT(*PriceContract(contract, all) == *PriceContract(contract, parts));
}

// Cuts a whole quantity into parts.
std::vector<LineTerms> Split(const LineTerms& line, int64_t quantity) {
  std::vector<LineTerms> parts;
  while (quantity > 0) {
    const int64_t n = *rc::gen::inRange<int64_t>(1, quantity + 1);
    parts.push_back(line);
    parts.back().quantity = Decimal::FromWhole(static_cast<int32_t>(n));
    quantity -= n;
  }
  return parts;
}

RC_GTEST_PROP(PricingProperty, C8_SplittingALineKeepsItsSubtotal, ()) {
  const int64_t quantity = *rc::gen::inRange<int64_t>(1, 1000);
  LineTerms line = *SomeLine();
  line.quantity = Decimal::FromWhole(static_cast<int32_t>(quantity));
  const LinePrice whole = *PriceLine(line);
  const std::vector<LineTerms> parts = Split(line, quantity);
  const ContractPrice split =
      PriceContractAndLines({In("EUR"), Decimal(), std::nullopt, std::nullopt},
                            parts)
          ->price;
  RC_ASSERT(split.subtotal == whole.subtotal);
  // The total price of each part and of the whole is rounded by half a minor
  // unit at most.
  const int64_t apart = split.total_price.minor - whole.total_price.minor;
  RC_ASSERT(2 * std::abs(apart) <= static_cast<int64_t>(parts.size()) + 1);
  if (line.discount == Decimal()) RC_ASSERT(apart == 0);
}

RC_GTEST_PROP(PricingProperty, C8_SplittingKeepsTotalsThatAreNotRounded, ()) {
  const int64_t quantity = *rc::gen::inRange<int64_t>(1, 1000);
  const int32_t percent = *rc::gen::inRange(0, 101);
  // Whole units less whole percents are whole cents.
  const LineTerms line = {Euros(*UpTo(1000000)),
                          Decimal::FromWhole(static_cast<int32_t>(quantity)),
                          Decimal::FromWhole(percent)};
  const ContractPrice split =
      PriceContractAndLines({In("EUR"), Decimal(), std::nullopt, std::nullopt},
                            Split(line, quantity))
          ->price;
  RC_ASSERT(split.total_price == PriceLine(line)->total_price);
}

RC_GTEST_PROP(PricingProperty, C8_DiscountsTakeFromNothingToAll, ()) {
  LineTerms line = *SomeLine();
  const LinePrice price = *PriceLine(line);
  RC_ASSERT(price.total_price.minor >= 0);
  RC_ASSERT(price.total_price.minor <= price.subtotal.minor);
  const Decimal other = *Percent();
  const bool more = other > line.discount;
  line.discount = other;
  const LinePrice changed = *PriceLine(line);
  RC_ASSERT(changed.subtotal == price.subtotal);
  if (more) {
    RC_ASSERT(changed.total_price.minor <= price.total_price.minor);
  } else {
    RC_ASSERT(changed.total_price.minor >= price.total_price.minor);
  }
  line.discount = Decimal();
  RC_ASSERT(PriceLine(line)->total_price == price.subtotal);
  line.discount = Decimal::FromWhole(100);
  RC_ASSERT(PriceLine(line)->total_price == Euros(0));
}

RC_GTEST_PROP(PricingProperty, C8_DiscountsOutsideTheBoundsAreRefused, ()) {
  LineTerms line = *SomeLine();
  const int64_t beyond = 1 + *UpTo(kMax - kHundredPercent - 1);
  line.discount = Decimal::FromBillionths(
      *rc::gen::arbitrary<bool>() ? -beyond : kHundredPercent + beyond);
  RC_ASSERT(absl::IsInvalidArgument(PriceLine(line).status()));
  ContractTerms contract = SomeContract();
  contract.additional_discount = line.discount;
  RC_ASSERT(absl::IsInvalidArgument(PriceContract(contract, {}).status()));
}

// Weighed by the subtotals, it lies among the lines' own.
RC_GTEST_PROP(PricingProperty, C8_TheDerivedDiscountLiesAmongTheLines, ()) {
  Decimal least = Decimal::FromWhole(100), most;
  std::vector<LineTerms> lines;
  for (const int32_t percent :
       *rc::gen::nonEmpty(rc::gen::container<std::vector<int32_t>>(
           rc::gen::inRange(0, 101)))) {
    lines.push_back({Euros(1 + *UpTo(1000000)), Decimal::FromWhole(1),
                     Decimal::FromWhole(percent)});
    least = std::min(least, lines.back().discount);
    most = std::max(most, lines.back().discount);
  }
  const ContractPrice price =
      PriceContractAndLines({In("EUR"), Decimal(), std::nullopt, std::nullopt},
                            lines)
          ->price;
  RC_ASSERT(price.discount.has_value());
  RC_ASSERT(*price.discount >= least);
  RC_ASSERT(*price.discount <= most);
  RC_ASSERT(IsNearestEven(
      price.discount->billionths() / 100000,
      Wide{price.subtotal.minor - price.total_price.minor} * 1000000,
      price.subtotal.minor));
}

RC_GTEST_PROP(PricingProperty, C8_OverflowIsAnErrorNeverAWrap, ()) {
  const LineTerms line = {Minor("EUR", *UpTo(kMax)),
                          Decimal::FromBillionths(1 + *UpTo(kMax - 1)),
                          *Percent()};
  const Wide exact = Wide{line.unit_price.minor} * line.quantity.billionths();
  const absl::StatusOr<LinePrice> price = PriceLine(line);
  if (price.ok()) {
    RC_ASSERT(IsNearestEven(price->subtotal.minor, exact, Decimal::kOne));
  } else {
    RC_ASSERT(absl::IsInvalidArgument(price.status()));
    RC_ASSERT(2 * exact >= (2 * Wide{kMax} + 1) * Decimal::kOne);
  }
}

RC_GTEST_PROP(MoneyProperty, C8_UnitsAndNanosAreTheSameMoney, ()) {
  const int64_t size = *UpTo(kMax);
  const Money money = Minor(*rc::gen::element("EUR", "JPY", "KWD", "CLF"),
                            *rc::gen::arbitrary<bool>() ? size : -size - 1);
  const auto again = Money::FromUnits("money", money.currency.code(),
                                      money.units(), money.nanos());
  RC_ASSERT(again.ok());
  RC_ASSERT(*again == money);
}

RC_GTEST_PROP(MoneyProperty, C8_FinerMoneyIsAlwaysRefused,
              (int64_t units, uint32_t nanos)) {
  const int32_t part = static_cast<int32_t>(nanos % 1000000000);
  const bool finer = part % 10000000 != 0;
  const auto money =
      Money::FromUnits("money", "EUR", units / 1000, units < 0 ? -part : part);
  if (units / 1000 != 0) RC_ASSERT(money.ok() == !finer);
}

RC_GTEST_PROP(DecimalProperty, C8_TextsReadAsTheNumberThatWroteThem, ()) {
  const int64_t size = *UpTo(kMax);
  const Decimal number =
      Decimal::FromBillionths(*rc::gen::arbitrary<bool>() ? size : -size - 1);
  const auto again = Decimal::Parse("number", number.ToString());
  RC_ASSERT(again.ok());
  RC_ASSERT(*again == number);
}

}  // namespace
}  // namespace charter::contracts

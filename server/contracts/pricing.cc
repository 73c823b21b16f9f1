#include "server/contracts/pricing.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "server/contracts/refusal.h"
#include "server/contracts/rounding.h"

namespace charter::contracts {
namespace {

constexpr Decimal kHundred = Decimal::FromWhole(100);

absl::Status CheckPercent(absl::string_view field, Decimal percent) {
  if (percent >= Decimal() && percent <= kHundred) return absl::OkStatus();
  return Invalid(field, "must be 0 to 100 percent (C8)");
}

absl::Status CheckNotNegative(absl::string_view field, const Money& amount) {
  if (amount.minor >= 0) return absl::OkStatus();
  return Invalid(field, "must not be negative (C8)");
}

// The amount less a discount of 0 to 100 percent, which fits where it did.
Money Less(const Money& amount, Decimal percent) {
  const Wide part = kHundred.billionths() - percent.billionths();
  const Wide rest =
      DivideHalfEven(Wide{amount.minor} * part, kHundred.billionths());
  return {amount.currency, static_cast<int64_t>(rest)};
}

// Both are exact: totals are never more than their subtotals.
Money Difference(const Money& a, const Money& b) {
  return {a.currency, a.minor - b.minor};
}

std::optional<Decimal> DerivedDiscount(const Money& subtotal,
                                       const Money& total_price) {
  constexpr int64_t kDigits = 10000;  // four digits of a percent
  if (subtotal.minor == 0) return std::nullopt;
  const Wide taken = Difference(subtotal, total_price).minor;
  const Wide rounded =
      DivideHalfEven(taken * 100 * kDigits, Wide{subtotal.minor});
  return Decimal::FromBillionths(static_cast<int64_t>(rounded) *
                                 (Decimal::kOne / kDigits));
}

// An amount of the contract that may be absent.
absl::StatusOr<Money> Extra(absl::string_view field, const Currency& currency,
                            const std::optional<Money>& amount) {
  if (!amount) return Money{currency};
  if (absl::Status s = CheckCurrency(field, currency, *amount); !s.ok()) {
    return s;
  }
  if (absl::Status s = CheckNotNegative(field, *amount); !s.ok()) return s;
  return *amount;
}

}  // namespace

absl::StatusOr<LinePrice> PriceLine(const LineTerms& line) {
  if (absl::Status s = CheckNotNegative("unit_price", line.unit_price);
      !s.ok()) {
    return s;
  }
  if (line.quantity <= Decimal()) {
    return Invalid("quantity", "must be more than zero (C8)");
  }
  if (absl::Status s = CheckPercent("discount", line.discount); !s.ok()) {
    return s;
  }
  const std::optional<int64_t> subtotal = Narrow(DivideHalfEven(
      Wide{line.unit_price.minor} * line.quantity.billionths(), Decimal::kOne));
  if (!subtotal) {
    return Invalid("quantity",
                   "times unit_price is more money than can be kept (C8)");
  }
  LinePrice price = {{line.unit_price.currency, *subtotal},
                     {line.unit_price.currency}};
  price.total_price = Less(price.subtotal, line.discount);
  return price;
}

absl::StatusOr<Money> ChangePrice(const Money& unit_price, Decimal percent) {
  if (percent < Decimal::FromWhole(-100) || percent > Decimal::FromWhole(1000))
    return Invalid("percent", "must be -100 to 1,000 percent (C9)");
  const Wide part = Wide{kHundred.billionths()} + percent.billionths();
  const std::optional<int64_t> changed = Narrow(
      DivideHalfEven(Wide{unit_price.minor} * part, kHundred.billionths()));
  if (!changed)
    return Invalid("unit_price", "becomes more money than can be kept (C9)");
  return Money{unit_price.currency, *changed};
}

absl::StatusOr<ContractPrice> PriceContract(const ContractTerms& contract,
                                            absl::Span<const LinePrice> lines) {
  if (absl::Status s =
          CheckPercent("additional_discount", contract.additional_discount);
      !s.ok()) {
    return s;
  }
  absl::StatusOr<Money> tax = Extra("tax", contract.currency, contract.tax);
  if (!tax.ok()) return tax.status();
  absl::StatusOr<Money> shipping =
      Extra("shipping", contract.currency, contract.shipping);
  if (!shipping.ok()) return shipping.status();

  std::vector<Money> subtotals, totals;
  subtotals.reserve(lines.size());
  totals.reserve(lines.size());
  for (size_t i = 0; i < lines.size(); ++i) {
    if (absl::Status s =
            CheckCurrency("unit_price", contract.currency, lines[i].subtotal);
        !s.ok()) {
      return Within(absl::StrCat("lines[", i, "]"), s);
    }
    subtotals.push_back(lines[i].subtotal);
    totals.push_back(lines[i].total_price);
  }
  absl::StatusOr<Money> subtotal =
      Sum("subtotal", contract.currency, subtotals);
  if (!subtotal.ok()) return subtotal.status();
  absl::StatusOr<Money> total_price =
      Sum("total_price", contract.currency, totals);
  if (!total_price.ok()) return total_price.status();

  const Money net_price = Less(*total_price, contract.additional_discount);
  absl::StatusOr<Money> grand_total =
      Sum("grand_total", contract.currency, {net_price, *tax, *shipping});
  if (!grand_total.ok()) return grand_total.status();
  return ContractPrice{
      .subtotal = *subtotal,
      .discount = DerivedDiscount(*subtotal, *total_price),
      .total_price = *total_price,
      .additional_discount = Difference(*total_price, net_price),
      .net_price = net_price,
      .tax = *tax,
      .shipping = *shipping,
      .grand_total = *grand_total,
  };
}

absl::StatusOr<PricedContract> PriceContractAndLines(
    const ContractTerms& contract, absl::Span<const LineTerms> lines) {
  std::vector<LinePrice> priced;
  priced.reserve(lines.size());
  for (size_t i = 0; i < lines.size(); ++i) {
    absl::StatusOr<LinePrice> price = PriceLine(lines[i]);
    if (!price.ok()) {
      return Within(absl::StrCat("lines[", i, "]"), price.status());
    }
    priced.push_back(*price);
  }
  absl::StatusOr<ContractPrice> price = PriceContract(contract, priced);
  if (!price.ok()) return price.status();
  return PricedContract{std::move(priced), *price};
}

}  // namespace charter::contracts

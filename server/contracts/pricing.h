// What contracts and their lines cost (C8).
//
// The rule of rounding. Every figure with a name is a whole number of minor
// units, and the next one is computed from the figure itself, so that whoever
// reads a contract can check it by hand. Each of the three products below is
// exact before it is rounded, and rounded once, to the nearest minor unit, a
// tie to the even one. Sums and differences are exact: a contract's figures are
// always the sums of its lines' figures, in whatever order and however often
// they are taken. What 64 bits of minor units don't hold is refused.
//
//   line      subtotal    = round(unit_price × quantity)
//             total_price = round(subtotal × (100 − discount) / 100)
//   contract  subtotal    = sum of the lines' subtotals
//             total_price = sum of the lines' total_prices
//             net_price   = round(total_price × (100 − additional_discount) /
//             100) grand_total = net_price + tax + shipping discount    = 100 ×
//             (subtotal − total_price) / subtotal
//
// Splitting a line into several leaves its subtotal as it was where none of
// them is rounded, as with whole quantities, and its total price where there is
// no discount either or none of them is rounded; else they differ by at most
// half a minor unit per figure rounded.
#ifndef CHARTER_SERVER_CONTRACTS_PRICING_H_
#define CHARTER_SERVER_CONTRACTS_PRICING_H_

#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "server/contracts/decimal.h"
#include "server/contracts/money.h"

namespace charter::contracts {

// What a line's price is made of.
struct LineTerms {
  Money unit_price;                          // not negative
  Decimal quantity = Decimal::FromWhole(1);  // more than zero
  Decimal discount;                          // percent, 0 to 100
};

struct LinePrice {
  Money subtotal;
  Money total_price;

  bool operator==(const LinePrice&) const = default;
};

// What a contract adds to its lines.
struct ContractTerms {
  Currency currency;
  Decimal additional_discount;    // percent, 0 to 100, of the lines' total
  std::optional<Money> tax;       // an amount, not a rate; absent: none
  std::optional<Money> shipping;  // the same
};

struct ContractPrice {
  Money subtotal;
  // What the lines' discounts come to, in percent to four digits after the
  // point; nothing is computed from it. Absent when the subtotal is zero.
  std::optional<Decimal> discount;
  Money total_price;
  // What the additional discount takes off: total_price − net_price.
  Money additional_discount;
  Money net_price;
  Money tax;
  Money shipping;
  Money grand_total;

  bool operator==(const ContractPrice&) const = default;
};

// INVALID_ARGUMENT that names the field: a negative `unit_price`, a `quantity`
// that isn't positive, a `discount` outside 0 to 100, a subtotal that doesn't
// fit (`quantity`).
absl::StatusOr<LinePrice> PriceLine(const LineTerms& line);

// Of lines that are priced already. INVALID_ARGUMENT that names the field: an
// `additional_discount` outside 0 to 100, negative `tax` or `shipping`, another
// currency than the contract's (`tax`, `shipping`, `lines[3].unit_price`), a
// sum that doesn't fit (`subtotal`, `grand_total`).
absl::StatusOr<ContractPrice> PriceContract(const ContractTerms& contract,
                                            absl::Span<const LinePrice> lines);

// What a unit costs when its price changes by `percent`: the price × (100 +
// percent) / 100, rounded as the others are. INVALID_ARGUMENT that names the
// field: a `percent` outside -100 to 1,000, a `unit_price` that doesn't fit.
absl::StatusOr<Money> ChangePrice(const Money& unit_price, Decimal percent);

struct PricedContract {
  std::vector<LinePrice> lines;
  ContractPrice price;
};

// The what-if: both steps. Fields of a line are named `lines[3].quantity`.
absl::StatusOr<PricedContract> PriceContractAndLines(
    const ContractTerms& contract, absl::Span<const LineTerms> lines);

}  // namespace charter::contracts

#endif  // CHARTER_SERVER_CONTRACTS_PRICING_H_

#include "server/services/contracts/figures.h"

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/contracts/pricing.h"
#include "server/services/contracts/money_convert.h"
#include "server/services/shared/errors.h"

namespace charter::services {
namespace {

using contracts::Currency;
using contracts::LinePrice;
using contracts::Money;

absl::StatusOr<Currency> CurrencyOf(const v1::ServiceContract& contract,
                                    absl::string_view field) {
  absl::StatusOr<Currency> currency = Currency::Find(
      absl::StrCat(field, ".currency_code"), contract.currency_code());
  if (!currency.ok())
    return Refused("", ErrorReason::INVALID_MONEY, currency.status());
  return currency;
}

// An amount of the contract's currency; `path` as in the request.
absl::StatusOr<Money> Amount(const google::type::Money& money,
                             const Currency& currency, absl::string_view path) {
  absl::StatusOr<Money> amount = ToMoney(money, path);
  if (!amount.ok()) return amount;
  absl::Status same = contracts::CheckCurrency(path, currency, *amount);
  if (!same.ok()) return Refused("", ErrorReason::MIXED_CURRENCIES, same);
  return amount;
}

// A figure that was computed here before; absent: zero.
absl::StatusOr<Money> Figure(bool has, const google::type::Money& money,
                             const Currency& currency) {
  if (!has) return Money{currency, 0};
  return Amount(money, currency, "figure");
}

absl::StatusOr<LinePrice> FiguresOf(const v1::ContractLineItem& line,
                                    const Currency& currency) {
  absl::StatusOr<Money> subtotal =
      Figure(line.has_subtotal(), line.subtotal(), currency);
  if (!subtotal.ok()) return subtotal.status();
  absl::StatusOr<Money> total =
      Figure(line.has_total_price(), line.total_price(), currency);
  if (!total.ok()) return total.status();
  return LinePrice{*subtotal, *total};
}

bool Counts(const v1::ContractLineItem* line) {
  return line != nullptr && !line->cancelled() && !line->has_delete_time();
}

// What the contract adds to its lines.
absl::StatusOr<contracts::ContractTerms> TermsOf(
    const v1::ServiceContract& contract, const Currency& currency,
    absl::string_view field) {
  absl::StatusOr<contracts::Decimal> discount =
      ToDecimal(contract.additional_discount(),
                absl::StrCat(field, ".additional_discount"));
  if (!discount.ok()) return discount.status();
  contracts::ContractTerms terms{.currency = currency,
                                 .additional_discount = *discount,
                                 .tax = std::nullopt,
                                 .shipping = std::nullopt};
  if (contract.has_tax()) {
    absl::StatusOr<Money> tax =
        Amount(contract.tax(), currency, absl::StrCat(field, ".tax"));
    if (!tax.ok()) return tax.status();
    terms.tax = *tax;
  }
  if (contract.has_shipping()) {
    absl::StatusOr<Money> shipping =
        Amount(contract.shipping(), currency, absl::StrCat(field, ".shipping"));
    if (!shipping.ok()) return shipping.status();
    terms.shipping = *shipping;
  }
  return terms;
}

}  // namespace

absl::Status TakePrice(const v1::ServiceContract& contract,
                       const v1::PriceBookEntry& entry, absl::string_view field,
                       v1::ContractLineItem* line) {
  const std::string path = absl::StrCat(field, ".price_book_entry");
  if (!contract.price_book().empty() &&
      entry.price_book() != contract.price_book()) {
    return errors::FieldInvalid(
        path, ErrorReason::OTHER_PRICE_BOOK,
        "is of another price book than the contract (C8)");
  }
  if (entry.unit_price().currency_code() != contract.currency_code()) {
    return errors::FieldInvalid(
        path, ErrorReason::MIXED_CURRENCIES,
        absl::StrCat("is in another currency than the contract, which is in ",
                     contract.currency_code(), " (C8)"));
  }
  line->set_product(entry.product());
  *line->mutable_list_price() = entry.unit_price();
  return absl::OkStatus();
}

absl::Status PriceLine(const v1::ServiceContract& contract,
                       absl::string_view field, v1::ContractLineItem* line) {
  if (!line->has_unit_price()) *line->mutable_unit_price() = line->list_price();
  absl::StatusOr<Currency> currency = CurrencyOf(contract, field);
  if (!currency.ok()) return currency.status();
  absl::StatusOr<Money> unit_price =
      Amount(line->unit_price(), *currency, absl::StrCat(field, ".unit_price"));
  if (!unit_price.ok()) return unit_price.status();
  absl::StatusOr<contracts::Decimal> quantity =
      ToDecimal(line->quantity(), absl::StrCat(field, ".quantity"),
                contracts::Decimal::FromWhole(1));
  if (!quantity.ok()) return quantity.status();
  absl::StatusOr<contracts::Decimal> discount =
      ToDecimal(line->discount(), absl::StrCat(field, ".discount"));
  if (!discount.ok()) return discount.status();
  absl::StatusOr<LinePrice> price =
      contracts::PriceLine({*unit_price, *quantity, *discount});
  if (!price.ok())
    return Refused(field, ErrorReason::OUT_OF_RANGE, price.status());
  *line->mutable_subtotal() = ToProto(price->subtotal);
  *line->mutable_total_price() = ToProto(price->total_price);
  return absl::OkStatus();
}

absl::Status PriceContract(const v1::ContractLineItem* gone,
                           absl::Span<const v1::ContractLineItem* const> added,
                           absl::string_view field,
                           v1::ServiceContract* contract) {
  absl::StatusOr<Currency> currency = CurrencyOf(*contract, field);
  if (!currency.ok()) return currency.status();
  absl::StatusOr<contracts::ContractTerms> terms =
      TermsOf(*contract, *currency, field);
  if (!terms.ok()) return terms.status();

  std::vector<LinePrice> parts;
  int lines = contract->line_count();
  const auto add = [&](const absl::StatusOr<LinePrice>& part, int sign) {
    if (!part.ok()) return part.status();
    parts.push_back({{*currency, sign * part->subtotal.minor},
                     {*currency, sign * part->total_price.minor}});
    return absl::OkStatus();
  };
  v1::ContractLineItem sums;
  *sums.mutable_subtotal() = contract->subtotal();
  *sums.mutable_total_price() = contract->total_price();
  if (!contract->has_subtotal()) sums.Clear();
  absl::Status status = add(FiguresOf(sums, *currency), 1);
  if (status.ok() && Counts(gone)) {
    status = add(FiguresOf(*gone, *currency), -1);
    --lines;
  }
  for (const v1::ContractLineItem* line : added) {
    if (!status.ok()) return status;
    if (!Counts(line)) continue;
    status = add(FiguresOf(*line, *currency), 1);
    ++lines;
  }
  if (!status.ok()) return status;

  absl::StatusOr<contracts::ContractPrice> price =
      contracts::PriceContract(*terms, parts);
  if (!price.ok())
    return Refused(field, ErrorReason::OUT_OF_RANGE, price.status());
  contract->set_line_count(lines);
  *contract->mutable_subtotal() = ToProto(price->subtotal);
  contract->set_discount(price->discount ? price->discount->ToString() : "");
  *contract->mutable_total_price() = ToProto(price->total_price);
  *contract->mutable_net_price() = ToProto(price->net_price);
  *contract->mutable_grand_total() = ToProto(price->grand_total);
  return absl::OkStatus();
}

}  // namespace charter::services

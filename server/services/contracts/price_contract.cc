#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/contracts/pricing.h"
#include "server/services/contracts/contracts.h"
#include "server/services/contracts/money_convert.h"
#include "server/services/shared/errors.h"
#include "storage/table/resource_tables.h"

namespace charter::services {
namespace {

using contracts::Decimal;
using contracts::Money;

using Prices = std::map<std::string, google::type::Money>;

// The prices of the entries that lines without one name.
absl::StatusOr<Prices> EntryPrices(Call& call,
                                   const v1::PriceContractRequest& request) {
  std::vector<std::string> names;
  for (const v1::LineToPrice& line : request.lines()) {
    if (!line.has_unit_price() && !line.price_book_entry().empty())
      names.push_back(line.price_book_entry());
  }
  Prices prices;
  if (names.empty()) return prices;
  absl::Status status =
      call.Read([&](storage::Transaction& tx) -> absl::Status {
        absl::StatusOr<std::vector<v1::PriceBookEntry>> entries =
            storage::PriceBookEntryTable().BatchGet(tx, names);
        if (!entries.ok()) return entries.status();
        for (const v1::PriceBookEntry& entry : *entries)
          if (!entry.has_delete_time())
            prices[entry.name()] = entry.unit_price();
        return absl::OkStatus();
      });
  if (!status.ok()) return status;
  return prices;
}

absl::StatusOr<contracts::LineTerms> TermsOf(
    const v1::LineToPrice& line, const contracts::Currency& currency,
    const Prices& prices, const std::string& field) {
  google::type::Money price = line.unit_price();
  std::string path = absl::StrCat(field, ".unit_price");
  if (!line.has_unit_price()) {
    if (line.price_book_entry().empty()) {
      return errors::FieldInvalid(path, ErrorReason::REQUIRED,
                                  "give it, or the price_book_entry");
    }
    path = absl::StrCat(field, ".price_book_entry");
    const auto found = prices.find(line.price_book_entry());
    if (found == prices.end())
      return errors::NotFound(line.price_book_entry(), path);
    price = found->second;
  }
  absl::StatusOr<Money> unit_price = ToMoney(price, path);
  if (!unit_price.ok()) return unit_price.status();
  absl::Status same = contracts::CheckCurrency(path, currency, *unit_price);
  if (!same.ok()) return Refused("", ErrorReason::MIXED_CURRENCIES, same);
  absl::StatusOr<Decimal> quantity = ToDecimal(
      line.quantity(), absl::StrCat(field, ".quantity"), Decimal::FromWhole(1));
  if (!quantity.ok()) return quantity.status();
  absl::StatusOr<Decimal> discount =
      ToDecimal(line.discount(), absl::StrCat(field, ".discount"));
  if (!discount.ok()) return discount.status();
  return contracts::LineTerms{*unit_price, *quantity, *discount};
}

absl::StatusOr<contracts::ContractTerms> TermsOf(
    const v1::PriceContractRequest& request) {
  absl::StatusOr<contracts::Currency> currency =
      contracts::Currency::Find("currency_code", request.currency_code());
  if (!currency.ok())
    return Refused("", ErrorReason::INVALID_MONEY, currency.status());
  absl::StatusOr<Decimal> discount =
      ToDecimal(request.additional_discount(), "additional_discount");
  if (!discount.ok()) return discount.status();
  contracts::ContractTerms terms{.currency = *currency,
                                 .additional_discount = *discount,
                                 .tax = std::nullopt,
                                 .shipping = std::nullopt};
  if (request.has_tax()) {
    absl::StatusOr<Money> tax = ToMoney(request.tax(), "tax");
    if (!tax.ok()) return tax.status();
    terms.tax = *tax;
  }
  if (request.has_shipping()) {
    absl::StatusOr<Money> shipping = ToMoney(request.shipping(), "shipping");
    if (!shipping.ok()) return shipping.status();
    terms.shipping = *shipping;
  }
  return terms;
}

}  // namespace

absl::StatusOr<v1::PriceContractResponse> PriceContract(
    Call& call, const v1::PriceContractRequest& request) {
  absl::StatusOr<contracts::ContractTerms> terms = TermsOf(request);
  if (!terms.ok()) return terms.status();
  absl::StatusOr<Prices> prices = EntryPrices(call, request);
  if (!prices.ok()) return prices.status();
  std::vector<contracts::LineTerms> lines;
  for (int i = 0; i < request.lines_size(); ++i) {
    absl::StatusOr<contracts::LineTerms> line =
        TermsOf(request.lines(i), terms->currency, *prices,
                absl::StrCat("lines[", i, "]"));
    if (!line.ok()) return line.status();
    lines.push_back(*line);
  }
  absl::StatusOr<contracts::PricedContract> priced =
      contracts::PriceContractAndLines(*terms, lines);
  if (!priced.ok())
    return Refused("", ErrorReason::OUT_OF_RANGE, priced.status());
  v1::PriceContractResponse response;
  for (size_t i = 0; i < lines.size(); ++i) {
    v1::PricedLine& line = *response.add_lines();
    *line.mutable_unit_price() = ToProto(lines[i].unit_price);
    *line.mutable_subtotal() = ToProto(priced->lines[i].subtotal);
    *line.mutable_total_price() = ToProto(priced->lines[i].total_price);
  }
  const contracts::ContractPrice& price = priced->price;
  *response.mutable_subtotal() = ToProto(price.subtotal);
  if (price.discount) response.set_discount(price.discount->ToString());
  *response.mutable_total_price() = ToProto(price.total_price);
  *response.mutable_additional_discount() = ToProto(price.additional_discount);
  *response.mutable_net_price() = ToProto(price.net_price);
  *response.mutable_grand_total() = ToProto(price.grand_total);
  return response;
}

}  // namespace charter::services

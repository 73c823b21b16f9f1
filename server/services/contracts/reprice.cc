#include "server/services/contracts/reprice.h"

#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "server/contracts/pricing.h"
#include "server/services/contracts/figures.h"
#include "server/services/contracts/money_convert.h"
#include "server/services/shared/errors.h"
#include "storage/table/resource_tables.h"

namespace charter::services {
namespace {

constexpr char kPercent[] = "price_change_percent";

// What entries cost, by name: of those that are there and not deleted.
using Prices = absl::flat_hash_map<std::string, google::type::Money>;

absl::StatusOr<Prices> PricesOf(
    storage::Transaction& tx, const std::vector<v1::ContractLineItem>& lines) {
  std::vector<std::string> names;
  for (const v1::ContractLineItem& line : lines)
    names.push_back(line.price_book_entry());
  Prices prices;
  if (names.empty()) return prices;
  absl::StatusOr<std::vector<v1::PriceBookEntry>> entries =
      storage::PriceBookEntryTable().BatchGet(tx, names);
  if (!entries.ok()) return entries.status();
  for (const v1::PriceBookEntry& entry : *entries) {
    if (!entry.has_delete_time()) prices[entry.name()] = entry.unit_price();
  }
  return prices;
}

}  // namespace

absl::StatusOr<Repricing> RepricingOf(const v1::RenewContractRequest& request) {
  Repricing repricing;
  repricing.price_book =
      request.pricing() == v1::RenewContractRequest::PRICE_BOOK;
  if (repricing.price_book && !request.price_change_percent().empty()) {
    return errors::FieldInvalid(
        kPercent, ErrorReason::CONFLICT,
        "give the price book's prices or a percentage, not both (C9)");
  }
  absl::StatusOr<contracts::Decimal> percent =
      ToDecimal(request.price_change_percent(), kPercent);
  if (!percent.ok()) return percent.status();
  repricing.percent = *percent;
  const contracts::Decimal least = contracts::Decimal::FromWhole(-100);
  const contracts::Decimal most = contracts::Decimal::FromWhole(1000);
  if (repricing.percent >= least && repricing.percent <= most) return repricing;
  return errors::FieldInvalid(kPercent, ErrorReason::OUT_OF_RANGE,
                              "must be -100 to 1,000 percent (C9)");
}

absl::Status Reprice(storage::Transaction& tx, const Repricing& repricing,
                     const v1::ServiceContract& contract,
                     std::vector<v1::ContractLineItem>* lines) {
  if (!repricing.price_book && repricing.percent == contracts::Decimal())
    return absl::OkStatus();
  Prices prices;
  if (repricing.price_book) {
    absl::StatusOr<Prices> read = PricesOf(tx, *lines);
    if (!read.ok()) return read.status();
    prices = *std::move(read);
  }
  for (v1::ContractLineItem& line : *lines) {
    if (line.cancelled() || line.has_delete_time()) continue;  // stay behind
    if (repricing.price_book) {
      const auto price = prices.find(line.price_book_entry());
      if (price == prices.end() ||
          price->second.currency_code() != contract.currency_code())
        continue;
      *line.mutable_list_price() = price->second;
      *line.mutable_unit_price() = price->second;
    } else {
      absl::StatusOr<contracts::Money> was =
          ToMoney(line.unit_price(), "unit_price");
      if (!was.ok()) return was.status();
      absl::StatusOr<contracts::Money> price =
          contracts::ChangePrice(*was, repricing.percent);
      if (!price.ok())
        return Refused(line.name(), ErrorReason::OUT_OF_RANGE, price.status());
      *line.mutable_unit_price() = ToProto(*price);
    }
    absl::Status status = PriceLine(contract, line.name(), &line);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace charter::services

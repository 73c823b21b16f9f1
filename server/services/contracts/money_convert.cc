#include "server/services/contracts/money_convert.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "server/services/shared/errors.h"

namespace charter::services {

absl::Status Refused(absl::string_view parent, ErrorReason reason,
                     const absl::Status& status) {
  if (status.ok()) return status;
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(status.message(), absl::MaxSplits(": ", 1));
  return errors::FieldInvalid(
      absl::StrCat(parent, parent.empty() ? "" : ".", parts.first), reason,
      parts.second);
}

absl::StatusOr<contracts::Money> ToMoney(const google::type::Money& money,
                                         absl::string_view field) {
  absl::StatusOr<contracts::Money> amount = contracts::Money::FromUnits(
      field, money.currency_code(), money.units(), money.nanos());
  if (!amount.ok())
    return Refused("", ErrorReason::INVALID_MONEY, amount.status());
  return amount;
}

google::type::Money ToProto(const contracts::Money& money) {
  google::type::Money proto;
  proto.set_currency_code(std::string(money.currency.code()));
  proto.set_units(money.units());
  proto.set_nanos(money.nanos());
  return proto;
}

absl::StatusOr<contracts::Decimal> ToDecimal(absl::string_view text,
                                             absl::string_view field,
                                             contracts::Decimal fallback) {
  if (text.empty()) return fallback;
  absl::StatusOr<contracts::Decimal> number =
      contracts::Decimal::Parse(field, text);
  if (!number.ok())
    return Refused("", ErrorReason::INVALID_NUMBER, number.status());
  return number;
}

}  // namespace charter::services

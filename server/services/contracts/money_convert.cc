#include "server/services/contracts/money_convert.h"

#include <utility>

#include "absl/strings/str_split.h"
#include "server/services/shared/errors.h"

namespace charter::services {

absl::StatusOr<contracts::Money> ToMoney(const google::type::Money& money,
                                         absl::string_view field) {
  absl::StatusOr<contracts::Money> amount = contracts::Money::FromUnits(
      field, money.currency_code(), money.units(), money.nanos());
  if (amount.ok()) return amount;
  // `path: what is wrong` (contracts/refusal.h).
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(amount.status().message(), absl::MaxSplits(": ", 1));
  return errors::FieldInvalid(parts.first, "INVALID_MONEY", parts.second);
}

}  // namespace charter::services

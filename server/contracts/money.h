#ifndef CHARTER_SERVER_CONTRACTS_MONEY_H_
#define CHARTER_SERVER_CONTRACTS_MONEY_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "server/contracts/currency.h"

namespace charter::contracts {

// An amount in whole minor units of its currency; nothing finer exists (C8).
struct Money {
  Currency currency;
  int64_t minor = 0;

  // From whole units and thousand-millionths of one, as google.type.Money has
  // them: -1.75 is -1 and -750,000,000. INVALID_ARGUMENT that names the field
  // for an unknown currency (`field.currency_code`), parts whose signs differ,
  // nanos of a unit or more, money finer than the minor unit, and amounts that
  // 64 bits of minor units don't hold.
  static absl::StatusOr<Money> FromUnits(absl::string_view field,
                                         absl::string_view currency_code,
                                         int64_t units, int32_t nanos);
  // What FromUnits took.
  int64_t units() const { return minor / currency.minor_per_unit(); }
  int32_t nanos() const;

  // "EUR -1.75".
  std::string ToString() const;

  bool operator==(const Money&) const = default;
};

// The sum in any order, zero of `currency` for none. INVALID_ARGUMENT that
// names the field for an amount in another currency (C8) and for a sum that 64
// bits of minor units don't hold; a partial sum may be of any size.
absl::StatusOr<Money> Sum(absl::string_view field, const Currency& currency,
                          absl::Span<const Money> amounts);

// INVALID_ARGUMENT unless the amount is in `currency` (C8: one per contract).
absl::Status CheckCurrency(absl::string_view field, const Currency& currency,
                           const Money& amount);

}  // namespace charter::contracts

#endif  // CHARTER_SERVER_CONTRACTS_MONEY_H_

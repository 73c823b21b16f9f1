// Money and decimal numbers on the wire to those in the engine, and back
// (semantics C8).
#ifndef CHARTER_SERVER_SERVICES_CONTRACTS_MONEY_CONVERT_H_
#define CHARTER_SERVER_SERVICES_CONTRACTS_MONEY_CONVERT_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/type/money.pb.h"
#include "server/contracts/decimal.h"
#include "server/contracts/money.h"
#include "server/services/shared/errors.h"

namespace charter::services {

// What the contract rules refused (`path: what is wrong`, contracts/refusal.h)
// in the catalogue's terms: FIELD_INVALID with `reason` and the path, `parent`
// before it ("" where the rules were given the whole path). OK stays OK.
absl::Status Refused(absl::string_view parent, ErrorReason reason,
                     const absl::Status& status);

// INVALID_ARGUMENT FIELD_INVALID with the reason INVALID_MONEY and the path
// within `field`, the amount's own, for what is no money (contracts/money.h).
absl::StatusOr<contracts::Money> ToMoney(const google::type::Money& money,
                                         absl::string_view field);
google::type::Money ToProto(const contracts::Money& money);

// The reason INVALID_NUMBER; see contracts::Decimal::Parse. Empty text is
// `fallback`.
absl::StatusOr<contracts::Decimal> ToDecimal(absl::string_view text,
                                             absl::string_view field,
                                             contracts::Decimal fallback = {});

}  // namespace charter::services

#endif  // CHARTER_SERVER_SERVICES_CONTRACTS_MONEY_CONVERT_H_

// Money on the wire to money in the engine (semantics C8).
#ifndef CHARTER_SERVER_SERVICES_CONTRACTS_MONEY_CONVERT_H_
#define CHARTER_SERVER_SERVICES_CONTRACTS_MONEY_CONVERT_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/type/money.pb.h"
#include "server/contracts/money.h"

namespace charter::services {

// INVALID_ARGUMENT FIELD_INVALID with the reason INVALID_MONEY and the path
// within `field`, the amount's own, for what is no money (contracts/money.h).
absl::StatusOr<contracts::Money> ToMoney(const google::type::Money& money,
                                         absl::string_view field);

}  // namespace charter::services

#endif  // CHARTER_SERVER_SERVICES_CONTRACTS_MONEY_CONVERT_H_

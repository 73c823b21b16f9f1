// Whether ledgers agree with themselves (semantics C5).
#ifndef CHARTER_SERVER_SERVICES_LEDGER_INTEGRITY_H_
#define CHARTER_SERVER_SERVICES_LEDGER_INTEGRITY_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "charter/v1/admin_service.pb.h"
#include "charter/v1/entitlement.pb.h"
#include "storage/sql/transaction.h"

namespace charter::services {

// Compares each entitlement's figures with the sum of its entries, with what is
// in its lots and with what its subjects hold; one problem per difference. In a
// transaction that sees one moment.
absl::StatusOr<std::vector<v1::IntegrityProblem>> CheckLedgers(
    storage::Transaction& tx, absl::Span<const v1::Entitlement> entitlements);

}  // namespace charter::services

#endif  // CHARTER_SERVER_SERVICES_LEDGER_INTEGRITY_H_

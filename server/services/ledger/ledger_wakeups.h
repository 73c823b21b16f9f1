// What lapses or expires is recorded, and told to the feed, with nobody calling
// (C5). It counts at its own instant either way; see OpenBooks.
//
// A ledger waits under a name of its own, since its entitlement waits for its
// dates as well. The entitlement's `units_due_time` is the instant that counts
// (storage/records/wakeups.h).
#ifndef CHARTER_SERVER_SERVICES_LEDGER_LEDGER_WAKEUPS_H_
#define CHARTER_SERVER_SERVICES_LEDGER_LEDGER_WAKEUPS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "charter/v1/entitlement.pb.h"
#include "server/services/shared/call.h"
#include "storage/sql/transaction.h"
#include "storage/table/table.h"

namespace charter::services {

// Of these names; the id is always `next`.
inline constexpr absl::string_view kLedgerWakeups =
    "entitlements/*/ledgerEntries";
// The name under which the entitlement's ledger waits.
std::string LedgerWakeup(absl::string_view entitlement);

// Moves the wake-up of a ledger from where the stored row has it to where the
// row will have it. The row is locked.
absl::Status MoveLedgerWakeup(Call& call, storage::Transaction& tx,
                              const v1::Entitlement& before,
                              const v1::Entitlement& after);

// Gives it the wake-up that it should have, whether it has it or not: of rows
// that were written before there were any. The row is locked.
absl::Status RestoreLedgerWakeup(Call& call, storage::Transaction& tx,
                                 const v1::Entitlement& entitlement);

// Removes the wake-up of an entitlement that is removed for good.
absl::Status PurgeLedgerWakeup(storage::Transaction& tx,
                               const v1::Entitlement& entitlement);

// WakeupKind::fire.
absl::StatusOr<std::vector<std::string>> FireLedgers(
    Call& call, storage::Transaction& tx, const std::vector<std::string>& names,
    storage::Lock lock);

}  // namespace charter::services

#endif  // CHARTER_SERVER_SERVICES_LEDGER_LEDGER_WAKEUPS_H_

// What an entitlement is at an instant (C2, C3, C10): its own state and dates,
// and those of the line and the contract that it hangs on.
#ifndef CHARTER_SERVER_SERVICES_ENTITLEMENTS_STANDING_H_
#define CHARTER_SERVER_SERVICES_ENTITLEMENTS_STANDING_H_

#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "charter/v1/entitlement.pb.h"
#include "server/contracts/status.h"
#include "server/services/catalog/catalog.h"
#include "storage/sql/transaction.h"

namespace charter::services {

// The hours in whose zone the entitlement's dates are read (C2).
const std::string& HoursOf(const v1::Entitlement& entitlement,
                           const Catalog& catalog);

// FAILED_PRECONDITION DEFINITION_UNUSABLE when their zone may be the very thing
// that isn't known.
absl::Status CheckHours(const v1::Entitlement& entitlement,
                        const Catalog& catalog);

contracts::State StateOf(const v1::Entitlement& entitlement);
v1::Entitlement::Status ToStatus(contracts::State state);
v1::Entitlement::Status ToStatus(contracts::Status status);

// From the start of its first day until the end of its last one.
contracts::Window WindowOf(const v1::Entitlement& entitlement,
                           const Catalog& catalog);

// The day that it is at an instant, in the zone of these hours; empty: of the
// default set.
sla::Date DayAt(absl::Time at, const std::string& hours,
                const Catalog& catalog);

// The lines and contracts that entitlements hang on, by name.
using Parts = absl::flat_hash_map<std::string, contracts::Part>;

// Of the entitlement, its line and its contract (C3). One that is named and not
// among `parts` is gone for good: CANCELLED.
contracts::EffectiveStatus StandingAt(const v1::Entitlement& entitlement,
                                      const Catalog& catalog,
                                      const Parts& parts, absl::Time as_of);

void AddFailing(
    const contracts::EffectiveStatus& standing,
    google::protobuf::RepeatedPtrField<v1::Entitlement::FailingPart>* to);

// What all entitlements of the account hang on: one statement, which a
// prefetch may go before.
absl::StatusOr<Parts> PartsOfAccount(storage::Transaction& tx,
                                     const Catalog& catalog,
                                     const std::string& account);
// What these hang on, each of which says so itself; nothing is read where none
// does.
absl::StatusOr<Parts> PartsOf(
    storage::Transaction& tx, const Catalog& catalog,
    absl::Span<const v1::Entitlement* const> entitlements);

// Fills in everything that is computed for an instant.
absl::Status SetStatus(storage::Transaction& tx, const Catalog& catalog,
                       absl::Time as_of,
                       absl::Span<v1::Entitlement* const> entitlements);

}  // namespace charter::services

#endif  // CHARTER_SERVER_SERVICES_ENTITLEMENTS_STANDING_H_

// The entitlement that follows one (C9).
#ifndef CHARTER_SERVER_SERVICES_ENTITLEMENTS_RENEW_H_
#define CHARTER_SERVER_SERVICES_ENTITLEMENTS_RENEW_H_

#include <set>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "charter/v1/entitlement.pb.h"
#include "server/contracts/term.h"
#include "server/services/catalog/catalog.h"
#include "server/services/shared/call.h"
#include "storage/sql/transaction.h"

namespace charter::services {

// A copy of everything but what belongs to the one entitlement: its name, its
// id in another system, its dates, and the link that it came by. ACTIVE, with
// `term`'s dates, `renewed_from` the entitlement; not inserted yet.
v1::Entitlement SuccessorOf(const v1::Entitlement& entitlement,
                            const contracts::Term& term);

// Stores the successor `next` of `before`, which is locked, and grants it
// afresh what that one was granted first, lapsing as many days after its start;
// whatever came later was extra. `before` gets `renewed_to`. Tells the feed.
// `id`: the last part of the successor's name; empty: a new one.
absl::StatusOr<v1::Entitlement> StoreSuccessor(
    Call& call, storage::Transaction& tx, const Catalog& catalog,
    v1::Entitlement next, absl::string_view id, v1::Entitlement* before);

// Those of `assets` that `account` has not got any more, so that nothing for
// them is renewed: they are another account's, or gone. Empty names don't
// count. One statement, if there are any.
absl::StatusOr<std::set<std::string>> AssetsElsewhere(
    storage::Transaction& tx, absl::string_view account,
    std::set<std::string> assets);

}  // namespace charter::services

#endif  // CHARTER_SERVER_SERVICES_ENTITLEMENTS_RENEW_H_

// What entitlements do by date, on the feed (C10): `entitlement.started` and
// `entitlement.expired`, once each time that they happen, whether the day came
// or a write brought it about. What it hangs on tells of itself.
#ifndef CHARTER_SERVER_SERVICES_ENTITLEMENTS_ENTITLEMENT_DATES_H_
#define CHARTER_SERVER_SERVICES_ENTITLEMENTS_ENTITLEMENT_DATES_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "charter/v1/entitlement.pb.h"
#include "server/services/catalog/catalog.h"
#include "server/services/shared/call.h"
#include "storage/table/table.h"

namespace charter::services {

// Tells of what a stored entitlement is due for by now and nobody has told of,
// as the worker would have: the first step of every write of it. `hidden` are
// its hidden columns.
void CatchUp(Call& call, const Catalog& catalog,
             const storage::HiddenValues& hidden,
             const v1::Entitlement& entitlement);

// Tells whether a write brought it into force or ended it, and moves its
// wake-up: the last step before it is stored. `before`: as CatchUp left it;
// null: a new one, of which `created` tells.
absl::Status FollowDates(Call& call, storage::Transaction& tx,
                         const Catalog& catalog, const v1::Entitlement* before,
                         const v1::Entitlement& after,
                         storage::HiddenValues* hidden);

// WakeupKind::fire.
absl::StatusOr<std::vector<std::string>> FireEntitlements(
    Call& call, storage::Transaction& tx, const std::vector<std::string>& names,
    storage::Lock lock);

}  // namespace charter::services

#endif  // CHARTER_SERVER_SERVICES_ENTITLEMENTS_ENTITLEMENT_DATES_H_

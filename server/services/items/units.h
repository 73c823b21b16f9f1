// Units of allotments follow items (semantics C5, E11).
//
// A case takes one unit of an entitlement whose allotment counts CASES: it is
// reserved when the case is opened or attached to it, and used then or when the
// case is closed, as the allotment says. The unit is given back when the case
// is called off, merged or deleted while it is open, and moves with the case to
// another entitlement, where that counts cases too. A case that gave its unit
// back takes one when it is opened again. Work that is logged on any item uses
// minutes of an allotment that counts MINUTES, for good.
//
// Moments before `live_from` take nothing: history that is brought in was
// counted where it came from. What the server does by itself (actions of
// triggers, jobs) is never refused for want of units: it overdraws.
#ifndef CHARTER_SERVER_SERVICES_ITEMS_UNITS_H_
#define CHARTER_SERVER_SERVICES_ITEMS_UNITS_H_

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "server/services/items/item.h"
#include "server/services/shared/call.h"

namespace charter::services {

// Whether the item has a unit of its entitlement's allotment.
bool HoldsUnit(const v1::Case& row);

// Brings the ledgers in line with the changes, and writes into each row what
// became of its unit and how much work was logged. One round trip where a
// ledger is concerned, none elsewhere. ALLOTMENT_EXHAUSTED.
absl::Status FollowUnits(Call& call, storage::Transaction& tx,
                         absl::Span<ItemChange> changes);

}  // namespace charter::services

#endif  // CHARTER_SERVER_SERVICES_ITEMS_UNITS_H_

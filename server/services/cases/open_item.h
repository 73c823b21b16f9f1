// Opening an item: what OpenCase, EstimateTargets and SimulateProcess share.
#ifndef CHARTER_SERVER_SERVICES_CASES_OPEN_ITEM_H_
#define CHARTER_SERVER_SERVICES_CASES_OPEN_ITEM_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "charter/v1/account.pb.h"
#include "charter/v1/case.pb.h"
#include "charter/v1/entitlement.pb.h"
#include "server/services/cases/parties.h"
#include "server/services/catalog/catalog.h"
#include "server/services/items/item.h"
#include "server/services/shared/call.h"

namespace charter::services {

// The newest published version of the entitlement's process; "" without a
// process, or with one that is for items of another kind than `kind` (E4).
// FAILED_PRECONDITION PROCESS_NOT_PUBLISHED.
absl::StatusOr<std::string> VersionOf(const v1::Entitlement& entitlement,
                                      v1::ItemKind kind,
                                      const Catalog& catalog);

// Copies of the account's and the entitlement's fields that expressions may
// name (E2).
google::protobuf::Map<std::string, v1::AttributeValue> ContextOf(
    const v1::Account& account, const v1::Entitlement* entitlement);

// Fills in what an item has when nothing else is said (status, priority, kind,
// hours by B7, the asset's product), checks its fields under `path`, and gives
// the event that creates it at `occur_time`.
absl::StatusOr<v1::CaseEvent> MakeCreated(
    const Parties& parties, absl::string_view version, const Catalog& catalog,
    absl::Time occur_time, absl::string_view path, v1::Case* item);

// The same for an item that has the entitlement of `parties`: sets the version
// that it runs under as well. Also FAILED_PRECONDITION PROCESS_NOT_PUBLISHED.
absl::StatusOr<v1::CaseEvent> MakeOpened(const Parties& parties,
                                         const Catalog& catalog,
                                         absl::Time occur_time, v1::Case* item);

// Checks an event of a client and makes it complete: known statuses and fields,
// normal update masks, the version and context of a new entitlement.
// `field` names the event in the request; empty: the request itself says what
// happened.
absl::Status CompleteEvent(storage::Transaction& tx, const Catalog& catalog,
                           const Item& item, absl::string_view field,
                           v1::CaseEvent* event);

}  // namespace charter::services

#endif  // CHARTER_SERVER_SERVICES_CASES_OPEN_ITEM_H_

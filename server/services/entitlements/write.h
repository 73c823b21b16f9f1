// Writing entitlements: what CreateEntitlement, templates and renewals share.
#ifndef CHARTER_SERVER_SERVICES_ENTITLEMENTS_WRITE_H_
#define CHARTER_SERVER_SERVICES_ENTITLEMENTS_WRITE_H_

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "charter/v1/entitlement.pb.h"
#include "server/contracts/status.h"
#include "server/services/catalog/catalog.h"
#include "server/services/entitlements/standing.h"
#include "server/services/shared/call.h"
#include "server/services/shared/references.h"
#include "server/services/shared/resources.h"
#include "storage/sql/transaction.h"

namespace charter::services {

Resource<v1::Entitlement> Entitlements();

// What it names must be there, be the account's, and agree (C1); `before` is
// null for a new one. What is left empty follows from the line: its contract
// and its asset. `path` goes before the names of its fields in errors:
// "entitlement.".
absl::Status CheckParts(storage::Transaction& tx, const Catalog& catalog,
                        const v1::Entitlement* before, absl::string_view path,
                        v1::Entitlement& entitlement,
                        Naming naming = Naming::kAnew);

// Does one of the verbs of C10 to an entitlement that is locked, with its
// hidden columns, stores it, and tells the feed of it as `done`: "cancelled".
// FAILED_PRECONDITION STATE_TRANSITION_NOT_ALLOWED.
absl::Status ChangeLocked(Call& call, storage::Transaction& tx,
                          const Catalog& catalog, contracts::Verb verb,
                          absl::string_view done, v1::Entitlement* entitlement,
                          storage::HiddenValues* hidden);

// Inserts a new entitlement that was checked, completes what is computed, and
// tells the feed. `id`: the last part of its name; empty: a new one.
absl::StatusOr<v1::Entitlement> InsertEntitlement(Call& call,
                                                  storage::Transaction& tx,
                                                  const Catalog& catalog,
                                                  v1::Entitlement entitlement,
                                                  absl::string_view id);

// The same for many, in as many statements. Those without a name get one.
absl::Status InsertEntitlements(Call& call, storage::Transaction& tx,
                                const Catalog& catalog,
                                std::vector<v1::Entitlement>* entitlements);

}  // namespace charter::services

#endif  // CHARTER_SERVER_SERVICES_ENTITLEMENTS_WRITE_H_

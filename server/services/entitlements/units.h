// Allotments, and the units that an entitlement is granted when it is made
// (C5).
#ifndef CHARTER_SERVER_SERVICES_ENTITLEMENTS_UNITS_H_
#define CHARTER_SERVER_SERVICES_ENTITLEMENTS_UNITS_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "charter/v1/entitlement.pb.h"
#include "charter/v1/entitlement_service.pb.h"
#include "charter/v1/entitlement_template.pb.h"
#include "server/services/catalog/catalog.h"
#include "server/services/shared/call.h"
#include "storage/sql/transaction.h"

namespace charter::services {

// `path`: the allotment's own, "entitlement.allotment".
absl::Status CheckAllotment(absl::string_view path,
                            const v1::Allotment& allotment);

// One lot; no units: none.
struct FirstUnits {
  int64_t units = 0;
  absl::Time lapse = absl::InfiniteFuture();
  // As the ledger's entry has them. The subject is a constant where an
  // entitlement is made once.
  std::string subject;
  std::string cause;
};

// Those that a request asks for. FIELD_INVALID for units without an allotment,
// a time without units, and one that is not after now.
absl::StatusOr<FirstUnits> FirstUnitsOf(
    const Call& call, const v1::CreateEntitlementRequest& request);

// The same of a template: units want an allotment, their term wants units.
absl::Status CheckFirstUnits(const v1::EntitlementTemplate& from);

// Those that a template gives the entitlement `made`, which has its dates: they
// lapse at the end of day `units_term_days`, its first day being day one.
// Where that day is over by now, as for a machine that is entered years after
// it was bought, there are none.
FirstUnits FirstUnitsOf(const v1::EntitlementTemplate& from,
                        const v1::Entitlement& made, const Catalog& catalog,
                        absl::Time now);

// Grants them to an entitlement that this transaction has inserted, whose
// figures it brings up to date. Reads nothing: its ledger is empty.
absl::Status GrantFirst(Call& call, storage::Transaction& tx,
                        const FirstUnits& first, v1::Entitlement* made);

}  // namespace charter::services

#endif  // CHARTER_SERVER_SERVICES_ENTITLEMENTS_UNITS_H_

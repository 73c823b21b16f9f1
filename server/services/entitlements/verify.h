// Who may ask for help under what, at an instant (semantics C2 to C4, C6).
#ifndef CHARTER_SERVER_SERVICES_ENTITLEMENTS_VERIFY_H_
#define CHARTER_SERVER_SERVICES_ENTITLEMENTS_VERIFY_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "charter/v1/entitlement.pb.h"
#include "charter/v1/entitlement_service.pb.h"
#include "server/services/catalog/catalog.h"
#include "storage/sql/transaction.h"

namespace charter::services {

// What an entitlement is at an instant (C3). Its dates are days in the zone of
// its hours, else of the default set (C2).
v1::Entitlement::Status StatusAt(const v1::Entitlement& entitlement,
                                 const Catalog& catalog, absl::Time as_of);

// Every reason for which `contact` (empty: nobody in particular) may not use
// the entitlement at `as_of`; none: it may.
std::vector<v1::EntitlementCandidate::Reason> WhyNot(
    const v1::Entitlement& entitlement, absl::string_view contact,
    const Catalog& catalog, absl::Time as_of);

// Whether `a` ranks before `b` (C6): explicit priority, listed contacts before
// the account as a whole, earliest end, name.
bool RanksBefore(const v1::Entitlement& a, const v1::Entitlement& b);

struct Verdict {
  v1::VerifyEntitlementResponse response;
  std::optional<v1::Entitlement> chosen;  // where one holds
};

// Prefetches what Verify reads.
void PrefetchEntitlements(storage::Transaction& tx, absl::string_view account);

// The verdict on all entitlements of the account; one statement for them,
// however many.
absl::StatusOr<Verdict> Verify(storage::Transaction& tx, const Catalog& catalog,
                               absl::string_view account,
                               absl::string_view contact, absl::Time as_of);

// ENTITLEMENT_NOT_ELIGIBLE with the reasons.
absl::Status NotEligible(
    absl::string_view entitlement,
    const std::vector<v1::EntitlementCandidate::Reason>& reasons);

}  // namespace charter::services

#endif  // CHARTER_SERVER_SERVICES_ENTITLEMENTS_VERIFY_H_

// What the ledger refuses, as callers read it.
#ifndef CHARTER_SERVER_SERVICES_LEDGER_REFUSALS_H_
#define CHARTER_SERVER_SERVICES_LEDGER_REFUSALS_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace charter::services {

// What server/ledger says of an entitlement and a subject. FAILED_PRECONDITION
// ALLOTMENT_EXHAUSTED and UNITS_NOT_RESERVED; NOT_FOUND and ALREADY_EXISTS of
// the request's `subject`; INVALID_ARGUMENT of its `units`.
absl::Status FromLedger(const absl::Status& status,
                        absl::string_view entitlement,
                        absl::string_view subject);

// FAILED_PRECONDITION ALLOTMENT_MISSING.
absl::Status AllotmentMissing(absl::string_view entitlement);

}  // namespace charter::services

#endif  // CHARTER_SERVER_SERVICES_LEDGER_REFUSALS_H_

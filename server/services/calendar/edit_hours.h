// Adding a version to a set of business hours (semantics B6, B9).
#ifndef CHARTER_SERVER_SERVICES_CALENDAR_EDIT_HOURS_H_
#define CHARTER_SERVER_SERVICES_CALENDAR_EDIT_HOURS_H_

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "charter/v1/business_hours.pb.h"
#include "server/services/shared/call.h"
#include "server/services/shared/resources.h"

namespace charter::services {

Resource<v1::BusinessHours> HoursResource();

// Stores `hours.definition` as its next version, counting from `effective_time`
// (the first has no beginning), raises the set's generation and queues the job
// that computes open items anew. Fills in the fields that tell of the version.
absl::Status AddHoursVersion(Call& call, storage::Transaction& tx,
                             absl::Time effective_time,
                             v1::BusinessHours* hours);

}  // namespace charter::services

#endif  // CHARTER_SERVER_SERVICES_CALENDAR_EDIT_HOURS_H_

// Computing clocks anew from the histories (semantics B9, E2): who asks, and
// the job that does it is server/workers/recalculation.h.
#ifndef CHARTER_SERVER_SERVICES_ADMIN_RECALCULATE_H_
#define CHARTER_SERVER_SERVICES_ADMIN_RECALCULATE_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "charter/v1/admin_service.pb.h"
#include "google/longrunning/operations.pb.h"
#include "server/services/shared/call.h"
#include "storage/sql/transaction.h"

namespace charter::services {

// `OperationRecord.kind` of the job.
inline constexpr absl::string_view kRecalculate = "recalculate";

// Queues the job that evaluates every open item that uses `hours`
// (`businessHours/vienna`) and was evaluated before `generation`, which the
// edit's BumpGeneration returned. Call it in the transaction of the edit (B9);
// rings Services::jobs after the commit.
absl::StatusOr<google::longrunning::Operation> QueueRecalculation(
    Call& call, storage::Transaction& tx, absl::string_view hours,
    int64_t generation);

// AdminService.Recalculate: one item at once, answered with a finished
// operation; or all as a job.
absl::StatusOr<google::longrunning::Operation> Recalculate(
    Call& call, const v1::RecalculateRequest& request);

}  // namespace charter::services

#endif  // CHARTER_SERVER_SERVICES_ADMIN_RECALCULATE_H_

// Computing clocks anew from the histories (semantics B9, E2), as a job:
// server/workers/recalculation.h does it.
#ifndef CHARTER_SERVER_SERVICES_ADMIN_RECALCULATE_H_
#define CHARTER_SERVER_SERVICES_ADMIN_RECALCULATE_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/longrunning/operations.pb.h"
#include "server/services/shared/call.h"
#include "storage/sql/transaction.h"

namespace charter::services {

// What a job of this kind is to compute: `OperationRecord.arguments`.
struct RecalculationScope {
  std::string item;   // `cases/4711`: this one. Empty, and no hours: all
  std::string hours;  // `businessHours/vienna`: the open items that use it and
                      // were evaluated before
  int64_t generation = 0;  // this generation

  std::string ToArguments() const;
  // nullopt: not written by ToArguments.
  static std::optional<RecalculationScope> Parse(absl::string_view arguments);
};

// Queues the job that evaluates every open item that uses `hours` and was
// evaluated before `generation`, which the edit's BumpGeneration returned. Call
// it in the transaction of the edit (B9); rings Services::jobs after the
// commit. Several in one transaction are several jobs.
absl::StatusOr<google::longrunning::Operation> QueueRecalculation(
    Call& call, storage::Transaction& tx, absl::string_view hours,
    int64_t generation);

}  // namespace charter::services

#endif  // CHARTER_SERVER_SERVICES_ADMIN_RECALCULATE_H_

#include "server/services/admin/recalculate.h"

#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "charter/v1/admin_service.pb.h"
#include "server/services/admin/admin.h"
#include "server/services/shared/names.h"
#include "server/services/shared/time_convert.h"
#include "storage/records/ids.h"
#include "storage/records/operations.h"

namespace charter::services {

std::string RecalculationScope::ToArguments() const {
  return hours.empty() ? item : absl::StrCat(hours, "@", generation);
}

std::optional<RecalculationScope> RecalculationScope::Parse(
    absl::string_view arguments) {
  RecalculationScope scope;
  if (!absl::StartsWith(arguments, "businessHours/")) {
    scope.item = std::string(arguments);
    return scope;
  }
  const std::vector<absl::string_view> parts = absl::StrSplit(arguments, '@');
  if (parts.size() != 2 || !absl::SimpleAtoi(parts[1], &scope.generation)) {
    return std::nullopt;
  }
  scope.hours = std::string(parts[0]);
  return scope;
}

absl::StatusOr<google::longrunning::Operation> QueueRecalculation(
    Call& call, storage::Transaction& tx, absl::string_view hours,
    int64_t generation) {
  v1::RecalculateProgress progress;
  progress.set_cause(absl::StrCat("edit of ", hours));
  *progress.mutable_start_time() = ToProto(call.now());
  RecalculationScope scope;
  scope.hours = std::string(hours);
  scope.generation = generation;
  storage::OperationRecord record;
  record.kind = kRecalculateKind;
  record.arguments = scope.ToArguments();
  record.create_time = call.now();
  record.update_time = call.now();
  record.operation.set_name(
      NameOf("operations", call.services().ids->Make(call.now())));
  record.operation.mutable_metadata()->PackFrom(progress);
  absl::Status status = storage::InsertOperation(tx, record);
  if (!status.ok()) return status;
  call.Ring(call.services().jobs);
  return std::move(record.operation);
}

}  // namespace charter::services

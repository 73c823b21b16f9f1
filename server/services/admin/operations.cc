#include "storage/records/operations.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "server/services/admin/admin.h"
#include "server/services/admin/recalculate.h"
#include "server/services/shared/errors.h"
#include "server/services/shared/names.h"
#include "server/services/shared/pages.h"
#include "server/services/shared/services.h"
#include "server/services/shared/time_convert.h"
#include "server/services/shared/tokens.h"
#include "storage/records/ids.h"
#include "storage/table/resource_tables.h"

namespace charter::services {
namespace {

using google::longrunning::Operation;
using storage::OperationRecord;

constexpr char kCollection[] = "operations";
constexpr absl::Duration kLongestWait = absl::Seconds(30);

// google.longrunning's protos carry no rules of ours.
absl::Status CheckName(absl::string_view name) {
  if (IdOf(name, kCollection).has_value()) return absl::OkStatus();
  return errors::FieldInvalid("name", ErrorReason::BAD_NAME,
                              "it must be a name of the form operations/ID");
}

absl::StatusOr<OperationRecord> Find(storage::Transaction& tx,
                                     const std::string& name,
                                     bool lock = false) {
  absl::StatusOr<std::optional<OperationRecord>> record =
      storage::FindOperation(tx, name, lock);
  if (!record.ok()) return record.status();
  if (!record->has_value()) return errors::NotFound(name);
  return **std::move(record);
}

}  // namespace

absl::StatusOr<Operation> Recalculate(Call& call,
                                      const v1::RecalculateRequest& request) {
  // Outside the transaction, so that every attempt has one name.
  const std::string name =
      NameOf(kCollection, call.services().ids->Make(call.now()));
  return call.Write<Operation>(
      [&](storage::Transaction& tx) -> absl::StatusOr<Operation> {
        if (!request.case_().empty()) {
          absl::StatusOr<v1::Case> item =
              storage::CaseTable().Get(tx, request.case_());
          if (!item.ok()) {
            return absl::IsNotFound(item.status())
                       ? errors::NotFound(request.case_(), "case")
                       : item.status();
          }
        }
        v1::RecalculateProgress progress;
        progress.set_cause("asked for");
        *progress.mutable_start_time() = ToProto(call.now());
        OperationRecord record;
        record.kind = kRecalculateKind;
        RecalculationScope scope;
        scope.item = request.case_();
        record.arguments = scope.ToArguments();
        record.create_time = call.now();
        record.update_time = call.now();
        record.operation.set_name(name);
        record.operation.mutable_metadata()->PackFrom(progress);
        absl::Status status = storage::InsertOperation(tx, record);
        if (!status.ok()) return status;
        call.Audit(name);
        call.Ring(call.services().jobs);
        return record.operation;
      });
}

absl::StatusOr<google::longrunning::ListOperationsResponse> ListOperations(
    Call& call, const google::longrunning::ListOperationsRequest& request) {
  FieldViolations violations;
  if (request.page_size() < 0) {
    violations.Add("page_size", ErrorReason::OUT_OF_RANGE,
                   "it must not be negative");
  }
  if (!request.filter().empty()) {
    violations.Add("filter", ErrorReason::UNSUPPORTED,
                   "operations have no filter");
  }
  if (!request.name().empty() && request.name() != kCollection) {
    violations.Add("name", ErrorReason::BAD_NAME,
                   "it must be empty or `operations`");
  }
  absl::Status valid = violations.ToStatus();
  if (!valid.ok()) return valid;
  std::string after;
  if (!request.page_token().empty()) {
    absl::StatusOr<std::string> opened = call.services().tokens->Open(
        call, std::vector<std::string>(), request.page_token(), "page_token");
    if (!opened.ok()) return opened.status();
    after = *std::move(opened);
  }
  const int size = PageSize(request.page_size());
  google::longrunning::ListOperationsResponse response;
  absl::Status status =
      call.Read([&](storage::Transaction& tx) -> absl::Status {
        absl::StatusOr<std::vector<OperationRecord>> records =
            storage::ListOperations(tx, after, size);
        if (!records.ok()) return records.status();
        response.Clear();
        for (OperationRecord& record : *records) {
          *response.add_operations() = std::move(record.operation);
        }
        return absl::OkStatus();
      });
  if (!status.ok()) return status;
  if (response.operations_size() == size) {
    response.set_next_page_token(
        call.services().tokens->Seal(call, std::vector<std::string>(),
                                     response.operations(size - 1).name()));
  }
  return response;
}

absl::StatusOr<Operation> GetOperation(
    Call& call, const google::longrunning::GetOperationRequest& request) {
  absl::Status valid = CheckName(request.name());
  if (!valid.ok()) return valid;
  Operation operation;
  absl::Status status =
      call.Read([&](storage::Transaction& tx) -> absl::Status {
        absl::StatusOr<OperationRecord> record = Find(tx, request.name());
        if (!record.ok()) return record.status();
        operation = std::move(record->operation);
        return absl::OkStatus();
      });
  if (!status.ok()) return status;
  return operation;
}

absl::StatusOr<google::protobuf::Empty> DeleteOperation(
    Call& call, const google::longrunning::DeleteOperationRequest& request) {
  absl::Status valid = CheckName(request.name());
  if (!valid.ok()) return valid;
  return call.Write<google::protobuf::Empty>(
      [&](storage::Transaction& tx) -> absl::StatusOr<google::protobuf::Empty> {
        absl::StatusOr<OperationRecord> record = Find(tx, request.name(), true);
        if (!record.ok()) return record.status();
        if (!record->operation.done()) {
          return errors::StateTransitionNotAllowed(
              request.name(), "RUNNING", "deleted",
              "Cancel it, or wait until it is done");
        }
        absl::StatusOr<bool> deleted =
            storage::DeleteOperation(tx, request.name());
        if (!deleted.ok()) return deleted.status();
        return google::protobuf::Empty();
      });
}

absl::StatusOr<google::protobuf::Empty> CancelOperation(
    Call& call, const google::longrunning::CancelOperationRequest& request) {
  absl::Status valid = CheckName(request.name());
  if (!valid.ok()) return valid;
  return call.Write<google::protobuf::Empty>(
      [&](storage::Transaction& tx) -> absl::StatusOr<google::protobuf::Empty> {
        absl::StatusOr<OperationRecord> record = Find(tx, request.name(), true);
        if (!record.ok()) return record.status();
        if (!record->operation.done() && !record->cancel_requested) {
          record->cancel_requested = true;
          record->update_time = call.now();
          absl::StatusOr<bool> written = storage::UpdateOperation(tx, &*record);
          if (!written.ok()) return written.status();
          if (!*written) return errors::TransactionConflict();
          call.Ring(call.services().jobs);
        }
        return google::protobuf::Empty();
      });
}

absl::StatusOr<Poll<Operation>> WaitOperation(
    Call& call, const google::longrunning::WaitOperationRequest& request) {
  Bell& bell = call.services().jobs;
  const int64_t rings = bell.rings();
  google::longrunning::GetOperationRequest get;
  get.set_name(request.name());
  absl::StatusOr<Operation> operation = GetOperation(call, get);
  if (!operation.ok()) return operation.status();
  if (operation->done() || call.last_try()) {
    return Poll<Operation>::Answer(*std::move(operation));
  }
  const absl::Duration wait = request.has_timeout()
                                  ? ToSlaDuration(request.timeout()).ToAbsl()
                                  : kLongestWait;
  return Poll<Operation>::Wait(bell, rings, std::min(wait, kLongestWait));
}

}  // namespace charter::services

// AdminService, and google.longrunning.Operations.
#ifndef CHARTER_SERVER_SERVICES_ADMIN_ADMIN_H_
#define CHARTER_SERVER_SERVICES_ADMIN_ADMIN_H_

#include "absl/status/statusor.h"
#include "charter/v1/admin_service.pb.h"
#include "google/longrunning/operations.pb.h"
#include "google/protobuf/empty.pb.h"
#include "server/services/shared/call.h"
#include "server/services/shared/stream.h"

namespace charter::services {

absl::StatusOr<v1::ServerInfo> GetServerInfo(
    Call& call, const v1::GetServerInfoRequest& request);
absl::StatusOr<v1::CheckIntegrityResponse> CheckIntegrity(
    Call& call, const v1::CheckIntegrityRequest& request);
// Queues a job of this kind for the recalculation worker; its arguments are the
// case's name, or empty for all.
inline constexpr char kRecalculateKind[] = "recalculate";
absl::StatusOr<google::longrunning::Operation> Recalculate(
    Call& call, const v1::RecalculateRequest& request);

// The newest first.
absl::StatusOr<v1::ListAuditEntriesResponse> ListAuditEntries(
    Call& call, const v1::ListAuditEntriesRequest& request);

absl::StatusOr<google::longrunning::ListOperationsResponse> ListOperations(
    Call& call, const google::longrunning::ListOperationsRequest& request);
absl::StatusOr<google::longrunning::Operation> GetOperation(
    Call& call, const google::longrunning::GetOperationRequest& request);
// FAILED_PRECONDITION while it runs.
absl::StatusOr<google::protobuf::Empty> DeleteOperation(
    Call& call, const google::longrunning::DeleteOperationRequest& request);
// Asks the job to stop at its next step; harmless when it is done.
absl::StatusOr<google::protobuf::Empty> CancelOperation(
    Call& call, const google::longrunning::CancelOperationRequest& request);
// Waits up to `timeout` (default and most 30 s); answers with the operation as
// it is then.
absl::StatusOr<Poll<google::longrunning::Operation>> WaitOperation(
    Call& call, const google::longrunning::WaitOperationRequest& request);

}  // namespace charter::services

#endif  // CHARTER_SERVER_SERVICES_ADMIN_ADMIN_H_

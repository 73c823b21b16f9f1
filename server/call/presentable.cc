#include "server/call/presentable.h"

#include <string>

#include "absl/strings/cord.h"
#include "google/rpc/code.pb.h"
#include "google/rpc/error_details.pb.h"
#include "server/observability/log.h"
#include "server/services/shared/cause.h"
#include "server/services/shared/errors.h"

namespace charter::call {
namespace {

using services::ErrorReason;

constexpr char kErrorInfoUrl[] = "type.googleapis.com/google.rpc.ErrorInfo";

// Of an error that is not of the catalogue.
ErrorReason ReasonFor(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kInvalidArgument:
      return ErrorReason::FIELD_INVALID;
    case absl::StatusCode::kNotFound:
      return ErrorReason::RESOURCE_NOT_FOUND;
    case absl::StatusCode::kAlreadyExists:
      return ErrorReason::RESOURCE_ALREADY_EXISTS;
    case absl::StatusCode::kAborted:
      return ErrorReason::TRANSACTION_CONFLICT;
    case absl::StatusCode::kOutOfRange:
      return ErrorReason::OUT_OF_RANGE;
    case absl::StatusCode::kUnauthenticated:
      return ErrorReason::TOKEN_INVALID;
    case absl::StatusCode::kPermissionDenied:
      return ErrorReason::PERMISSION_MISSING;
    case absl::StatusCode::kResourceExhausted:
      return ErrorReason::LIMIT_REACHED;
    case absl::StatusCode::kUnavailable:
      return ErrorReason::OVERLOADED;
    case absl::StatusCode::kUnimplemented:
      return ErrorReason::METHOD_UNKNOWN;
    default:
      return ErrorReason::PRECONDITION_FAILED;
  }
}

}  // namespace

absl::string_view CodeName(absl::StatusCode code) {
  return google::rpc::Code_Name(static_cast<google::rpc::Code>(code));
}

absl::Status Presentable(const absl::Status& status,
                         absl::string_view call_id) {
  if (status.ok()) return status;
  if (!services::errors::ReasonOf(status).empty()) {
    absl::Status known = status;
    const std::string cause = services::TakeCause(&known);
    if (!cause.empty()) {
      LogError("a call failed",
               {{"call", std::string(call_id)}, {"cause", cause}});
    }
    return known;
  }
  switch (status.code()) {
    case absl::StatusCode::kUnknown:
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kDataLoss:
      LogError("a call failed", {{"call", std::string(call_id)},
                                 {"cause", std::string(status.message())}});
      return services::errors::Internal(call_id);
    case absl::StatusCode::kCancelled:
      return services::errors::Cancelled();
    case absl::StatusCode::kDeadlineExceeded:
      return services::errors::DeadlineExceeded();
    default:
      break;
  }
  absl::Status presentable = status;
  google::rpc::ErrorInfo info;
  info.set_reason(v1::ErrorReason_Name(ReasonFor(status.code())));
  info.set_domain(services::kErrorDomain);
  presentable.SetPayload(kErrorInfoUrl, absl::Cord(info.SerializeAsString()));
  return presentable;
}

}  // namespace charter::call

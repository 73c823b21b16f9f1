// Work that outlasts a call: `Recalculate` and its like answer with an
// operation, whose result comes later.
//
//   auto result = client::WaitForResult<v1::RecalculateResult>(
//       google::longrunning::OperationsClient(channel),
//       admin.Recalculate(request));
#ifndef CHARTER_CLIENT_OPERATION_H_
#define CHARTER_CLIENT_OPERATION_H_

#include <algorithm>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "charter/client/options.h"
#include "charter/client/time.h"
#include "charter/client/timing.h"
#include "google/longrunning/operations_client.h"

namespace charter::client {

// Waits until the operation is done, and gives its result, or what it failed
// with. A failure of `operation` itself, or of a call that asks for it, is
// returned as it is; the operation goes on then, and can be waited for again by
// its name. So it does after `most`: DEADLINE_EXCEEDED. `options` are those of
// the calls; without a deadline among them, one call takes up to 30 s.
template <typename Result>
absl::StatusOr<Result> WaitForResult(
    google::longrunning::OperationsClient operations,
    absl::StatusOr<google::longrunning::Operation> operation,
    absl::Duration most = absl::InfiniteDuration(),
    const Options& options = {}) {
  constexpr absl::Duration kWait = absl::Seconds(20);
  Options with = options;
  if (with.Find<DeadlineOption>() == nullptr)
    with.Set<DeadlineOption>(kWait + absl::Seconds(10));
  const auto timing = SystemTiming();
  const absl::Time until = timing->Steady() + most;
  while (operation.ok() && !operation->done()) {
    const absl::Duration left = until - timing->Steady();
    if (left <= absl::ZeroDuration()) {
      return absl::DeadlineExceededError(
          absl::StrCat(operation->name(), " is not done yet"));
    }
    google::longrunning::WaitOperationRequest wait;
    wait.set_name(operation->name());
    *wait.mutable_timeout() = ToProto(std::min(left, kWait));
    operation = operations.WaitOperation(std::move(wait), with);
  }
  if (!operation.ok()) return operation.status();
  if (operation->has_error()) {
    const google::rpc::Status& error = operation->error();
    absl::Status status(static_cast<absl::StatusCode>(error.code()),
                        error.message());
    for (const google::protobuf::Any& detail : error.details())
      status.SetPayload(detail.type_url(), absl::Cord(detail.value()));
    return status;
  }
  Result result;
  if (!operation->response().UnpackTo(&result)) {
    return absl::InternalError(absl::StrCat(
        operation->name(),
        " has another result: ", operation->response().type_url()));
  }
  return result;
}

}  // namespace charter::client

#endif  // CHARTER_CLIENT_OPERATION_H_

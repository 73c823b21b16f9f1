// Work that outlasts a call: `Recalculate` and its like answer with an
// operation, whose result comes later.
//
//   auto result = client::WaitForResult<v1::RecalculateResult>(
//       google::longrunning::OperationsClient(channel),
//       admin.Recalculate(request));
#ifndef CHARTER_CLIENT_OPERATION_H_
#define CHARTER_CLIENT_OPERATION_H_

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "charter/client/awaitable.h"
#include "charter/client/options.h"
#include "charter/client/time.h"
#include "charter/client/timing.h"
#include "google/longrunning/operations_client.h"

namespace charter::client {

namespace internal {

// An operation that is waited for: what it says, and until when.
class PendingOperation {
 public:
  PendingOperation(absl::StatusOr<google::longrunning::Operation> operation,
                   absl::Duration most, Options options)
      : operation_(std::move(operation)),
        timing_(SystemTiming()),
        until_(timing_->Steady() + most),
        options_(std::move(options)) {
    if (options_.Find<DeadlineOption>() == nullptr)
      options_.Set<DeadlineOption>(kWait + absl::Seconds(10));
  }

  // What to ask the server next; none: there is an answer, or no more time.
  std::optional<google::longrunning::WaitOperationRequest> Ask() {
    if (!operation_.ok() || operation_->done()) return std::nullopt;
    const absl::Duration left = until_ - timing_->Steady();
    if (left <= absl::ZeroDuration()) {
      operation_ = absl::DeadlineExceededError(
          absl::StrCat(operation_->name(), " is not done yet"));
      return std::nullopt;
    }
    google::longrunning::WaitOperationRequest wait;
    wait.set_name(operation_->name());
    *wait.mutable_timeout() = ToProto(std::min(left, kWait));
    return wait;
  }
  void Told(absl::StatusOr<google::longrunning::Operation> operation) {
    operation_ = std::move(operation);
  }
  const Options& options() const { return options_; }

  template <typename Result>
  absl::StatusOr<Result> Answer() const {
    if (!operation_.ok()) return operation_.status();
    if (operation_->has_error()) {
      const google::rpc::Status& error = operation_->error();
      absl::Status status(static_cast<absl::StatusCode>(error.code()),
                          error.message());
      for (const google::protobuf::Any& detail : error.details())
        status.SetPayload(detail.type_url(), absl::Cord(detail.value()));
      return status;
    }
    Result result;
    if (!operation_->response().UnpackTo(&result)) {
      return absl::InternalError(absl::StrCat(
          operation_->name(),
          " has another result: ", operation_->response().type_url()));
    }
    return result;
  }

 private:
  static constexpr absl::Duration kWait = absl::Seconds(20);
  absl::StatusOr<google::longrunning::Operation> operation_;
  std::shared_ptr<Timing> timing_;
  absl::Time until_;
  Options options_;
};

template <typename Result>
void AskOn(std::shared_ptr<PendingOperation> pending,
           google::longrunning::OperationsClient operations,
           Callback<Result> done) {
  std::optional<google::longrunning::WaitOperationRequest> ask = pending->Ask();
  if (!ask.has_value()) return done(pending->Answer<Result>());
  operations.AsyncWaitOperation(
      *std::move(ask),
      [pending, operations, done = std::move(done)](
          absl::StatusOr<google::longrunning::Operation> told) mutable {
        pending->Told(std::move(told));
        AskOn<Result>(std::move(pending), operations, std::move(done));
      },
      pending->options());
}

}  // namespace internal

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
  internal::PendingOperation pending(std::move(operation), most, options);
  while (auto ask = pending.Ask())
    pending.Told(operations.WaitOperation(*std::move(ask), pending.options()));
  return pending.Answer<Result>();
}

// The same without a thread that waits: `done` is called once, on a thread of
// gRPC's or on the caller's; it must not block for long.
template <typename Result>
void AsyncWaitForResult(
    google::longrunning::OperationsClient operations,
    absl::StatusOr<google::longrunning::Operation> operation,
    Callback<Result> done, absl::Duration most = absl::InfiniteDuration(),
    const Options& options = {}) {
  internal::AskOn<Result>(std::make_shared<internal::PendingOperation>(
                              std::move(operation), most, options),
                          std::move(operations), std::move(done));
}

// The same to `co_await`. `most` counts from when it is awaited.
template <typename Result>
Awaitable<Result> CoWaitForResult(
    google::longrunning::OperationsClient operations,
    absl::StatusOr<google::longrunning::Operation> operation,
    absl::Duration most = absl::InfiniteDuration(),
    const Options& options = {}) {
  return Awaitable<Result>([operations = std::move(operations),
                            operation = std::move(operation), most,
                            options](Callback<Result> done) mutable {
    AsyncWaitForResult<Result>(std::move(operations), std::move(operation),
                               std::move(done), most, options);
  });
}

}  // namespace charter::client

#endif  // CHARTER_CLIENT_OPERATION_H_

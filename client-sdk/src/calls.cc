#include "client-sdk/src/calls.h"

#include <atomic>
#include <utility>

#include "client-sdk/src/call_state.h"
#include "client-sdk/src/callback_threads.h"
#include "client-sdk/src/status_payloads.h"
#include "grpcpp/impl/client_unary_call.h"
#include "grpcpp/impl/codegen/proto_utils.h"
#include "grpcpp/impl/rpc_method.h"
#include "grpcpp/support/client_callback.h"

namespace charter::client::internal {
namespace {

using google::protobuf::Message;
using google::protobuf::MessageLite;

grpc::internal::RpcMethod UnaryMethod(Transport& transport,
                                      const Method& method) {
  return grpc::internal::RpcMethod(
      method.path, grpc::internal::RpcMethod::NORMAL_RPC,
      std::shared_ptr<grpc::ChannelInterface>(
          std::shared_ptr<grpc::ChannelInterface>(), &transport.channel()));
}

// Takes a running attempt back when its caller gives it up.
class CancelWith {
 public:
  CancelWith(const Cancellation* cancellation, grpc::ClientContext* context)
      : cancellation_(cancellation) {
    if (cancellation_ != nullptr)
      id_ = cancellation_->OnCancel([context] { context->TryCancel(); });
  }
  ~CancelWith() {
    if (cancellation_ != nullptr) cancellation_->Forget(id_);
  }
  CancelWith(const CancelWith&) = delete;
  CancelWith& operator=(const CancelWith&) = delete;

 private:
  const Cancellation* cancellation_;
  uint64_t id_ = 0;
};

// Waits; false: the caller gave up.
bool Pause(Transport& transport, const CallState& state, absl::Duration pause) {
  if (pause <= absl::ZeroDuration()) return true;
  const Cancellation* cancellation = state.cancellation();
  uint64_t id = 0;
  if (cancellation != nullptr)
    id = cancellation->OnCancel([&transport] { transport.timing().Wake(); });
  transport.timing().Sleep(pause, [&state] { return state.cancelled(); });
  if (cancellation != nullptr) cancellation->Forget(id);
  return !state.cancelled();
}

// An asynchronous call. An attempt that is under way holds it; so does it
// itself in a pause.
class AsyncCall : public std::enable_shared_from_this<AsyncCall> {
 public:
  AsyncCall(std::shared_ptr<Transport> transport, const Method& method,
            std::shared_ptr<const Message> request, const Options& options,
            std::shared_ptr<Message> response,
            std::function<void(absl::Status)> done)
      : transport_(std::move(transport)),
        method_(method),
        request_(std::move(request)),
        response_(std::move(response)),
        done_(std::move(done)),
        state_(*transport_, method_, *request_, options) {}

  void Attempt() {
    context_ = std::make_unique<grpc::ClientContext>();
    absl::Status ready = state_.Prepare(context_.get());
    if (!ready.ok()) return Done(std::move(ready));
    if (absl::Status fault = state_.Before(); !fault.ok())
      return Ended(std::move(fault));
    cancel_ =
        std::make_unique<CancelWith>(state_.cancellation(), context_.get());
    grpc::internal::CallbackUnaryCall<MessageLite, MessageLite>(
        &transport_->channel(), UnaryMethod(*transport_, method_),
        context_.get(), request_.get(), response_.get(),
        [self = shared_from_this()](grpc::Status status) {
          absl::Status ended = FromGrpc(status);
          ended.Update(self->state_.Lost());
          self->state_.Ended();
          self->Ended(std::move(ended));
        });
  }

 private:
  void Ended(absl::Status status) {
    cancel_.reset();
    const std::optional<absl::Duration> pause = state_.After(&status);
    if (!pause.has_value()) return Done(std::move(status));
    Pause(*pause);
  }
  // Until it is over or the caller gives up; then another attempt, which ends
  // at once if the caller did.
  void Pause(absl::Duration pause) {
    const std::shared_ptr<AsyncCall> self = shared_from_this();
    const auto go_on = [weak = weak_from_this()] {
      if (const auto call = weak.lock()) call->GoOn();
    };
    if (state_.cancellation() != nullptr) {
      // On another thread: who cancels may hold what the callback waits for.
      wake_id_ =
          state_.cancellation()->OnCancel([transport = transport_, go_on] {
            transport->timing().After(absl::ZeroDuration(), go_on);
          });
    }
    self_ = self;
    paused_ = true;  // from here on it may go on at any time
    // Who cancelled before that woke nobody.
    if (state_.cancelled()) pause = absl::ZeroDuration();
    transport_->timing().After(pause, go_on);
  }
  void GoOn() {
    if (!paused_.exchange(false)) return;
    const std::shared_ptr<AsyncCall> self = std::move(self_);
    if (state_.cancellation() != nullptr)
      state_.cancellation()->Forget(wake_id_);
    Attempt();
  }
  void Done(absl::Status status) {
    state_.End(&status);
    // What it holds may go with the last copy of the callback.
    std::exchange(done_, nullptr)(std::move(status));
  }

  const std::shared_ptr<Transport> transport_;
  const Method method_;
  const std::shared_ptr<const Message> request_;
  const std::shared_ptr<Message> response_;
  std::function<void(absl::Status)> done_;
  CallState state_;
  std::unique_ptr<grpc::ClientContext> context_;
  std::unique_ptr<CancelWith> cancel_;
  // Of a pause.
  std::atomic<bool> paused_ = false;
  std::shared_ptr<AsyncCall> self_;
  uint64_t wake_id_ = 0;
};

}  // namespace

absl::Status Call(Transport& transport, const Method& method,
                  const Message& request, const Options& options,
                  Message* response) {
  CallState state(transport, method, request, options);
  absl::Status status;
  for (;;) {
    grpc::ClientContext context;
    status = state.Prepare(&context);
    if (!status.ok()) break;
    status = state.Before();
    if (status.ok()) {
      const CancelWith cancel(state.cancellation(), &context);
      status =
          FromGrpc(grpc::internal::BlockingUnaryCall<MessageLite, MessageLite>(
              &transport.channel(), UnaryMethod(transport, method), &context,
              request, response));
      status.Update(state.Lost());
      state.Ended();
    }
    const std::optional<absl::Duration> pause = state.After(&status);
    if (!pause.has_value()) break;
    if (!Pause(transport, state, *pause)) {
      status = absl::CancelledError("the caller gave the call up");
      break;
    }
  }
  state.End(&status);
  return status;
}

void CallAsync(std::shared_ptr<Transport> transport, const Method& method,
               std::shared_ptr<const Message> request, const Options& options,
               std::shared_ptr<Message> response,
               std::function<void(absl::Status)> done) {
  KeepCallbackThreads();
  std::make_shared<AsyncCall>(std::move(transport), method, std::move(request),
                              options, std::move(response), std::move(done))
      ->Attempt();
}

}  // namespace charter::client::internal

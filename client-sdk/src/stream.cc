#include "client-sdk/src/stream.h"

#include <utility>

#include "client-sdk/src/call_state.h"
#include "client-sdk/src/status_payloads.h"
#include "grpc/support/time.h"
#include "grpcpp/completion_queue.h"
#include "grpcpp/impl/codegen/proto_utils.h"
#include "grpcpp/impl/rpc_method.h"
#include "grpcpp/support/async_stream.h"

namespace charter::client::internal {
namespace {

using google::protobuf::Message;
using google::protobuf::MessageLite;

// On a completion queue of its own, so that a read can be waited for with a
// limit. One operation is under way at a time.
class GrpcStream : public MessageStream {
 public:
  GrpcStream(std::shared_ptr<Transport> transport, const Method& method,
             const Message& request, const Options& options)
      : transport_(std::move(transport)),
        method_(method),
        request_(request.New()),
        state_(*transport_, method_, *request_, options) {
    request_->CopyFrom(request);
    broken_ = state_.Prepare(&context_);
    if (broken_.ok()) broken_ = state_.Before();
    if (!broken_.ok()) return;
    if (state_.cancellation() != nullptr) {
      cancel_id_ =
          state_.cancellation()->OnCancel([this] { context_.TryCancel(); });
    }
    reader_.reset(grpc::internal::ClientAsyncReaderFactory<MessageLite>::Create(
        &transport_->channel(), &queue_,
        grpc::internal::RpcMethod(method_.path,
                                  grpc::internal::RpcMethod::SERVER_STREAMING,
                                  std::shared_ptr<grpc::ChannelInterface>(
                                      std::shared_ptr<grpc::ChannelInterface>(),
                                      &transport_->channel())),
        &context_, static_cast<const MessageLite&>(*request_), true, this));
    under_way_ = Operation::kStart;
    state_.Ended();
  }

  ~GrpcStream() override {
    if (reader_ != nullptr && !finished_) {
      context_.TryCancel();
      (void)Finish();
    }
    if (state_.cancellation() != nullptr && reader_ != nullptr)
      state_.cancellation()->Forget(cancel_id_);
    queue_.Shutdown();
    void* tag;
    bool ok;
    while (queue_.Next(&tag, &ok)) {
    }
  }

  Outcome Read(Message* message, absl::Duration timeout) override {
    if (!broken_.ok() || ended_) return Outcome::kEnd;
    const gpr_timespec until =
        timeout == absl::InfiniteDuration()
            ? gpr_inf_future(GPR_CLOCK_MONOTONIC)
            : gpr_time_add(
                  gpr_now(GPR_CLOCK_MONOTONIC),
                  gpr_time_from_nanos(absl::ToInt64Nanoseconds(timeout),
                                      GPR_TIMESPAN));
    for (;;) {
      if (under_way_ == Operation::kNone) {
        reader_->Read(message, this);
        under_way_ = Operation::kRead;
      }
      const Operation operation = under_way_;
      bool ok = false;
      if (!Wait(until, &ok)) return Outcome::kTimeout;
      if (!ok) {
        ended_ = true;
        return Outcome::kEnd;
      }
      if (operation == Operation::kStart) continue;
      broken_ = state_.Lost();
      if (broken_.ok()) return Outcome::kMessage;
      context_.TryCancel();
      return Outcome::kEnd;
    }
  }

  absl::Status Finish() override {
    if (!broken_.ok()) return End(broken_);
    if (finished_) return status_;
    finished_ = true;
    bool ok = false;
    const gpr_timespec forever = gpr_inf_future(GPR_CLOCK_MONOTONIC);
    if (under_way_ != Operation::kNone) Wait(forever, &ok);
    grpc::Status status;
    reader_->Finish(&status, this);
    under_way_ = Operation::kFinish;
    Wait(forever, &ok);
    status_ = FromGrpc(status);
    if (status_.code() == absl::StatusCode::kUnauthenticated) state_.Refused();
    return status_ = End(status_);
  }

  void Cancel() override { context_.TryCancel(); }

 private:
  enum class Operation { kNone, kStart, kRead, kFinish };

  absl::Status End(absl::Status status) {
    if (!told_) state_.End(&status);
    told_ = true;
    return status;
  }
  bool Wait(gpr_timespec until, bool* ok) {
    void* tag;
    if (queue_.AsyncNext(&tag, ok, until) !=
        grpc::CompletionQueue::NextStatus::GOT_EVENT)
      return false;
    under_way_ = Operation::kNone;
    return true;
  }

  const std::shared_ptr<Transport> transport_;
  const Method method_;
  const std::unique_ptr<Message> request_;
  CallState state_;
  grpc::ClientContext context_;
  grpc::CompletionQueue queue_;
  std::unique_ptr<grpc::ClientAsyncReader<MessageLite>> reader_;
  Operation under_way_ = Operation::kNone;
  uint64_t cancel_id_ = 0;
  bool ended_ = false;
  bool finished_ = false;
  bool told_ = false;
  absl::Status broken_;
  absl::Status status_;
};

}  // namespace

std::unique_ptr<MessageStream> OpenStream(std::shared_ptr<Transport> transport,
                                          const Method& method,
                                          const Message& request,
                                          const Options& options) {
  return std::make_unique<GrpcStream>(std::move(transport), method, request,
                                      options);
}

}  // namespace charter::client::internal

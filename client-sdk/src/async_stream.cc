#include "client-sdk/src/async_stream.h"

#include <functional>
#include <mutex>
#include <utility>

#include "client-sdk/src/call_state.h"
#include "client-sdk/src/callback_threads.h"
#include "client-sdk/src/status_payloads.h"
#include "grpcpp/impl/codegen/proto_utils.h"
#include "grpcpp/impl/rpc_method.h"
#include "grpcpp/support/client_callback.h"

namespace charter::client::internal {
namespace {

using google::protobuf::Message;
using google::protobuf::MessageLite;
using Answer = std::function<void(absl::StatusOr<bool>)>;

// Holds itself from Begin until gRPC is done with it. A hold keeps gRPC from
// that while nobody reads.
class Reader : public grpc::ClientReadReactor<MessageLite>,
               public std::enable_shared_from_this<Reader> {
 public:
  Reader(std::shared_ptr<Transport> transport, const Method& method,
         std::shared_ptr<const Message> request, const Options& options)
      : transport_(std::move(transport)),
        method_(method),
        request_(std::move(request)),
        state_(*transport_, method_, *request_, options) {}

  void Begin() {
    absl::Status ready = state_.Prepare(&context_);
    if (ready.ok()) ready = state_.Before();
    if (!ready.ok()) return End(std::move(ready));
    if (state_.cancellation() != nullptr) {
      cancel_id_ =
          state_.cancellation()->OnCancel([this] { context_.TryCancel(); });
    }
    {
      const std::lock_guard lock(mutex_);
      self_ = shared_from_this();
      holds_ = true;
    }
    grpc::internal::ClientCallbackReaderFactory<MessageLite>::Create(
        &transport_->channel(),
        grpc::internal::RpcMethod(method_.path,
                                  grpc::internal::RpcMethod::SERVER_STREAMING,
                                  std::shared_ptr<grpc::ChannelInterface>(
                                      std::shared_ptr<grpc::ChannelInterface>(),
                                      &transport_->channel())),
        &context_, static_cast<const MessageLite*>(request_.get()), this);
    AddHold();
    StartCall();
    state_.Ended();
  }

  void Read(const std::shared_ptr<Message>& message, Answer answer) {
    {
      const std::lock_guard lock(mutex_);
      if (!finished_) {
        message_ = message;
        answer_ = std::move(answer);
      }
    }
    if (answer) return answer(HowItEnded());
    StartRead(message.get());
  }
  void Cancel() { context_.TryCancel(); }
  // Nobody will read any more.
  void Abandon() {
    bool idle;
    {
      const std::lock_guard lock(mutex_);
      abandoned_ = true;
      idle = message_ == nullptr;
    }
    context_.TryCancel();
    if (idle) LetGo();
  }

  void OnReadDone(bool ok) override {
    const absl::Status lost = ok ? state_.Lost() : absl::OkStatus();
    Answer answer;
    {
      const std::lock_guard lock(mutex_);
      message_.reset();
      status_ = lost;
      if (ok && lost.ok() && !abandoned_) answer = std::move(answer_);
    }
    if (answer) return answer(true);
    // Answered when all is over.
    if (!lost.ok()) context_.TryCancel();
    LetGo();
  }
  void OnDone(const grpc::Status& status) override {
    if (state_.cancellation() != nullptr)
      state_.cancellation()->Forget(cancel_id_);
    absl::Status ended = FromGrpc(status);
    if (ended.code() == absl::StatusCode::kUnauthenticated) state_.Refused();
    {
      const std::lock_guard lock(mutex_);
      if (!status_.ok()) ended = status_;
    }
    End(std::move(ended));
  }

 private:
  void LetGo() {
    {
      const std::lock_guard lock(mutex_);
      if (!std::exchange(holds_, false)) return;
    }
    RemoveHold();
  }
  void End(absl::Status status) {
    state_.End(&status);
    std::shared_ptr<Reader> self;
    Answer answer;
    {
      const std::lock_guard lock(mutex_);
      finished_ = true;
      status_ = std::move(status);
      self = std::move(self_);
      answer = std::move(answer_);
    }
    if (answer) answer(HowItEnded());
  }
  absl::StatusOr<bool> HowItEnded() {
    const std::lock_guard lock(mutex_);
    if (!status_.ok()) return status_;
    return false;
  }

  const std::shared_ptr<Transport> transport_;
  const Method method_;
  const std::shared_ptr<const Message> request_;
  CallState state_;
  grpc::ClientContext context_;
  uint64_t cancel_id_ = 0;

  std::mutex mutex_;  // of what follows
  std::shared_ptr<Reader> self_;
  std::shared_ptr<Message> message_;  // is being read
  Answer answer_;
  bool holds_ = false;
  bool abandoned_ = false;
  bool finished_ = false;
  absl::Status status_;
};

class GrpcAsyncStream : public AsyncMessageStream {
 public:
  explicit GrpcAsyncStream(std::shared_ptr<Reader> reader)
      : reader_(std::move(reader)) {
    reader_->Begin();
  }
  ~GrpcAsyncStream() override { reader_->Abandon(); }

  void Read(std::shared_ptr<Message> message, Answer done) override {
    // The answer may destroy this.
    const std::shared_ptr<Reader> reader = reader_;
    reader->Read(message, std::move(done));
  }
  void Cancel() override { reader_->Cancel(); }

 private:
  const std::shared_ptr<Reader> reader_;
};

}  // namespace

std::unique_ptr<AsyncMessageStream> OpenAsyncStream(
    std::shared_ptr<Transport> transport, const Method& method,
    std::shared_ptr<const Message> request, const Options& options) {
  KeepCallbackThreads();
  return std::make_unique<GrpcAsyncStream>(std::make_shared<Reader>(
      std::move(transport), method, std::move(request), options));
}

}  // namespace charter::client::internal

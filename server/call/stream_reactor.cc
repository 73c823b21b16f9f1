#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>

#include "server/call/hidden_fields.h"
#include "server/call/presentable.h"
#include "server/call/reactors.h"
#include "server/call/status.h"
#include "server/services/shared/errors.h"

namespace charter::call {
namespace {

namespace errors = services::errors;

class StreamReactor;

// The stream as its feeder sees it. Outlives the reactor, for feeders on other
// threads may still hold it; it tells the reactor nothing once that is gone.
class OpenStream final : public services::Stream {
 public:
  explicit OpenStream(StreamReactor* reactor) : reactor_(reactor) {}

  // Before the feeder begins: what the caller does not see.
  void Hide(std::shared_ptr<const services::HiddenFields> hidden) {
    hidden_ = std::move(hidden);
  }
  bool Write(const google::protobuf::MessageLite& message) override;
  size_t pending_bytes() const override {
    std::lock_guard<std::mutex> lock(mutex_);
    return pending_;
  }
  void Finish(const absl::Status& status) override;
  bool ended() const override {
    std::lock_guard<std::mutex> lock(mutex_);
    return ended_;
  }
  void SetCallbacks(std::function<void()> on_drained,
                    std::function<void()> on_end,
                    std::function<void()> on_drain_server) override;

  // The reactor's events.
  void WriteDone(bool ok);
  void Cancel();
  void Done();
  // The server stops.
  void Drain();
  // How it ended, for the log.
  absl::Status final_status() const {
    std::lock_guard<std::mutex> lock(mutex_);
    return final_;
  }

 private:
  // Both need the lock.
  void StartNext();
  void FinishIfIdle();

  std::shared_ptr<const services::HiddenFields> hidden_;
  mutable std::mutex mutex_;
  StreamReactor* reactor_;
  std::deque<grpc::ByteBuffer> queue_;
  size_t pending_ = 0;
  bool writing_ = false;
  bool ended_ = false;        // takes no more messages
  bool finish_sent_ = false;  // the reactor's Finish was called
  bool done_ = false;
  absl::Status final_;
  std::function<void()> on_drained_, on_end_, on_drain_server_;
};

// Kept by gRPC until OnDone and by the job that opens the stream, whichever is
// longer.
class StreamReactor final : public grpc::ServerWriteReactor<grpc::ByteBuffer>,
                            public std::enable_shared_from_this<StreamReactor> {
 public:
  StreamReactor(CallContext& context, const Endpoint& endpoint,
                const grpc::ByteBuffer& request)
      : context_(context),
        endpoint_(endpoint),
        request_(request),
        stream_(std::make_shared<OpenStream>(this)),
        cancelled_(std::make_shared<std::atomic<bool>>(false)) {}

  ~StreamReactor() override {
    context_.path.Leave(passage_, stream_->final_status()).IgnoreError();
  }

  void Begin(grpc::CallbackServerContext* server) {
    until_done_ = shared_from_this();
    auto cancelled = cancelled_;
    absl::Status status = context_.path.Enter(
        endpoint_, PresentedBy(*server), server->peer(), DeadlineOf(*server),
        [cancelled] { return cancelled->load(); }, &passage_);
    if (!status.ok()) {
      AuditRefusal(context_, passage_, status);
      return stream_->Finish(status);
    }
    stream_->Hide(passage_.info.principal.hidden);
    if (context_.draining.load()) return stream_->Finish(errors::Draining());
    auto stream = stream_;
    live_id_ = context_.streams.Add([stream] { stream->Drain(); });
    if (live_id_ == 0) return stream_->Finish(errors::Overloaded());
    if (endpoint_.inline_stream != nullptr) {
      status = Admit(context_.path, passage_, request_);
      if (status.ok()) {
        status = endpoint_.inline_stream(*passage_.request, stream_);
      }
      if (!status.ok()) stream_->Finish(status);
      return;
    }
    auto self = shared_from_this();
    const bool admitted = context_.executor.Submit(
        false, [self](storage::Session& session) { self->Open(session); });
    if (!admitted) stream_->Finish(errors::Overloaded());
  }

  void OnWriteDone(bool ok) override {
    auto stream = stream_;
    stream->WriteDone(ok);
  }
  void OnCancel() override {
    cancelled_->store(true);
    auto stream = stream_;
    stream->Cancel();
  }
  void OnDone() override {
    if (live_id_ != 0) context_.streams.Remove(live_id_);
    stream_->Done();
    const auto last = std::move(until_done_);
  }

  // How a final status goes on the wire.
  grpc::Status Wire(const absl::Status& status) const {
    return ToGrpc(Presentable(status, passage_.info.call_id));
  }

 private:
  void Open(storage::Session& session) {
    if (stream_->ended()) return;
    absl::Status status = Admit(context_.path, passage_, request_);
    if (status.ok()) {
      status = context_.path.RunStream(passage_, session, stream_);
    }
    if (!status.ok()) stream_->Finish(status);
  }

  CallContext& context_;
  const CallCount::Call counted_{context_.running};
  const Endpoint& endpoint_;
  const grpc::ByteBuffer request_;
  const std::shared_ptr<OpenStream> stream_;
  const std::shared_ptr<std::atomic<bool>> cancelled_;
  Passage passage_;
  int64_t live_id_ = 0;
  std::shared_ptr<StreamReactor> until_done_;
};

bool OpenStream::Write(const google::protobuf::MessageLite& message) {
  grpc::ByteBuffer bytes;
  if (hidden_ == nullptr) {
    bytes = ToBytes(message);
  } else {
    std::unique_ptr<google::protobuf::Message> told(
        static_cast<google::protobuf::Message*>(message.New()));
    told->CheckTypeAndMergeFrom(message);
    charter::call::Hide(*hidden_, told.get());
    bytes = ToBytes(*told);
  }
  std::lock_guard<std::mutex> lock(mutex_);
  if (ended_) return false;
  pending_ += bytes.Length();
  queue_.push_back(std::move(bytes));
  if (!writing_) StartNext();
  return true;
}

void OpenStream::StartNext() {
  writing_ = true;
  reactor_->StartWrite(&queue_.front());
}

void OpenStream::FinishIfIdle() {
  if (!ended_ || writing_ || finish_sent_ || !queue_.empty() ||
      reactor_ == nullptr) {
    return;
  }
  finish_sent_ = true;
  reactor_->Finish(reactor_->Wire(final_));
}

void OpenStream::Finish(const absl::Status& status) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (ended_) return;
  ended_ = true;
  final_ = status;
  FinishIfIdle();
}

void OpenStream::SetCallbacks(std::function<void()> on_drained,
                              std::function<void()> on_end,
                              std::function<void()> on_drain_server) {
  std::function<void()> end_now;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (done_) {
      end_now = std::move(on_end);
    } else {
      on_drained_ = std::move(on_drained);
      on_end_ = std::move(on_end);
      on_drain_server_ = std::move(on_drain_server);
    }
  }
  if (end_now) end_now();
}

void OpenStream::WriteDone(bool ok) {
  std::function<void()> drained;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    writing_ = false;
    pending_ -= queue_.front().Length();
    queue_.pop_front();
    if (!ok) {
      if (!ended_) final_ = errors::Cancelled();
      ended_ = true;
      queue_.clear();
      pending_ = 0;
    }
    if (!queue_.empty()) {
      StartNext();
    } else if (!ended_) {
      drained = on_drained_;
    }
    FinishIfIdle();
  }
  if (drained) drained();
}

void OpenStream::Cancel() {
  std::lock_guard<std::mutex> lock(mutex_);
  if (!ended_) final_ = errors::Cancelled();
  ended_ = true;
  // The one that is being written stays until its WriteDone.
  if (queue_.size() > 1) queue_.erase(queue_.begin() + 1, queue_.end());
  if (!writing_) queue_.clear();
  FinishIfIdle();
}

void OpenStream::Done() {
  std::function<void()> end;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    ended_ = true;
    done_ = true;
    reactor_ = nullptr;
    end = std::move(on_end_);
    // They may hold this very stream.
    on_drained_ = nullptr;
    on_drain_server_ = nullptr;
  }
  if (end) end();
}

void OpenStream::Drain() {
  std::function<void()> drain;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    drain = on_drain_server_;
  }
  if (drain) {
    drain();
  } else {
    Finish(errors::Draining());
  }
}

}  // namespace

grpc::ServerWriteReactor<grpc::ByteBuffer>* StartStream(
    CallContext& context, const Endpoint& endpoint,
    grpc::CallbackServerContext* server, const grpc::ByteBuffer* request) {
  auto reactor = std::make_shared<StreamReactor>(context, endpoint, *request);
  reactor->Begin(server);
  return reactor.get();
}

}  // namespace charter::call

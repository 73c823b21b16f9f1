#include <atomic>
#include <memory>
#include <utility>

#include "server/call/reactors.h"
#include "server/call/status.h"
#include "server/services/shared/errors.h"

namespace charter::call {
namespace {

// Answers each message of a two-way stream with one.
class BidiReactor final
    : public grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>,
      public std::enable_shared_from_this<BidiReactor> {
 public:
  BidiReactor(CallContext& context, const Endpoint& endpoint,
              grpc::CallbackServerContext* server)
      : context_(context), endpoint_(endpoint), server_(server) {}

  void Begin() {
    until_done_ = shared_from_this();
    absl::Status status =
        context_.path.Enter(endpoint_, PresentedBy(*server_), server_->peer(),
                            DeadlineOf(*server_), nullptr, &passage_);
    if (!status.ok()) return End(status);
    std::weak_ptr<BidiReactor> weak = weak_from_this();
    // Such a stream has nothing to finish: a stop cuts it off.
    live_id_ = context_.streams.Add([weak] {
      if (auto self = weak.lock()) self->server_->TryCancel();
    });
    if (live_id_ == 0) return End(services::errors::Draining());
    StartRead(&request_);
  }

  void OnReadDone(bool ok) override {
    if (!ok) return End(absl::OkStatus());
    absl::Status status = Admit(context_.path, passage_, request_);
    std::unique_ptr<google::protobuf::Message> response(
        endpoint_.response->New());
    if (status.ok()) {
      status = endpoint_.inline_bidi(*passage_.request, response.get());
    }
    if (!status.ok()) return End(status);
    response_ = ToBytes(*response);
    StartWrite(&response_);
  }

  void OnWriteDone(bool ok) override {
    if (!ok) return End(services::errors::Cancelled());
    request_.Clear();
    StartRead(&request_);
  }

  void OnDone() override {
    if (live_id_ != 0) context_.streams.Remove(live_id_);
    const auto last = std::move(until_done_);
  }

 private:
  void End(const absl::Status& status) {
    Finish(ToGrpc(context_.path.Leave(passage_, status)));
  }

  CallContext& context_;
  const CallCount::Call counted_{context_.running};
  const Endpoint& endpoint_;
  grpc::CallbackServerContext* const server_;
  Passage passage_;
  grpc::ByteBuffer request_, response_;
  int64_t live_id_ = 0;
  std::shared_ptr<BidiReactor> until_done_;
};

}  // namespace

grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* StartBidi(
    CallContext& context, const Endpoint& endpoint,
    grpc::CallbackServerContext* server) {
  auto reactor = std::make_shared<BidiReactor>(context, endpoint, server);
  reactor->Begin();
  return reactor.get();
}

}  // namespace charter::call

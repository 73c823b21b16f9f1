#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <utility>

#include "grpc/grpc_security_constants.h"
#include "grpc/support/time.h"
#include "grpcpp/support/proto_buffer_reader.h"
#include "grpcpp/support/proto_buffer_writer.h"
#include "server/call/reactors.h"
#include "server/call/status.h"
#include "server/services/shared/errors.h"

namespace charter::call {
namespace {

namespace errors = services::errors;
using std::chrono::steady_clock;

// A long poll answers that long before its deadline, so that the caller gets
// the answer.
constexpr auto kAnswerBefore = std::chrono::milliseconds(200);

class UnaryReactor final : public grpc::ServerUnaryReactor {
 public:
  UnaryReactor(CallContext& context, const Endpoint& endpoint,
               const grpc::ByteBuffer* request, grpc::ByteBuffer* response)
      : context_(context),
        endpoint_(endpoint),
        request_(request),
        response_(response),
        cancelled_(std::make_shared<std::atomic<bool>>(false)) {}

  void Begin(grpc::CallbackServerContext* server) {
    auto cancelled = cancelled_;
    absl::Status status = context_.path.Enter(
        endpoint_, PresentedBy(*server), server->peer(), DeadlineOf(*server),
        [cancelled] { return cancelled->load(); }, &passage_);
    if (!status.ok()) {
      AuditRefusal(context_, passage_, status);
      return End(status);
    }
    if (endpoint_.inline_unary != nullptr) return RunInline();
    if (context_.draining.load()) return End(errors::Draining());
    const bool heavy =
        endpoint_.method.policy.cost() == v1::MethodPolicy::HEAVY;
    const bool admitted = context_.executor.Submit(
        heavy, [this](storage::Session& session) { Run(session); });
    if (!admitted) End(errors::Overloaded());
  }

  void OnCancel() override {
    cancelled_->store(true);
    std::lock_guard<std::mutex> lock(parked_mutex_);
    if (parked_ != 0) context_.parking.Nudge(parked_);
  }

  void OnDone() override { delete this; }

 private:
  // Nothing of this may be touched after: the reactor may be gone.
  void End(const absl::Status& status) {
    const absl::Status result = context_.path.Leave(passage_, status);
    if (result.ok()) *response_ = ToBytes(*passage_.response);
    Finish(ToGrpc(result));
  }

  void RunInline() {
    absl::Status status = Admit(context_.path, passage_, *request_);
    if (status.ok()) {
      passage_.response.reset(endpoint_.response->New());
      status =
          endpoint_.inline_unary(*passage_.request, passage_.response.get());
    }
    End(status);
  }

  void Run(storage::Session& session) {
    absl::Status status = Admit(context_.path, passage_, *request_);
    if (!status.ok()) return End(status);
    if (endpoint_.poll != nullptr) return RunPoll(session, false);
    End(context_.path.RunUnary(passage_, session));
  }

  void RunPoll(storage::Session& session, bool last) {
    absl::StatusOr<PollOutcome> outcome =
        context_.path.RunPoll(passage_, session, last);
    if (!outcome.ok()) return End(outcome.status());
    if (outcome->answered) return End(absl::OkStatus());
    if (passage_.wait_until == steady_clock::time_point::max()) {
      passage_.wait_until =
          passage_.start + absl::ToChronoMicroseconds(outcome->wait);
      if (passage_.info.deadline != steady_clock::time_point::max()) {
        passage_.wait_until = std::min(passage_.wait_until,
                                       passage_.info.deadline - kAnswerBefore);
      }
    }
    std::lock_guard<std::mutex> lock(parked_mutex_);
    parked_ = context_.parking.Park(*outcome->bell, outcome->rings,
                                    passage_.wait_until,
                                    [this](bool over) { Unpark(over); });
    if (cancelled_->load()) context_.parking.Nudge(parked_);
  }

  void Unpark(bool last) {
    {
      std::lock_guard<std::mutex> lock(parked_mutex_);
      parked_ = 0;
    }
    const bool resumed = context_.executor.Resume(
        [this, last](storage::Session& session) { RunPoll(session, last); });
    if (!resumed) End(errors::Draining());
  }

  CallContext& context_;
  const CallCount::Call counted_{context_.running};
  const Endpoint& endpoint_;
  const grpc::ByteBuffer* const request_;
  grpc::ByteBuffer* const response_;
  const std::shared_ptr<std::atomic<bool>> cancelled_;
  Passage passage_;
  std::mutex parked_mutex_;
  int64_t parked_ = 0;
};

}  // namespace

grpc::ServerUnaryReactor* StartUnary(CallContext& context,
                                     const Endpoint& endpoint,
                                     grpc::CallbackServerContext* server,
                                     const grpc::ByteBuffer* request,
                                     grpc::ByteBuffer* response) {
  auto* reactor = new UnaryReactor(context, endpoint, request, response);
  reactor->Begin(server);
  return reactor;
}

Presented PresentedBy(const grpc::CallbackServerContext& server) {
  Presented presented;
  const auto& metadata = server.client_metadata();
  const auto found = metadata.find("authorization");
  if (found != metadata.end()) {
    presented.authorization.assign(found->second.data(), found->second.size());
    return presented;
  }
  const auto transport = server.auth_context();
  if (!transport->IsPeerAuthenticated()) return presented;
  for (const char* kind :
       {GRPC_PEER_SPIFFE_ID_PROPERTY_NAME, GRPC_PEER_URI_PROPERTY_NAME,
        GRPC_PEER_DNS_PROPERTY_NAME}) {
    for (const grpc::string_ref& name : transport->FindPropertyValues(kind))
      presented.certificate_names.emplace_back(name.data(), name.size());
  }
  return presented;
}

steady_clock::time_point DeadlineOf(const grpc::CallbackServerContext& server) {
  const gpr_timespec deadline =
      gpr_convert_clock_type(server.raw_deadline(), GPR_CLOCK_MONOTONIC);
  if (gpr_time_cmp(deadline, gpr_inf_future(GPR_CLOCK_MONOTONIC)) == 0) {
    return steady_clock::time_point::max();
  }
  const gpr_timespec left =
      gpr_time_sub(deadline, gpr_now(GPR_CLOCK_MONOTONIC));
  // Nobody waits a year; the sum must not overflow.
  constexpr int64_t kYear = 365 * 86400;
  if (left.tv_sec > kYear) return steady_clock::time_point::max();
  return steady_clock::now() + std::chrono::seconds(left.tv_sec) +
         std::chrono::nanoseconds(left.tv_nsec);
}

bool FromBytes(const grpc::ByteBuffer& bytes,
               google::protobuf::Message* message) {
  // An empty message has no slices, which the reader doesn't bear.
  if (bytes.Length() == 0) return message->ParseFromString("");
  grpc::ByteBuffer copy(bytes);  // shares the slices
  grpc::ProtoBufferReader reader(&copy);
  return reader.status().ok() && message->ParseFromZeroCopyStream(&reader);
}

void AuditRefusal(CallContext& context, const Passage& passage,
                  const absl::Status& status) {
  if (!absl::IsPermissionDenied(status)) return;
  CallPath* path = &context.path;
  // When the queue is full there is the log line.
  context.executor.Submit(false,
                          [path, info = passage.info,
                           code = status.code()](storage::Session& session) {
                            path->AuditRefusal(info, code, session);
                          });
}

grpc::ByteBuffer ToBytes(const google::protobuf::MessageLite& message) {
  // In one slice: responses are small or were just made.
  const std::string bytes = message.SerializeAsString();
  grpc::Slice slice(bytes);
  return grpc::ByteBuffer(&slice, 1);
}

absl::Status Admit(CallPath& path, Passage& passage,
                   const grpc::ByteBuffer& bytes) {
  return path.Admit(
      passage, bytes.Length(),
      [&](google::protobuf::Message* message) {
        return FromBytes(bytes, message);
      },
      [&] {
        std::string all;
        std::vector<grpc::Slice> slices;
        if (bytes.Dump(&slices).ok()) {
          for (const grpc::Slice& slice : slices) {
            all.append(reinterpret_cast<const char*>(slice.begin()),
                       slice.size());
          }
        }
        return all;
      });
}

}  // namespace charter::call

#include "server/server.h"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "charter/version.h"
#include "google/protobuf/stubs/logging.h"
#include "grpc/support/time.h"
#include "grpcpp/server_builder.h"
#include "server/call/reflection.h"
#include "server/observability/log.h"

namespace charter {
namespace {

// Above this the transport itself refuses, and the caller gets its words
// instead of ours.
constexpr int kTransportLimit = 2 * static_cast<int>(call::kMaxRequestBytes);
constexpr int kMaxResponseBytes = 16 << 20;
// How long a stopping server goes on answering with DRAINING.
constexpr absl::Duration kTellCallers = absl::Milliseconds(500);

void SetChannelArguments(grpc::ServerBuilder& builder) {
  // Otherwise two servers share a port without a word.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  // Half-open connections are found; clients may ping every 20 s.
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, 60000);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 20000);
  builder.AddChannelArgument(
      GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 20000);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Server>> Server::Start(
    storage::Store& store, Clock& clock,
    std::unique_ptr<call::Identity> identity, const ServerOptions& options) {
  std::unique_ptr<Server> server(
      new Server(store, clock, std::move(identity), options));
  absl::Status status = server->Begin(options);
  if (!status.ok()) return status;
  return server;
}

Server::Server(storage::Store& store, Clock& clock,
               std::unique_ptr<call::Identity> identity,
               const ServerOptions& options)
    : identity_(std::move(identity)),
      path_(services_, endpoints_, *identity_),
      executor_(store, options.executor),
      context_(path_, executor_) {
  services_.store = &store;
  services_.clock = &clock;
  services_.ids = &ids_;
  services_.tokens = &tokens_;
  services_.catalog = &catalog_;
  services_.start_time = clock.Now();
  services_.version = kVersion;
  fan_out_ = std::make_unique<services::FanOut>(
      services_, [this](std::function<void(storage::Session&)> job) {
        return executor_.Resume(std::move(job));
      });
  services_.fan_out = fan_out_.get();
}

Server::~Server() { Stop(absl::ZeroDuration()); }

absl::Status Server::Begin(const ServerOptions& options) {
  // Protobuf writes to standard error what it refuses to parse; the path
  // answers that.
  google::protobuf::SetLogHandler(nullptr);
  options.services(endpoints_);
  health_ = std::make_unique<call::Health>(endpoints_.services());
  call::Health::Register(*health_, endpoints_);
  call::RegisterReflection(endpoints_);
  absl::Status status = endpoints_.Check();
  if (!status.ok()) return status;
  status = path_.Prepare();
  if (!status.ok()) return status;
  {
    const auto session = services_.store->OpenSession();
    status = tokens_.Load(*session, services_.start_time);
    if (!status.ok()) return status;
  }
  transport_ = std::make_unique<call::Transport>(context_, endpoints_);
  grpc::ServerBuilder builder;
  if (!options.listen.empty()) {
    builder.AddListeningPort(options.listen, call::MakeCredentials(options.tls),
                             &port_);
  }
  builder.RegisterService(transport_.get());
  builder.SetMaxReceiveMessageSize(kTransportLimit);
  builder.SetMaxSendMessageSize(kMaxResponseBytes);
  SetChannelArguments(builder);
  grpc_ = builder.BuildAndStart();
  if (grpc_ == nullptr || (port_ == 0 && !options.listen.empty())) {
    grpc_.reset();
    return absl::FailedPreconditionError(absl::StrCat(
        "cannot listen on ", options.listen,
        ": the address is taken, isn't this machine's, or is misspelt"));
  }
  probe_ = std::make_unique<call::DatabaseProbe>(services_, *health_);
  workers_ = std::make_unique<workers::Workers>(services_, options.workers);
  if (options.background) {
    probe_->Start();
    workers_->Start();
  } else {
    probe_->RunOnce();
  }
  return absl::OkStatus();
}

std::shared_ptr<grpc::Channel> Server::InProcessChannel() {
  return grpc_->InProcessChannel(grpc::ChannelArguments());
}

void Server::Stop(absl::Duration grace) {
  if (grpc_ == nullptr) return;
  health_->Drain();
  context_.draining.store(true);
  context_.parking.Drain();
  context_.streams.Drain();
  const auto start = std::chrono::steady_clock::now();
  const auto until = start + absl::ToChronoMilliseconds(grace);
  // gRPC drops what comes in while it shuts down, as CANCELLED, which callers
  // don't repeat: so they are told first, and go elsewhere.
  std::this_thread::sleep_until(
      std::min(until, start + absl::ToChronoMilliseconds(kTellCallers)));
  context_.running.WaitUntilNone(until);
  const int64_t left = std::chrono::duration_cast<std::chrono::milliseconds>(
                           until - std::chrono::steady_clock::now())
                           .count();
  grpc_->Shutdown(gpr_time_add(
      gpr_now(GPR_CLOCK_MONOTONIC),
      gpr_time_from_millis(std::max<int64_t>(left, 0), GPR_TIMESPAN)));
  probe_->Stop();
  executor_.Stop();
  workers_->Stop();
  grpc_.reset();
}

}  // namespace charter

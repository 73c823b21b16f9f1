#include "server/call/health.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/services/shared/errors.h"

namespace charter::call {

using grpc::health::v1::HealthCheckRequest;
using grpc::health::v1::HealthCheckResponse;

namespace {

constexpr char kService[] = "grpc.health.v1.Health";

HealthCheckResponse ResponseOf(HealthCheckResponse::ServingStatus status) {
  HealthCheckResponse response;
  response.set_status(status);
  return response;
}

}  // namespace

Health::Health(const std::vector<std::string>& services) {
  for (const std::string& service : services) known_[service] = true;
}

Health::Status Health::StatusOf(const std::string& service) const {
  if (service.empty()) {
    return draining_ ? HealthCheckResponse::NOT_SERVING
                     : HealthCheckResponse::SERVING;
  }
  if (known_.count(service) == 0) return HealthCheckResponse::SERVICE_UNKNOWN;
  return ready_ && !draining_ ? HealthCheckResponse::SERVING
                              : HealthCheckResponse::NOT_SERVING;
}

void Health::SetReady(bool ready) {
  std::lock_guard<std::mutex> lock(mutex_);
  ready_ = ready;
  TellWatchers();
}

void Health::Drain() {
  std::lock_guard<std::mutex> lock(mutex_);
  draining_ = true;
  TellWatchers();
}

void Health::TellWatchers() {
  watchers_.erase(
      std::remove_if(watchers_.begin(), watchers_.end(),
                     [](const Watcher& w) { return w.stream->ended(); }),
      watchers_.end());
  for (Watcher& watcher : watchers_) {
    const Status status = StatusOf(watcher.service);
    if (status == watcher.told) continue;
    watcher.told = status;
    watcher.stream->Write(ResponseOf(status));
  }
}

absl::Status Health::Check(const HealthCheckRequest& request,
                           HealthCheckResponse* response) {
  std::lock_guard<std::mutex> lock(mutex_);
  const Status status = StatusOf(request.service());
  if (status == HealthCheckResponse::SERVICE_UNKNOWN) {
    return services::errors::NotFound(
        absl::StrCat("services/", request.service()), "service");
  }
  response->set_status(status);
  return absl::OkStatus();
}

absl::Status Health::Watch(const HealthCheckRequest& request,
                           std::shared_ptr<services::Stream> stream) {
  std::lock_guard<std::mutex> lock(mutex_);
  watchers_.erase(
      std::remove_if(watchers_.begin(), watchers_.end(),
                     [](const Watcher& w) { return w.stream->ended(); }),
      watchers_.end());
  const Status status = StatusOf(request.service());
  stream->Write(ResponseOf(status));
  watchers_.push_back({request.service(), std::move(stream), status});
  return absl::OkStatus();
}

void Health::Register(Health& health, Endpoints& endpoints) {
  endpoints
      .Add(kService, "Check", HealthCheckRequest::default_instance(),
           HealthCheckResponse::default_instance())
      .inline_unary = [&health](const Endpoint::Message& request,
                                Endpoint::Message* response) {
    return health.Check(static_cast<const HealthCheckRequest&>(request),
                        static_cast<HealthCheckResponse*>(response));
  };
  endpoints
      .Add(kService, "Watch", HealthCheckRequest::default_instance(),
           HealthCheckResponse::default_instance())
      .inline_stream = [&health](const Endpoint::Message& request,
                                 std::shared_ptr<services::Stream> stream) {
    return health.Watch(static_cast<const HealthCheckRequest&>(request),
                        std::move(stream));
  };
}

}  // namespace charter::call

// grpc.health.v1: "" says whether the process lives, each service of ours
// whether it can be used.
#ifndef CHARTER_SERVER_CALL_HEALTH_H_
#define CHARTER_SERVER_CALL_HEALTH_H_

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "grpc/health/v1/health.pb.h"
#include "server/call/endpoint.h"
#include "server/services/shared/stream.h"

namespace charter::call {

// Thread-safe.
class Health {
 public:
  // Services not named are unknown.
  explicit Health(const std::vector<std::string>& services);

  // Whether the services can be used: the database answers. The process's own
  // entry stays SERVING, so that nobody restarts it for the database's sake.
  void SetReady(bool ready);
  // The server stops: everything is NOT_SERVING from now on.
  void Drain();

  // Check and Watch of grpc.health.v1.Health. `health` outlives the endpoints.
  static void Register(Health& health, Endpoints& endpoints);

 private:
  using Status = grpc::health::v1::HealthCheckResponse::ServingStatus;
  struct Watcher {
    std::string service;
    std::shared_ptr<services::Stream> stream;
    Status told;
  };

  // These need the lock.
  Status StatusOf(const std::string& service) const;
  void TellWatchers();

  absl::Status Check(const grpc::health::v1::HealthCheckRequest& request,
                     grpc::health::v1::HealthCheckResponse* response);
  absl::Status Watch(const grpc::health::v1::HealthCheckRequest& request,
                     std::shared_ptr<services::Stream> stream);

  std::mutex mutex_;
  std::map<std::string, bool> known_;
  bool ready_ = false;
  bool draining_ = false;
  std::vector<Watcher> watchers_;
};

}  // namespace charter::call

#endif  // CHARTER_SERVER_CALL_HEALTH_H_

// The whole server but its process: what main, the tests and the in-process
// fake start.
#ifndef CHARTER_SERVER_SERVER_H_
#define CHARTER_SERVER_SERVER_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "grpcpp/server.h"
#include "server/call/database_probe.h"
#include "server/call/endpoint.h"
#include "server/call/executor.h"
#include "server/call/health.h"
#include "server/call/identity.h"
#include "server/call/path.h"
#include "server/call/services.h"
#include "server/call/tls.h"
#include "server/call/transport.h"
#include "server/services/catalog/catalog.h"
#include "server/services/events/fan_out.h"
#include "server/services/shared/clock.h"
#include "server/services/shared/services.h"
#include "server/services/shared/tokens.h"
#include "server/workers/workers.h"
#include "storage/records/ids.h"
#include "storage/store.h"

namespace charter {

struct ServerOptions {
  // HOST:PORT; port 0: any free one. Empty: none, calls come in process.
  std::string listen = "127.0.0.1:0";
  call::TlsFiles tls;
  call::ExecutorOptions executor;
  // Off: nothing happens by itself; tests run the probe and the workers as they
  // like.
  bool background = true;
  workers::WorkersOptions workers;
  // For tests of the path: other functions behind the methods.
  std::function<void(call::Endpoints&)> services = &call::RegisterServices;
};

class Server {
 public:
  // `store` has its schema. Store and clock outlive the server.
  // FAILED_PRECONDITION: the port is taken, or the protos and the functions
  // that serve them don't fit.
  static absl::StatusOr<std::unique_ptr<Server>> Start(
      storage::Store& store, Clock& clock,
      std::unique_ptr<call::Identity> identity, const ServerOptions& options);
  // Stops without grace.
  ~Server();

  // The real one; 0: none.
  int port() const { return port_; }
  services::Services& services() { return services_; }
  call::DatabaseProbe& probe() { return *probe_; }
  workers::Workers& workers() { return *workers_; }
  // A channel without a network; large errors aren't cut on it as they are by
  // TCP.
  std::shared_ptr<grpc::Channel> InProcessChannel();

  // First health says NOT_SERVING, new calls are refused with DRAINING (for
  // half a second, if `grace` allows) and streams are finished; calls that run
  // get until `grace` is over; then what works in the background ends. Again:
  // does nothing.
  void Stop(absl::Duration grace);

 private:
  Server(storage::Store& store, Clock& clock,
         std::unique_ptr<call::Identity> identity,
         const ServerOptions& options);
  absl::Status Begin(const ServerOptions& options);

  storage::IdGenerator ids_;
  services::Tokens tokens_;
  services::CatalogCache catalog_;
  services::Services services_;
  std::unique_ptr<call::Identity> identity_;
  call::Endpoints endpoints_;
  std::unique_ptr<call::Health> health_;
  std::unique_ptr<call::DatabaseProbe> probe_;
  std::unique_ptr<services::FanOut> fan_out_;
  std::unique_ptr<workers::Workers> workers_;
  call::CallPath path_;
  call::Executor executor_;
  call::CallContext context_;
  std::unique_ptr<call::Transport> transport_;
  std::unique_ptr<grpc::Server> grpc_;
  int port_ = 0;
};

}  // namespace charter

#endif  // CHARTER_SERVER_SERVER_H_

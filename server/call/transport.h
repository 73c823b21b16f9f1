// The endpoints on gRPC's callback API. Reactors only let a call in and put it
// into the executor's queue; requests and responses are bytes here, parsed and
// made on the workers.
#ifndef CHARTER_SERVER_CALL_TRANSPORT_H_
#define CHARTER_SERVER_CALL_TRANSPORT_H_

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "grpcpp/impl/service_type.h"
#include "server/call/endpoint.h"
#include "server/call/executor.h"
#include "server/call/live_calls.h"
#include "server/call/parking.h"
#include "server/call/path.h"

namespace charter::call {

// What all calls share. Outlives the gRPC server.
struct CallContext {
  CallContext(CallPath& p, Executor& e) : path(p), executor(e) {}

  CallPath& path;
  Executor& executor;
  CallCount running;
  Parking parking;
  LiveCalls streams;
  // New calls are refused with DRAINING, but for inline ones.
  std::atomic<bool> draining{false};
};

// One gRPC service that serves the methods of all: what generated code would
// do, but from the table.
class Transport : public grpc::Service {
 public:
  Transport(CallContext& context, const Endpoints& endpoints);

 private:
  void Add(CallContext& context, const Endpoint& endpoint);

  std::vector<std::unique_ptr<std::string>> paths_;  // gRPC keeps pointers
};

}  // namespace charter::call

#endif  // CHARTER_SERVER_CALL_TRANSPORT_H_

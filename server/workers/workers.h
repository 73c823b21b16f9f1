// All workers of a server.
#ifndef CHARTER_SERVER_WORKERS_WORKERS_H_
#define CHARTER_SERVER_WORKERS_WORKERS_H_

#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "server/services/shared/services.h"
#include "server/workers/purge.h"
#include "server/workers/worker.h"

namespace charter::workers {

struct WorkersOptions {
  PurgeOptions purge;
};

class Workers {
 public:
  // `services` is complete and outlives this.
  Workers(services::Services& services, const WorkersOptions& options = {});
  // Stops.
  ~Workers();

  void Start();
  // Ends them in turn, each after its transaction: those that write first, then
  // who publishes what they wrote, then who tells it. Again: does nothing.
  void Stop();

  // Without threads: passes of all until nothing is due at the clock's present.
  absl::Status RunUntilIdle();

 private:
  // In the order in which they stop.
  std::vector<std::unique_ptr<Worker>> workers_;
};

}  // namespace charter::workers

#endif  // CHARTER_SERVER_WORKERS_WORKERS_H_

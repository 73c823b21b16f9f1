// All workers of a server.
#ifndef CHARTER_SERVER_WORKERS_WORKERS_H_
#define CHARTER_SERVER_WORKERS_WORKERS_H_

#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "server/services/shared/services.h"
#include "server/workers/purge.h"
#include "server/workers/worker.h"
#include "storage/store.h"

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
  // One thread calls it at a time.
  absl::Status RunUntilIdle();

 private:
  services::Services& services_;
  std::unique_ptr<storage::Session> session_;  // of passes by hand
  // In the order in which they stop.
  std::vector<std::unique_ptr<Worker>> workers_;
};

}  // namespace charter::workers

#endif  // CHARTER_SERVER_WORKERS_WORKERS_H_

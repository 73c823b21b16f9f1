// Asks now and then whether the database answers, and tells health.
#ifndef CHARTER_SERVER_CALL_DATABASE_PROBE_H_
#define CHARTER_SERVER_CALL_DATABASE_PROBE_H_

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include "absl/time/time.h"
#include "server/call/health.h"
#include "server/services/shared/services.h"
#include "storage/store.h"

namespace charter::call {

// Readiness is lost after several failures in a row, so that a short hiccup
// takes no server out, and won by one success.
class DatabaseProbe {
 public:
  static constexpr int kFailuresUntilDown = 3;
  static constexpr absl::Duration kPatience = absl::Seconds(2);

  DatabaseProbe(services::Services& services, Health& health,
                absl::Duration every = absl::Seconds(5));
  // Stops.
  ~DatabaseProbe();

  void Start();
  void Stop();
  // One question; for tests, while it isn't started.
  void RunOnce();

 private:
  services::Services& services_;
  Health& health_;
  const absl::Duration every_;
  std::unique_ptr<storage::Session> session_;
  int failures_ = 0;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace charter::call

#endif  // CHARTER_SERVER_CALL_DATABASE_PROBE_H_

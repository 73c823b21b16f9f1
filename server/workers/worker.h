// What happens without a caller: one start and stop for all of it.
#ifndef CHARTER_SERVER_WORKERS_WORKER_H_
#define CHARTER_SERVER_WORKERS_WORKER_H_

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "server/services/shared/call.h"
#include "server/services/shared/services.h"
#include "storage/store.h"

namespace charter::workers {

// A thread with a database session of its own that works in passes: at its next
// due time, and when its bell rings. Where other servers may write to the
// database (MySQL) it also looks by itself now and then, for their writes ring
// no bell here. A pass that fails is repeated after a pause that doubles.
//
// Tests, and servers on a simulated clock, run passes by hand instead.
class Worker {
 public:
  virtual ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // Begins to work on a thread. Again: does nothing.
  void Start();
  // Ends the thread after its transaction, and lets go of what Work held.
  // Again: does nothing. May be started anew.
  void Stop();

  // One pass, on the caller's thread, at the clock's present. Returns when the
  // next one is due: now or earlier, when there is more to do. Waits for a pass
  // of the thread.
  absl::StatusOr<absl::Time> RunOnce();
  // Passes until none is due at the clock's present. `session`: instead of the
  // worker's own.
  absl::Status RunUntilIdle();
  absl::Status RunUntilIdle(storage::Session& session);

  const std::string& name() const { return name_; }

 protected:
  // `bell`: what tells of work; null: none. `look_every`: how often it looks by
  // itself where other servers may write; InfiniteDuration: never.
  Worker(services::Services& services, absl::string_view name, Bell* bell,
         absl::Duration look_every);

  // One pass: at most a few short transactions. Returns when the next is due;
  // InfiniteFuture: when the bell rings.
  virtual absl::StatusOr<absl::Time> Work(storage::Session& session,
                                          absl::Time now) = 0;
  // How long it rests after the pass that was, even if its bell rings: what
  // comes meanwhile is done in one pass.
  virtual absl::Duration Rest() const { return absl::ZeroDuration(); }
  // Called when it stops, after the last pass.
  virtual void Leave(storage::Session&) {}

  // For the transactions of a pass. They end within kLongestPass.
  services::CallInfo Info(absl::Time now) const;
  services::Services& services() { return services_; }
  // Whether other servers may use the database.
  bool shared() const;

 private:
  void Run();
  void Rung(absl::Time when);

  services::Services& services_;
  const std::string name_;
  Bell* const bell_;
  const absl::Duration look_every_;

  std::mutex pass_mutex_;  // held during a pass
  std::unique_ptr<storage::Session> session_;

  std::mutex mutex_;
  std::condition_variable wake_;
  bool running_ = false;
  bool stopping_ = false;
  absl::Time due_;  // of the next pass
  int64_t listening_ = 0;
  std::thread thread_;
};

}  // namespace charter::workers

#endif  // CHARTER_SERVER_WORKERS_WORKER_H_

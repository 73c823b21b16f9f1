// Tells sleepers of this process that a commit gave them something to do.
#ifndef CHARTER_SERVER_SERVICES_SHARED_BELL_H_
#define CHARTER_SERVER_SERVICES_SHARED_BELL_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>

#include "absl/time/time.h"

namespace charter {

// A hint, never the truth: other servers' writes ring no bell here, so whoever
// listens also looks by itself now and then. Thread-safe.
class Bell {
 public:
  // `when`: the instant at which there will be something to do; InfinitePast:
  // now. Runs the listeners on the calling thread.
  void Ring(absl::Time when = absl::InfinitePast());

  // How often it was rung: take it before looking for something to do, so that
  // a ring in between isn't missed.
  int64_t rings() const { return rings_.load(); }

  // `listener` must be quick and must not block, nor call this bell. Returns
  // what Forget takes.
  int64_t Listen(std::function<void(absl::Time when)> listener);
  // After it returns the listener runs no more.
  void Forget(int64_t id);

 private:
  std::atomic<int64_t> rings_{0};
  std::mutex mutex_;
  int64_t next_id_ = 1;
  std::map<int64_t, std::function<void(absl::Time)>> listeners_;
};

}  // namespace charter

#endif  // CHARTER_SERVER_SERVICES_SHARED_BELL_H_

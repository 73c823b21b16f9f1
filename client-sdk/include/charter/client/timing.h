// How time passes for a client.
#ifndef CHARTER_CLIENT_TIMING_H_
#define CHARTER_CLIENT_TIMING_H_

#include <functional>
#include <memory>

#include "absl/time/time.h"

namespace charter::client {

// The present, and the pauses between attempts. The default is the machine's;
// the fake brings its own, in which nobody waits. Thread-safe.
class Timing {
 public:
  virtual ~Timing() = default;
  // The present.
  virtual absl::Time Now() = 0;
  // By a clock that nobody sets: only differences mean something. Deadlines,
  // pauses and ages are measured by it.
  virtual absl::Time Steady() = 0;
  // Returns after `pause`, or as soon as `done`, which is asked again after
  // each Wake, says so.
  virtual void Sleep(absl::Duration pause,
                     const std::function<bool()>& done) = 0;
  // Calls `then` after `pause`, on another thread.
  virtual void After(absl::Duration pause, std::function<void()> then) = 0;
  // Something happened that sleepers may wait for.
  virtual void Wake() = 0;
};

// The machine's.
std::shared_ptr<Timing> SystemTiming();

// Per channel only.
struct TimingOption {
  using Type = std::shared_ptr<Timing>;
};

}  // namespace charter::client

#endif  // CHARTER_CLIENT_TIMING_H_

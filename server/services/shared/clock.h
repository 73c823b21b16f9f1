// The one source of the present (semantics T3).
#ifndef CHARTER_SERVER_SERVICES_SHARED_CLOCK_H_
#define CHARTER_SERVER_SERVICES_SHARED_CLOCK_H_

#include <atomic>
#include <cstdint>

#include "absl/time/time.h"

namespace charter {

// Thread-safe. Whole microseconds (T1); never earlier than what it said before.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual absl::Time Now() = 0;
};

// The machine's clock. When that is set back, this one stands still until it
// is caught up with.
class SystemClock : public Clock {
 public:
  absl::Time Now() override;

 private:
  std::atomic<int64_t> last_us_{0};
};

}  // namespace charter

#endif  // CHARTER_SERVER_SERVICES_SHARED_CLOCK_H_

#include "server/services/shared/clock.h"

#include "absl/time/clock.h"

namespace charter {

absl::Time SystemClock::Now() {
  int64_t now = absl::ToUnixMicros(absl::Now());
  int64_t last = last_us_.load(std::memory_order_relaxed);
  while (last < now && !last_us_.compare_exchange_weak(last, now)) {
  }
  return absl::FromUnixMicros(last > now ? last : now);
}

}  // namespace charter

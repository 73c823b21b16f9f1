// A clock that goes only when it is told to.
#ifndef CHARTER_TESTS_SUPPORT_SIMULATED_CLOCK_H_
#define CHARTER_TESTS_SUPPORT_SIMULATED_CLOCK_H_

#include <atomic>
#include <cstdint>

#include "absl/time/time.h"
#include "server/services/shared/clock.h"

namespace charter::test {

// Thread-safe. Starts on Monday 2026-03-02 at 09:00 UTC.
class SimulatedClock : public Clock {
 public:
  explicit SimulatedClock(
      absl::Time start = absl::FromCivil(absl::CivilSecond(2026, 3, 2, 9, 0, 0),
                                         absl::UTCTimeZone()))
      : now_us_(absl::ToUnixMicros(start)) {}

  absl::Time Now() override { return absl::FromUnixMicros(now_us_.load()); }
  // Backwards as well: what then happens is a test's own affair.
  void Set(absl::Time now) { now_us_.store(absl::ToUnixMicros(now)); }
  void Advance(absl::Duration by) {
    now_us_.fetch_add(absl::ToInt64Microseconds(by));
  }

 private:
  std::atomic<int64_t> now_us_;
};

}  // namespace charter::test

#endif  // CHARTER_TESTS_SUPPORT_SIMULATED_CLOCK_H_

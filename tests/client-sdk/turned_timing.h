// Time that goes when a test says so, and in which nobody waits.
#ifndef CHARTER_TESTS_CLIENT_SDK_TURNED_TIMING_H_
#define CHARTER_TESTS_CLIENT_SDK_TURNED_TIMING_H_

#include <functional>
#include <mutex>

#include "absl/time/time.h"
#include "charter/client/timing.h"

namespace charter::client {

// Thread-safe.
class TurnedTiming : public Timing {
 public:
  absl::Time Now() override {
    const std::lock_guard lock(mutex_);
    return now_;
  }
  absl::Time Steady() override {
    const std::lock_guard lock(mutex_);
    return steady_;
  }
  void Sleep(absl::Duration, const std::function<bool()>&) override {}
  void After(absl::Duration, std::function<void()> then) override { then(); }
  void Wake() override {}

  void Pass(absl::Duration time) {
    const std::lock_guard lock(mutex_);
    now_ += time;
    steady_ += time;
  }
  // Somebody sets the machine's clock.
  void SetClock(absl::Duration by) {
    const std::lock_guard lock(mutex_);
    now_ += by;
  }

 private:
  std::mutex mutex_;
  absl::Time now_ = absl::UnixEpoch();
  absl::Time steady_ = absl::UnixEpoch();
};

}  // namespace charter::client

#endif  // CHARTER_TESTS_CLIENT_SDK_TURNED_TIMING_H_

// Pauses by a clock that goes when a test says so.
#ifndef CHARTER_CLIENT_SDK_TESTING_VIRTUAL_TIMING_H_
#define CHARTER_CLIENT_SDK_TESTING_VIRTUAL_TIMING_H_

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>

#include "absl/time/time.h"
#include "charter/client/timing.h"

namespace charter::testing {

// Thread-safe.
class VirtualTiming : public client::Timing {
 public:
  explicit VirtualTiming(std::function<absl::Time()> now);
  absl::Time Now() override;
  absl::Time Steady() override;
  void Sleep(absl::Duration pause, const std::function<bool()>& done) override;
  void After(absl::Duration pause, std::function<void()> then) override;
  void Wake() override;

  // The clock went on: ends the pauses that are over, and calls here what was
  // to be called by now.
  void Advanced();

 private:
  const std::function<absl::Time()> now_;
  std::mutex mutex_;
  std::condition_variable woken_;
  std::multimap<absl::Time, std::function<void()>> later_;
};

}  // namespace charter::testing

#endif  // CHARTER_CLIENT_SDK_TESTING_VIRTUAL_TIMING_H_

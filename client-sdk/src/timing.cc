#include "charter/client/timing.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <utility>

#include "grpc/support/time.h"
#include "grpcpp/alarm.h"

namespace charter::client {
namespace {

class MachineTiming : public Timing {
 public:
  absl::Time Now() override;
  absl::Time Steady() override;
  void Sleep(absl::Duration pause, const std::function<bool()>& done) override;
  void After(absl::Duration pause, std::function<void()> then) override;
  void Wake() override;

 private:
  std::mutex mutex_;
  std::condition_variable woken_;
};

absl::Time MachineTiming::Now() { return absl::Now(); }

absl::Time MachineTiming::Steady() {
  return absl::UnixEpoch() +
         absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch());
}

void MachineTiming::Sleep(absl::Duration pause,
                          const std::function<bool()>& done) {
  const absl::Time until = Steady() + pause;
  std::unique_lock lock(mutex_);
  while (!done()) {
    const absl::Duration left = until - Steady();
    if (left <= absl::ZeroDuration()) return;
    // A pause may be infinite, what this takes may not.
    woken_.wait_for(lock,
                    absl::ToChronoNanoseconds(std::min(left, absl::Hours(1))));
  }
}

void MachineTiming::After(absl::Duration pause, std::function<void()> then) {
  auto alarm = std::make_shared<grpc::Alarm>();
  grpc::Alarm* set = alarm.get();
  // The alarm lives until it has gone off: its callback holds it, and lets go.
  set->Set(gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC),
                        gpr_time_from_nanos(absl::ToInt64Nanoseconds(pause),
                                            GPR_TIMESPAN)),
           [alarm = std::move(alarm), then = std::move(then)](bool) mutable {
             const auto last = std::move(alarm);
             then();
           });
}

void MachineTiming::Wake() {
  const std::lock_guard lock(mutex_);
  woken_.notify_all();
}

}  // namespace

std::shared_ptr<Timing> SystemTiming() {
  return std::make_shared<MachineTiming>();
}

}  // namespace charter::client

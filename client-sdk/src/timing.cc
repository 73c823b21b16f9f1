#include "charter/client/timing.h"

#include <chrono>
#include <utility>

#include "absl/synchronization/mutex.h"
#include "grpc/support/time.h"
#include "grpcpp/alarm.h"

namespace charter::client {
namespace {

class MachineTiming : public Timing {
 public:
  absl::Time Now() override;
  void Sleep(absl::Duration pause, const std::function<bool()>& done) override;
  void After(absl::Duration pause, std::function<void()> then) override;
  void Wake() override;

 private:
  absl::Mutex mutex_;
  absl::CondVar woken_;
};

absl::Time MachineTiming::Now() { return absl::Now(); }

void MachineTiming::Sleep(absl::Duration pause,
                          const std::function<bool()>& done) {
  // Not by the wall clock, which may be set meanwhile.
  const auto until =
      std::chrono::steady_clock::now() + absl::ToChronoNanoseconds(pause);
  absl::MutexLock lock(&mutex_);
  while (!done()) {
    const absl::Duration left =
        absl::FromChrono(until - std::chrono::steady_clock::now());
    if (left <= absl::ZeroDuration()) return;
    woken_.WaitWithTimeout(&mutex_, left);
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
  absl::MutexLock lock(&mutex_);
  woken_.SignalAll();
}

}  // namespace

std::shared_ptr<Timing> SystemTiming() {
  return std::make_shared<MachineTiming>();
}

}  // namespace charter::client

#include "client-sdk/testing/virtual_timing.h"

#include <utility>

namespace charter::testing {

VirtualTiming::VirtualTiming(std::function<absl::Time()> now)
    : now_(std::move(now)) {}

absl::Time VirtualTiming::Now() { return now_(); }

absl::Time VirtualTiming::Steady() { return now_(); }

void VirtualTiming::Sleep(absl::Duration pause,
                          const std::function<bool()>& done) {
  absl::MutexLock lock(&mutex_);
  const absl::Time until = now_() + pause;
  while (!done() && now_() < until) woken_.Wait(&mutex_);
}

void VirtualTiming::After(absl::Duration pause, std::function<void()> then) {
  {
    absl::MutexLock lock(&mutex_);
    later_.emplace(now_() + pause, std::move(then));
  }
  Advanced();
}

void VirtualTiming::Wake() {
  absl::MutexLock lock(&mutex_);
  woken_.SignalAll();
}

void VirtualTiming::Advanced() {
  absl::MutexLock lock(&mutex_);
  woken_.SignalAll();
  while (!later_.empty() && later_.begin()->first <= now_()) {
    const auto due = later_.extract(later_.begin());
    mutex_.Unlock();
    due.mapped()();
    mutex_.Lock();
  }
}

}  // namespace charter::testing

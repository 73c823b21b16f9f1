#include "client-sdk/testing/virtual_timing.h"

#include <utility>

namespace charter::testing {

VirtualTiming::VirtualTiming(std::function<absl::Time()> now)
    : now_(std::move(now)) {}

absl::Time VirtualTiming::Now() { return now_(); }

absl::Time VirtualTiming::Steady() { return now_(); }

void VirtualTiming::Sleep(absl::Duration pause,
                          const std::function<bool()>& done) {
  std::unique_lock lock(mutex_);
  const absl::Time until = now_() + pause;
  while (!done() && now_() < until) woken_.wait(lock);
}

void VirtualTiming::After(absl::Duration pause, std::function<void()> then) {
  {
    const std::lock_guard lock(mutex_);
    later_.emplace(now_() + pause, std::move(then));
  }
  Advanced();
}

void VirtualTiming::Wake() {
  const std::lock_guard lock(mutex_);
  woken_.notify_all();
}

void VirtualTiming::Advanced() {
  std::unique_lock lock(mutex_);
  woken_.notify_all();
  while (!later_.empty() && later_.begin()->first <= now_()) {
    const auto due = later_.extract(later_.begin());
    lock.unlock();
    due.mapped()();
    lock.lock();
  }
}

}  // namespace charter::testing

// The streams that are open, so that a stop can end them.
#ifndef CHARTER_SERVER_CALL_LIVE_CALLS_H_
#define CHARTER_SERVER_CALL_LIVE_CALLS_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <utility>

namespace charter::call {

// Thread-safe.
class LiveCalls {
 public:
  // 0: too many are open, or Drain was called. `drain` ends the call soon; it
  // must keep alive what it touches, for it may run after
  // Remove.
  int64_t Add(std::function<void()> drain) {
    std::lock_guard<std::mutex> lock(mutex_);
    if (draining_ || calls_.size() >= kMax) return 0;
    calls_[next_id_] = std::move(drain);
    return next_id_++;
  }
  void Remove(int64_t id) {
    std::lock_guard<std::mutex> lock(mutex_);
    calls_.erase(id);
  }
  void Drain() {
    std::map<int64_t, std::function<void()>> calls;
    {
      std::lock_guard<std::mutex> lock(mutex_);
      draining_ = true;
      calls = calls_;
    }
    for (auto& [id, drain] : calls) drain();
  }
  size_t size() {
    std::lock_guard<std::mutex> lock(mutex_);
    return calls_.size();
  }

 private:
  static constexpr size_t kMax = 4096;

  std::mutex mutex_;
  std::map<int64_t, std::function<void()>> calls_;
  int64_t next_id_ = 1;
  bool draining_ = false;
};

}  // namespace charter::call

#endif  // CHARTER_SERVER_CALL_LIVE_CALLS_H_

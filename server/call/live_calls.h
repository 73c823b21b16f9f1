// The calls that run, so that a stop can wait for them, and the streams that
// are open, so that it can end them.
#ifndef CHARTER_SERVER_CALL_LIVE_CALLS_H_
#define CHARTER_SERVER_CALL_LIVE_CALLS_H_

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <utility>

namespace charter::call {

// Counts the calls between their first and last moment. Thread-safe.
class CallCount {
 public:
  // One call, as long as it lives.
  class Call {
   public:
    explicit Call(CallCount& count) : count_(count) { count_.Add(1); }
    ~Call() { count_.Add(-1); }
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;

   private:
    CallCount& count_;
  };

  // False: some still run at `until`.
  bool WaitUntilNone(std::chrono::steady_clock::time_point until) {
    std::unique_lock<std::mutex> lock(mutex_);
    return none_.wait_until(lock, until, [this] { return calls_ == 0; });
  }

 private:
  void Add(int n) {
    std::lock_guard<std::mutex> lock(mutex_);
    calls_ += n;
    if (calls_ == 0) none_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable none_;
  int calls_ = 0;
};

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

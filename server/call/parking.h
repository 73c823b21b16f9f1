// Where long polls wait: no thread and no session each, one thread for all.
#ifndef CHARTER_SERVER_CALL_PARKING_H_
#define CHARTER_SERVER_CALL_PARKING_H_

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include "server/services/shared/bell.h"

namespace charter::call {

// Thread-safe. Bells must outlive it.
class Parking {
 public:
  using Clock = std::chrono::steady_clock;
  // `last`: the wait is over.
  using Resume = std::function<void(bool last)>;

  // While nothing rings, a waiter looks again that often: other servers ring no
  // bell here.
  explicit Parking(Clock::duration look_every = std::chrono::seconds(1));
  // Resumes all, as Drain does.
  ~Parking();
  Parking(const Parking&) = delete;
  Parking& operator=(const Parking&) = delete;

  // Calls `resume` once, on this object's thread: when `bell` rings, or rang
  // after `rings` was taken; when it is time to look again; or, with `last`,
  // at `until`, on Nudge or after Drain. `resume` must be quick. Returns what
  // Nudge takes.
  int64_t Park(Bell& bell, int64_t rings, Clock::time_point until,
               Resume resume);
  // Ends the wait of one, if it still waits.
  void Nudge(int64_t id);
  // Ends every wait, present and future.
  void Drain();

 private:
  struct Waiter {
    Bell* bell;
    int64_t rings;
    Clock::time_point until;
    Clock::time_point look_at;
    bool nudged = false;
    Resume resume;
  };

  void Run();

  const Clock::duration look_every_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::map<int64_t, Waiter> waiters_;
  std::map<Bell*, int64_t> listening_;
  int64_t next_id_ = 1;
  bool dirty_ = false;  // something may be due before the next time
  bool draining_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace charter::call

#endif  // CHARTER_SERVER_CALL_PARKING_H_

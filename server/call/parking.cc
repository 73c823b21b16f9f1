#include "server/call/parking.h"

#include <algorithm>
#include <utility>

namespace charter::call {

Parking::Parking(Clock::duration look_every)
    : look_every_(look_every), thread_([this] { Run(); }) {}

Parking::~Parking() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    draining_ = true;
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
  // Not under the lock: a bell that rings at this moment waits for it.
  for (const auto& [bell, id] : listening_) bell->Forget(id);
}

int64_t Parking::Park(Bell& bell, int64_t rings, Clock::time_point until,
                      Resume resume) {
  bool new_bell = false;
  int64_t id = 0;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    id = next_id_++;
    waiters_[id] = {&bell, rings,
                    until, Clock::now() + look_every_,
                    false, std::move(resume)};
    new_bell = listening_.emplace(&bell, 0).second;
    dirty_ = true;
  }
  if (new_bell) {
    const int64_t listener = bell.Listen([this](absl::Time) {
      {
        std::lock_guard<std::mutex> lock(mutex_);
        dirty_ = true;
      }
      wake_.notify_one();
    });
    std::lock_guard<std::mutex> lock(mutex_);
    listening_[&bell] = listener;
  }
  wake_.notify_one();
  return id;
}

void Parking::Nudge(int64_t id) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    auto found = waiters_.find(id);
    if (found == waiters_.end()) return;
    found->second.nudged = true;
    dirty_ = true;
  }
  wake_.notify_one();
}

void Parking::Drain() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    draining_ = true;
    dirty_ = true;
  }
  wake_.notify_one();
}

void Parking::Run() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (true) {
    dirty_ = false;
    const Clock::time_point now = Clock::now();
    Clock::time_point next = Clock::time_point::max();
    std::vector<std::pair<Resume, bool>> ready;
    for (auto it = waiters_.begin(); it != waiters_.end();) {
      Waiter& waiter = it->second;
      const bool last = draining_ || waiter.nudged || now >= waiter.until;
      if (last || now >= waiter.look_at ||
          waiter.bell->rings() != waiter.rings) {
        ready.emplace_back(std::move(waiter.resume), last);
        it = waiters_.erase(it);
      } else {
        next = std::min({next, waiter.until, waiter.look_at});
        ++it;
      }
    }
    if (!ready.empty()) {
      lock.unlock();
      for (auto& [resume, last] : ready) resume(last);
      ready.clear();
      lock.lock();
      continue;
    }
    if (stopping_) return;
    if (dirty_) continue;
    if (next == Clock::time_point::max()) {
      wake_.wait(lock);
    } else {
      wake_.wait_until(lock, next);
    }
  }
}

}  // namespace charter::call

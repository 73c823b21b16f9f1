#include "charter/client/cancellation.h"

#include <condition_variable>
#include <map>
#include <mutex>
#include <utility>

namespace charter::client {

struct Cancellation::State {
  std::mutex mutex;  // of the rest
  std::condition_variable ran;
  bool cancelled = false;
  uint64_t next = 1;
  uint64_t running = 0;
  std::map<uint64_t, std::function<void()>> acts;
};

Cancellation::Cancellation() : state_(std::make_shared<State>()) {}

void Cancellation::Cancel() {
  const std::shared_ptr<State> state = state_;
  std::unique_lock lock(state->mutex);
  if (state->cancelled) return;
  state->cancelled = true;
  while (!state->acts.empty()) {
    auto act = state->acts.extract(state->acts.begin());
    state->running = act.key();
    lock.unlock();
    act.mapped()();
    lock.lock();
    state->running = 0;
    state->ran.notify_all();
  }
}

bool Cancellation::cancelled() const {
  const std::lock_guard lock(state_->mutex);
  return state_->cancelled;
}

uint64_t Cancellation::OnCancel(std::function<void()> act) const {
  {
    const std::lock_guard lock(state_->mutex);
    if (!state_->cancelled) {
      state_->acts.emplace(state_->next, std::move(act));
      return state_->next++;
    }
  }
  act();
  return 0;
}

void Cancellation::Forget(uint64_t id) const {
  std::unique_lock lock(state_->mutex);
  state_->acts.erase(id);
  const auto idle = [this, id]() { return state_->running != id || id == 0; };
  state_->ran.wait(lock, idle);
}

}  // namespace charter::client

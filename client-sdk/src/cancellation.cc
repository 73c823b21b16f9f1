#include "charter/client/cancellation.h"

#include <map>
#include <utility>

#include "absl/synchronization/mutex.h"

namespace charter::client {

struct Cancellation::State {
  absl::Mutex mutex;
  bool cancelled ABSL_GUARDED_BY(mutex) = false;
  uint64_t next ABSL_GUARDED_BY(mutex) = 1;
  uint64_t running ABSL_GUARDED_BY(mutex) = 0;
  std::map<uint64_t, std::function<void()>> acts ABSL_GUARDED_BY(mutex);
};

Cancellation::Cancellation() : state_(std::make_shared<State>()) {}

void Cancellation::Cancel() {
  const std::shared_ptr<State> state = state_;
  absl::MutexLock lock(&state->mutex);
  if (state->cancelled) return;
  state->cancelled = true;
  while (!state->acts.empty()) {
    auto act = state->acts.extract(state->acts.begin());
    state->running = act.key();
    state->mutex.Unlock();
    act.mapped()();
    state->mutex.Lock();
    state->running = 0;
  }
}

bool Cancellation::cancelled() const {
  absl::MutexLock lock(&state_->mutex);
  return state_->cancelled;
}

uint64_t Cancellation::OnCancel(std::function<void()> act) const {
  {
    absl::MutexLock lock(&state_->mutex);
    if (!state_->cancelled) {
      state_->acts.emplace(state_->next, std::move(act));
      return state_->next++;
    }
  }
  act();
  return 0;
}

void Cancellation::Forget(uint64_t id) const {
  absl::MutexLock lock(&state_->mutex);
  state_->acts.erase(id);
  const auto idle = [this, id]() ABSL_SHARED_LOCKS_REQUIRED(state_->mutex) {
    return state_->running != id || id == 0;
  };
  state_->mutex.Await(absl::Condition(&idle));
}

}  // namespace charter::client

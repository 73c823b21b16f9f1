#include "server/services/shared/bell.h"

#include <utility>

namespace charter {

void Bell::Ring(absl::Time when) {
  rings_.fetch_add(1);
  std::lock_guard<std::mutex> lock(mutex_);
  for (const auto& [id, listener] : listeners_) listener(when);
}

int64_t Bell::Listen(std::function<void(absl::Time when)> listener) {
  std::lock_guard<std::mutex> lock(mutex_);
  const int64_t id = next_id_++;
  listeners_[id] = std::move(listener);
  return id;
}

void Bell::Forget(int64_t id) {
  std::lock_guard<std::mutex> lock(mutex_);
  listeners_.erase(id);
}

}  // namespace charter

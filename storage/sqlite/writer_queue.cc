#include "storage/sqlite/writer_queue.h"

namespace charter::storage::internal {

absl::Status WriterQueue::Take(const Wait& wait) {
  std::unique_lock<std::mutex> lock(mutex_);
  if (!taken_) {
    taken_ = true;
    return absl::OkStatus();
  }
  Waiter me;
  waiters_.push_back(&me);
  while (!me.granted) {
    me.granted_changed.wait_for(lock, wait.Slice());
    if (me.granted) break;
    if (absl::Status status = wait.Check(); !status.ok()) {
      waiters_.remove(&me);
      return status;
    }
  }
  return absl::OkStatus();
}

void WriterQueue::Give() {
  std::lock_guard<std::mutex> lock(mutex_);
  if (waiters_.empty()) {
    taken_ = false;
    return;
  }
  Waiter* const next = waiters_.front();
  waiters_.pop_front();
  next->granted = true;
  // Under the lock: the waiter's own stack holds the variable.
  next->granted_changed.notify_one();
}

size_t WriterQueue::waiting() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return waiters_.size();
}

}  // namespace charter::storage::internal

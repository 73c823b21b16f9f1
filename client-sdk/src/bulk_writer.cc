#include "charter/client/bulk_writer.h"

namespace charter::client::internal {

void BulkGate::Enter() {
  std::unique_lock lock(mutex_);
  left_.wait(lock, [this] { return under_way_ < static_cast<int>(window_); });
  ++under_way_;
  ++progress_.added;
}

void BulkGate::Leave(const absl::Status& status) {
  const std::lock_guard lock(mutex_);
  --under_way_;
  left_.notify_all();
  if (until_next_cut_ > 0) --until_next_cut_;
  if (status.ok()) {
    ++progress_.written;
    window_ = std::min(most_, window_ + 1 / window_);
  } else {
    ++progress_.failed;
  }
}

void BulkGate::WaitUntilEmpty() {
  std::unique_lock lock(mutex_);
  left_.wait(lock, [this] { return under_way_ == 0; });
}

BulkProgress BulkGate::progress() const {
  const std::lock_guard lock(mutex_);
  BulkProgress progress = progress_;
  progress.at_once = static_cast<int>(window_);
  return progress;
}

void BulkGate::OnCall(const CallRecord& record) {
  if (next_ != nullptr) next_->OnCall(record);
}

void BulkGate::OnAttempt(absl::string_view method, int attempt,
                         const absl::Status& status, absl::Duration pause) {
  if (next_ != nullptr) next_->OnAttempt(method, attempt, status, pause);
  if (status.code() != absl::StatusCode::kUnavailable &&
      status.code() != absl::StatusCode::kResourceExhausted)
    return;
  const std::lock_guard lock(mutex_);
  if (until_next_cut_ > 0) return;
  window_ = std::max(1.0, window_ / 2);
  until_next_cut_ = under_way_;
}

}  // namespace charter::client::internal

#include "client-sdk/src/retry_state.h"

#include <algorithm>
#include <cmath>

#include "absl/random/random.h"
#include "charter/client/status.h"

namespace charter::client::internal {

void RetryRights::Refill(absl::Time now) {
  if (refilled_ != absl::InfinitePast() && now > refilled_) {
    rights_ = std::min(
        budget_.most,
        rights_ + absl::ToDoubleSeconds(now - refilled_) * budget_.per_second);
  }
  refilled_ = std::max(refilled_, now);
}

void RetryRights::Earn(absl::Time now) {
  const std::lock_guard lock(mutex_);
  Refill(now);
  rights_ = std::min(budget_.most, rights_ + budget_.ratio);
}

bool RetryRights::Take(absl::Time now) {
  const std::lock_guard lock(mutex_);
  Refill(now);
  if (rights_ < 1) return false;
  rights_ -= 1;
  return true;
}

bool MayPass(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
    // By a server that stopped: of a call that its own caller gave up, nobody
    // asks this.
    case absl::StatusCode::kCancelled:
      return true;
    case absl::StatusCode::kResourceExhausted:
      return RetryDelayOf(status).has_value();
    case absl::StatusCode::kAborted:
      return ErrorReasonOf(status) == v1::TRANSACTION_CONFLICT;
    default:
      return false;
  }
}

absl::Duration PauseOf(const RetryPolicy& policy, int failures,
                       std::optional<absl::Duration> asked) {
  thread_local absl::BitGen random;
  const double grown =
      std::pow(std::max(policy.multiplier, 1.0), std::min(failures, 64));
  const absl::Duration bound = std::min(policy.most, policy.first * grown);
  return bound * absl::Uniform<double>(random, 0, 1) +
         asked.value_or(absl::ZeroDuration());
}

std::optional<absl::Duration> RetryState::PauseAfter(const absl::Status& status,
                                                     absl::Time now) {
  if (!repeatable_ || attempts_ >= policy_.most_attempts || !MayPass(status))
    return std::nullopt;
  const absl::Duration pause =
      PauseOf(policy_, attempts_ - 1, RetryDelayOf(status));
  // A pause that outlasts the call tells less than the failure.
  if (now + pause >= deadline_ || !rights_.Take(now)) return std::nullopt;
  ++attempts_;
  return pause;
}

bool RetryState::OnceMore() {
  if (once_more_ || attempts_ >= policy_.most_attempts) return false;
  once_more_ = true;
  ++attempts_;
  return true;
}

}  // namespace charter::client::internal

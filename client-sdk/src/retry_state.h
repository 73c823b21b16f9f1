// Whether, and after what pause, a failed attempt is followed by another.
#ifndef CHARTER_CLIENT_SDK_SRC_RETRY_STATE_H_
#define CHARTER_CLIENT_SDK_SRC_RETRY_STATE_H_

#include <mutex>
#include <optional>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "charter/client/retry.h"

namespace charter::client::internal {

// Times are of a clock that nobody sets.

// A channel's rights to repeat. Thread-safe.
class RetryRights {
 public:
  explicit RetryRights(const RetryBudget& budget)
      : budget_(budget), rights_(budget.most) {}

  // A call begins.
  void Earn(absl::Time now);
  // Uses one up; false: there is none.
  bool Take(absl::Time now);

 private:
  void Refill(absl::Time now);

  const RetryBudget budget_;
  std::mutex mutex_;  // of what follows
  double rights_;
  absl::Time refilled_ = absl::InfinitePast();
};

// Whether such a failure may pass by itself.
bool MayPass(const absl::Status& status);

// The attempts of one call. Not thread-safe.
class RetryState {
 public:
  // `deadline`: of the whole call.
  RetryState(const RetryPolicy& policy, bool repeatable, RetryRights& rights,
             absl::Time deadline)
      : policy_(policy),
        repeatable_(repeatable),
        rights_(rights),
        deadline_(deadline) {}

  // Attempts that have begun.
  int attempts() const { return attempts_; }
  // After the attempt ended with `status`: the pause before the next; none:
  // there is no next.
  std::optional<absl::Duration> PauseAfter(const absl::Status& status,
                                           absl::Time now);
  // Another attempt for a new token, at most one.
  bool OnceMore();

 private:
  const RetryPolicy policy_;
  const bool repeatable_;
  RetryRights& rights_;
  const absl::Time deadline_;
  int attempts_ = 1;
  bool once_more_ = false;
};

}  // namespace charter::client::internal

#endif  // CHARTER_CLIENT_SDK_SRC_RETRY_STATE_H_

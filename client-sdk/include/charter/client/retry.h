// When a failed call is tried again.
//
// Every method of Charter says in its policy why repeating it is safe, and
// writes get a request id when the caller gives none, so every call may be
// repeated. It is when the failure may pass by itself: UNAVAILABLE, CANCELLED
// by a server that stopped, RESOURCE_EXHAUSTED with a RetryInfo, and ABORTED
// for TRANSACTION_CONFLICT, as long as the deadline, the policy and the budget
// allow. An ETAG_MISMATCH is never repeated here: see read_modify_write.h.
#ifndef CHARTER_CLIENT_RETRY_H_
#define CHARTER_CLIENT_RETRY_H_

#include <optional>

#include "absl/time/time.h"

namespace charter::client {

// Pauses are full-jitter exponential: of the n-th (from 0) a random part,
// uniformly from nothing to min(most, first * multiplier^n). (Source: M.
// Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.) What
// a RetryInfo asks for comes on top.
struct RetryPolicy {
  // Attempts in all; 1: none is repeated. Default: as many as the deadline
  // allows.
  int most_attempts = 1'000'000;
  // The bound of the first pause.
  absl::Duration first = absl::Milliseconds(100);
  // The bound of all pauses.
  absl::Duration most = absl::Seconds(2);
  // How the bound grows; 1 or more.
  double multiplier = 1.6;
};

namespace internal {

// A random pause after the `failures`th failure in a row, from 0, and what the
// server asked for on top.
absl::Duration PauseOf(const RetryPolicy& policy, int failures,
                       std::optional<absl::Duration> asked);

}  // namespace internal

// Per channel or client or call.
struct RetryOption {
  using Type = RetryPolicy;
};

// Keeps repetitions from drowning a server in trouble: a channel may repeat
// `per_second` calls a second, and besides one for each 1 / `ratio` calls that
// it makes; unused rights pile up to `most`. Without a right a call fails with
// what the server said last. (After the RetryBudget of Twitter's Finagle.)
struct RetryBudget {
  double per_second = 10;
  double ratio = 0.2;
  double most = 100;
};

// Per channel only.
struct RetryBudgetOption {
  using Type = RetryBudget;
};

}  // namespace charter::client

#endif  // CHARTER_CLIENT_RETRY_H_

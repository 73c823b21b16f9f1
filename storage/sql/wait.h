// How long a transaction may still take.
#ifndef CHARTER_STORAGE_SQL_WAIT_H_
#define CHARTER_STORAGE_SQL_WAIT_H_

#include <algorithm>
#include <chrono>
#include <functional>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "storage/sql/errors.h"

namespace charter::storage::internal {

// A budget that runs down on a monotonic clock from its construction, and the
// caller's wish to be done with it. Every wait in storage asks one.
class Wait {
 public:
  explicit Wait(absl::Duration budget = absl::InfiniteDuration(),
                std::function<bool()> cancelled = {})
      : budget_(budget),
        start_(std::chrono::steady_clock::now()),
        cancelled_(std::move(cancelled)) {}

  absl::Duration left() const {
    if (budget_ == absl::InfiniteDuration()) return budget_;
    return std::max(
        absl::ZeroDuration(),
        budget_ - absl::FromChrono(std::chrono::steady_clock::now() - start_));
  }
  bool expired() const { return left() <= absl::ZeroDuration(); }
  bool cancelled() const { return cancelled_ && cancelled_(); }

  // OK while one may go on, else kCancelled or kDeadline.
  absl::Status Check() const {
    if (cancelled())
      return StorageError(ErrorKind::kCancelled, "the caller cancelled");
    if (expired())
      return StorageError(ErrorKind::kDeadline,
                          "the deadline passed in the database");
    return absl::OkStatus();
  }

  // The next piece of a wait: short enough to notice a cancellation, never past
  // the deadline.
  std::chrono::nanoseconds Slice() const {
    return absl::ToChronoNanoseconds(std::min(left(), absl::Milliseconds(50)));
  }

 private:
  absl::Duration budget_;
  std::chrono::steady_clock::time_point start_;
  std::function<bool()> cancelled_;
};

}  // namespace charter::storage::internal

#endif  // CHARTER_STORAGE_SQL_WAIT_H_

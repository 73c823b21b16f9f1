// When a subject (an item, a contract, a ledger) next changes by itself:
// one narrow row per subject that waits, in order of time.
//
// The subject's own row holds the same instant in `next_due_us` and is what
// counts (of a ledger it is the entitlement's `units_due_time`); its lock is
// taken before its wake-up is moved. A wake-up that comes
// too early, twice or late does no harm: whoever fires one locks the subject
// and looks again (semantics K6, B9).
#ifndef CHARTER_STORAGE_RECORDS_WAKEUPS_H_
#define CHARTER_STORAGE_RECORDS_WAKEUPS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "storage/sql/transaction.h"

namespace charter::storage {

// Subjects are spread over so many key ranges, so that workers and inserts
// don't meet at one end of the index. Fixed: it is in the keys of stored rows.
inline constexpr int kWakeupShards = 16;
// Subjects that one transaction fires, at most.
inline constexpr int kMaxLocked = 64;

// 0 to kWakeupShards - 1; the same for ever.
int WakeupShard(absl::string_view subject);

// A change of one subject's wake-up. Absent: none.
struct WakeupMove {
  std::string subject;  // its name: `cases/…`, at most 255 characters of ASCII
  std::optional<absl::Time>
      from;  // what is stored now: `next_due_us` of the subject's row
  std::optional<absl::Time> to;
};

// Removes and inserts by exact key. The subjects must be locked, and each is
// there once. Moves that change nothing cost nothing; the rest costs two
// statements, however many.
absl::Status MoveWakeups(Transaction& tx, absl::Span<const WakeupMove> moves);

struct DueWakeup {
  absl::Time due;
  std::string subject;
};

// Those of `shards` (each 0 to 15, once) that are due by `now`, earliest first,
// at most `limit` (1 to 10,000). One statement, takes no lock.
absl::StatusOr<std::vector<DueWakeup>> ReadDueWakeups(
    Transaction& tx, absl::Span<const int> shards, absl::Time now, int limit);

// The earliest of `shards`; absent: none waits. One statement, takes no lock.
absl::StatusOr<std::optional<absl::Time>> NextWakeup(
    Transaction& tx, absl::Span<const int> shards);

// How many subjects wait. Reads the whole index: for operators, not for
// workers.
absl::StatusOr<int64_t> CountWakeups(Transaction& tx);

// Locks the cases among `subjects` (at most kMaxLocked names) that nobody else
// has locked, in order of their names, and returns those that are still due by
// `now`, with their due times. Not for correctness: on some clusters, locks of
// other machines are not seen, and the commit decides.
absl::StatusOr<std::vector<DueWakeup>> LockDueCases(
    Transaction& tx, absl::Span<const std::string> subjects, absl::Time now);

}  // namespace charter::storage

#endif  // CHARTER_STORAGE_RECORDS_WAKEUPS_H_

// Actions that triggers started and that somebody outside carries out: pulled
// under a lease, acknowledged when done (semantics K7, W2).
//
// An action that is held is simply not available until its lease ends, so an
// expired lease needs nobody to clean it up. A lease's id names the action and
// the attempt.
#ifndef CHARTER_STORAGE_RECORDS_ACTIONS_H_
#define CHARTER_STORAGE_RECORDS_ACTIONS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "charter/v1/event_service.pb.h"
#include "storage/sql/transaction.h"

namespace charter::storage {

struct NewAction {
  std::string id;  // of an IdGenerator
  // Without `lease_id`, `attempt`, `lease_expire_time`. Needs `effect_key` and
  // `topic`.
  charter::v1::Action action;
  absl::Time available_time;  // not to be pulled before
};

// Stores them, but for those whose effect key was stored before (also if it is
// done since): a corrected firing is not delivered twice (K7).
absl::Status InsertActions(Transaction& tx, absl::Span<const NewAction> actions,
                           absl::Time now);

// How often an action is given out. Then it is a dead letter: it is given to
// those alone who ask for the topic kDeadLetters, which no process can name,
// and leaves it when it is acknowledged.
inline constexpr int kMostAttempts = 20;
inline constexpr absl::string_view kDeadLetters = "dead_letter";

// Takes at most `max_actions` (1 to 1,000) that are available at `now`, the
// longest available first, and holds them for `lease`. Of two who pull at once,
// none gets what the other gets. An empty `topic` means all but dead letters.
// Each comes with `lease_id`, `attempt` from 1, `lease_expire_time`.
absl::StatusOr<std::vector<charter::v1::Action>> PullActions(
    Transaction& tx, absl::string_view topic, int max_actions,
    absl::Duration lease, absl::Time now);

// When the next action of `topic` becomes available; in the past: some are.
// Absent: none waits.
absl::StatusOr<std::optional<absl::Time>> NextActionTime(
    Transaction& tx, absl::string_view topic);

// Marks them (at most 1,000) done. Again is harmless, and a lease that ran out
// is good as long as its action was not given to somebody else. Returns those
// whose action was: the other lease alone can finish it. Ids that name nothing
// (any more) count as done. INVALID_ARGUMENT for a text that cannot be a lease
// id.
absl::StatusOr<std::vector<std::string>> AckActions(
    Transaction& tx, absl::Span<const std::string> lease_ids, absl::Time now);

// Removes at most `limit` that were done before `cutoff`; returns how many.
// Until then their effect keys are remembered. Repeat while it is `limit`.
absl::StatusOr<int64_t> PurgeActions(Transaction& tx, absl::Time cutoff,
                                     int limit);

}  // namespace charter::storage

#endif  // CHARTER_STORAGE_RECORDS_ACTIONS_H_

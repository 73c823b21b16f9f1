// Actions that triggers started and that somebody outside carries out: pulled
// under a lease, acknowledged when done, given back when not (semantics K7,
// W2).
//
// An action that is held is simply not available until its lease ends, so an
// expired lease needs nobody to clean it up. A lease's id names the action and
// the attempt. Attempts only ever grow, so no lease is good again once the
// action was given to somebody else.
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
  // Without `lease_id`, `attempt`, `lease_expire_time`, `last_failure`. Needs
  // `effect_key` and `topic`.
  charter::v1::Action action;
  absl::Time available_time;  // not to be pulled before
};

// Stores them, but for those whose effect key was stored before (also if it is
// done since): a corrected firing is not delivered twice (K7).
absl::Status InsertActions(Transaction& tx, absl::Span<const NewAction> actions,
                           absl::Time now);

// How often an action is given out, since it was revived last. Then it is a
// dead letter: it is given to those alone who ask for the topic kDeadLetters,
// which no process can name, until it is acknowledged or revived. A rejection
// makes it one at once, a lease that runs out when somebody pulls its topic.
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

// The functions below that take lease ids (at most 1,000) refuse a text that
// cannot be one with INVALID_ARGUMENT. A lease that ran out is good as long as
// its action was not given to somebody else. Of two at once that come to the
// same action, one is first.

// Marks them done. Again is harmless. Returns those whose action was given to
// somebody else, whose lease alone can finish it. Ids that name nothing (any
// more) count as done.
absl::StatusOr<std::vector<std::string>> AckActions(
    Transaction& tx, absl::Span<const std::string> lease_ids, absl::Time now);

// Holds them until then; none gets shorter. Returns those that aren't held any
// more: done, rejected, or given to somebody else.
absl::StatusOr<std::vector<std::string>> ExtendActions(
    Transaction& tx, absl::Span<const std::string> lease_ids, absl::Time until);

// An action given back undone.
struct Rejection {
  std::string lease_id;
  // Kept as `last_failure`; empty: what was kept stays.
  std::string reason = "";
  // Until it may be given out again. Absent: RetryDelay of its attempts.
  std::optional<absl::Duration> delay = std::nullopt;
  // It is a dead letter now, as it is after kMostAttempts.
  bool dead = false;
  // The attempt doesn't count. Not with `dead`.
  bool uncounted = false;
};
struct Rejected {
  charter::v1::Action action;  // as it is now, without a lease
  absl::Time available_time;
};
// 1 s after the first attempt, doubled with each, at most 1 h.
absl::Duration RetryDelay(int64_t attempts);
// None: the action was done, or given to somebody else. Again is harmless, and
// changes nothing.
absl::StatusOr<std::optional<Rejected>> RejectAction(Transaction& tx,
                                                     const Rejection& rejection,
                                                     absl::Time now);

// Dead letters come in this order: by when they died, or, if they were given
// out since, by when they are available again.
struct DeadPlace {
  absl::Time available_time = absl::InfinitePast();
  std::string id;
};
struct DeadAction {
  charter::v1::Action action;  // without a lease
  DeadPlace place;
};
// The first `limit` (1 to 1,001) after that place, of `topic` (empty: of all).
absl::StatusOr<std::vector<DeadAction>> ListDeadActions(Transaction& tx,
                                                        absl::string_view topic,
                                                        const DeadPlace& after,
                                                        int limit);

// Gives those with these effect keys (1 to 1,000) out again on their topics:
// now, or when the lease ends of who holds one as a dead letter. Returns them,
// without leases; keys that are no dead letter's are passed over.
absl::StatusOr<std::vector<charter::v1::Action>> ReviveActions(
    Transaction& tx, absl::Span<const std::string> effect_keys, absl::Time now);

// Removes at most `limit` that were done before `cutoff`; returns how many.
// Until then their effect keys are remembered. Repeat while it is `limit`.
absl::StatusOr<int64_t> PurgeActions(Transaction& tx, absl::Time cutoff,
                                     int limit);

}  // namespace charter::storage

#endif  // CHARTER_STORAGE_RECORDS_ACTIONS_H_

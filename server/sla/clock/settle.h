#ifndef CHARTER_SERVER_SLA_CLOCK_SETTLE_H_
#define CHARTER_SERVER_SLA_CLOCK_SETTLE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/sla/clock/evaluate.h"

namespace charter::sla {

// How many rounds of actions one instant may set off (K7).
inline constexpr int kMaxActionRounds = 16;

// What Settle gives.
struct Settled {
  Evaluation evaluation;  // of the history with `applied` appended
  // Actions applied, to be appended to the history in this order. Each has its
  // effect key as id, its trigger's instant as occur_time, and as record_time
  // the later of as_of and the history's last.
  std::vector<Event> applied;
};

// The key by which an action takes effect once: instance/trigger/action, where
// trigger is the firing's cause (K7).
std::string EffectKey(const Transition& firing, absl::string_view action);

// Evaluates, applies the set-field actions of what fired and is live, and
// evaluates again until nothing is left to apply (K7). Earlier firings are
// applied first, so that the outcome is the same as if each had been applied at
// its instant (T4); the limit of rounds is of one instant, so a long downtime
// doesn't reach it.
//
// FAILED_PRECONDITION "ACTION_CASCADE…" when the actions of one instant set off
// more than kMaxActionRounds rounds, or the history grows past kMaxEvents: then
// nothing is to be applied. Errors of Evaluate likewise.
absl::StatusOr<Settled> Settle(const History& history,
                               const Processes& processes,
                               const Calendars& calendars, Instant as_of);

}  // namespace charter::sla

#endif  // CHARTER_SERVER_SLA_CLOCK_SETTLE_H_

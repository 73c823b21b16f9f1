#ifndef CHARTER_SERVER_SLA_CLOCK_EVALUATE_H_
#define CHARTER_SERVER_SLA_CLOCK_EVALUATE_H_

#include "absl/status/statusor.h"
#include "server/sla/clock/evaluation.h"
#include "server/sla/clock/history.h"
#include "server/sla/clock/process.h"

namespace charter::sla {

// Raised when the same history can mean something else than before, so that
// stored results tell a difference of engine from one of data (E2).
inline constexpr int kEngineVersion = 1;

// What `history` means at `as_of` (E2): the events and then the timers up to
// and including that instant; later events are not looked at. Pure: the same
// arguments give the same result. Costs time in proportion to the events.
//
// Where the rules leave a choice, this is how it is made:
// - A start before the event that made the clock (PROCESS_START,
// FROM_ITEM_START)
//   is caught up from the history: time in which the item was stopped by hand,
//   in which the stop, pause or exit criteria that apply now held, was paused.
// - FROM_ITEM_START also means for a CRITERIA_MET placement, if the item enters
//   by the very event that changes its entitlement: the clock starts when its
//   criteria last began to hold, though not before the process's start.
// - A SCHEDULED instance at exit with COMPLETE is cancelled. After a cancelled
//   one that never started, the next SEQUENTIAL one starts no earlier than that
//   one was to (not a whole target later), so that toggling criteria doesn't
//   push the clock away.
// - The hours of B7 are those of the item at the event; when the case's hours
//   change, used time stays and what remains is planned on the new ones.
// - Triggers of a clock that pauses at the very instant of their moment wait
//   for the resumption.
//
// NOT_FOUND for a process version or hours that are not given; INVALID_ARGUMENT
// for a history that doesn't begin with kCreated or has more than kMaxEvents;
// OUT_OF_RANGE "NO_OPEN_TIME…" when a target lies beyond ten years (B5);
// RESOURCE_EXHAUSTED when thousands of clocks start in a past of thousands of
// pauses, which only an absurd history has.
absl::StatusOr<Evaluation> Evaluate(const History& history,
                                    const Processes& processes,
                                    const Calendars& calendars, Instant as_of);

}  // namespace charter::sla

#endif  // CHARTER_SERVER_SLA_CLOCK_EVALUATE_H_

#ifndef CHARTER_SERVER_SLA_CLOCK_PAST_H_
#define CHARTER_SERVER_SLA_CLOCK_PAST_H_

#include <vector>

#include "server/sla/clock/evaluation.h"
#include "server/sla/clock/history.h"
#include "server/sla/clock/process.h"

namespace charter::sla {

// What an item's past means to a clock that is made now with a start before
// now.
struct Past {
  struct Piece {
    Instant from;
    PauseCause cause = PauseCause::kNone;
    int event = 0;  // index into the history
  };
  // From the item's creation on, each until the next one begins.
  std::vector<Piece> pieces;
  // Since when the placement's criteria have held without a break; the instant
  // of the last event if they did not hold before it.
  Instant criteria_since;
};

// Looks at the events order[0, count), and at the last of them as the one that
// makes the clock: `pieces` ends before it.
Past LookBack(const History& history, const std::vector<int>& order,
              size_t count, const Process& process, const Placement& placement);

}  // namespace charter::sla

#endif  // CHARTER_SERVER_SLA_CLOCK_PAST_H_

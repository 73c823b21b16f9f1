#include "server/sla/clock/evaluate.h"

#include "server/sla/clock/evaluator.h"

namespace charter::sla {

absl::StatusOr<Evaluation> Evaluate(const History& history,
                                    const Processes& processes,
                                    const Calendars& calendars, Instant as_of) {
  return Evaluator(history, processes, calendars, as_of).Run();
}

}  // namespace charter::sla

#include "server/sla/clock/explain.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace charter::sla {

absl::StatusOr<std::vector<ExplainedSpan>> ExplainMilestone(
    const Milestone& milestone, const Calendars& calendars, Instant from,
    Instant to) {
  std::vector<ExplainedSpan> explained;
  for (const Span& span : milestone.spans) {
    const Instant a = std::max(from, span.interval.from);
    const Instant b = std::min(to, span.interval.to);
    if (a >= b) continue;
    const BusinessHours* hours = calendars.standard.get();
    if (!span.hours.empty()) {
      const auto found = calendars.by_id.find(span.hours);
      if (found == calendars.by_id.end()) {
        return absl::NotFoundError(
            absl::StrCat("business hours \"", span.hours, "\" of milestone \"",
                         milestone.id, "\" are not known"));
      }
      hours = found->second.get();
    }
    for (ExplainedInterval& piece : hours->Explain(a, b)) {
      const bool open = piece.cause == OpenCause::kOpen;
      explained.push_back({.interval = piece.interval,
                           .counts = open && span.cause == PauseCause::kNone,
                           .pause = span.cause,
                           .hours_cause = piece.cause,
                           .hours_name = std::move(piece.name),
                           .event = span.event});
    }
  }
  return explained;
}

}  // namespace charter::sla

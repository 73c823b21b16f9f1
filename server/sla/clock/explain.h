#ifndef CHARTER_SERVER_SLA_CLOCK_EXPLAIN_H_
#define CHARTER_SERVER_SLA_CLOCK_EXPLAIN_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/sla/clock/evaluation.h"

namespace charter::sla {

// A stretch of a milestone's time: counted, paused, or outside its hours.
struct ExplainedSpan {
  Interval interval;
  bool counts = false;  // open and running: adds to `actual`
  PauseCause pause = PauseCause::kNone;
  OpenCause hours_cause = OpenCause::kOpen;
  std::string hours_name;  // of the holiday or override
  std::string event;       // that began the span it belongs to
  bool operator==(const ExplainedSpan&) const = default;
};

// The milestone's spans cut by its hours (B8): ordered and gap-free over
// [from, to) as far as the clock covers it. Its length is in proportion to
// to - from: callers bound that. NOT_FOUND for hours that are not given.
absl::StatusOr<std::vector<ExplainedSpan>> ExplainMilestone(
    const Milestone& milestone, const Calendars& calendars, Instant from,
    Instant to);

}  // namespace charter::sla

#endif  // CHARTER_SERVER_SLA_CLOCK_EXPLAIN_H_

#ifndef CHARTER_SERVER_SLA_CLOCK_EXPLAIN_H_
#define CHARTER_SERVER_SLA_CLOCK_EXPLAIN_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
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

// What a stretch of a clock's time was.
enum class StretchKind {
  kCounting,    // open and running
  kOverdue,     // the same, after the violation
  kPaused,      // stopped in open time
  kOutOfHours,  // running, and not open
  kPausedOutOfHours,
  kOutOfProcess,  // E8
};

// A part of a clock's time, with what has counted by its end.
struct Stretch {
  Interval interval;
  StretchKind kind = StretchKind::kCounting;
  std::string cause;  // in words; empty while it counts in time
  Duration actual;    // what has counted by its end, since the last RESTART
  bool operator==(const Stretch&) const = default;
};

// The time of a milestone from its start to its end, or to `as_of` when it has
// none: ordered, without gaps, cut where kind or cause changes. `as_of`: of the
// evaluation that the milestone is of. NOT_FOUND for hours that are not given.
absl::StatusOr<std::vector<Stretch>> StretchesOf(const Milestone& milestone,
                                                 const Calendars& calendars,
                                                 Instant as_of);

// The explanation in sentences: where the target comes from, what moved it, and
// what became of it. `hours`: what to call the milestone's hours, `zone`: in
// which to tell times.
std::vector<std::string> InWords(const Milestone& milestone,
                                 const std::vector<Stretch>& stretches,
                                 absl::string_view hours, absl::TimeZone zone);

}  // namespace charter::sla

#endif  // CHARTER_SERVER_SLA_CLOCK_EXPLAIN_H_

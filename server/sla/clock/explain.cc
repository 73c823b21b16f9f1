#include "server/sla/clock/explain.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace charter::sla {
namespace {

const char* PauseName(PauseCause cause) {
  switch (cause) {
    case PauseCause::kNone:
      return "";
    case PauseCause::kOutOfProcess:
      return "out of the process";
    case PauseCause::kStoppedByHand:
      return "stopped by hand";
    case PauseCause::kStopCriteria:
      return "stop criteria of the process";
    case PauseCause::kPauseCriteria:
      return "pause criteria of the milestone";
  }
  return "";
}

const char* ClosedName(OpenCause cause) {
  switch (cause) {
    case OpenCause::kOpen:
      return "";
    case OpenCause::kOutsideHours:
      return "outside hours";
    case OpenCause::kHoliday:
      return "holiday";
    case OpenCause::kOverride:
      return "override";
  }
  return "";
}

std::string CauseOf(const ExplainedSpan& span) {
  std::string cause(PauseName(span.pause));
  if (span.hours_cause != OpenCause::kOpen) {
    absl::StrAppend(&cause, cause.empty() ? "" : ", ",
                    ClosedName(span.hours_cause));
    if (!span.hours_name.empty()) absl::StrAppend(&cause, " ", span.hours_name);
  }
  return cause;
}

}  // namespace

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

absl::StatusOr<std::vector<Stretch>> StretchesOf(const Milestone& milestone,
                                                 const Calendars& calendars,
                                                 Instant as_of) {
  const Instant end = milestone.end_time.value_or(as_of);
  absl::StatusOr<std::vector<ExplainedSpan>> spans =
      ExplainMilestone(milestone, calendars, milestone.start_time,
                       std::max(end, milestone.start_time));
  if (!spans.ok()) return spans.status();
  std::vector<Stretch> stretches;
  Duration actual;
  const auto add = [&](Interval interval, StretchKind kind, std::string cause) {
    if (interval.from < interval.to)
      stretches.push_back({interval, kind, std::move(cause), actual});
  };
  for (const ExplainedSpan& span : *spans) {
    const bool open = span.hours_cause == OpenCause::kOpen;
    // RESTART: only what follows it counts.
    if (span.interval.from == milestone.counted_from) actual = Duration::Zero();
    if (span.pause == PauseCause::kOutOfProcess) {
      add(span.interval, StretchKind::kOutOfProcess, CauseOf(span));
    } else if (span.pause != PauseCause::kNone) {
      add(span.interval,
          open ? StretchKind::kPaused : StretchKind::kPausedOutOfHours,
          CauseOf(span));
    } else if (!open) {
      add(span.interval, StretchKind::kOutOfHours, CauseOf(span));
    } else {
      // Counting is told apart at the violation: what follows it is overdue.
      const Instant cut = milestone.violation_time
                              ? std::clamp(*milestone.violation_time,
                                           span.interval.from, span.interval.to)
                              : span.interval.to;
      actual += cut - span.interval.from;
      add({span.interval.from, cut}, StretchKind::kCounting, "");
      actual += span.interval.to - cut;
      add({cut, span.interval.to}, StretchKind::kOverdue, "past its target");
    }
  }
  return stretches;
}

}  // namespace charter::sla

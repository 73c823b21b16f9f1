#ifndef CHARTER_SERVER_SLA_CLOCK_CLOCK_H_
#define CHARTER_SERVER_SLA_CLOCK_CLOCK_H_

#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/sla/calendar/business_hours.h"
#include "server/sla/clock/evaluation.h"
#include "server/sla/time.h"

namespace charter::sla {

// A set of hours and its place in Evaluation::hours.
struct HoursRef {
  const BusinessHours* set = nullptr;
  int index = -1;
};

// The arithmetic of one clock: open time used and paused, and its target (K2,
// K3). It knows nothing of criteria, nor when anything is looked at; it is told
// what happens, in order of time. Events are indexes into the history.
class Clock {
 public:
  struct RawSpan {
    Interval interval;
    PauseCause cause = PauseCause::kNone;
    int event = 0;
    HoursRef hours;
    Duration open;
  };

  Clock(Duration duration, HoursRef hours)
      : duration_(duration), hours_(hours) {}

  // --- What happens. ---
  // A start in the future: its target is known, nothing counts (E6).
  absl::Status Schedule(Instant start);
  // Begins to count at `start`. No target yet: Shift() may follow to catch up
  // with the past, and then Aim().
  void Begin(Instant start, PauseCause cause, int event);
  // From `at` on another condition, without a new target: for the past.
  void Shift(Instant at, PauseCause cause, int event);
  // Aims a clock that runs at the instant at which `actual` reaches the
  // duration, be it past; due from `now` on at the earliest.
  absl::Status Aim(Instant now);
  // From `at` on another condition; a clock that resumes is aimed by K3.
  absl::Status Change(Instant at, PauseCause cause, int event);
  void End(Instant at);
  // Open again: what follows its end was paused, out of the process (E8).
  void Reopen(int exit_event);
  // CONTINUE with another duration: what was used counts.
  absl::Status SetDuration(Instant at, Duration duration);
  // RESTART: counts from `at`.
  absl::Status Restart(Instant at, Duration duration, int event);
  // Used time stays used, what remains is planned on the new hours (B6, B7).
  absl::Status SwitchHours(Instant at, HoursRef hours, int event);
  void Violate(Instant at) { violation_time_ = at; }

  // --- What it says. ---
  bool scheduled() const { return mode_ == Mode::kScheduled; }
  bool running() const {
    return mode_ == Mode::kOpen && cause_ == PauseCause::kNone;
  }
  bool paused() const {
    return mode_ == Mode::kOpen && cause_ != PauseCause::kNone;
  }
  bool ended() const { return mode_ == Mode::kEnded; }
  PauseCause cause() const { return cause_; }
  HoursRef hours() const { return hours_; }
  Duration duration() const { return duration_; }
  Instant start() const { return start_; }
  Instant counted_from() const { return counted_from_; }
  // Ended before it began to count?
  bool never_started() const { return never_started_; }
  bool violated() const { return violation_time_.has_value(); }
  std::optional<Instant> violation_time() const { return violation_time_; }
  // The last target that it ran against, or that of a scheduled one.
  std::optional<Instant> target() const { return target_; }
  // Since when it is due at the earliest: the event or resumption that set the
  // target (K4).
  Instant due_floor() const { return due_floor_; }
  // The earliest instant at which `actual` reaches `amount`, past or to come if
  // nothing else pauses it (K5), never before the start. Nullopt when that is
  // not known: paused, and more is needed. OUT_OF_RANGE as of Add.
  absl::StatusOr<std::optional<Instant>> Moment(Duration amount) const;

  struct Usage {
    Duration stopped;
    Duration actual;
  };
  // Open time used until `now`, which is not before the last change; an ended
  // clock's until its end.
  Usage Used(Instant now) const;
  // What the target would be if a paused clock resumed at `now`.
  absl::StatusOr<Instant> TargetIfResumed(Instant now) const;
  // Calls visit(span) for all spans from the start to the end or `now`.
  template <typename Visitor>
  void VisitSpans(Instant now, Visitor&& visit) const {
    for (const RawSpan& span : spans_) visit(span);
    if (mode_ == Mode::kOpen && now > span_from_) {
      visit(RawSpan{{span_from_, now},
                    cause_,
                    span_event_,
                    hours_,
                    hours_.set->Between(span_from_, now)});
    }
  }
  size_t span_count() const { return spans_.size() + 1; }

 private:
  enum class Mode { kScheduled, kOpen, kEnded };

  void CloseSpan(Instant at);

  Mode mode_ = Mode::kScheduled;
  Duration duration_;
  HoursRef hours_;
  Instant start_;
  Instant counted_from_;
  // Of the open span; of an ended clock, span_from_ is the end.
  Instant span_from_;
  PauseCause cause_ = PauseCause::kNone;
  int span_event_ = 0;
  std::vector<RawSpan> spans_;  // closed ones
  size_t counted_spans_ = 0;    // index of the first that counts
  Usage closed_;                // sums of the closed spans that count
  std::optional<Instant> target_;
  Duration target_duration_;  // for which target_ was computed
  Instant due_floor_;
  std::optional<Instant> violation_time_;
  bool never_started_ = true;
};

}  // namespace charter::sla

#endif  // CHARTER_SERVER_SLA_CLOCK_CLOCK_H_

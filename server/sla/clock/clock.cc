#include "server/sla/clock/clock.h"

namespace charter::sla {

absl::Status Clock::Schedule(Instant start) {
  mode_ = Mode::kScheduled;
  start_ = counted_from_ = span_from_ = start;
  absl::StatusOr<Instant> target = hours_.set->Add(start, duration_);
  if (!target.ok()) return target.status();
  target_ = *target;
  return absl::OkStatus();
}

void Clock::Begin(Instant start, PauseCause cause, int event) {
  mode_ = Mode::kOpen;
  never_started_ = false;
  spans_.reserve(6);  // most clocks need no more
  start_ = counted_from_ = span_from_ = start;
  cause_ = cause;
  span_event_ = event;
  target_.reset();  // a scheduled one's, which it did not run against
}

void Clock::CloseSpan(Instant at) {
  if (at == span_from_) return;
  const Duration open = hours_.set->Between(span_from_, at);
  (cause_ == PauseCause::kNone ? closed_.actual : closed_.stopped) += open;
  spans_.push_back({{span_from_, at}, cause_, span_event_, hours_, open});
  span_from_ = at;
}

void Clock::Shift(Instant at, PauseCause cause, int event) {
  CloseSpan(at);
  cause_ = cause;
  span_event_ = event;
}

absl::Status Clock::Aim(Instant now) {
  absl::StatusOr<std::optional<Instant>> target = Moment(duration_);
  if (!target.ok()) return target.status();
  target_ = *target;
  target_duration_ = duration_;
  due_floor_ = now;
  return absl::OkStatus();
}

absl::Status Clock::Change(Instant at, PauseCause cause, int event) {
  const bool resumes = paused() && cause == PauseCause::kNone;
  Shift(at, cause, event);
  if (!resumes) return absl::OkStatus();
  absl::StatusOr<Instant> target = TargetIfResumed(at);
  if (!target.ok()) return target.status();
  target_ = *target;
  target_duration_ = duration_;
  due_floor_ = at;
  return absl::OkStatus();
}

absl::StatusOr<Instant> Clock::TargetIfResumed(Instant now) const {
  const Duration remaining = duration_ - closed_.actual;
  if (remaining > Duration::Zero()) return hours_.set->Add(now, remaining);
  if (remaining == Duration::Zero() && !violated()) return now;
  // The target that it had; of a duration that was shortened while it was
  // paused, the instant at which that one was used up.
  if (target_ && target_duration_ == duration_) return *target_;
  absl::StatusOr<std::optional<Instant>> used_up = Moment(duration_);
  if (!used_up.ok()) return used_up.status();
  return used_up->value_or(now);
}

void Clock::End(Instant at) {
  if (mode_ == Mode::kOpen) CloseSpan(at);
  mode_ = Mode::kEnded;
}

void Clock::Reopen(int exit_event) {
  mode_ = never_started_ ? Mode::kScheduled : Mode::kOpen;
  cause_ = PauseCause::kOutOfProcess;
  span_event_ = exit_event;
}

absl::Status Clock::SetDuration(Instant at, Duration duration) {
  duration_ = duration;
  if (scheduled()) return Schedule(start_);
  return running() ? Aim(at) : absl::OkStatus();
}

absl::Status Clock::Restart(Instant at, Duration duration, int event) {
  duration_ = duration;
  if (scheduled()) return Schedule(start_);
  Shift(at, cause_, event);
  counted_from_ = at;
  counted_spans_ = spans_.size();
  closed_ = Usage();
  return running() ? Aim(at) : absl::OkStatus();
}

absl::Status Clock::SwitchHours(Instant at, HoursRef hours, int event) {
  if (scheduled()) {
    hours_ = hours;
    return Schedule(start_);
  }
  Shift(at, cause_, event);
  hours_ = hours;
  // Nothing remains to be planned of a duration that is used up: the target
  // stays.
  if (!running() || closed_.actual >= duration_) return absl::OkStatus();
  return Aim(at);
}

absl::StatusOr<std::optional<Instant>> Clock::Moment(Duration amount) const {
  if (amount <= Duration::Zero()) return counted_from_;
  if (amount <= closed_.actual) {
    Duration used;
    for (size_t i = counted_spans_; i < spans_.size(); ++i) {
      const RawSpan& span = spans_[i];
      if (span.cause != PauseCause::kNone) continue;
      if (used + span.open >= amount) {
        return span.hours.set->Add(span.interval.from, amount - used);
      }
      used += span.open;
    }
  }
  if (mode_ == Mode::kScheduled) return hours_.set->Add(start_, amount);
  if (!running()) return std::nullopt;
  return hours_.set->Add(span_from_, amount - closed_.actual);
}

Clock::Usage Clock::Used(Instant now) const {
  Usage used = closed_;
  if (mode_ == Mode::kOpen) {
    (cause_ == PauseCause::kNone ? used.actual : used.stopped) +=
        hours_.set->Between(span_from_, now);
  }
  return used;
}

}  // namespace charter::sla

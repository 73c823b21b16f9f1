#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/sla/clock/evaluator.h"

namespace charter::sla {
namespace {

// The amount of `actual` at which a warning or violation is due (K5).
Duration AmountOf(const Trigger& trigger, Duration target) {
  Duration part = trigger.offset;
  if (trigger.percent) {
    const int64_t us = target.micros();
    part = Duration::Micros(us / 100 * *trigger.percent +
                            us % 100 * *trigger.percent / 100);
  }
  if (trigger.kind == TriggerKind::kViolation) return target + part;
  return trigger.percent ? part : target - part;
}

}  // namespace

absl::Status Evaluator::FireTimers(Instant until, bool inclusive) {
  while (true) {
    int next = -1;
    for (const Place& place : places_) {
      if (place.open < 0) continue;
      const std::optional<Instant>& t = instances_[place.open].next_timer;
      if (t && (next < 0 || *t < *instances_[next].next_timer)) {
        next = place.open;
      }
    }
    if (next < 0) return absl::OkStatus();
    const Instant instant = *instances_[next].next_timer;
    if (inclusive ? instant > until : instant >= until) return absl::OkStatus();
    now_ = instant;
    if (absl::Status s = Fire(next); !s.ok()) return s;
  }
}

// Fires the first thing that is due: by its moment; at one moment warnings,
// then the violation, then the triggers on it.
absl::Status Evaluator::Fire(int index) {
  Instance& instance = instances_[index];
  if (instance.clock.scheduled()) return StartScheduled(index);
  using Rank = std::tuple<Instant, int>;
  std::optional<Rank> first;
  TriggerRun* trigger = nullptr;
  if (!instance.clock.violated() && *instance.clock.target() <= now_) {
    first = Rank(*instance.clock.target(), 1);
  }
  for (TriggerRun& run : instance.triggers) {
    if (run.State() != TriggerState::kPending || !run.moment ||
        *run.moment > now_) {
      continue;
    }
    const Rank rank(*run.moment,
                    run.trigger->kind == TriggerKind::kWarning ? 0 : 2);
    if (first && *first <= rank) continue;
    first = rank;
    trigger = &run;
  }
  if (trigger != nullptr) {
    FireTrigger(index, *trigger);
  } else {
    Violate(index, now_);
  }
  Plan(instance);
  return absl::OkStatus();
}

absl::Status Evaluator::StartScheduled(int index) {
  Instance& instance = instances_[index];
  const PauseCause cause = CauseFor(places_[instance.place]);
  instance.clock.Begin(instance.clock.start(), cause, event_);
  if (cause == PauseCause::kNone) {
    if (absl::Status s = instance.clock.Aim(now_); !s.ok()) return s;
  }
  instance.state = OpenState(instance.clock);
  Emit(TransitionKind::kStarted, index, "start");
  if (instance.clock.paused()) Emit(TransitionKind::kPaused, index, "start");
  Plan(instance);
  return absl::OkStatus();
}

void Evaluator::FireTrigger(int index, TriggerRun& run) {
  const Instance& instance = instances_[index];
  const bool success = run.trigger->kind == TriggerKind::kSuccess;
  run.state = TriggerState::kFired;
  run.fired = true;
  // Each completion has its own firing; one that a late event moves keeps it.
  std::string cause =
      success && instance.completions > 1
          ? absl::StrCat(run.trigger->key, "#", instance.completions)
          : run.trigger->key;
  Transition& t = Emit(TransitionKind::kTriggered, index, std::move(cause));
  t.moment = run.moment;
  t.late = success ? instance.clock.violated() : *run.moment < now_;
  t.process = instance.process->version;
  t.placement = instance.def->key;
  t.trigger = run.trigger->key;
}

void Evaluator::Violate(int index, Instant instant) {
  Instance& instance = instances_[index];
  instance.clock.Violate(instant);
  instance.violation_duration = instance.clock.duration();
  instance.violation_rule = instance.rule;
  Emit(TransitionKind::kViolated, index, "target");
}

void Evaluator::Plan(Instance& instance) {
  const Clock& clock = instance.clock;
  instance.next_timer.reset();
  const auto due = [&instance](Instant t) {
    if (!instance.next_timer || t < *instance.next_timer) {
      instance.next_timer = t;
    }
  };
  if (clock.scheduled()) due(clock.start());
  if (clock.running() && !clock.violated()) {
    due(std::max(*clock.target(), clock.due_floor()));
  }
  for (TriggerRun& run : instance.triggers) {
    if (run.State() != TriggerState::kPending ||
        run.trigger->kind == TriggerKind::kSuccess) {
      continue;
    }
    run.moment.reset();
    if (!clock.running() && !clock.scheduled()) continue;
    // One beyond ten years without open time has no moment (B5).
    const absl::StatusOr<std::optional<Instant>> moment =
        clock.Moment(AmountOf(*run.trigger, clock.duration()));
    if (!moment.ok() || !*moment) continue;
    run.moment = *moment;
    if (run.trigger->kind == TriggerKind::kViolation) {
      run.moment = std::max(*run.moment, *clock.target());
    }
    if (clock.running()) due(std::max(*run.moment, now_));
  }
}

// E8 SKIP, for triggers that are new to the clock.
void Evaluator::AskMissedTriggers(Instance& instance) {
  for (TriggerRun& run : instance.triggers) {
    if (!run.fresh) continue;
    run.fresh = false;
    if (instance.def->missed_triggers != MissedTriggers::kSkip ||
        run.trigger->kind == TriggerKind::kSuccess) {
      continue;
    }
    const absl::StatusOr<std::optional<Instant>> moment = instance.clock.Moment(
        AmountOf(*run.trigger, instance.clock.duration()));
    if (moment.ok() && *moment && **moment < now_) {
      run.state = TriggerState::kSkipped;
    }
  }
}

Transition& Evaluator::Emit(TransitionKind kind, int index, std::string cause) {
  Transition& t = out_.transitions.emplace_back();
  t.kind = kind;
  t.instant = now_;
  t.milestone = index;
  if (index >= 0) t.instance = instances_[index].id;
  t.cause = std::move(cause);
  t.live = !history_.live_from || now_ >= *history_.live_from;
  return t;
}

Transition& Evaluator::EmitForEvent(TransitionKind kind, int index) {
  return Emit(kind, index, event(event_).id);
}

}  // namespace charter::sla

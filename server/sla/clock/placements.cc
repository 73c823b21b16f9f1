#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/sla/clock/evaluator.h"

namespace charter::sla {
namespace {

// More pieces of the past than real histories give to all their clocks, yet few
// enough that an absurd one costs neither much time nor memory.
constexpr size_t kMaxCaughtUp = 100000;
// Likewise the events looked at again to find them.
constexpr size_t kMaxLookedBack = 1000000;

}  // namespace

// The last step of an event (E3): each placement in order.
absl::Status Evaluator::UpdatePlaces() {
  for (size_t i = 0; i < places_.size(); ++i) {
    const Place& place = places_[i];
    if (place.open >= 0 && !place.def->on_event && !place.criteria) {
      EndInstance(place.open, MilestoneState::kCancelled,
                  TransitionKind::kCancelled);  // E7
    }
    if (place.open >= 0) {
      if (absl::Status s = UpdateTarget(place.open, place); !s.ok()) return s;
    } else if (MayCreate(place)) {
      if (absl::Status s = Create(static_cast<int>(i)); !s.ok()) return s;
    }
  }
  return absl::OkStatus();
}

// E6.
bool Evaluator::MayCreate(const Place& place) {
  const Placement& def = *place.def;
  const bool one_only = def.recurrence == Recurrence::kNone;
  if (one_only && place.completed) return false;
  if (def.on_event) {
    return !def.criteria ||
           def.criteria->Evaluate(fields_.record(), fields_.View());
  }
  if (!place.criteria) return false;
  const Rearm rearm = def.rearm.value_or(
      def.recurrence == Recurrence::kSequential ? Rearm::kImmediately
                                                : Rearm::kAfterFalse);
  return place.armed || (!one_only && rearm == Rearm::kImmediately);
}

// When a clock that this event makes begins to count.
Instant Evaluator::StartOf(Place& place) {
  const Placement& def = *place.def;
  const bool first = place.last < 0;
  Instant start = now_;
  if (def.start == StartsAt::kProcessStart &&
      (first || def.recurrence == Recurrence::kNone)) {
    start = process_start_;
  } else if (first && entered_ && replaced_ && !def.on_event &&
             attach_start_ == AttachStart::kFromItemStart &&
             process_start_ < now_) {
    // FROM_ITEM_START: the criteria may have been met long ago (E11).
    start = std::max(process_start_, PastOf(place).criteria_since());
  }
  if (def.recurrence == Recurrence::kSequential && !first) {
    // The later of this moment and the previous one's target. Of one that was
    // cancelled before it started: the start that it was to have, so that
    // toggling criteria doesn't push the chain away.
    const Clock& previous = instances_[place.last].clock;
    if (previous.never_started()) {
      start = std::max(start, previous.start());
    } else if (previous.target()) {
      start = std::max(start, *previous.target());
    }
  }
  return start;
}

absl::Status Evaluator::Create(int place_index) {
  Place& place = places_[place_index];
  const Placement& def = *place.def;
  const Instant start = StartOf(place);
  const int index = static_cast<int>(instances_.size());
  Instance& instance = instances_.emplace_back(
      Clock(place.rule < 0 ? def.target : def.target_rules[place.rule].duration,
            place.hours));
  instance.id = absl::StrCat(def.key, "~", event(event_).id);
  instance.process = process_;
  instance.def = &def;
  instance.place = place_index;
  instance.occurrence = ++place.count;
  instance.made_by = event_;
  instance.rule = place.rule;
  place.open = place.last = index;
  place.armed = def.on_event;
  MakeTriggers(instance);
  if (start > now_) {
    if (absl::Status s = instance.clock.Schedule(start); !s.ok()) return s;
    instance.state = MilestoneState::kScheduled;
    EmitForEvent(TransitionKind::kScheduled, index);
  } else {
    if (absl::Status s = CatchUp(instance, start); !s.ok()) return s;
    instance.state = OpenState(instance.clock);
    EmitForEvent(TransitionKind::kStarted, index);
    if (instance.clock.paused()) EmitForEvent(TransitionKind::kPaused, index);
  }
  AskMissedTriggers(instance);
  Plan(instance);
  return absl::OkStatus();
}

const Past& Evaluator::PastOf(Place& place) {
  if (place.past == nullptr) {
    place.past =
        std::make_unique<Past>(history_.events, order_, *process_, *place.def);
  }
  looked_back_ += place.past->LookUntil(position_ + 1);
  return *place.past;
}

// Begins at `start`, which is not after now; if before, with what the history
// says of the time in between.
absl::Status Evaluator::CatchUp(Instance& instance, Instant start) {
  Clock& clock = instance.clock;
  const PauseCause cause = CauseFor(places_[instance.place]);
  if (start == now_) {
    clock.Begin(start, cause, event_);
  } else {
    const std::vector<Past::Piece>& pieces =
        PastOf(places_[instance.place]).pieces();
    caught_up_ += pieces.size();
    if (caught_up_ > kMaxCaughtUp || looked_back_ > kMaxLookedBack) {
      return absl::ResourceExhaustedError(absl::StrCat(
          "placement \"", instance.def->key, "\" of process version \"",
          process_->version,
          "\" makes too many clocks that start in the past: use CRITERIA_MET "
          "where its criteria come and go, and FROM_EVENT where the "
          "entitlement "
          "does"));
    }
    clock.Begin(start, PauseCause::kNone, event_);
    for (const Past::Piece& piece : pieces) {
      clock.Shift(std::max(start, piece.from), piece.cause, piece.event);
    }
    clock.Shift(now_, cause, event_);
  }
  return clock.running() ? clock.Aim(now_) : absl::OkStatus();
}

// E8, E10, B7: other hours, another rule.
absl::Status Evaluator::UpdateTarget(int index, const Place& place) {
  Instance& instance = instances_[index];
  Clock& clock = instance.clock;
  const Placement& def = *place.def;
  bool changed = false;
  if (place.hours.index != clock.hours().index) {
    if (absl::Status s = clock.SwitchHours(now_, place.hours, event_);
        !s.ok()) {
      return s;
    }
    changed = true;
  }
  bool restarted = false;
  if (instance.moved || instance.rule != place.rule) {
    const Duration duration =
        place.rule < 0 ? def.target : def.target_rules[place.rule].duration;
    restarted = !instance.moved && !clock.scheduled() &&
                def.on_target_change == OnTargetChange::kRestart;
    if (restarted) {
      if (absl::Status s = clock.Restart(now_, duration, event_); !s.ok()) {
        return s;
      }
    } else if (duration != clock.duration()) {
      if (absl::Status s = clock.SetDuration(now_, duration); !s.ok()) return s;
      changed = true;
    }
    instance.rule = place.rule;
  }
  if (restarted) {
    EmitForEvent(TransitionKind::kRestarted, index);
  } else if (changed) {
    EmitForEvent(TransitionKind::kTargetChanged, index);
  }
  if (instance.moved) AskMissedTriggers(instance);
  if (restarted || changed || instance.moved) Plan(instance);
  instance.moved = false;
  return absl::OkStatus();
}

// Those of the instance's placement; what is known of one by its key is kept.
void Evaluator::MakeTriggers(Instance& instance) {
  std::vector<TriggerRun>& left = instance.left_triggers;
  left.insert(left.end(), instance.triggers.begin(), instance.triggers.end());
  instance.triggers.clear();
  instance.triggers.reserve(instance.def->triggers.size());
  for (const Trigger& trigger : instance.def->triggers) {
    TriggerRun run;
    const auto known =
        std::find_if(left.begin(), left.end(), [&trigger](const TriggerRun& r) {
          return r.trigger->key == trigger.key;
        });
    if (known != left.end()) {
      run = *known;
      left.erase(known);
    }
    run.trigger = &trigger;
    instance.triggers.push_back(run);
  }
}

void Evaluator::Complete(int index) {
  Instance& instance = instances_[index];
  Clock& clock = instance.clock;
  if (clock.running()) {
    instance.met = clock.target() >= now_;
    // Still unviolated only if an event of this instant set the target (K4).
    if (!instance.met && !clock.violated()) {
      Violate(index, std::max(*clock.target(), clock.due_floor()));
    }
  } else {
    instance.met =
        !clock.violated() || clock.Used(now_).actual < clock.duration();
  }
  ++instance.completions;
  places_[instance.place].completed = true;
  EndInstance(index, MilestoneState::kCompleted, TransitionKind::kCompleted);
  out_.transitions.back().late = clock.violated();
  for (TriggerRun& run : instance.triggers) {
    if (run.trigger->kind != TriggerKind::kSuccess ||
        run.state != TriggerState::kPending) {
      continue;
    }
    run.moment = now_;
    FireTrigger(index, run);
  }
}

void Evaluator::EndInstance(int index, MilestoneState state,
                            TransitionKind kind) {
  Instance& instance = instances_[index];
  instance.clock.End(now_);
  instance.state = state;
  instance.end = now_;
  instance.ended_by = event_;
  instance.next_timer.reset();
  for (TriggerRun& run : instance.triggers) {
    if (run.state == TriggerState::kPending) run.moment.reset();
  }
  if (instance.place >= 0 &&
      instance.place < static_cast<int>(places_.size()) &&
      places_[instance.place].open == index) {
    places_[instance.place].open = -1;
  }
  EmitForEvent(kind, index);
}

}  // namespace charter::sla

#include "server/sla/clock/evaluator.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "absl/strings/str_cat.h"

namespace charter::sla {

Evaluator::Evaluator(const History& history, const Processes& processes,
                     const Calendars& calendars, Instant as_of)
    : history_(history),
      processes_(processes),
      calendars_(calendars),
      as_of_(as_of) {}

absl::StatusOr<Evaluation> Evaluator::Run() {
  if (history_.events.size() > kMaxEvents) {
    return absl::InvalidArgumentError(
        absl::StrCat("history.events: ", history_.events.size(),
                     " events, at most ", kMaxEvents, " are allowed (E1)"));
  }
  order_ = OrderOfEvents(history_.events);
  if (order_.empty() || event(order_[0]).kind != EventKind::kCreated) {
    return absl::InvalidArgumentError(
        "history.events: must begin with the item's creation (E1); record no "
        "event before it");
  }
  out_.transitions.reserve(2 * order_.size() + 8);
  out_.spans.reserve(8);
  for (size_t i = 0; i < order_.size(); ++i) {
    const Event& e = event(order_[i]);
    if (e.occur_time > as_of_) break;
    const bool as_timer = e.kind == EventKind::kActionApplied;
    if (absl::Status s = FireTimers(e.occur_time, as_timer); !s.ok()) return s;
    if (absl::Status s = Step(i); !s.ok()) return s;
    NoteItemSpan();
  }
  if (absl::Status s = FireTimers(as_of_, true); !s.ok()) return s;
  return Result();
}

absl::Status Evaluator::Step(size_t position) {
  position_ = position;
  event_ = order_[position];
  const Event& e = event(event_);
  now_ = e.occur_time;
  fresh_ = replaced_ = entered_ = false;
  fields_.Apply(e);
  if (phase_ == ItemPhase::kDeleted) return absl::OkStatus();
  if (e.kind == EventKind::kDeleted) {
    CancelAll();
    phase_ = ItemPhase::kDeleted;
    return absl::OkStatus();
  }
  if (e.attach) {
    if (absl::Status s = Attach(*e.attach); !s.ok()) return s;
  }
  if (absl::Status s = RefreshCriteria(); !s.ok()) return s;
  if (phase_ == ItemPhase::kNotEntered) Enter();
  if (phase_ == ItemPhase::kOutOfProcess && !exit_) {
    if (absl::Status s = ReopenItem(); !s.ok()) return s;
  }
  if (phase_ != ItemPhase::kInProcess) return absl::OkStatus();
  if (absl::Status s = PauseAndResume(); !s.ok()) return s;
  CompleteAll();
  if (exit_) {
    Exit();
    return absl::OkStatus();
  }
  return UpdatePlaces();
}

bool Evaluator::Level(const std::optional<Expression>& expression,
                      SlotSet slots, bool cached) const {
  if (!expression || !(fresh_ || (fields_.changed() & slots))) return cached;
  return expression->Evaluate(fields_.record());
}

// What the levels say after the event's fields, whether or not the item is in
// its process: criteria that were false in between are seen in any case (E6).
absl::Status Evaluator::RefreshCriteria() {
  if (process_ != nullptr) {
    stop_criteria_ = Level(process_->stop, stop_slots_, stop_criteria_);
  }
  const PauseCause stop = fields_.stopped_by_hand() ? PauseCause::kStoppedByHand
                          : process_ != nullptr && stop_criteria_
                              ? PauseCause::kStopCriteria
                              : PauseCause::kNone;
  const bool stopped = stop != PauseCause::kNone;
  if (stopped != (stop_ != PauseCause::kNone)) {
    EmitForEvent(
        stopped ? TransitionKind::kItemStopped : TransitionKind::kItemResumed,
        -1);
  }
  stop_ = stop;
  fields_.SetStopped(stopped);
  if (process_ == nullptr) return absl::OkStatus();
  entry_ = Level(process_->entry, entry_slots_, entry_);
  exit_ = process_->exit ? Level(process_->exit, exit_slots_, exit_)
                         : fields_.closed();
  const bool hours_changed =
      fresh_ || (fields_.changed() & SlotBit(ItemSlot::kBusinessHours));
  for (Place& place : places_) {
    const Placement& def = *place.def;
    if (!def.on_event) {
      place.criteria =
          Level(def.criteria, place.criteria_slots, place.criteria);
      if (!place.criteria) place.armed = true;
    }
    place.pause = Level(def.pause, place.pause_slots, place.pause);
    if (place.completion_is_level) {
      place.completion =
          Level(def.completion, place.completion_slots, place.completion);
    }
    if (fresh_ || (fields_.changed() & place.rule_slots)) {
      const auto holds = [this](const TargetRule& rule) {
        return rule.when.Evaluate(fields_.record());
      };
      const auto& rules = def.target_rules;
      const auto rule = std::find_if(rules.begin(), rules.end(), holds);
      place.rule =
          rule == rules.end() ? -1 : static_cast<int>(rule - rules.begin());
    }
    if (hours_changed) {
      absl::StatusOr<HoursRef> hours = ResolveHours(def);
      if (!hours.ok()) return hours.status();
      place.hours = *hours;
    }
  }
  return absl::OkStatus();
}

// B7: the placement's, else the process's, else the case's, else the default.
absl::StatusOr<HoursRef> Evaluator::ResolveHours(const Placement& placement) {
  const std::string* id = &placement.hours;
  if (id->empty()) id = &process_->hours;
  static const std::string kDefault;
  if (id->empty()) {
    id = std::get_if<std::string>(&fields_.record()[ItemSlot::kBusinessHours]);
    if (id == nullptr) id = &kDefault;
  }
  for (size_t i = 0; i < hour_ids_.size(); ++i) {
    if (hour_ids_[i] == *id) return hours_[i];
  }
  const BusinessHours* set = calendars_.standard.get();
  if (!id->empty()) {
    const auto found = calendars_.by_id.find(*id);
    set = found == calendars_.by_id.end() ? nullptr : found->second.get();
  }
  if (set == nullptr) {
    return absl::NotFoundError(absl::StrCat(
        "business hours \"", *id, "\" of placement \"", placement.key,
        "\" of process version \"", process_->version, "\" are not known"));
  }
  hour_ids_.push_back(*id);
  hours_.push_back({set, static_cast<int>(hours_.size())});
  return hours_.back();
}

// E4.
void Evaluator::Enter() {
  const Record& record = fields_.record();
  const size_t slot = static_cast<size_t>(process_->start_field);
  const Instant* start =
      slot < record.size() ? std::get_if<Instant>(&record[slot]) : nullptr;
  if (!entry_ || exit_ || start == nullptr) return;
  phase_ = ItemPhase::kInProcess;
  entered_ = true;
  process_start_ =
      attach_start_ == AttachStart::kFromEvent ? attach_time_ : *start;
  EmitForEvent(TransitionKind::kEntered, -1);
}

// E8, on reopening. Clocks that go on stand still, out of the process, until
// the next step of this event looks whether they run.
absl::Status Evaluator::ReopenItem() {
  phase_ = ItemPhase::kInProcess;
  EmitForEvent(TransitionKind::kReopened, -1);
  for (Place& place : places_) {
    if (place.def->on_reopen == OnReopen::kNewOccurrence) {
      place.armed = true;
      continue;
    }
    if (place.last < 0) continue;
    Instance& instance = instances_[place.last];
    const bool superseded = instance.state == MilestoneState::kCompleted &&
                            place.def->on_reopen == OnReopen::kResumeAll;
    if (instance.ended_by != exit_event_ ||
        !(superseded || instance.state == MilestoneState::kFrozen)) {
      continue;
    }
    place.open = place.last;
    place.completed = false;
    instance.end.reset();
    instance.met = false;
    for (TriggerRun& run : instance.triggers) {
      if (superseded && run.trigger->kind == TriggerKind::kSuccess) {
        run.state = TriggerState::kPending;  // armed again (K5)
        run.moment.reset();
      }
    }
    Clock& clock = instance.clock;
    clock.Reopen(exit_event_);
    EmitForEvent(TransitionKind::kMilestoneReopened, place.open);
    if (clock.scheduled() && clock.start() < now_) {
      clock.Begin(clock.start(), PauseCause::kOutOfProcess, exit_event_);
      EmitForEvent(TransitionKind::kStarted, place.open);
    }
    instance.state = OpenState(clock);
    Plan(instance);
  }
  return absl::OkStatus();
}

PauseCause Evaluator::CauseFor(const Place& place) const {
  if (stop_ != PauseCause::kNone) return stop_;
  return place.pause ? PauseCause::kPauseCriteria : PauseCause::kNone;
}

MilestoneState Evaluator::OpenState(const Clock& clock) const {
  return clock.scheduled() ? MilestoneState::kScheduled
         : clock.paused()  ? MilestoneState::kPaused
                           : MilestoneState::kRunning;
}

// K2.
absl::Status Evaluator::PauseAndResume() {
  for (const Place& place : places_) {
    if (place.open < 0) continue;
    Instance& instance = instances_[place.open];
    Clock& clock = instance.clock;
    const PauseCause was = clock.cause();
    const PauseCause cause = CauseFor(place);
    if (clock.scheduled() || cause == was) continue;
    if (absl::Status s = clock.Change(now_, cause, event_); !s.ok()) return s;
    instance.state = OpenState(clock);
    if (clock.paused()) {
      // A change of cause alone is seen in the spans.
      if (was == PauseCause::kNone || was == PauseCause::kOutOfProcess) {
        EmitForEvent(TransitionKind::kPaused, place.open);
      }
    } else if (was != PauseCause::kOutOfProcess) {
      EmitForEvent(TransitionKind::kResumed, place.open);
    }
    Plan(instance);
  }
  return absl::OkStatus();
}

// By the instance's id or its placement's key. An id that no instance has any
// more, because a late event started it earlier, means its placement too.
bool Evaluator::CompletedByHand(const Instance& instance) const {
  const Event& e = event(event_);
  if (e.kind != EventKind::kMilestoneCompleted) return false;
  if (e.milestone == instance.id) return true;
  if (e.milestone.substr(0, e.milestone.find('~')) != instance.def->key) {
    return false;
  }
  return std::none_of(
      instances_.begin(), instances_.end(),
      [&e](const Instance& other) { return other.id == e.milestone; });
}

void Evaluator::CompleteAll() {
  for (const Place& place : places_) {
    if (place.open < 0) continue;
    const Instance& instance = instances_[place.open];
    if (instance.clock.scheduled()) continue;  // E6
    const bool holds =
        place.completion_is_level
            ? place.completion
            : place.def->completion->Evaluate(fields_.record(), fields_.View());
    if (holds || CompletedByHand(instance)) Complete(place.open);
  }
}

void Evaluator::Exit() {
  phase_ = ItemPhase::kOutOfProcess;
  exit_event_ = event_;
  EmitForEvent(TransitionKind::kExited, -1);
  for (const Place& place : places_) {
    if (place.open < 0) continue;
    const bool scheduled = instances_[place.open].clock.scheduled();
    switch (place.def->on_exit) {
      case OnExit::kFreeze:
        EndInstance(place.open, MilestoneState::kFrozen,
                    TransitionKind::kFrozen);
        break;
      case OnExit::kComplete:
        // One that has not started can't be completed (E6).
        if (scheduled) {
          EndInstance(place.open, MilestoneState::kCancelled,
                      TransitionKind::kCancelled);
        } else {
          Complete(place.open);
        }
        break;
      case OnExit::kCancel:
        EndInstance(place.open, MilestoneState::kCancelled,
                    TransitionKind::kCancelled);
        break;
    }
  }
}

void Evaluator::NoteItemSpan() {
  std::vector<ItemSpan>& spans = out_.spans;
  if (!spans.empty() && spans.back().phase == phase_ &&
      spans.back().stop == stop_) {
    return;
  }
  if (!spans.empty()) {
    if (spans.back().interval.from == now_) {
      spans.pop_back();
    } else {
      spans.back().interval.to = now_;
    }
  }
  if (!spans.empty() && spans.back().phase == phase_ &&
      spans.back().stop == stop_) {
    return;
  }
  spans.push_back({{now_, now_}, phase_, stop_, event(event_).id});
}

}  // namespace charter::sla

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/sla/clock/evaluator.h"

namespace charter::sla {

// E10, E11.
absl::Status Evaluator::Attach(const Attachment& attachment) {
  if (attachment.process.empty()) {
    CancelAll();
    process_ = nullptr;
    places_.clear();
    phase_ = ItemPhase::kNoProcess;
    return absl::OkStatus();
  }
  const auto found = processes_.find(attachment.process);
  if (found == processes_.end()) {
    return absl::NotFoundError(
        absl::StrCat("process version \"", attachment.process, "\" of event \"",
                     event(event_).id, "\" is not known"));
  }
  const Process& process = *found->second;
  if (&process == process_) return absl::OkStatus();
  fresh_ = true;
  const bool goes_on =
      process_ != nullptr && (event(event_).kind == EventKind::kMoved ||
                              process.name == process_->name);
  if (goes_on) {
    MoveTo(process);
    return absl::OkStatus();
  }
  CancelAll();
  replaced_ = event(event_).kind != EventKind::kCreated;
  attach_time_ = now_;
  attach_start_ = attachment.start;
  phase_ = ItemPhase::kNotEntered;
  for (Instance& instance : instances_) instance.place = -1;
  MakePlaces(process);
  return absl::OkStatus();
}

void Evaluator::MakePlaces(const Process& process) {
  process_ = &process;
  const auto slots = [](const std::optional<Expression>& e) {
    return e ? SlotsOf(*e) : 0;
  };
  entry_slots_ = slots(process.entry);
  exit_slots_ = slots(process.exit);
  stop_slots_ = slots(process.stop);
  entry_ = true;
  stop_criteria_ = false;
  places_.clear();
  places_.reserve(process.placements.size());
  if (instances_.empty()) instances_.reserve(2 * process.placements.size());
  for (const Placement& def : process.placements) {
    Place& place = places_.emplace_back();
    place.def = &def;
    place.criteria_slots = slots(def.criteria);
    place.pause_slots = slots(def.pause);
    place.completion_slots = slots(def.completion);
    place.completion_is_level =
        !def.completion || !def.completion->uses_event();
    for (const TargetRule& rule : def.target_rules) {
      place.rule_slots |= SlotsOf(rule.when);
    }
  }
  std::stable_sort(places_.begin(), places_.end(),
                   [](const Place& a, const Place& b) {
                     return a.def->order < b.def->order;
                   });
}

// Instances go on under the placement of the same key, else of the same type,
// and keep what they have used (E10); open ones without one are cancelled.
void Evaluator::MoveTo(const Process& process) {
  const std::vector<Place> old = std::move(places_);
  MakePlaces(process);
  std::vector<bool> taken(places_.size());
  std::vector<int> target(old.size(), -1);
  const auto match = [&](const auto& same) {
    for (size_t i = 0; i < old.size(); ++i) {
      for (size_t j = 0; j < places_.size() && target[i] < 0; ++j) {
        if (taken[j] || !same(*old[i].def, *places_[j].def)) continue;
        target[i] = static_cast<int>(j);
        taken[j] = true;
      }
    }
  };
  match([](const Placement& a, const Placement& b) { return a.key == b.key; });
  match([](const Placement& a, const Placement& b) {
    return a.milestone_type == b.milestone_type;
  });
  for (size_t i = 0; i < old.size(); ++i) {
    if (target[i] < 0) {
      if (old[i].open >= 0) {
        EndInstance(old[i].open, MilestoneState::kCancelled,
                    TransitionKind::kCancelled);
      }
      continue;
    }
    Place& place = places_[target[i]];
    place.open = old[i].open;
    place.last = old[i].last;
    place.count = old[i].count;
    place.armed = old[i].armed;
    place.completed = old[i].completed;
  }
  for (Instance& instance : instances_) {
    if (instance.place >= 0) instance.place = target[instance.place];
    if (instance.place < 0) continue;
    // Ended instances stay as they are, but for the one that a reopening may
    // open again.
    const Place& place = places_[instance.place];
    if (&instance != &instances_[place.last]) continue;
    if (!IsOpen(instance.state) && phase_ != ItemPhase::kOutOfProcess) continue;
    instance.process = process_;
    instance.def = place.def;
    instance.moved = true;
    MakeTriggers(instance);
  }
}

void Evaluator::CancelAll() {
  for (const Place& place : places_) {
    if (place.open >= 0) {
      EndInstance(place.open, MilestoneState::kCancelled,
                  TransitionKind::kCancelled);
    }
  }
}

}  // namespace charter::sla

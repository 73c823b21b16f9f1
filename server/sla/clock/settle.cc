#include "server/sla/clock/settle.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"

namespace charter::sla {
namespace {

const Trigger* FindTrigger(const Transition& firing,
                           const Processes& processes) {
  const auto process = processes.find(firing.process);
  if (process == processes.end()) return nullptr;
  for (const Placement& placement : process->second->placements) {
    if (placement.key != firing.placement) continue;
    for (const Trigger& trigger : placement.triggers) {
      if (trigger.key == firing.trigger) return &trigger;
    }
  }
  return nullptr;
}

// The actions of the earliest instant that has any left to apply. Those of one
// instant go together: timers of an instant come before actions applied at it,
// so none can undo the firing of another.
std::vector<Event> NextActions(const Evaluation& evaluation,
                               const Processes& processes,
                               const absl::flat_hash_set<std::string>& applied,
                               Instant record_time) {
  std::vector<Event> next;
  for (const Transition& t : evaluation.transitions) {
    if (!next.empty() && t.instant > next[0].occur_time) break;
    if (t.kind != TransitionKind::kTriggered || !t.live) continue;
    const Trigger* trigger = FindTrigger(t, processes);
    if (trigger == nullptr) continue;
    for (const Action& action : trigger->actions) {
      if (action.set_fields.empty()) continue;
      std::string key = EffectKey(t, action.key);
      if (applied.contains(key)) continue;
      Event event;
      event.id = std::move(key);
      event.kind = EventKind::kActionApplied;
      event.occur_time = t.instant;
      event.record_time = record_time;
      event.changes = action.set_fields;
      next.push_back(std::move(event));
    }
  }
  return next;
}

}  // namespace

std::string EffectKey(const Transition& firing, absl::string_view action) {
  return absl::StrCat(firing.instance, "/", firing.cause, "/", action);
}

absl::StatusOr<Settled> Settle(const History& history,
                               const Processes& processes,
                               const Calendars& calendars, Instant as_of) {
  absl::StatusOr<Evaluation> evaluation =
      Evaluate(history, processes, calendars, as_of);
  if (!evaluation.ok()) return evaluation.status();
  absl::flat_hash_set<std::string> applied;
  Instant record_time = as_of;
  for (const Event& event : history.events) {
    record_time = std::max(record_time, event.record_time);
    if (event.kind == EventKind::kActionApplied) applied.insert(event.id);
  }
  Settled settled;
  History longer;  // a copy, made when there is something to append
  Instant instant;
  int rounds = 0;
  while (true) {
    std::vector<Event> next =
        NextActions(*evaluation, processes, applied, record_time);
    if (next.empty()) break;
    if (settled.applied.empty()) longer = history;
    rounds = next[0].occur_time == instant ? rounds + 1 : 1;
    instant = next[0].occur_time;
    if (rounds > kMaxActionRounds ||
        longer.events.size() + next.size() > kMaxEvents) {
      return absl::FailedPreconditionError(absl::StrCat(
          "ACTION_CASCADE: the actions of one instant set each other off, the "
          "last of them \"",
          next[0].id, "\"; at most ", kMaxActionRounds, " rounds and ",
          kMaxEvents,
          " events an item are allowed (K7): change the triggers' actions"));
    }
    for (Event& event : next) {
      applied.insert(event.id);
      longer.events.push_back(event);
      settled.applied.push_back(std::move(event));
    }
    evaluation = Evaluate(longer, processes, calendars, as_of);
    if (!evaluation.ok()) return evaluation.status();
  }
  settled.evaluation = *std::move(evaluation);
  return settled;
}

}  // namespace charter::sla

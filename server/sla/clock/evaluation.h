#ifndef CHARTER_SERVER_SLA_CLOCK_EVALUATION_H_
#define CHARTER_SERVER_SLA_CLOCK_EVALUATION_H_

#include <optional>
#include <string>
#include <vector>

#include "server/sla/clock/process.h"
#include "server/sla/expression/value.h"
#include "server/sla/time.h"

// What a history means at an instant (E2). Nothing of when it was computed is
// in it (T4).
namespace charter::sla {

// What a milestone does.
enum class MilestoneState {
  // Open.
  kScheduled,  // its start is in the future (E6)
  kRunning,
  kPaused,
  // Ended.
  kCompleted,
  kCancelled,
  kFrozen,  // its item left the process (E8); reopening may open it again
};

// Whether its clock may still run.
inline bool IsOpen(MilestoneState s) { return s <= MilestoneState::kPaused; }

// Why a clock or an item stands still; where several hold, the first listed.
enum class PauseCause {
  kNone,
  kOutOfProcess,   // between exit and reopening (E8)
  kStoppedByHand,  // K2
  kStopCriteria,   // of the process
  kPauseCriteria,  // of the placement
};

// A stretch of a clock in one condition. Those of a milestone follow each other
// without a gap from its start to its end or the instant of evaluation.
struct Span {
  Interval interval;
  PauseCause cause = PauseCause::kNone;  // kNone: it runs
  std::string event;                     // id of the event that began it
  std::string hours;  // id of the hours that count; empty: the default set
  Duration open;      // open time in it
  bool operator==(const Span&) const = default;
};

// What became of a trigger.
enum class TriggerState {
  kPending,
  kFired,
  kSkipped,  // its moment had passed when the clock was made (E8 SKIP)
};

// A trigger of a milestone (K5).
struct TriggerStatus {
  std::string key;
  TriggerKind kind = TriggerKind::kWarning;
  TriggerState state = TriggerState::kPending;
  // Fired: the moment that it had (K5), which may be before the firing.
  // Pending: when it will be if nothing else happens; absent while paused, of a
  // SUCCESS, and beyond ten years without open time (B5).
  std::optional<Instant> moment;
  bool operator==(const TriggerStatus&) const = default;
};

// One occurrence of a milestone on an item: one clock.
struct Milestone {
  // Unique within the item, derived from the placement and the event that
  // started it, so that occurrences put in before it don't rename it (K1).
  std::string id;
  std::string placement;  // its key in `process`
  std::string milestone_type;
  std::string process;  // version that it runs under, or ended under
  // The id of the hours that it counts by, of an ended one those that it
  // counted by last; empty: the default set.
  std::string hours;
  int order = 0;
  int occurrence = 1;  // place among the item's instances of this placement
  MilestoneState state = MilestoneState::kRunning;
  std::string started_by;  // id of the event that made it
  Instant start_time;      // may lie before that event (process start) or after
  // From where elapsed, stopped and actual count: the start, or the last
  // RESTART (E8).
  Instant counted_from;
  Duration target_duration;
  int target_rule = -1;  // index of the rule in force; -1: the default
  // Running, scheduled: the instant at which `actual` reaches the duration.
  // Paused: absent. Ended: the last target that it ran against, if any (K3).
  std::optional<Instant> target_time;
  // Paused: the target that it would have if it resumed at the instant of
  // evaluation; absent when that is beyond ten years (B5).
  std::optional<Instant> target_time_if_resumed;
  std::optional<Instant> end_time;  // completed, cancelled or frozen
  std::string ended_by;             // id of that event
  // A permanent fact, apart from the state (K1, K4), with what was in force.
  bool violated = false;
  std::optional<Instant> violation_time;
  Duration violation_duration;
  int violation_rule = -1;
  // Completed: was it in time for the last target that it ran against?
  bool met_last_target = false;
  Duration elapsed;    // open time counted_from to the end or now (K2)
  Duration stopped;    // the part of it that was paused
  Duration actual;     // elapsed - stopped
  Duration remaining;  // target_duration - actual; negative when overdue
  std::vector<Span> spans;
  std::vector<TriggerStatus> triggers;  // as the placement lists them
  // Open time beyond the target.
  Duration late_by() const {
    return remaining < Duration::Zero() ? -remaining : Duration::Zero();
  }
};

// What can happen to an item and its milestones.
enum class TransitionKind {
  // Of the item.
  kEntered,   // its process (E4)
  kExited,    // E3
  kReopened,  // back in its process
  kItemStopped,
  kItemResumed,
  // Of one milestone.
  kScheduled,  // made, with a start in the future
  kStarted,    // made, or a scheduled start reached
  kPaused,
  kResumed,
  kTargetChanged,  // another duration or other hours
  kRestarted,      // E8 RESTART
  kViolated,       // K4
  kTriggered,      // a trigger fired (K5)
  kCompleted,
  kCancelled,
  kFrozen,
  kMilestoneReopened,  // open again by reopening: a completion by the event
                       // that
                       // ended the process is superseded thereby (E8)
};

// "entered", "exited", …
const char* TransitionKindName(TransitionKind kind);

// What happened, at which instant. (instance, kind, cause) is unique within an
// item: the key of K6 without its revision.
struct Transition {
  TransitionKind kind = TransitionKind::kEntered;
  Instant instant;
  std::string instance;  // id of the milestone; empty: of the item
  int milestone = -1;    // its index in Evaluation::milestones
  // The id of the event; or of a timer "start", "target"; or the key of the
  // trigger, with "#2", "#3" … for a SUCCESS of the second, third … completion
  // of the instance. Placement and trigger keys contain no '#', '/' or '~'.
  std::string cause;
  // Of kTriggered: K5's moment and its trigger's place. `late`: of a warning or
  // violation, the moment was before `instant`; of a SUCCESS and of kCompleted,
  // the milestone is violated.
  std::optional<Instant> moment;
  bool late = false;
  std::string process;  // of kTriggered: version that has the trigger
  std::string placement;
  std::string trigger;
  // Not before History::live_from: to be applied and published (K7).
  bool live = true;
  bool operator==(const Transition&) const = default;
};

// Where an item stands with its process.
enum class ItemPhase {
  kNoProcess,   // none attached
  kNotEntered,  // entry criteria have not held yet
  kInProcess,
  kOutOfProcess,
  kDeleted,
};

// A stretch of the item's time in one condition.
struct ItemSpan {
  Interval interval;
  ItemPhase phase = ItemPhase::kNoProcess;
  PauseCause stop = PauseCause::kNone;  // kStoppedByHand or kStopCriteria
  std::string event;                    // that began it
  bool operator==(const ItemSpan&) const = default;
};

// Everything that a history means at `as_of`.
struct Evaluation {
  Instant as_of;
  // In the order in which they were made.
  std::vector<Milestone> milestones;
  // In the order in which they happened.
  std::vector<Transition> transitions;
  // The next instant after as_of at which a milestone changes by itself.
  std::optional<Instant> next_change;
  // The item at as_of; empty if it was not created by then.
  Record fields;
  ItemPhase phase = ItemPhase::kNoProcess;
  PauseCause stop = PauseCause::kNone;
  std::string process;  // version attached
  std::optional<Instant> process_start;
  std::vector<ItemSpan> spans;  // from creation to as_of, without a gap
  // The ids of the hours that its clocks have used, each once; "": the default
  // set.
  std::vector<std::string> hours;
  // Ids of actions applied whose firing, because of a late event, no longer
  // happens or happens at another instant: they are not undone, but listed
  // (E9).
  std::vector<std::string> stale_actions;
};

}  // namespace charter::sla

#endif  // CHARTER_SERVER_SLA_CLOCK_EVALUATION_H_

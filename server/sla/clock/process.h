#ifndef CHARTER_SERVER_SLA_CLOCK_PROCESS_H_
#define CHARTER_SERVER_SLA_CLOCK_PROCESS_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "server/sla/calendar/business_hours.h"
#include "server/sla/clock/item_schema.h"
#include "server/sla/expression/expression.h"
#include "server/sla/time.h"

// An entitlement process as published: one immutable version (E4 to E8). Who
// builds one has checked it; CheckProcess() says what the evaluator relies on.
namespace charter::sla {

// How often a placement makes a clock (E6). In all three, at most one of its
// instances is open at a time.
enum class Recurrence {
  // One: once completed, never again. One that was cancelled because its
  // criteria stopped matching (E7) may start again, as a new instance.
  kNone,
  kIndependent,  // the next one when the criteria match again
  kSequential,   // as kIndependent, from the previous instance's target on
};

// What must happen before the next instance of a recurring placement (E6).
enum class Rearm {
  // The criteria must have been seen false since the previous one was made, by
  // an event in or out of the process. Criteria marked on_event hold only for
  // an event, so they are always seen false in between.
  kAfterFalse,
  kImmediately,
};

// From when a clock counts (E6).
enum class StartsAt {
  // The process's start field. For a recurring placement this is so for its
  // first instance; the next ones start at their event.
  kProcessStart,
  kCriteriaMet,  // the event at which the criteria match
};

// What becomes of an open milestone when its item leaves the process (E8), of
// milestones when it comes back, of the time used when the target changes, and
// of triggers whose moment passed before the clock was made.
enum class OnExit { kFreeze, kComplete, kCancel };
enum class OnReopen { kResumeOpen, kResumeAll, kNewOccurrence };
enum class OnTargetChange { kContinue, kRestart };
enum class MissedTriggers { kFire, kSkip };

// Which moment of a clock a trigger is for.
enum class TriggerKind { kWarning, kViolation, kSuccess };

// What a trigger does (K7). The evaluator knows actions that set fields; any
// other kind is known by its key alone and left to the caller.
struct Action {
  std::string key;  // unique within its trigger
  std::vector<FieldChange> set_fields;
};

// A moment of a clock at which something is done (K5). Its amount of `actual`
// is, of a WARNING, the target less `offset`, or `percent` of the target; of a
// VIOLATION, the target plus `offset`, or plus `percent` of it; each rounded
// down to the microsecond. A SUCCESS has no amount.
struct Trigger {
  std::string key;  // unique within its placement
  TriggerKind kind = TriggerKind::kWarning;
  Duration offset;             // zero or more, open time
  std::optional<int> percent;  // instead of the offset: 0 or more
  std::vector<Action> actions;
};

// `when` decides, the first that holds counts.
struct TargetRule {
  Expression when;  // a level
  Duration duration;
};

// A milestone type at its place in a process (E5).
struct Placement {
  std::string key;             // unique within the process
  std::string milestone_type;  // the same type may be placed several times
  int order = 0;               // evaluated in this order, ties as listed
  Recurrence recurrence = Recurrence::kNone;
  std::optional<Rearm>
      rearm;  // absent: kAfterFalse, kImmediately if SEQUENTIAL
  std::optional<Expression> criteria;  // absent: always
  bool on_event =
      false;  // the criteria are about one event: create, never cancel
  StartsAt start = StartsAt::kProcessStart;
  Duration target;  // open time, greater than zero: where no rule holds
  std::vector<TargetRule> target_rules;
  std::string hours;                     // id; empty: the process's (B7)
  std::optional<Expression> completion;  // level or event; absent: by hand only
  std::optional<Expression> pause;       // a level; absent: never of its own
  std::vector<Trigger> triggers;
  OnExit on_exit = OnExit::kFreeze;
  OnReopen on_reopen = OnReopen::kResumeOpen;
  OnTargetChange on_target_change = OnTargetChange::kContinue;
  MissedTriggers missed_triggers = MissedTriggers::kFire;
};

// One version of a process.
struct Process {
  std::string version;  // the id of this version, by which events name it
  std::string name;     // of the process: versions of one share it (E11)
  // "case", "work_order"; empty: any. For who attaches items, not looked at.
  std::string item_kind;
  std::optional<Expression> entry;          // a level; absent: always
  std::optional<Expression> exit;           // a level; absent: is_closed
  std::optional<Expression> stop;           // a level; absent: never
  int start_field = ItemSlot::kCreateTime;  // slot of an instant
  std::string hours;  // id; empty: the case's, else the default set (B7)
  std::vector<Placement> placements;
};

// Versions of processes by their id.
using Processes =
    absl::flat_hash_map<std::string, std::shared_ptr<const Process>>;

// Sets of business hours by their id, and the deployment's default set (B7).
struct Calendars {
  absl::flat_hash_map<std::string, std::shared_ptr<const BusinessHours>> by_id;
  std::shared_ptr<const BusinessHours> standard = BusinessHours::Always();
};

// INVALID_ARGUMENT, beginning with the path of the offending part
// ("placements[1].target: …"), for a process that the evaluator cannot take:
// keys that are empty or repeated, a target or rule of zero, a negative offset
// or percent, an expression about an event where a level is needed, a start
// field that `schema` doesn't know as an instant, stop criteria that name
// is_stopped, NEW_OCCURRENCE with
// recurrence NONE (E8), or a trigger action that sets a derived field.
absl::Status CheckProcess(const Process& process, const Schema& schema);

}  // namespace charter::sla

#endif  // CHARTER_SERVER_SLA_CLOCK_PROCESS_H_

#ifndef CHARTER_SERVER_SLA_CLOCK_EVALUATOR_H_
#define CHARTER_SERVER_SLA_CLOCK_EVALUATOR_H_

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/sla/clock/clock.h"
#include "server/sla/clock/evaluation.h"
#include "server/sla/clock/history.h"
#include "server/sla/clock/item_fields.h"
#include "server/sla/clock/past.h"
#include "server/sla/clock/process.h"

namespace charter::sla {

// One run of Evaluate(): goes through the events in their order and fires the
// timers between them. evaluator.cc has the item and its process (E3, E4, E8),
// attach.cc the change of its process (E10, E11), placements.cc the making and
// ending of clocks (E5 to E8), timers.cc what happens by itself (K4, K5),
// result.cc what is handed out.
class Evaluator {
 public:
  Evaluator(const History& history, const Processes& processes,
            const Calendars& calendars, Instant as_of);
  absl::StatusOr<Evaluation> Run();

 private:
  // A trigger on one instance.
  struct TriggerRun {
    const Trigger* trigger = nullptr;
    TriggerState state = TriggerState::kPending;
    bool fresh = true;   // MissedTriggers hasn't been asked yet
    bool fired = false;  // ever, under whatever version
    std::optional<Instant> moment;

    // Superseding a completion arms SUCCESS alone again: under a version in
    // which its key is of another kind it has fired (K5).
    TriggerState State() const {
      return fired && trigger->kind != TriggerKind::kSuccess
                 ? TriggerState::kFired
                 : state;
    }
  };

  struct Instance {
    explicit Instance(Clock c) : clock(std::move(c)) {}

    std::string id;
    const Process* process = nullptr;
    const Placement* def = nullptr;  // in `process`
    int place = -1;  // index into places_; -1: of another process
    int occurrence = 1;
    MilestoneState state = MilestoneState::kRunning;
    int made_by = 0;   // event
    int ended_by = 0;  // event, while it is ended
    std::optional<Instant> end;
    Clock clock;
    int rule = -1;
    bool moved = false;  // to a version whose rules it hasn't met yet (E10)
    int violation_rule = -1;
    Duration violation_duration;
    int completions = 0;
    bool met = false;
    std::vector<TriggerRun> triggers;
    // Of placements that it has left, should it come back to one (E10, K5).
    std::vector<TriggerRun> left_triggers;
    std::optional<Instant> next_timer;
  };

  // A placement of the process attached, and what its criteria say at the last
  // event. They are evaluated again only when a field that they read changes.
  struct Place {
    const Placement* def = nullptr;
    SlotSet criteria_slots = 0, pause_slots = 0, completion_slots = 0;
    SlotSet rule_slots = 0;
    bool completion_is_level = true;
    bool criteria = true, pause = false, completion = false;
    int rule = -1;
    HoursRef hours;
    int open = -1;  // index into instances_
    int last = -1;  // the one made last
    int count = 0;
    bool armed = true;           // the next one may be made (E6)
    bool completed = false;      // an instance was, and still is
    std::unique_ptr<Past> past;  // made when it is first asked for
  };

  // --- evaluator.cc: one event, in the order of E3. ---
  absl::Status Step(size_t position);
  absl::Status RefreshCriteria();
  void Enter();
  absl::Status ReopenItem();
  absl::Status PauseAndResume();
  void CompleteAll();
  bool CompletedByHand(const Instance& instance) const;
  void Exit();
  bool Level(const std::optional<Expression>& expression, SlotSet slots,
             bool cached) const;
  absl::StatusOr<HoursRef> ResolveHours(const Placement& placement);
  void NoteItemSpan();

  // --- attach.cc ---
  absl::Status Attach(const Attachment& attachment);
  void MoveTo(const Process& process);
  void MakePlaces(const Process& process);
  void CancelAll();

  // --- placements.cc: cancellation, creation and target changes. ---
  absl::Status UpdatePlaces();
  bool MayCreate(const Place& place);
  absl::Status Create(int place_index);
  Instant StartOf(Place& place);
  const Past& PastOf(Place& place);
  absl::Status CatchUp(Instance& instance, Instant start);
  absl::Status UpdateTarget(int index, const Place& place);
  void MakeTriggers(Instance& instance);
  void AskMissedTriggers(Instance& instance);
  void Complete(int index);
  void EndInstance(int index, MilestoneState state, TransitionKind kind);

  // --- timers.cc ---
  // Fires what is due before `until`, or also at it.
  absl::Status FireTimers(Instant until, bool inclusive);
  absl::Status Fire(int index);
  absl::Status StartScheduled(int index);
  void FireTrigger(int index, TriggerRun& run);
  void Violate(int index, Instant instant);
  // Says when the instance's next timer is, after anything about it changed.
  void Plan(Instance& instance);
  Transition& Emit(TransitionKind kind, int index, std::string cause);
  Transition& EmitForEvent(TransitionKind kind, int index);

  // --- result.cc ---
  Evaluation Result();
  Milestone ResultOf(Instance& instance) const;
  void ListStaleActions();

  const Event& event(int index) const { return history_.events[index]; }
  PauseCause CauseFor(const Place& place) const;
  MilestoneState OpenState(const Clock& clock) const;

  const History& history_;
  const Processes& processes_;
  const Calendars& calendars_;
  const Instant as_of_;

  std::vector<int> order_;
  std::vector<HoursRef> hours_;
  std::vector<std::string> hour_ids_;

  ItemFields fields_;
  const Process* process_ = nullptr;
  SlotSet entry_slots_ = 0, exit_slots_ = 0, stop_slots_ = 0;
  bool entry_ = true, exit_ = false, stop_criteria_ = false;
  ItemPhase phase_ = ItemPhase::kNoProcess;
  PauseCause stop_ = PauseCause::kNone;
  Instant attach_time_;
  AttachStart attach_start_ = AttachStart::kFromItemStart;
  Instant process_start_;
  int exit_event_ = -1;

  // Of the event or timer under way.
  Instant now_;
  int event_ = 0;          // index into the history
  size_t position_ = 0;    // in order_
  bool fresh_ = false;     // everything is to be evaluated, whatever changed
  bool replaced_ = false;  // it attached another process to an existing item
  bool entered_ = false;
  size_t caught_up_ = 0;    // pieces of the past that clocks were made with
  size_t looked_back_ = 0;  // events looked at again to find them

  std::vector<Place> places_;  // in the order of evaluation
  std::vector<Instance> instances_;
  Evaluation out_;
};

}  // namespace charter::sla

#endif  // CHARTER_SERVER_SLA_CLOCK_EVALUATOR_H_

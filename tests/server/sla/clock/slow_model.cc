#include "tests/server/sla/clock/slow_model.h"

#include <algorithm>
#include <set>

#include "tests/server/sla/clock/slow_criteria.h"
#include "tests/server/sla/clock/slow_hours.h"

namespace charter::sla {
namespace {

using State = MilestoneState;

bool Started(const SlowMilestone& m) {
  return m.state == State::kRunning || m.state == State::kPaused;
}

class Model {
 public:
  Model(const History& history,
        const std::map<std::string, std::shared_ptr<Process>>& processes,
        const std::map<std::string, HoursDefinition>& hours)
      : processes_(processes), events_(history.events) {
    // Late ones are put in their place (E9).
    std::stable_sort(events_.begin(), events_.end(),
                     [](const Event& a, const Event& b) {
                       return a.occur_time < b.occur_time;
                     });
    begin_ = events_.front().occur_time;
    for (const auto& [id, definition] : hours) {
      open_[id] = SlowOpenSeconds(definition, begin_, kSlowSeconds);
    }
  }

  SlowResult Run(int as_of) {
    size_t next = 0;
    for (now_ = 0; now_ <= as_of; ++now_) {
      for (SlowMilestone& m : result_.milestones) {
        if (now_ > 0) Pass(m, now_ - 1);
      }
      for (; next < events_.size() && Second(events_[next].occur_time) == now_;
           ++next) {
        event_ = static_cast<int>(next);
        Happen(events_[next]);
      }
      for (SlowMilestone& m : result_.milestones) Timers(m);
    }
    now_ = as_of;
    for (SlowMilestone& m : result_.milestones) {
      if (m.state == State::kPaused) m.target_if_resumed = TargetOnResuming(m);
    }
    return std::move(result_);
  }

 private:
  int Second(Instant t) const {
    return static_cast<int>((t - begin_).seconds());
  }

  // Time.

  // Lets the second that begins at `second` pass.
  void Pass(SlowMilestone& m, int second) {
    if (!(*m.open)[second]) return;
    if (Started(m)) m.Count(second, m.state == State::kPaused);
    if (m.end && second >= m.start) ++m.away;
  }
  // The earliest second by which `amount` has passed since `from` (B4).
  int Add(int from, int amount, const std::string& hours) {
    const std::vector<uint8_t>& open = open_[hours];
    for (int second = from; second < kSlowSeconds; ++second) {
      amount -= open[second];
      if (amount == 0) return second + 1;
    }
    return kSlowNever;
  }

  // What the process says.

  bool Holds(const Expression& e) const {
    return SlowHolds(e.text(), snapshots_.back());
  }
  bool ExitHolds(const SlowSnapshot& at) const {
    return SlowHolds(process_->exit ? process_->exit->text() : "is_closed", at);
  }
  bool StopHolds(const SlowSnapshot& at) const {
    return process_ != nullptr && process_->stop &&
           SlowHolds(process_->stop->text(), at);
  }
  bool Pauses(const Placement& p, const SlowSnapshot& at) const {
    return at.by_hand || StopHolds(at) ||
           (p.pause && SlowHolds(p.pause->text(), at));
  }
  const Placement& PlacementOf(const SlowMilestone& m) const {
    for (const Placement& p : process_->placements) {
      if (p.key == m.placement) return p;
    }
    std::abort();
  }
  std::string HoursOf(const Placement& p) const {
    if (!p.hours.empty()) return p.hours;
    if (!process_->hours.empty()) return process_->hours;
    const SlowFields& fields = snapshots_.back().fields;
    const auto found = fields.find("business_hours");
    return found == fields.end() ? "" : std::get<std::string>(found->second);
  }
  int RuleOf(const Placement& p) const {
    for (size_t i = 0; i < p.target_rules.size(); ++i) {
      if (Holds(p.target_rules[i].when)) return static_cast<int>(i);
    }
    return -1;
  }
  static int DurationOf(const Placement& p, int rule) {
    const Duration d = rule < 0 ? p.target : p.target_rules[rule].duration;
    return static_cast<int>(d.seconds());
  }

  // Events (E3).

  void Happen(const Event& event) {
    snapshots_.push_back(
        SlowApply(snapshots_.empty() ? nullptr : &snapshots_.back(), event));
    replaced_ = false;
    if (event.attach) Attach(event);
    SlowSnapshot& now = snapshots_.back();
    now.fields["is_stopped"] = now.by_hand || StopHolds(now);
    if (event.kind == EventKind::kDeleted) {
      deleted_ = true;
      CancelOpen();
    }
    if (process_ == nullptr || deleted_) return;
    for (const Placement& p : process_->placements) {
      if (p.on_event || (p.criteria && !Holds(*p.criteria))) {
        seen_false_.insert(p.key);
      }
    }
    const bool exit = ExitHolds(now);
    if (!entered_) {
      if ((process_->entry && !Holds(*process_->entry)) || exit) return;
      entered_ = in_ = true;
    } else {
      replaced_ = false;
    }
    if (!in_) {
      if (exit) return;
      in_ = true;
      for (SlowMilestone& m : result_.milestones) MaybeReopen(m);
    }
    for (SlowMilestone& m : result_.milestones) {
      if (Started(m)) PauseOrResume(m);
    }
    for (SlowMilestone& m : result_.milestones) {
      if (!Started(m)) continue;
      const Placement& p = PlacementOf(m);
      const bool by_hand = event.kind == EventKind::kMilestoneCompleted &&
                           event.milestone == p.key;
      if (by_hand || (p.completion && Holds(*p.completion))) {
        Complete(m);
      }
    }
    if (exit) {
      in_ = false;
      exit_event_ = event_;
      for (SlowMilestone& m : result_.milestones) {
        if (IsOpen(m.state)) Exit(m);
      }
      return;
    }
    std::vector<const Placement*> placements;
    for (const Placement& p : process_->placements) placements.push_back(&p);
    std::stable_sort(placements.begin(), placements.end(),
                     [](const Placement* a, const Placement* b) {
                       return a->order < b->order;
                     });
    for (const Placement* p : placements) {
      for (SlowMilestone& m : result_.milestones) {
        if (m.placement != p->key || !IsOpen(m.state)) continue;
        if (p->criteria && !p->on_event && !Holds(*p->criteria)) {
          End(m, State::kCancelled);
        }
      }
      const size_t known = result_.milestones.size();
      MaybeMake(*p);
      for (size_t i = 0; i < known; ++i) {
        SlowMilestone& m = result_.milestones[i];
        if (m.placement == p->key && IsOpen(m.state)) ChangeTarget(m, *p);
      }
    }
  }

  // E11, of another process: nothing of the old one goes on.
  void Attach(const Event& event) {
    const std::string& version = event.attach->process;
    const auto to = version.empty() ? nullptr : processes_.at(version);
    if (to == process_) return;
    CancelOpen();
    for (SlowMilestone& m : result_.milestones) m.replaced = true;
    process_ = to;
    entered_ = in_ = false;
    seen_false_.clear();
    replaced_ = event.kind != EventKind::kCreated;
    from_item_start_ = event.attach->start == AttachStart::kFromItemStart;
    process_start_ = from_item_start_ ? 0 : now_;
    for (SlowSnapshot& s : snapshots_) {
      s.fields["is_stopped"] = s.by_hand || StopHolds(s);
    }
  }
  void CancelOpen() {
    for (SlowMilestone& m : result_.milestones) {
      if (IsOpen(m.state)) End(m, State::kCancelled);
    }
  }
  // Since when the criteria hold that hold now.
  int CriteriaSince(const Placement& p) const {
    int since = now_;
    for (auto s = snapshots_.rbegin(); s != snapshots_.rend(); ++s) {
      if (p.criteria && !SlowHolds(p.criteria->text(), *s)) break;
      since = Second(s->time);
    }
    return since;
  }

  void PauseOrResume(SlowMilestone& m) {
    const bool paused = Pauses(PlacementOf(m), snapshots_.back());
    if (!paused && m.state == State::kPaused) {
      m.target = TargetOnResuming(m);
      m.due_from = now_;
      m.changed_at_rest = false;
    }
    m.state = paused ? State::kPaused : State::kRunning;
  }
  // K3.
  std::optional<int> TargetOnResuming(const SlowMilestone& m) {
    const int remaining = m.duration - m.actual();
    if (remaining > 0) return Add(now_, remaining, m.hours);
    if (remaining == 0 && !m.violated) return now_;
    if (m.changed_at_rest) return m.reached[m.duration];
    return m.target;
  }

  void End(SlowMilestone& m, State state) {
    m.scheduled = m.state == State::kScheduled;
    if (m.scheduled) m.target.reset();  // it never ran against it
    m.state = state;
    m.end = now_;
    m.ended_by = event_;
    m.away = 0;
  }
  void Complete(SlowMilestone& m) {
    if (m.state == State::kRunning && *m.target < now_) Violate(m);
    End(m, State::kCompleted);
    const Placement& p = PlacementOf(m);
    for (size_t i = 0; i < p.triggers.size(); ++i) {
      if (p.triggers[i].kind == TriggerKind::kSuccess && !m.over[i]) {
        Fire(m, i, now_, m.violated.has_value());
      }
    }
  }
  void Violate(SlowMilestone& m) {
    if (!m.violated) m.violated = std::max(*m.target, m.due_from);
  }
  void Fire(SlowMilestone& m, size_t trigger, int moment, bool late) {
    m.over[trigger] = true;
    result_.firings.push_back({m.placement, m.occurrence,
                               PlacementOf(m).triggers[trigger].key, now_,
                               moment, late});
  }

  // E8.
  void Exit(SlowMilestone& m) {
    switch (PlacementOf(m).on_exit) {
      case OnExit::kFreeze:
        End(m, State::kFrozen);
        break;
      case OnExit::kComplete:
        if (Started(m)) {
          Complete(m);
        } else {
          End(m, State::kCancelled);
        }
        break;
      case OnExit::kCancel:
        End(m, State::kCancelled);
    }
  }
  void MaybeReopen(SlowMilestone& m) {
    if (m.replaced) return;
    const Placement& p = PlacementOf(m);
    const bool completed_then =
        m.state == State::kCompleted && m.ended_by == exit_event_;
    if (p.on_reopen == OnReopen::kNewOccurrence) {
      seen_false_.insert(p.key);  // the next one needs no change of criteria
      return;
    }
    if (m.state != State::kFrozen &&
        !(completed_then && p.on_reopen == OnReopen::kResumeAll)) {
      return;
    }
    for (size_t i = 0; i < p.triggers.size(); ++i) {
      if (completed_then && p.triggers[i].kind == TriggerKind::kSuccess) {
        m.over[i] = false;
      }
    }
    m.end.reset();
    m.ended_by = -1;
    if (m.scheduled && m.start >= now_) {
      m.state = State::kScheduled;
      m.target = Add(m.start, m.duration, m.hours);
      return;
    }
    if (m.scheduled) Begin(m);
    m.state = State::kPaused;  // until it is seen whether anything pauses it
    m.elapsed += m.away;
    m.stopped += m.away;
  }

  // Placements.

  void MaybeMake(const Placement& p) {
    const SlowMilestone* last = nullptr;
    int count = 0;
    for (const SlowMilestone& m : result_.milestones) {
      if (m.replaced || m.placement != p.key) continue;
      if (IsOpen(m.state)) return;
      const bool none = p.recurrence == Recurrence::kNone;
      if (none && m.state == State::kCompleted) return;
      last = &m;
      ++count;
    }
    if (p.criteria && !Holds(*p.criteria)) return;
    // One of type NONE that was cancelled starts again as a recurring one
    // does, when its criteria match again.
    const bool recurring = p.recurrence != Recurrence::kNone;
    const bool sequential = p.recurrence == Recurrence::kSequential;
    const bool at_once =
        recurring && p.rearm.value_or(sequential ? Rearm::kImmediately
                                                 : Rearm::kAfterFalse) ==
                         Rearm::kImmediately;
    if (last != nullptr && !at_once && seen_false_.count(p.key) == 0) return;
    const bool again = last != nullptr && recurring;
    int start = p.start == StartsAt::kProcessStart ? process_start_ : now_;
    if (p.start == StartsAt::kCriteriaMet && replaced_ && from_item_start_ &&
        !p.on_event) {
      // In the process from the item's beginning, its clocks are as well (E11).
      start = CriteriaSince(p);
    }
    if (again) start = now_;
    if (again && sequential) {
      start = std::max(
          now_, last->scheduled ? last->start : last->target.value_or(now_));
    }
    Make(p, start, count + 1);
  }

  void Make(const Placement& p, int start, int occurrence) {
    SlowMilestone m;
    m.placement = p.key;
    m.occurrence = occurrence;
    m.made = event_;
    m.start = start;
    m.rule = RuleOf(p);
    m.duration = DurationOf(p, m.rule);
    m.hours = HoursOf(p);
    m.open = &open_[m.hours];
    m.over.resize(p.triggers.size());
    if (!p.on_event) seen_false_.erase(p.key);
    Begin(m);
    if (start > now_) {
      m.state = State::kScheduled;
      m.target = Add(start, m.duration, m.hours);
    } else {
      CatchUp(m, p);
      for (size_t i = 0; i < p.triggers.size(); ++i) {
        const std::optional<int> moment = m.Moment(p.triggers[i]);
        if (p.missed_triggers == MissedTriggers::kSkip && moment < now_ &&
            moment) {
          m.over[i] = true;
        }
      }
      m.state = Pauses(p, snapshots_.back()) ? State::kPaused : State::kRunning;
      if (m.state == State::kRunning) Retarget(m);
    }
    result_.milestones.push_back(m);
  }
  void Begin(SlowMilestone& m) {
    m.scheduled = false;
    m.target.reset();
    m.counted_from = m.start;
    m.reached = {m.start};
    m.due_from = now_;
    m.changed_at_rest = true;
  }
  // A start in the past: by the criteria that apply now.
  void CatchUp(SlowMilestone& m, const Placement& p) {
    for (int second = m.start; second < now_; ++second) {
      if (!(*m.open)[second]) continue;
      const SlowSnapshot* then = nullptr;
      for (const SlowSnapshot& s : snapshots_) {
        if (Second(s.time) <= second) then = &s;
      }
      m.Count(second, Pauses(p, *then) || ExitHolds(*then));
    }
  }
  // Of one that runs, where its duration or hours take effect (K3).
  void Retarget(SlowMilestone& m) {
    const int remaining = m.duration - m.actual();
    m.target =
        remaining > 0 ? Add(now_, remaining, m.hours) : m.reached[m.duration];
    m.due_from = now_;
    m.changed_at_rest = false;
  }

  void ChangeTarget(SlowMilestone& m, const Placement& p) {
    const int rule = RuleOf(p);
    const std::string hours = HoursOf(p);
    const bool other_rule = rule != m.rule;
    const bool other_hours = hours != m.hours;
    if (!other_rule && !other_hours) return;
    m.rule = rule;
    m.duration = DurationOf(p, rule);
    m.hours = hours;
    m.open = &open_[hours];
    if (m.state == State::kScheduled) {
      m.target = Add(m.start, m.duration, hours);
      return;
    }
    if (other_rule && p.on_target_change == OnTargetChange::kRestart) {
      m.counted_from = now_;
      m.reached = {now_};
      m.elapsed = m.stopped = 0;
    }
    if (m.state == State::kPaused) {
      m.changed_at_rest |= other_rule;
    } else if (other_rule || m.actual() < m.duration) {
      Retarget(m);
    }
  }

  // Timers.

  void Timers(SlowMilestone& m) {
    if (m.state == State::kScheduled && m.start == now_) {
      const std::optional<int> target = m.target;
      Begin(m);
      const bool paused = Pauses(PlacementOf(m), snapshots_.back());
      m.state = paused ? State::kPaused : State::kRunning;
      if (!paused) m.target = target;
    }
    if (m.state != State::kRunning) return;
    if (*m.target <= now_) Violate(m);
    const std::vector<Trigger>& triggers = PlacementOf(m).triggers;
    for (size_t i = 0; i < triggers.size(); ++i) {
      const std::optional<int> moment = m.Moment(triggers[i]);
      if (moment && !m.over[i]) Fire(m, i, *moment, *moment < now_);
    }
  }
  const std::map<std::string, std::shared_ptr<Process>>& processes_;
  std::vector<Event> events_;  // as they happened
  Instant begin_;
  std::map<std::string, std::vector<uint8_t>> open_;
  int now_ = 0;
  int event_ = 0;
  std::vector<SlowSnapshot> snapshots_;  // one an event
  std::shared_ptr<const Process> process_;
  bool entered_ = false;
  bool in_ = false;
  bool deleted_ = false;
  // Whether this event put the item from one process, or none, into another.
  bool replaced_ = false;
  bool from_item_start_ = true;
  int process_start_ = 0;
  int exit_event_ = -1;
  // Placements whose criteria were false since their last instance was made.
  std::set<std::string> seen_false_;
  SlowResult result_;
};

}  // namespace

SlowResult SlowEvaluate(
    const History& history,
    const std::map<std::string, std::shared_ptr<Process>>& processes,
    const std::map<std::string, HoursDefinition>& hours, int as_of) {
  return Model(history, processes, hours).Run(as_of);
}

}  // namespace charter::sla

// What must hold of any history (T4, E2, E3, K2 to K6).
#include <algorithm>
#include <functional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "gtest/gtest.h"
#include "rapidcheck/gtest.h"
#include "server/sla/clock/evaluate.h"
#include "server/sla/clock/reconcile.h"
#include "server/sla/clock/settle.h"
#include "tests/server/sla/clock/generators.h"

namespace charter::sla {
namespace {

absl::StatusOr<Evaluation> Run(const RandomItem& item, Instant as_of) {
  return Evaluate(item.history, item.processes(), item.calendars, as_of);
}

// Instants worth looking at: events, what happens by itself, and in between.
std::vector<Instant> Steps(const RandomItem& item, const Evaluation& whole) {
  std::set<Instant> steps = {item.begin, item.end};
  for (const Event& e : item.history.events) steps.insert(e.occur_time);
  for (const Transition& t : whole.transitions) {
    steps.insert(t.instant);
    steps.insert(t.instant - Duration::Micros(1));
  }
  return std::vector<Instant>(steps.begin(), steps.end());
}

// Tries some items a seed, and fails with the smallest that `problem` finds
// something wrong with.
void Check(uint64_t seed, const RandomOptions& options,
           const std::function<std::string(const RandomItem&)>& problem) {
  for (uint64_t i = 0; i < 3; ++i) {
    const uint64_t its_seed = seed * 3 + i;
    const RandomItem item = MakeRandomItem(its_seed, options);
    if (problem(item).empty()) continue;
    const RandomItem small = Minimize(
        item, [&](const RandomItem& it) { return !problem(it).empty(); });
    RC_FAIL(problem(small) + "\nseed " + std::to_string(its_seed) + "\n" +
            Describe(small));
  }
}

std::string Text(const Transition& t) {
  return std::string(TransitionKindName(t.kind)) + " of '" + t.instance +
         "' by '" + t.cause + "' at " + std::to_string(t.instant.micros());
}

std::string Difference(const std::vector<Transition>& a,
                       const std::vector<Transition>& b) {
  for (size_t i = 0; i < std::max(a.size(), b.size()); ++i) {
    if (i >= a.size()) return "only second has " + Text(b[i]);
    if (i >= b.size()) return "only first has " + Text(a[i]);
    if (!(a[i] == b[i])) return Text(a[i]) + " or " + Text(b[i]);
  }
  return "";
}

// T4, E2: what is said of an instant stays said.
RC_GTEST_PROP(ClockProperty, E2_StepsSayWhatTheWholeSays, (uint64_t seed)) {
  Check(seed, {}, [](const RandomItem& item) -> std::string {
    const auto whole = Run(item, item.end);
    if (!whole.ok()) return whole.status().ToString();
    for (const Instant t : Steps(item, *whole)) {
      const auto step = Run(item, t);
      if (!step.ok()) return step.status().ToString();
      std::vector<Transition> until;
      for (const Transition& transition : whole->transitions) {
        if (transition.instant <= t) until.push_back(transition);
      }
      const std::string difference = Difference(step->transitions, until);
      if (!difference.empty()) return difference;
    }
    return "";
  });
}

// E2: between two steps something happens exactly at next_change.
RC_GTEST_PROP(ClockProperty, E2_NextChangeIsWhenSomethingHappensByItself,
              (uint64_t seed)) {
  Check(seed, {}, [](const RandomItem& item) -> std::string {
    const auto whole = Run(item, item.end);
    if (!whole.ok()) return whole.status().ToString();
    for (const Instant t : Steps(item, *whole)) {
      const auto step = Run(item, t);
      if (!step.ok()) return step.status().ToString();
      Instant limit = item.end;  // the next event
      for (const Event& e : item.history.events) {
        if (e.occur_time > t) limit = std::min(limit, e.occur_time);
      }
      for (const Transition& transition : whole->transitions) {
        if (transition.instant <= t || transition.instant >= limit) continue;
        if (step->next_change != transition.instant) {
          return "next_change misses " + Text(transition);
        }
        break;
      }
      if (step->next_change && *step->next_change <= t)
        return "not after as_of";
      if (step->next_change && *step->next_change < limit) {
        const auto then = Run(item, *step->next_change);
        if (!then.ok() ||
            then->transitions.size() == step->transitions.size()) {
          return "nothing happens at next_change";
        }
      }
    }
    return "";
  });
}

// K7, T4: applying actions in steps gives what applying them at once gives.
RC_GTEST_PROP(ClockProperty, K7_SettlingInStepsIsSettlingAtOnce,
              (uint64_t seed)) {
  RandomOptions options;
  options.late = false;
  Check(seed, options, [](const RandomItem& item) -> std::string {
    const Processes processes = item.processes();
    const auto whole =
        Settle(item.history, processes, item.calendars, item.end);
    if (!whole.ok()) return "";  // a cascade; E2 holds of it as well
    History growing = item.history;
    for (const Instant t : Steps(item, whole->evaluation)) {
      const auto step = Settle(growing, processes, item.calendars, t);
      if (!step.ok()) return step.status().ToString();
      for (const Event& e : step->applied) growing.events.push_back(e);
    }
    const auto stepped = Evaluate(growing, processes, item.calendars, item.end);
    if (!stepped.ok()) return stepped.status().ToString();
    return Difference(stepped->transitions, whole->evaluation.transitions);
  });
}

// E1: a history is judged by its times, whatever the order of its recording.
RC_GTEST_PROP(ClockProperty, E9_RecordingOrderOfDifferentInstantsIsIrrelevant,
              (uint64_t seed)) {
  Check(seed, {}, [](const RandomItem& item) -> std::string {
    RandomItem sorted = item;
    std::stable_sort(sorted.history.events.begin(), sorted.history.events.end(),
                     [](const Event& a, const Event& b) {
                       return a.occur_time < b.occur_time;
                     });
    const auto a = Run(item, item.end);
    const auto b = Run(sorted, item.end);
    if (!a.ok() || !b.ok()) return a.status().ToString();
    return Difference(a->transitions, b->transitions);
  });
}

// An event that changes nothing which the process reads moves no clock that it
// doesn't complete: completion that has held since a clock was made counts from
// the next event on (E3), so those processes are left out.
RC_GTEST_PROP(ClockProperty, E3_IrrelevantEventsChangeNothing,
              (uint64_t seed)) {
  Check(seed, {}, [seed](const RandomItem& item) -> std::string {
    RandomItem plain = item;
    for (auto& [version, process] : plain.process_list) {
      process = std::make_shared<Process>(*process);
      for (Placement& p : process->placements) {
        if (p.completion && !p.completion->uses_event()) p.completion.reset();
      }
    }
    RandomItem more = plain;
    std::mt19937_64 random(seed);
    for (int i = 0; i < 5; ++i) {
      Event e;
      e.id = "irrelevant" + std::to_string(i);
      e.kind =
          i % 2 == 0 ? EventKind::kFieldsChanged : EventKind::kContextRefreshed;
      e.occur_time = item.begin + Duration::Seconds(random() % (14 * 86400));
      e.changes = {{ItemSlot::kOwner, "owner" + std::to_string(i)}};
      more.history.events.push_back(e);
    }
    const auto a = Run(plain, item.end);
    const auto b = Run(more, item.end);
    if (!a.ok() || !b.ok()) return a.status().ToString();
    return Difference(a->transitions, b->transitions);
  });
}

// K6: (instance, kind, cause) names one transition; instants never go back.
RC_GTEST_PROP(ClockProperty, K6_KeysAreUniqueAndInOrder, (uint64_t seed)) {
  Check(seed, {}, [](const RandomItem& item) -> std::string {
    const auto whole = Run(item, item.end);
    if (!whole.ok()) return whole.status().ToString();
    std::set<std::tuple<std::string, TransitionKind, std::string>> keys;
    std::set<std::string> ids;
    Instant last = Instant::Min();
    for (const Transition& t : whole->transitions) {
      if (!keys.emplace(t.instance, t.kind, t.cause).second) {
        return "twice: " + Text(t);
      }
      if (t.instant < last) return "out of order: " + Text(t);
      last = t.instant;
    }
    for (const Milestone& m : whole->milestones) {
      if (!ids.insert(m.id).second) return "two milestones are " + m.id;
    }
    return "";
  });
}

std::string CheckFigures(const Milestone& m, Instant as_of) {
  if (m.elapsed != m.actual + m.stopped) return "elapsed";
  if (m.remaining != m.target_duration - m.actual) return "remaining";
  if (m.state == MilestoneState::kPaused && m.target_time) return "target";
  if (m.state == MilestoneState::kPaused && !m.target_time_if_resumed) {
    return "target if resumed";
  }
  if (m.state == MilestoneState::kRunning && !m.target_time) return "no target";
  if (m.state == MilestoneState::kRunning &&
      m.violated < (*m.target_time <= as_of)) {
    return "open after its target, but not violated";
  }
  if (m.violated != m.violation_time.has_value()) return "violation time";
  if (IsOpen(m.state) == m.end_time.has_value()) return "end time";
  if (m.state == MilestoneState::kScheduled) {
    return m.elapsed == Duration::Zero() && m.start_time > as_of ? "" : "start";
  }
  Instant at = m.start_time;
  Duration actual, stopped;
  for (const Span& span : m.spans) {
    if (span.interval.from != at || span.interval.to <= at) return "spans";
    at = span.interval.to;
    if (span.interval.from < m.counted_from) continue;
    (span.cause == PauseCause::kNone ? actual : stopped) += span.open;
  }
  const bool started = !m.spans.empty() || m.start_time <= as_of;
  if (started && IsOpen(m.state) && at != as_of) return "spans' end";
  if (actual != m.actual || stopped != m.stopped) return "spans' sums";
  return "";
}

// K2, K3, K4 of every milestone, at every step.
RC_GTEST_PROP(ClockProperty, K2_FiguresAgree, (uint64_t seed)) {
  Check(seed, {}, [](const RandomItem& item) -> std::string {
    const auto whole = Run(item, item.end);
    if (!whole.ok()) return whole.status().ToString();
    for (const Instant t : Steps(item, *whole)) {
      const auto step = Run(item, t);
      if (!step.ok()) return step.status().ToString();
      for (const Milestone& m : step->milestones) {
        const std::string problem = CheckFigures(m, t);
        if (!problem.empty()) return problem + " of " + m.id;
      }
    }
    return "";
  });
}

// K5: each trigger fires at most once per instance, a SUCCESS once a
// completion.
RC_GTEST_PROP(ClockProperty, K5_TriggersFireOnce, (uint64_t seed)) {
  Check(seed, {}, [](const RandomItem& item) -> std::string {
    const auto whole = Run(item, item.end);
    if (!whole.ok()) return whole.status().ToString();
    std::set<std::pair<std::string, std::string>> fired;
    for (const Transition& t : whole->transitions) {
      if (t.kind != TransitionKind::kTriggered) continue;
      if (!t.moment || *t.moment > t.instant) return "moment of " + Text(t);
      const bool again = !fired.emplace(t.instance, t.trigger).second;
      if (again && t.cause.find('#') == std::string::npos) return Text(t);
    }
    return "";
  });
}

// K6, E9: storing what Reconcile gives, event by event as they are recorded,
// ends with the transitions of the whole history, and then gives nothing more.
RC_GTEST_PROP(ClockProperty, E9_CorrectionsEndAtTheTruth, (uint64_t seed)) {
  Check(seed, {}, [](const RandomItem& item) -> std::string {
    std::vector<StoredTransition> stored;
    RandomItem growing = item;
    growing.history.events.clear();
    Instant as_of = item.begin;
    for (const Event& e : item.history.events) {
      growing.history.events.push_back(e);
      as_of = std::max(as_of, e.occur_time);
      const auto evaluation = Run(growing, as_of);
      if (!evaluation.ok()) return evaluation.status().ToString();
      for (const Revision& r : Reconcile(stored, *evaluation)) {
        stored.push_back(ToStored(r));
      }
      if (!Reconcile(stored, *evaluation).empty()) return "not idempotent";
    }
    const auto whole = Run(growing, as_of);
    std::map<std::tuple<std::string, TransitionKind, std::string>,
             StoredTransition>
        last;
    for (const StoredTransition& s : stored) {
      auto& entry = last[{s.instance, s.kind, s.cause}];
      if (entry.revision > 1 && s.revision <= entry.revision) {
        return "revisions don't rise";
      }
      entry = s;
    }
    size_t holding = 0;
    for (const auto& [key, s] : last) holding += !s.retracted;
    if (holding != whole->transitions.size()) return "too many hold";
    for (const Transition& t : whole->transitions) {
      const auto found = last.find({t.instance, t.kind, t.cause});
      if (found == last.end() || found->second.instant != t.instant) {
        return "not stored: " + Text(t);
      }
    }
    return "";
  });
}

}  // namespace
}  // namespace charter::sla

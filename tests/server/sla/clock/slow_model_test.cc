// The evaluator against a model that plays the rules second by second (E3 to
// E8, E11, K1 to K5), on random histories of 14 days. CHARTER_TEST_FULL=1 runs
// many more. Left out, as the model doesn't know them: moves between versions
// of one process (E10) and actions (K7, which Settle applies); durations are
// multiples of four seconds, so that every quarter of one is a whole second.
#include "tests/server/sla/clock/slow_model.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "rapidcheck/gtest.h"
#include "server/sla/clock/evaluate.h"
#include "tests/server/sla/clock/generators.h"

namespace charter::sla {
namespace {

RandomItem MakeItem(uint64_t seed) {
  RandomOptions options;
  options.actions = false;
  RandomItem item = MakeRandomItem(seed, options);
  const std::string first = item.history.events.front().attach
                                ? item.history.events.front().attach->process
                                : "p1";
  for (Event& event : item.history.events) {
    if (!event.attach) continue;
    if (event.kind == EventKind::kMoved)
      event.kind = EventKind::kEntitlementChanged;
    // Of each process one version.
    if (event.attach->process == "p1" || event.attach->process == "p2")
      event.attach->process = first;
  }
  const auto round = [](Duration d) {
    return Duration::Seconds((d.seconds() + 3) / 4 * 4);
  };
  for (auto& [version, process] : item.process_list) {
    for (Placement& p : process->placements) {
      p.target = round(p.target);
      for (TargetRule& rule : p.target_rules) {
        rule.duration = round(rule.duration);
      }
    }
  }
  return item;
}

// One line a figure, in the words of Milestone.
using Figures = std::vector<std::string>;

class Writer {
 public:
  explicit Writer(Instant begin) : begin_(begin) {}

  std::string Time(const std::optional<Instant>& t) const {
    if (!t) return "none";
    const Duration since = *t - begin_;
    if (since >= Duration::Seconds(kSlowSeconds)) return "far";
    return std::to_string(since.micros() / 1e6);
  }
  std::string Time(const std::optional<int>& second) const {
    if (!second) return "none";
    return Time(begin_ + Duration::Seconds(*second));
  }
  static std::string Length(Duration d) {
    return std::to_string(d.micros() / 1e6);
  }

 private:
  Instant begin_;
};

Figures Of(const Evaluation& e, Instant begin) {
  const Writer w(begin);
  Figures figures;
  const auto name = [&e](int milestone) {
    const Milestone& m = e.milestones[milestone];
    return m.placement + "#" + std::to_string(m.occurrence);
  };
  for (size_t i = 0; i < e.milestones.size(); ++i) {
    const Milestone& m = e.milestones[i];
    std::ostringstream out;
    out << name(static_cast<int>(i)) << " state " << static_cast<int>(m.state)
        << " by " << m.started_by << " start " << w.Time(m.start_time)
        << " from " << w.Time(m.counted_from) << " duration "
        << w.Length(m.target_duration) << " rule " << m.target_rule
        << " target " << w.Time(m.target_time) << " if resumed "
        << w.Time(m.target_time_if_resumed) << " end " << w.Time(m.end_time)
        << " by " << m.ended_by << " violated " << w.Time(m.violation_time)
        << " elapsed " << w.Length(m.elapsed) << " stopped "
        << w.Length(m.stopped) << " actual " << w.Length(m.actual) << " hours "
        << m.hours;
    figures.push_back(out.str());
  }
  for (const Transition& t : e.transitions) {
    if (t.kind != TransitionKind::kTriggered) continue;
    figures.push_back(name(t.milestone) + " fires " + t.trigger + " at " +
                      w.Time(t.instant) + " moment " + w.Time(t.moment) +
                      (t.late ? " late" : ""));
  }
  std::sort(figures.begin(), figures.end());
  return figures;
}

Figures Of(const SlowResult& result, const History& history, Instant begin) {
  const Writer w(begin);
  std::vector<Event> events = history.events;
  std::stable_sort(events.begin(), events.end(),
                   [](const Event& a, const Event& b) {
                     return a.occur_time < b.occur_time;
                   });
  const auto length = [&w](int n) { return w.Length(Duration::Seconds(n)); };
  Figures figures;
  for (const SlowMilestone& m : result.milestones) {
    const bool paused = m.state == MilestoneState::kPaused;
    std::ostringstream out;
    out << m.placement << "#" << m.occurrence << " state "
        << static_cast<int>(m.state) << " by " << events[m.made].id << " start "
        << w.Time(m.start) << " from " << w.Time(m.counted_from) << " duration "
        << length(m.duration) << " rule " << m.rule << " target "
        << (paused ? "none" : w.Time(m.target)) << " if resumed "
        << w.Time(m.target_if_resumed) << " end " << w.Time(m.end) << " by "
        << (m.end ? events[m.ended_by].id : "") << " violated "
        << w.Time(m.violated) << " elapsed " << length(m.elapsed) << " stopped "
        << length(m.stopped) << " actual " << length(m.actual()) << " hours "
        << m.hours;
    figures.push_back(out.str());
  }
  for (const SlowFiring& f : result.firings) {
    figures.push_back(f.placement + "#" + std::to_string(f.occurrence) +
                      " fires " + f.trigger + " at " + w.Time(f.instant) +
                      " moment " + w.Time(f.moment) + (f.late ? " late" : ""));
  }
  std::sort(figures.begin(), figures.end());
  return figures;
}

std::string Difference(const RandomItem& item, int as_of) {
  const Instant begin = item.begin;
  const auto evaluation =
      Evaluate(item.history, item.processes(), item.calendars,
               begin + Duration::Seconds(as_of));
  if (!evaluation.ok()) return evaluation.status().ToString();
  const Figures engine = Of(*evaluation, begin);
  const Figures model =
      Of(SlowEvaluate(item.history, item.process_list, item.hours, as_of),
         item.history, begin);
  std::string text;
  for (const std::string& line : engine) {
    if (!std::count(model.begin(), model.end(), line)) {
      text += "\nengine: " + line;
    }
  }
  for (const std::string& line : model) {
    if (!std::count(engine.begin(), engine.end(), line)) {
      text += "\nmodel:  " + line;
    }
  }
  return text;
}

int ItemsPerCase() {
  return std::getenv("CHARTER_TEST_FULL") != nullptr ? 20 : 1;
}

RC_GTEST_PROP(SlowModelProperty, K3_TheEvaluatorSaysWhatSecondBySecondSays,
              (uint64_t seed)) {
  const int n = ItemsPerCase();
  for (int i = 0; i < n; ++i) {
    const uint64_t its_seed = seed * n + i;
    const RandomItem item = MakeItem(its_seed);
    const int whole = static_cast<int>((item.end - item.begin).seconds());
    const int as_of = its_seed % 2 == 0
                          ? whole
                          : static_cast<int>(its_seed / 2 % (whole + 1));
    if (Difference(item, as_of).empty()) continue;
    const RandomItem small = Minimize(item, [as_of](const RandomItem& it) {
      return !Difference(it, as_of).empty();
    });
    RC_FAIL(Difference(small, as_of) + "\nseed " + std::to_string(its_seed) +
            " as of " + std::to_string(as_of) + "\n" + Describe(small));
  }
}

}  // namespace
}  // namespace charter::sla

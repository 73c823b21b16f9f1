#ifndef CHARTER_TESTS_SERVER_SLA_CLOCK_SLOW_MODEL_H_
#define CHARTER_TESTS_SERVER_SLA_CLOCK_SLOW_MODEL_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "server/sla/calendar/hours_definition.h"
#include "server/sla/clock/evaluation.h"
#include "server/sla/clock/history.h"
#include "server/sla/clock/process.h"

// The rules of the clocks (E3 to E8, E11, K1 to K5) played second by second, as
// plainly as they are written: what the evaluator is compared with. It shares
// no code with it but the types of its arguments and the enums of its result.
// All times are whole seconds since the item's creation.
namespace charter::sla {

// Beyond this second the model looks for no open time: a target there is
// kSlowNever. More than the 14 days of a history.
inline constexpr int kSlowSeconds = 44 * 86400;
inline constexpr int kSlowNever = kSlowSeconds + 1;

struct SlowMilestone {
  std::string placement;
  int occurrence = 1;
  MilestoneState state = MilestoneState::kRunning;
  int made = 0;  // the event that made it
  int start = 0;
  int counted_from = 0;
  int duration = 0;
  int rule = -1;
  std::string hours;
  const std::vector<uint8_t>* open = nullptr;  // of `hours`, while it's played
  // Second by which `actual` reached n: reached[n], reached[0] being
  // counted_from; so `actual` is its size less one.
  std::vector<int> reached;
  int elapsed = 0;
  int stopped = 0;
  std::optional<int> target;     // the last that it ran against
  bool changed_at_rest = false;  // the duration did not take effect yet (K3)
  int due_from = 0;  // the event or resumption that set the target (K4)
  std::optional<int> end;
  int ended_by = -1;  // index of the event in the order of happening
  std::optional<int> violated;
  std::vector<bool> over;  // of its triggers, as listed: fired or skipped
  bool scheduled = false;  // it did not reach its start
  int away = 0;            // open seconds since it ended
  bool replaced = false;   // of a process that the item left for another

  // Paused: what the target would be if it resumed now.
  std::optional<int> target_if_resumed;

  int actual() const { return static_cast<int>(reached.size()) - 1; }
  // The open second that begins at `second` has passed.
  void Count(int second, bool paused);
  // When `actual` reached a trigger's amount, if it did (K5).
  std::optional<int> Moment(const Trigger& t) const;
};

struct SlowFiring {
  std::string placement;
  int occurrence = 1;
  std::string trigger;
  int instant = 0;
  int moment = 0;
  bool late = false;
  bool operator==(const SlowFiring&) const = default;
};

struct SlowResult {
  std::vector<SlowMilestone> milestones;  // as they were made
  std::vector<SlowFiring> firings;        // as they happened
};

// The item `as_of` seconds after its creation.
SlowResult SlowEvaluate(
    const History& history,
    const std::map<std::string, std::shared_ptr<Process>>& processes,
    const std::map<std::string, HoursDefinition>& hours, int as_of);

}  // namespace charter::sla

#endif  // CHARTER_TESTS_SERVER_SLA_CLOCK_SLOW_MODEL_H_

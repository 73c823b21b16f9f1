#ifndef CHARTER_TESTS_SERVER_SLA_CLOCK_ITEM_BUILDER_H_
#define CHARTER_TESTS_SERVER_SLA_CLOCK_ITEM_BUILDER_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "server/sla/clock/evaluate.h"
#include "server/sla/clock/reconcile.h"
#include "server/sla/clock/settle.h"

// Short ways to write a process and what happens to one item, in tests. What
// cannot be read ends the program.
namespace charter::sla {

// "09:30" or "09:30:15" of Monday 2026-01-05 UTC; "2 09:30" is two days later.
Instant T(absl::string_view text);
constexpr Duration Min(int n) { return Duration::Minutes(n); }

// The built-in fields, and attributes.flag (bool).
const Schema& TestSchema();
int FlagField();
Expression Level(absl::string_view text);
Expression AboutEvent(absl::string_view text);

Trigger Warning(std::string key, Duration before);
Trigger Violation(std::string key, Duration after);
Trigger Success(std::string key);
Trigger Setting(Trigger trigger, int slot, Value value);

// An item under process version "v1" of the process "gold", whose default hours
// are always open; "office" is Monday to Friday 09:00 to 17:00 UTC.
class TestItem {
 public:
  TestItem();

  // A milestone from process start, in no criteria's way, completed by hand.
  Placement& Add(std::string key, Duration target);
  // A copy of the process under another version id, in the same process unless
  // a name is given.
  Process& CopyProcess(const std::string& version,
                       const std::string& name = "");

  // The events get the ids "e0", "e1" … in the order of these calls.
  Event& Happens(absl::string_view when, EventKind kind);
  Event& Create(absl::string_view when, const std::string& process = "v1");
  Event& Set(absl::string_view when, int slot, Value value);
  Event& Status(absl::string_view when, const std::string& category);
  Event& CustomerWrites(absl::string_view when);
  Event& AgentWrites(absl::string_view when);
  Event& CompleteByHand(absl::string_view when, const std::string& milestone);
  Event& Stop(absl::string_view when);
  Event& Resume(absl::string_view when);
  Event& Attach(absl::string_view when, const std::string& process,
                AttachStart start = AttachStart::kFromItemStart);

  absl::StatusOr<Evaluation> TryEvaluate(absl::string_view when) const;
  Evaluation At(absl::string_view when) const;
  // The last instance of a placement; ends the program if there is none.
  Milestone M(absl::string_view when, const std::string& placement = "m") const;

  Process& process() { return *process_; }
  Processes processes;
  Calendars calendars;
  History history;

 private:
  std::shared_ptr<Process> process_;
};

// All transitions as "KIND INSTANCE CAUSE HH:MM", the instance left out of the
// item's, " late" at the end of what is late.
std::vector<std::string> Told(const std::vector<Transition>& transitions);

}  // namespace charter::sla

#endif  // CHARTER_TESTS_SERVER_SLA_CLOCK_ITEM_BUILDER_H_

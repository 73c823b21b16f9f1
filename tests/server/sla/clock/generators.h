#ifndef CHARTER_TESTS_SERVER_SLA_CLOCK_GENERATORS_H_
#define CHARTER_TESTS_SERVER_SLA_CLOCK_GENERATORS_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>

#include "server/sla/calendar/hours_definition.h"
#include "server/sla/clock/history.h"
#include "server/sla/clock/process.h"

// Random items to hold the evaluator to: processes with every choice, hours
// around a clock change, histories of up to 14 days on whole seconds. Many
// instants and durations are multiples of a quarter of an hour, so that events,
// targets, triggers and closings often coincide.
namespace charter::sla {

// The item fields, and attributes.flag (bool) and attributes.tier (string).
const Schema& RandomSchema();
int FlagSlot();
int TierSlot();

struct RandomOptions {
  int max_events = 24;  // besides the creation
  bool moves = true;    // E10, E11: entitlement changes, moves to a version
  bool late = true;     // events recorded after later ones (E9)
  bool actions = true;  // triggers that set fields (K7)
  bool deletion = true;
};

struct RandomItem {
  // Versions "p1" and "p2" of process "p", and "q1" of "q".
  std::map<std::string, std::shared_ptr<Process>> process_list;
  // Hours "h1", "h2", and "" for the default set: as written down, and
  // compiled.
  std::map<std::string, HoursDefinition> hours;
  Calendars calendars;
  History history;
  Instant begin;  // the creation
  Instant end;    // 14 days later: nothing is recorded after it

  Processes processes() const;
};

// The same seed gives the same item.
RandomItem MakeRandomItem(uint64_t seed, const RandomOptions& options = {});

// Drops events, placements, triggers and clauses as long as `fails` holds, for
// a failure that can be read.
RandomItem Minimize(RandomItem item,
                    const std::function<bool(const RandomItem&)>& fails);

// The item as text: processes, hours and history.
std::string Describe(const RandomItem& item);

}  // namespace charter::sla

#endif  // CHARTER_TESTS_SERVER_SLA_CLOCK_GENERATORS_H_

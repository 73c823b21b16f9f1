#ifndef CHARTER_TESTS_SERVER_SLA_CLOCK_SLOW_CRITERIA_H_
#define CHARTER_TESTS_SERVER_SLA_CLOCK_SLOW_CRITERIA_H_

#include <map>
#include <string>
#include <vector>

#include "server/sla/clock/history.h"
#include "server/sla/expression/value.h"
#include "server/sla/time.h"

// For the slow model: the fields of an item and the truth of criteria, read off
// their text. Knows the forms that generators.cc writes and no others.
namespace charter::sla {

// Field name to value; a field that is not set is not in it.
using SlowFields = std::map<std::string, Value>;

// What one event left behind.
struct SlowSnapshot {
  Instant time;
  SlowFields fields;
  SlowFields before;  // as the event found them
  SlowFields event;   // event.*
  bool creation = false;
  bool by_hand = false;  // stopped by hand
};

// The first step of an event (E3): its changes and the derived fields (E0, F1),
// is_stopped apart, which depends on the process.
SlowSnapshot SlowApply(const SlowSnapshot* previous, const Event& event);

// Is `text` true right after the event? Ends the program for a text that it
// doesn't understand.
bool SlowHolds(const std::string& text, const SlowSnapshot& at);

}  // namespace charter::sla

#endif  // CHARTER_TESTS_SERVER_SLA_CLOCK_SLOW_CRITERIA_H_

#ifndef CHARTER_TESTS_SERVER_SLA_CALENDAR_RANDOM_HOURS_H_
#define CHARTER_TESTS_SERVER_SLA_CALENDAR_RANDOM_HOURS_H_

#include <cstdint>
#include <random>
#include <string>

#include "server/sla/calendar/hours_definition.h"
#include "server/sla/time.h"

namespace charter::sla {

// Random values from one seed, so that rapidcheck can name a failing case.
class Dice {
 public:
  explicit Dice(uint64_t seed) : engine_(seed) {}
  // From `low` to `high`, both included.
  int64_t Roll(int64_t low, int64_t high) {
    return low + static_cast<int64_t>(engine_() %
                                      static_cast<uint64_t>(high - low + 1));
  }
  bool OneIn(int n) { return Roll(1, n) == 1; }

 private:
  std::mt19937_64 engine_;
};

// A version with weekly intervals, holidays and overrides of every shape, those
// with dates in the weeks around `around`. Wall times are multiples of
// `step_seconds`, which divides an hour.
HoursVersion RandomVersion(Dice& dice, const std::string& zone, Date around,
                           int step_seconds);

}  // namespace charter::sla

#endif  // CHARTER_TESTS_SERVER_SLA_CALENDAR_RANDOM_HOURS_H_

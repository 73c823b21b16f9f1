#ifndef CHARTER_TESTS_SERVER_SLA_CLOCK_SLOW_HOURS_H_
#define CHARTER_TESTS_SERVER_SLA_CLOCK_SLOW_HOURS_H_

#include <cstdint>
#include <vector>

#include "server/sla/calendar/hours_definition.h"
#include "server/sla/time.h"

namespace charter::sla {

// For the slow model: [i] says whether the second that begins i seconds after
// `begin` is open (B1 to B3, B6). Knows whole-day holidays without recurrence.
std::vector<uint8_t> SlowOpenSeconds(const HoursDefinition& definition,
                                     Instant begin, int seconds);

}  // namespace charter::sla

#endif  // CHARTER_TESTS_SERVER_SLA_CLOCK_SLOW_HOURS_H_

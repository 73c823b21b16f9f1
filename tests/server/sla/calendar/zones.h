#ifndef CHARTER_TESTS_SERVER_SLA_CALENDAR_ZONES_H_
#define CHARTER_TESTS_SERVER_SLA_CALENDAR_ZONES_H_

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "server/sla/time.h"

namespace charter::sla {

struct Zone {
  std::string name;
  absl::TimeZone zone;
  std::vector<Instant> changes;  // of its clocks, up to the year 2100
};

// Every zone and link of the installed tzdata whose name Charter accepts.
const std::vector<Zone>& AllZones();

// The size to run at: CHARTER_TEST_FULL=1 asks for the large one; under the
// thread sanitizer the small one is 1.
int TestSize(int small, int full);

}  // namespace charter::sla

#endif  // CHARTER_TESTS_SERVER_SLA_CALENDAR_ZONES_H_

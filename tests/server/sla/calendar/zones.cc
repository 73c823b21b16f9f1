#include "tests/server/sla/calendar/zones.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace charter::sla {
namespace {

std::vector<Zone> LoadAll() {
  std::vector<Zone> zones;
  std::ifstream file("/usr/share/zoneinfo/tzdata.zi");
  for (std::string line; std::getline(file, line);) {
    // "Z name …" begins a zone, "L target name" is a link.
    std::istringstream words(line);
    std::string kind, name;
    words >> kind >> name;
    if (kind == "L") words >> name;
    if (kind != "Z" && kind != "L") continue;
    const std::string first = name.substr(0, name.find('/'));
    if (std::any_of(first.begin(), first.end(), [](unsigned char c) {
          return !std::isalpha(c) && c != '_';
        })) {
      continue;  // "EST5EDT" and the like
    }
    Zone zone{name, {}, {}};
    if (!absl::LoadTimeZone(name, &zone.zone)) std::abort();
    absl::Time t =
        absl::FromCivil(absl::CivilSecond(1800, 1, 1), absl::UTCTimeZone());
    const absl::Time end =
        absl::FromCivil(absl::CivilSecond(2100, 1, 1), absl::UTCTimeZone());
    for (absl::TimeZone::CivilTransition change;
         zone.zone.NextTransition(t, &change);) {
      t = zone.zone.At(change.to).trans;
      if (t >= end) break;
      zone.changes.push_back(Instant::From(t));
    }
    zones.push_back(std::move(zone));
  }
  return zones;
}

}  // namespace

const std::vector<Zone>& AllZones() {
  static const auto& zones = *new std::vector<Zone>(LoadAll());
  return zones;
}

int TestSize(int small, int full) {
#ifdef __SANITIZE_THREAD__
  small = 1;  // it makes everything some twenty times slower
#endif
  const char* asked = std::getenv("CHARTER_TEST_FULL");
  return asked != nullptr && std::string(asked) == "1" ? full : small;
}

}  // namespace charter::sla

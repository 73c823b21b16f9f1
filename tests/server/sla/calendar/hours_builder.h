#ifndef CHARTER_TESTS_SERVER_SLA_CALENDAR_HOURS_BUILDER_H_
#define CHARTER_TESTS_SERVER_SLA_CALENDAR_HOURS_BUILDER_H_

#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "server/sla/calendar/business_hours.h"
#include "server/sla/calendar/hours_definition.h"
#include "server/sla/time.h"

// Short ways to write hours and instants in tests. What cannot be read ends the
// program.
namespace charter::sla {

// "2026-01-05T09:00:00Z", or with any offset or fraction RFC 3339 knows.
inline Instant At(absl::string_view text) {
  absl::Time time;
  std::string error;
  if (!absl::ParseTime(absl::RFC3339_full, text, &time, &error)) {
    std::cerr << "bad instant " << text << ": " << error << "\n";
    std::abort();
  }
  return Instant::From(time);
}

inline std::string Text(Instant t) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E*SZ", t.ToAbsl(),
                          absl::UTCTimeZone());
}

inline std::ostream& operator<<(std::ostream& out, Instant t) {
  return out << Text(t);
}
inline std::ostream& operator<<(std::ostream& out, Duration d) {
  return out << absl::FormatDuration(d.ToAbsl());
}
inline std::ostream& operator<<(std::ostream& out, const Interval& i) {
  return out << "[" << i.from << ", " << i.to << ")";
}

constexpr int Hm(int hour, int minute = 0) { return hour * 3600 + minute * 60; }

// A version being written down, in its zone, closed at first.
class Hours {
 public:
  explicit Hours(std::string zone) {
    version_.time_zone = std::move(zone);
    version_.effective_time = At("2026-01-01T00:00:00Z");
  }
  // Monday is 0.
  Hours& Day(int weekday, int start, int end) {
    version_.weekly[weekday].push_back({start, end});
    return *this;
  }
  Hours& Days(int first, int last, int start, int end) {
    for (int day = first; day <= last; ++day) Day(day, start, end);
    return *this;
  }
  Hours& Holiday(Date date, std::string name = "holiday") {
    version_.holidays.push_back({std::move(name), date, {}, "", {}});
    return *this;
  }
  Hours& PartHoliday(Date date, int start, int end, std::string name = "part") {
    version_.holidays.push_back(
        {std::move(name), date, WallInterval{start, end}, "", {}});
    return *this;
  }
  Hours& Recurring(Date date, std::string rule,
                   std::vector<Date> exceptions = {}) {
    version_.holidays.push_back(
        {"recurring", date, {}, std::move(rule), std::move(exceptions)});
    return *this;
  }
  Hours& Override(Date date, std::vector<WallInterval> intervals,
                  std::string name = "override") {
    version_.overrides.push_back({std::move(name), date, std::move(intervals)});
    return *this;
  }
  Hours& From(absl::string_view effective_time) {
    version_.effective_time = At(effective_time);
    return *this;
  }

  const HoursVersion& version() const { return version_; }
  std::shared_ptr<const BusinessHours> Compile() const {
    return CompileAll({version_});
  }
  static std::shared_ptr<const BusinessHours> CompileAll(
      std::vector<HoursVersion> versions) {
    auto compiled = BusinessHours::Compile({.versions = std::move(versions)});
    if (!compiled.ok()) {
      std::cerr << "bad hours: " << compiled.status() << "\n";
      std::abort();
    }
    return *std::move(compiled);
  }

 private:
  HoursVersion version_;
};

// Mon-Fri 9-17 in New York.
inline Hours NewYork() {
  return Hours("America/New_York").Days(0, 4, Hm(9), Hm(17));
}
// 00:00-24:00 every day.
inline Hours AllWeek(std::string zone) {
  return Hours(std::move(zone)).Days(0, 6, 0, Hm(24));
}

}  // namespace charter::sla

#endif  // CHARTER_TESTS_SERVER_SLA_CALENDAR_HOURS_BUILDER_H_

#ifndef CHARTER_SERVER_SLA_CALENDAR_HOURS_DEFINITION_H_
#define CHARTER_SERVER_SLA_CALENDAR_HOURS_DEFINITION_H_

#include <optional>
#include <string>
#include <vector>

#include "server/sla/time.h"

// What somebody writes down about opening hours, before it is compiled.
namespace charter::sla {

// Wall times of one local day as seconds since its midnight: 0 to 86400, where
// 86400 is 24:00 (B1). As an interval of a weekday or an override, an end at or
// before its start crosses midnight into the next day, and it belongs to the
// day on which it starts. A partial holiday may not cross midnight.
struct WallInterval {
  int start_second = 0;
  int end_second = 0;
  bool operator==(const WallInterval&) const = default;
};

// A date that is closed, whole or in part (B2).
struct Holiday {
  std::string name;
  Date date;                         // of its first occurrence
  std::optional<WallInterval> part;  // absent: the whole date
  // RFC 5545 RRULE value ("FREQ=YEARLY;…"), empty: once. `date` must be one of
  // its dates. rrule.h says what is understood.
  std::string recurrence;
  std::vector<Date>
      exceptions;  // dates of the recurrence that are not holidays
};

// Replaces the weekly intervals of one date; empty intervals: closed (B2).
struct Override {
  std::string name;
  Date date;
  std::vector<WallInterval> intervals;
};

// One version of a set of business hours (B6).
struct HoursVersion {
  // From when this version counts. The first version has no beginning,
  // whatever is here; yet for it too, recurring holidays are expanded to ten
  // years past this instant and no further (B2).
  Instant effective_time;
  std::string time_zone;                // IANA name
  std::vector<WallInterval> weekly[7];  // [0] is Monday
  std::vector<Holiday> holidays;
  std::vector<Override> overrides;
};

// A set of business hours: its versions in the order in which they were made.
// At each instant the last one that is then effective counts (B6).
struct HoursDefinition {
  bool always = false;  // open at every instant; versions are then ignored
  std::vector<HoursVersion> versions;
};

// What one version may hold. They keep the memory of a compiled set bounded and
// are far above what any opening hours need.
inline constexpr int kMaxWeeklyIntervals = 1000;
inline constexpr int kMaxOverrideIntervals = 100;
inline constexpr int kMaxHolidays = 5000;
inline constexpr int kMaxOverrides = 5000;
inline constexpr int kMaxOccurrences = 5000;    // of one recurring holiday
inline constexpr int kMaxHolidayDates = 50000;  // of all holidays together
// A recurring holiday may begin this long before its version's effective time.
inline constexpr int kMaxRecurrenceAgeYears = 200;

}  // namespace charter::sla

#endif  // CHARTER_SERVER_SLA_CALENDAR_HOURS_DEFINITION_H_

// Holidays from an iCalendar file (RFC 5545), read by libical.
#ifndef CHARTER_SERVER_SERVICES_CALENDAR_ICALENDAR_H_
#define CHARTER_SERVER_SERVICES_CALENDAR_ICALENDAR_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "charter/v1/business_hours.pb.h"

namespace charter::services {

struct IcalendarHolidays {
  std::vector<v1::Holiday> holidays;
  std::vector<std::string> refused;  // what was not taken, and why
};

// All-day events become holidays, one for each of their dates; a rule by which
// they recur and its exceptions are kept. Events at an hour are refused one by
// one. INVALID_ARGUMENT for a text that is no calendar.
absl::StatusOr<IcalendarHolidays> ParseIcalendar(const std::string& text);

}  // namespace charter::services

#endif  // CHARTER_SERVER_SERVICES_CALENDAR_ICALENDAR_H_

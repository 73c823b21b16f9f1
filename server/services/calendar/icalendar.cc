#include "server/services/calendar/icalendar.h"

#include <libical/ical.h>

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "server/services/shared/time_convert.h"

namespace charter::services {
namespace {

// An event longer than this is no holiday.
constexpr int kMaxDays = 366;

using Component = std::unique_ptr<icalcomponent, decltype(&icalcomponent_free)>;

absl::CivilDay DayOf(const icaltimetype& time) {
  return absl::CivilDay(time.year, time.month, time.day);
}

// Adds the dates of one event, or says why not.
std::string AddEvent(icalcomponent* event, std::vector<v1::Holiday>* holidays) {
  const icaltimetype start = icalcomponent_get_dtstart(event);
  if (icaltime_is_null_time(start) || !start.is_date) {
    return "has no DTSTART of type DATE; only all-day events are holidays";
  }
  const char* summary = icalcomponent_get_summary(event);
  const absl::CivilDay first = DayOf(start);
  absl::CivilDay end = first + 1;
  // DTEND is exclusive; libical derives it from DURATION as well.
  const icaltimetype until = icalcomponent_get_dtend(event);
  if (!icaltime_is_null_time(until) && DayOf(until) > first) end = DayOf(until);
  if (end - first > kMaxDays) return "is longer than 366 days";
  std::string rule;
  if (icalproperty* property =
          icalcomponent_get_first_property(event, ICAL_RRULE_PROPERTY)) {
    rule = icalproperty_get_value_as_string(property);
    if (icalcomponent_get_next_property(event, ICAL_RRULE_PROPERTY) !=
        nullptr) {
      return "has more than one RRULE";
    }
    if (end - first > 1) return "recurs and is longer than one day";
  }
  for (absl::CivilDay day = first; day < end; ++day) {
    v1::Holiday& holiday = holidays->emplace_back();
    holiday.set_display_name(
        summary == nullptr ? "" : std::string(summary).substr(0, 255));
    *holiday.mutable_date() = ToProto(day);
    holiday.set_recurrence(rule);
    for (icalproperty* property =
             icalcomponent_get_first_property(event, ICAL_EXDATE_PROPERTY);
         property != nullptr; property = icalcomponent_get_next_property(
                                  event, ICAL_EXDATE_PROPERTY)) {
      *holiday.add_exceptions() =
          ToProto(DayOf(icalproperty_get_exdate(property)));
    }
  }
  return "";
}

}  // namespace

absl::StatusOr<IcalendarHolidays> ParseIcalendar(const std::string& text) {
  const Component calendar(icalparser_parse_string(text.c_str()),
                           &icalcomponent_free);
  if (calendar == nullptr) {
    return absl::InvalidArgumentError("is no iCalendar text (RFC 5545)");
  }
  IcalendarHolidays result;
  int number = 0;
  // A text with one event and no VCALENDAR around it is taken too.
  const auto take = [&](icalcomponent* event) {
    ++number;
    const std::string why = AddEvent(event, &result.holidays);
    if (!why.empty())
      result.refused.push_back(absl::StrCat("event ", number, " ", why));
  };
  if (icalcomponent_isa(calendar.get()) == ICAL_VEVENT_COMPONENT)
    take(calendar.get());
  for (icalcomponent* event = icalcomponent_get_first_component(
           calendar.get(), ICAL_VEVENT_COMPONENT);
       event != nullptr; event = icalcomponent_get_next_component(
                             calendar.get(), ICAL_VEVENT_COMPONENT)) {
    take(event);
  }
  if (number == 0) return absl::InvalidArgumentError("holds no event");
  return result;
}

}  // namespace charter::services

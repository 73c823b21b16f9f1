#ifndef CHARTER_SERVER_SLA_CALENDAR_SCHEDULE_H_
#define CHARTER_SERVER_SLA_CALENDAR_SCHEDULE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "server/sla/calendar/business_hours.h"
#include "server/sla/calendar/hours_definition.h"
#include "server/sla/calendar/local_time.h"
#include "server/sla/time.h"

namespace charter::sla {

// One version of a set of business hours, checked and with its recurrences
// expanded: it turns local days into UTC intervals. It knows nothing of other
// versions (B6); its caller asks for the stretch in which it counts.
//
// Each interval is converted to UTC by itself, then they are united, then the
// UTC spans of the holidays are taken out (B1 to B3).
class Schedule {
 public:
  // INVALID_ARGUMENT; the message begins with `path`, the name of the version.
  static absl::StatusOr<Schedule> Compile(const HoursVersion& version,
                                          absl::string_view path);

  const absl::TimeZone& zone() const { return zone_; }

  // Appends the open intervals of `range`, cut to it, in order; one that
  // touches the last of `*open` is merged with it.
  void AppendOpen(Interval range, std::vector<Interval>* open) const;

  // The stretches of `range`, in order and apart from each other, in which a
  // holiday closes or an override decides. An override's cover its open time
  // too.
  std::vector<ExplainedInterval> NamedClosures(Interval range) const;

  // Is there open time in the ten years from `effective_time` on, or on an
  // override's date? The first version's overrides may lie before it.
  bool EverOpens(Instant effective_time, bool is_first) const;

  // All dates of holidays and overrides, in order.
  std::vector<DayNumber> NamedDates() const;

 private:
  // Seconds since the midnight of a day; the end may lie in the next day.
  struct WallSpan {
    int start;
    int end;
  };
  // In UTC seconds.
  struct Span {
    int64_t start;
    int64_t end;
  };
  struct HolidayDate {
    DayNumber day;
    WallSpan span;
    int name;  // index into names_
  };
  struct OverrideDate {
    DayNumber day;
    std::vector<WallSpan> spans;
    int name;
  };

  Schedule() = default;
  absl::Status AddHolidays(const HoursVersion& version, absl::string_view path);
  absl::Status AddOverrides(const HoursVersion& version,
                            absl::string_view path);
  // The local dates that may matter to a stretch of UTC: first and last.
  std::pair<DayNumber, DayNumber> DatesAround(Interval range) const;
  const OverrideDate* FindOverride(DayNumber day) const;

  absl::TimeZone zone_;
  std::vector<WallSpan> weekly_[7];
  std::vector<HolidayDate> holidays_;    // by date, then by start
  std::vector<OverrideDate> overrides_;  // by date, one a date
  std::vector<std::string> names_;
};

}  // namespace charter::sla

#endif  // CHARTER_SERVER_SLA_CALENDAR_SCHEDULE_H_

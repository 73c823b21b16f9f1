// How a version is checked and expanded; schedule.cc is how it is read.
#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "server/sla/calendar/rrule.h"
#include "server/sla/calendar/schedule.h"

namespace charter::sla {
namespace {

constexpr int kHorizonYears = 10;  // B2

absl::Status Error(absl::string_view path, absl::string_view message) {
  return absl::InvalidArgumentError(absl::StrCat(path, ": ", message));
}

absl::Status CheckDate(absl::string_view path, Date date) {
  if (date.year() >= 1 && date.year() <= 9999) return absl::OkStatus();
  return Error(path, "the date must be in the years 0001 to 9999");
}

absl::Status CheckCount(absl::string_view path, size_t count, int max) {
  if (count <= static_cast<size_t>(max)) return absl::OkStatus();
  return Error(path, absl::StrCat("has ", count, " entries or dates, at most ",
                                  max, " are allowed: unite or drop some"));
}

Date YearsLater(Date date, int years) {
  return Date(date.year() + years, date.month(), date.day());
}

absl::Status CheckInterval(absl::string_view path,
                           const WallInterval& interval) {
  if (interval.start_second < 0 || interval.start_second >= kSecondsPerDay) {
    return Error(
        path,
        absl::StrCat("starts at second ", interval.start_second,
                     " of its day: a start is from 00:00 to before 24:00"));
  }
  if (interval.end_second < 0 || interval.end_second > kSecondsPerDay) {
    return Error(
        path,
        absl::StrCat(
            "ends at second ", interval.end_second,
            " of its day, which is past 24:00: to cross midnight, give the "
            "end as the next day's wall time, at or before the start"));
  }
  return absl::OkStatus();
}

// The interval as seconds since the midnight on whose day it starts (B1).
template <typename WallSpan>
absl::StatusOr<std::vector<WallSpan>> ToSpans(
    absl::string_view path, const std::vector<WallInterval>& intervals) {
  std::vector<WallSpan> spans;
  for (size_t i = 0; i < intervals.size(); ++i) {
    const absl::Status valid =
        CheckInterval(absl::StrCat(path, "[", i, "]"), intervals[i]);
    if (!valid.ok()) return valid;
    const bool crosses = intervals[i].end_second <= intervals[i].start_second;
    spans.push_back({intervals[i].start_second,
                     intervals[i].end_second + (crosses ? kSecondsPerDay : 0)});
  }
  std::sort(
      spans.begin(), spans.end(),
      [](const WallSpan& a, const WallSpan& b) { return a.start < b.start; });
  return spans;
}

// `effective` is the local date from which the version counts.
absl::StatusOr<std::vector<Date>> HolidayDates(const std::string& path,
                                               const Holiday& holiday,
                                               Date effective) {
  const absl::Status valid =
      CheckDate(absl::StrCat(path, ".date"), holiday.date);
  if (!valid.ok()) return valid;
  if (holiday.recurrence.empty()) return std::vector<Date>{holiday.date};
  if (holiday.date < YearsLater(effective, -kMaxRecurrenceAgeYears)) {
    return Error(
        absl::StrCat(path, ".date"),
        absl::StrCat(
            "a recurring holiday may begin at most ", kMaxRecurrenceAgeYears,
            " years before its version's effective time: begin it later"));
  }
  absl::StatusOr<std::vector<Date>> dates = ExpandRecurrence(
      holiday.recurrence, holiday.date, YearsLater(effective, kHorizonYears));
  if (!dates.ok())
    return Error(absl::StrCat(path, ".recurrence"), dates.status().message());
  std::vector<Date> exceptions = holiday.exceptions;
  std::sort(exceptions.begin(), exceptions.end());
  dates->erase(std::remove_if(dates->begin(), dates->end(),
                              [&](Date date) {
                                return std::binary_search(
                                    exceptions.begin(), exceptions.end(), date);
                              }),
               dates->end());
  return dates;
}

}  // namespace

absl::StatusOr<Schedule> Schedule::Compile(const HoursVersion& version,
                                           absl::string_view path) {
  Schedule schedule;
  absl::StatusOr<absl::TimeZone> zone = LoadZone(version.time_zone);
  if (!zone.ok())
    return Error(absl::StrCat(path, ".time_zone"), zone.status().message());
  schedule.zone_ = *zone;
  if (version.effective_time < Instant::Min() ||
      version.effective_time > Instant::Max()) {
    return Error(absl::StrCat(path, ".effective_time"),
                 "must be in the years 0001 to 9999");
  }
  size_t weekly_count = 0;
  for (int weekday = 0; weekday < 7; ++weekday) {
    auto spans = ToSpans<WallSpan>(absl::StrCat(path, ".weekly[", weekday, "]"),
                                   version.weekly[weekday]);
    if (!spans.ok()) return spans.status();
    schedule.weekly_[weekday] = *std::move(spans);
    weekly_count += version.weekly[weekday].size();
  }
  absl::Status valid = CheckCount(absl::StrCat(path, ".weekly"), weekly_count,
                                  kMaxWeeklyIntervals);
  if (valid.ok()) valid = schedule.AddHolidays(version, path);
  if (valid.ok()) valid = schedule.AddOverrides(version, path);
  if (!valid.ok()) return valid;
  return schedule;
}

absl::Status Schedule::AddHolidays(const HoursVersion& version,
                                   absl::string_view path) {
  const absl::Status count = CheckCount(absl::StrCat(path, ".holidays"),
                                        version.holidays.size(), kMaxHolidays);
  if (!count.ok()) return count;
  const Date effective(
      absl::ToCivilSecond(version.effective_time.ToAbsl(), zone_));
  for (size_t i = 0; i < version.holidays.size(); ++i) {
    const Holiday& holiday = version.holidays[i];
    const std::string own_path = absl::StrCat(path, ".holidays[", i, "]");
    const WallInterval part =
        holiday.part.value_or(WallInterval{0, kSecondsPerDay});
    if (part.start_second < 0 || part.end_second > kSecondsPerDay ||
        part.start_second >= part.end_second) {
      return Error(absl::StrCat(own_path, ".part"),
                   "must start before it ends, from 00:00 to 24:00 of its "
                   "date: write one that "
                   "crosses midnight as two holidays");
    }
    absl::StatusOr<std::vector<Date>> dates =
        HolidayDates(own_path, holiday, effective);
    if (!dates.ok()) return dates.status();
    const int name = static_cast<int>(names_.size());
    names_.push_back(holiday.name);
    for (Date date : *dates) {
      holidays_.push_back(
          {ToDayNumber(date), {part.start_second, part.end_second}, name});
    }
    const absl::Status total = CheckCount(absl::StrCat(path, ".holidays"),
                                          holidays_.size(), kMaxHolidayDates);
    if (!total.ok()) return total;
  }
  std::stable_sort(holidays_.begin(), holidays_.end(),
                   [](const HolidayDate& a, const HolidayDate& b) {
                     return std::pair(a.day, a.span.start) <
                            std::pair(b.day, b.span.start);
                   });
  return absl::OkStatus();
}

absl::Status Schedule::AddOverrides(const HoursVersion& version,
                                    absl::string_view path) {
  const absl::Status count =
      CheckCount(absl::StrCat(path, ".overrides"), version.overrides.size(),
                 kMaxOverrides);
  if (!count.ok()) return count;
  for (size_t i = 0; i < version.overrides.size(); ++i) {
    const Override& entry = version.overrides[i];
    const std::string own_path = absl::StrCat(path, ".overrides[", i, "]");
    absl::Status valid = CheckDate(absl::StrCat(own_path, ".date"), entry.date);
    const std::string intervals_path = absl::StrCat(own_path, ".intervals");
    if (valid.ok()) {
      valid = CheckCount(intervals_path, entry.intervals.size(),
                         kMaxOverrideIntervals);
    }
    if (!valid.ok()) return valid;
    auto spans = ToSpans<WallSpan>(intervals_path, entry.intervals);
    if (!spans.ok()) return spans.status();
    overrides_.push_back({ToDayNumber(entry.date), *std::move(spans),
                          static_cast<int>(names_.size())});
    names_.push_back(entry.name);
  }
  std::sort(overrides_.begin(), overrides_.end(),
            [](const OverrideDate& a, const OverrideDate& b) {
              return a.day < b.day;
            });
  const auto twice =
      std::adjacent_find(overrides_.begin(), overrides_.end(),
                         [](const OverrideDate& a, const OverrideDate& b) {
                           return a.day == b.day;
                         });
  if (twice != overrides_.end()) {
    return Error(absl::StrCat(path, ".overrides"),
                 absl::StrCat("has two for ",
                              absl::FormatCivilTime(FromDayNumber(twice->day)),
                              ": give one, with all intervals of that date"));
  }
  return absl::OkStatus();
}

}  // namespace charter::sla

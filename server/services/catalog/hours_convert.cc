#include "server/services/catalog/hours_convert.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "server/services/shared/time_convert.h"

namespace charter::services {
namespace {

constexpr int kDaySeconds = 86400;

bool TwoDigits(absl::string_view text, int* value) {
  return text.size() == 2 && absl::ascii_isdigit(text[0]) &&
         absl::ascii_isdigit(text[1]) && absl::SimpleAtoi(text, value);
}

int WallTime(absl::string_view text, const std::string& path,
             FieldViolations* violations) {
  absl::StatusOr<int> second = ParseWallTime(text);
  if (second.ok()) return *second;
  violations->Add(path, ErrorReason::INVALID_TIME, second.status().message());
  return 0;
}

// A wall time at which an interval may start.
int StartTime(absl::string_view text, const std::string& path,
              FieldViolations* violations) {
  const int second = WallTime(text, path, violations);
  if (second < kDaySeconds) return second;
  violations->Add(path, ErrorReason::INVALID_TIME,
                  "is the end of the day: a start is before 24:00");
  return 0;
}

sla::Date DateOf(const google::type::Date& date, const std::string& path,
                 FieldViolations* violations) {
  const std::optional<sla::Date> day = ToDate(date);
  if (day.has_value()) return *day;
  violations->Add(
      path, ErrorReason::INVALID_DATE,
      "is not a date of the years 1 to 9999 with year, month and day");
  return sla::Date(2000, 1, 1);
}

sla::Holiday ToHoliday(const v1::Holiday& holiday, const std::string& path,
                       FieldViolations* violations) {
  sla::Holiday result;
  result.name = holiday.display_name();
  result.date = DateOf(holiday.date(), absl::StrCat(path, ".date"), violations);
  result.recurrence = holiday.recurrence();
  for (int i = 0; i < holiday.exceptions_size(); ++i) {
    result.exceptions.push_back(
        DateOf(holiday.exceptions(i),
               absl::StrCat(path, ".exceptions[", i, "]"), violations));
  }
  if (holiday.start().empty() && holiday.end().empty()) return result;
  if (holiday.start().empty() || holiday.end().empty()) {
    violations->Add(
        absl::StrCat(path, holiday.start().empty() ? ".start" : ".end"),
        ErrorReason::REQUIRED,
        "a holiday has both start and end, or neither and closes the whole "
        "date");
    return result;
  }
  sla::WallInterval part{
      WallTime(holiday.start(), absl::StrCat(path, ".start"), violations),
      WallTime(holiday.end(), absl::StrCat(path, ".end"), violations)};
  if (part.end_second <= part.start_second) {
    violations->Add(absl::StrCat(path, ".end"), ErrorReason::OUT_OF_RANGE,
                    "a partial holiday ends after it starts, on the same date; "
                    "24:00 is its end");
  }
  result.part = part;
  return result;
}

}  // namespace

absl::StatusOr<int> ParseWallTime(absl::string_view text) {
  int hour = 0;
  int minute = 0;
  int second = 0;
  const bool shaped =
      (text.size() == 5 || (text.size() == 8 && text[5] == ':' &&
                            TwoDigits(text.substr(6, 2), &second))) &&
      text[2] == ':' && TwoDigits(text.substr(0, 2), &hour) &&
      TwoDigits(text.substr(3, 2), &minute);
  const int total = hour * 3600 + minute * 60 + second;
  if (!shaped || minute > 59 || second > 59 || total > kDaySeconds) {
    return absl::InvalidArgumentError(
        "is not a wall time from 00:00 to 24:00, written HH:MM or HH:MM:SS");
  }
  return total;
}

sla::HoursVersion ToHoursVersion(const v1::HoursDefinition& definition,
                                 sla::Instant effective_time,
                                 absl::string_view path,
                                 FieldViolations* violations) {
  sla::HoursVersion version;
  version.effective_time = effective_time;
  version.time_zone = definition.time_zone();
  for (int i = 0; i < definition.weekly_size(); ++i) {
    const v1::WeeklyInterval& interval = definition.weekly(i);
    const std::string at = absl::StrCat(path, ".weekly[", i, "]");
    if (interval.day() < google::type::MONDAY ||
        interval.day() > google::type::SUNDAY) {
      violations->Add(absl::StrCat(at, ".day"), ErrorReason::REQUIRED,
                      "is not a day of the week");
      continue;
    }
    version.weekly[interval.day() - google::type::MONDAY].push_back(
        {StartTime(interval.start(), absl::StrCat(at, ".start"), violations),
         WallTime(interval.end(), absl::StrCat(at, ".end"), violations)});
  }
  for (int i = 0; i < definition.holidays_size(); ++i) {
    version.holidays.push_back(
        ToHoliday(definition.holidays(i),
                  absl::StrCat(path, ".holidays[", i, "]"), violations));
  }
  for (int i = 0; i < definition.overrides_size(); ++i) {
    const v1::HoursOverride& replaced = definition.overrides(i);
    const std::string at = absl::StrCat(path, ".overrides[", i, "]");
    sla::Override result;
    result.name = replaced.display_name();
    result.date =
        DateOf(replaced.date(), absl::StrCat(at, ".date"), violations);
    for (int j = 0; j < replaced.intervals_size(); ++j) {
      const std::string of = absl::StrCat(at, ".intervals[", j, "]");
      result.intervals.push_back(
          {StartTime(replaced.intervals(j).start(), absl::StrCat(of, ".start"),
                     violations),
           WallTime(replaced.intervals(j).end(), absl::StrCat(of, ".end"),
                    violations)});
    }
    version.overrides.push_back(std::move(result));
  }
  return version;
}

void CheckHours(const v1::HoursDefinition& definition,
                sla::Instant effective_time, bool first, absl::string_view path,
                FieldViolations* violations) {
  const size_t before = violations->size();
  const sla::HoursVersion version =
      ToHoursVersion(definition, effective_time, path, violations);
  if (violations->size() != before) return;
  sla::HoursDefinition alone;
  // A later one counts from its effective time only, so it comes second.
  alone.versions.assign(first ? 1 : 2, version);
  const absl::Status compiled = sla::BusinessHours::Compile(alone).status();
  if (compiled.ok()) return;
  // "versions[0].time_zone: …" becomes the client's own field and its text.
  const absl::string_view message = compiled.message();
  const size_t colon = message.find(": ");
  if (colon == absl::string_view::npos) {
    violations->Add(path, ErrorReason::INVALID, message);
    return;
  }
  violations->Add(
      absl::StrReplaceAll(message.substr(0, colon),
                          {{"versions[0]", path}, {"versions[1]", path}}),
      ErrorReason::INVALID, message.substr(colon + 2));
}

}  // namespace charter::services

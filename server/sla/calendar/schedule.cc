#include "server/sla/calendar/schedule.h"

#include <algorithm>
#include <utility>

namespace charter::sla {
namespace {

constexpr Interval kAllTime{Instant::Min(),
                            Instant::Max() + Duration::Micros(1)};

// An interval of a date may reach into the next one, and a zone that crosses
// the date line skips or repeats a whole date.
constexpr DayNumber kDatesBefore = 3;
constexpr DayNumber kDatesAfter = 2;

void Append(Interval interval, Interval range, std::vector<Interval>* open) {
  interval.from = std::max(interval.from, range.from);
  interval.to = std::min(interval.to, range.to);
  if (interval.from >= interval.to) return;
  if (!open->empty() && open->back().to >= interval.from) {
    open->back().to = std::max(open->back().to, interval.to);
  } else {
    open->push_back(interval);
  }
}

}  // namespace

std::pair<DayNumber, DayNumber> Schedule::DatesAround(Interval range) const {
  const auto local_date = [this](Instant t) {
    return ToDayNumber(Date(absl::ToCivilSecond(t.ToAbsl(), zone_)));
  };
  return {local_date(range.from) - kDatesBefore,
          local_date(range.to) + kDatesAfter};
}

const Schedule::OverrideDate* Schedule::FindOverride(DayNumber day) const {
  const auto found =
      std::lower_bound(overrides_.begin(), overrides_.end(), day,
                       [](const OverrideDate& entry, DayNumber wanted) {
                         return entry.day < wanted;
                       });
  return found != overrides_.end() && found->day == day ? &*found : nullptr;
}

void Schedule::AppendOpen(Interval range, std::vector<Interval>* open) const {
  if (range.from >= range.to) return;
  const auto [first, last] = DatesAround(range);
  LocalTimeReader reader(zone_);

  std::vector<Span> spans;
  for (DayNumber day = first; day <= last; ++day) {
    const OverrideDate* override_date = FindOverride(day);
    for (const WallSpan& wall : override_date != nullptr
                                    ? override_date->spans
                                    : weekly_[WeekdayOf(day)]) {
      const Span span{reader.Read(day, wall.start), reader.Read(day, wall.end)};
      if (span.start < span.end) spans.push_back(span);
    }
  }
  const auto by_start = [](const Span& a, const Span& b) {
    return a.start < b.start;
  };
  if (!std::is_sorted(spans.begin(), spans.end(), by_start)) {
    std::sort(spans.begin(), spans.end(), by_start);
  }

  std::vector<Span> closed;
  for (auto holiday =
           std::lower_bound(holidays_.begin(), holidays_.end(), first,
                            [](const HolidayDate&entry, DayNumber day) {
                              return entry.day < day;
                            });
       holiday != holidays_.end() && holiday->day <= last; ++holiday) {
    closed.push_back({reader.Read(holiday->day, holiday->span.start),
                      reader.Read(holiday->day, holiday->span.end)});
  }
  std::sort(closed.begin(), closed.end(), by_start);

  // Both lists are in order of their starts, and what a span has left over
  // `position` is still to be looked at.
  size_t next_closed = 0;
  const auto append = [&](int64_t from, int64_t to) {
    if (from < to)
      Append({Instant::FromSeconds(from), Instant::FromSeconds(to)}, range,
             open);
  };
  for (const Span& span : spans) {
    // Spans may overlap, but none starts before an earlier one, so a holiday
    // that ended before this one's start is done with.
    while (next_closed < closed.size() && closed[next_closed].end <= span.start)
      ++next_closed;
    int64_t position = span.start;
    for (size_t i = next_closed;
         i < closed.size() && closed[i].start < span.end; ++i) {
      append(position, closed[i].start);
      position = std::max(position, closed[i].end);
    }
    append(position, span.end);
  }
}

std::vector<ExplainedInterval> Schedule::NamedClosures(Interval range) const {
  std::vector<ExplainedInterval> closures;
  if (range.from >= range.to) return closures;
  const auto [first, last] = DatesAround(range);
  // What is left of `span` after `position`, cut to the range.
  const auto append = [&](int64_t from, int64_t to, OpenCause cause, int name) {
    Interval span{Instant::FromSeconds(from), Instant::FromSeconds(to)};
    span.from = std::max(span.from, range.from);
    if (!closures.empty())
      span.from = std::max(span.from, closures.back().interval.to);
    span.to = std::min(span.to, range.to);
    if (span.from < span.to) closures.push_back({span, cause, names_[name]});
  };

  std::vector<std::pair<Span, int>> holidays;
  for (const HolidayDate& holiday : holidays_) {
    if (holiday.day < first || holiday.day > last) continue;
    holidays.push_back({{ReadLocalTime(zone_, holiday.day, holiday.span.start),
                         ReadLocalTime(zone_, holiday.day, holiday.span.end)},
                        holiday.name});
  }
  std::stable_sort(holidays.begin(), holidays.end(),
                   [](const auto& a, const auto& b) {
                     return a.first.start < b.first.start;
                   });
  auto holiday = holidays.begin();
  for (const OverrideDate& entry : overrides_) {
    if (entry.day < first || entry.day > last) continue;
    const int64_t end = ReadLocalTime(zone_, entry.day, kSecondsPerDay);
    int64_t position = ReadLocalTime(zone_, entry.day, 0);
    for (; holiday != holidays.end() && holiday->first.start < end; ++holiday) {
      append(position, holiday->first.start, OpenCause::kOverride, entry.name);
      append(holiday->first.start, holiday->first.end, OpenCause::kHoliday,
             holiday->second);
      position = std::max(position, holiday->first.end);
    }
    append(position, end, OpenCause::kOverride, entry.name);
  }
  for (; holiday != holidays.end(); ++holiday) {
    append(holiday->first.start, holiday->first.end, OpenCause::kHoliday,
           holiday->second);
  }
  return closures;
}

bool Schedule::EverOpens(Instant effective_time, bool is_first) const {
  std::vector<Interval> open;
  const auto opens_in = [&](Instant from, Instant to) {
    AppendOpen({std::max(from, kAllTime.from), std::min(to, kAllTime.to)},
               &open);
    return !open.empty();
  };
  // Most sets open within weeks, so little is looked at first.
  const Instant soon = effective_time + Duration::Hours(24 * 30);
  if (opens_in(effective_time, soon)) return true;
  if (opens_in(soon, effective_time + BusinessHours::kSearchLimit)) return true;
  for (const OverrideDate& entry : overrides_) {
    const Instant date =
        Instant::FromSeconds(ReadLocalTime(zone_, entry.day, 0));
    const Instant from = is_first ? date : std::max(date, effective_time);
    if (opens_in(from, date + Duration::Hours(3 * 24))) return true;
  }
  return false;
}

std::vector<DayNumber> Schedule::NamedDates() const {
  std::vector<DayNumber> dates;
  for (const HolidayDate& holiday : holidays_) dates.push_back(holiday.day);
  for (const OverrideDate& entry : overrides_) dates.push_back(entry.day);
  std::sort(dates.begin(), dates.end());
  return dates;
}

}  // namespace charter::sla

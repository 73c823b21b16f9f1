#include "tests/server/sla/calendar/minute_model.h"

#include <algorithm>
#include <set>

namespace charter::sla {
namespace {

// When the clocks of `zone` show `local` (B3): the earliest instant at which
// they do; if they never do, as if they hadn't been changed yet.
absl::Time WhenClocksShow(absl::TimeZone zone, absl::CivilSecond local) {
  const absl::Time as_utc = absl::FromCivil(local, absl::UTCTimeZone());
  std::set<int> offsets;
  for (int hours = -50; hours <= 50; ++hours) {
    offsets.insert(zone.At(as_utc + absl::Hours(hours)).offset);
  }
  // The largest offset gives the earliest instant.
  for (auto offset = offsets.rbegin(); offset != offsets.rend(); ++offset) {
    const absl::Time t = as_utc - absl::Seconds(*offset);
    if (absl::ToCivilSecond(t, zone) == local) return t;
  }
  const absl::Time before_the_gap = as_utc - absl::Seconds(*offsets.rbegin());
  return as_utc - absl::Seconds(zone.At(before_the_gap).offset);
}

struct Stretch {
  absl::Time from;
  absl::Time to;
  bool Holds(absl::Time t) const { return from <= t && t < to; }
};

Stretch InUtc(absl::TimeZone zone, Date date, const WallInterval& wall) {
  const absl::CivilSecond midnight(date);
  const int next_day = wall.end_second <= wall.start_second ? 86400 : 0;
  return {WhenClocksShow(zone, midnight + wall.start_second),
          WhenClocksShow(zone, midnight + wall.end_second + next_day)};
}

int Weekday(Date date) { return static_cast<int>(absl::GetWeekday(date)); }

}  // namespace

MinuteModel::MinuteModel(const HoursVersion& version, absl::TimeZone zone,
                         Instant from, Instant to)
    : from_(from) {
  std::vector<Stretch> open;
  const Date first(absl::ToCivilSecond(from.ToAbsl(), zone) - 3 * 86400);
  const Date last(absl::ToCivilSecond(to.ToAbsl(), zone) + 3 * 86400);
  for (Date date = first; date <= last; ++date) {
    const std::vector<WallInterval>* intervals = &version.weekly[Weekday(date)];
    for (const Override& entry : version.overrides) {
      if (entry.date == date) intervals = &entry.intervals;
    }
    for (const WallInterval& wall : *intervals)
      open.push_back(InUtc(zone, date, wall));
  }
  std::vector<Stretch> closed;
  for (const Holiday& holiday : version.holidays) {
    // The only recurrence that the random sets have is four weeks.
    for (int week = 0; week < (holiday.recurrence.empty() ? 1 : 4); ++week) {
      closed.push_back(InUtc(zone, holiday.date + 7 * week,
                             holiday.part.value_or(WallInterval{0, 86400})));
    }
  }
  for (Instant t = from; t < to; t = t + Duration::Minutes(1)) {
    const auto holds = [&](const Stretch& stretch) {
      return stretch.Holds(t.ToAbsl());
    };
    open_.push_back(std::any_of(open.begin(), open.end(), holds) &&
                    std::none_of(closed.begin(), closed.end(), holds));
  }
}

std::optional<Instant> MinuteModel::Add(Instant t, int minutes) const {
  size_t i = Index(t);
  for (; minutes > 0 && i < open_.size(); ++i) minutes -= open_[i] ? 1 : 0;
  if (minutes > 0) return std::nullopt;
  return At(i);
}

std::optional<Instant> MinuteModel::Subtract(Instant t, int minutes) const {
  size_t i = Index(t);
  for (; minutes > 0 && i > 0; --i) minutes -= open_[i - 1] ? 1 : 0;
  if (minutes > 0) return std::nullopt;
  return At(i);
}

int MinuteModel::Between(Instant a, Instant b) const {
  if (b < a) return -Between(b, a);
  int minutes = 0;
  for (size_t i = Index(a); i < Index(b); ++i) minutes += open_[i] ? 1 : 0;
  return minutes;
}

std::optional<Instant> MinuteModel::NextOpening(Instant t) const {
  for (size_t i = Index(t) + 1; i < open_.size(); ++i) {
    if (Opens(i)) return At(i);
  }
  return std::nullopt;
}

std::optional<Instant> MinuteModel::NextClosing(Instant t) const {
  for (size_t i = Index(t) + 1; i < open_.size(); ++i) {
    if (Closes(i)) return At(i);
  }
  return std::nullopt;
}

std::optional<Instant> MinuteModel::PreviousOpening(Instant t) const {
  for (size_t i = Index(t) - 1; i > 0; --i) {
    if (Opens(i)) return At(i);
  }
  return std::nullopt;
}

std::optional<Instant> MinuteModel::PreviousClosing(Instant t) const {
  for (size_t i = Index(t) - 1; i > 0; --i) {
    if (Closes(i)) return At(i);
  }
  return std::nullopt;
}

}  // namespace charter::sla

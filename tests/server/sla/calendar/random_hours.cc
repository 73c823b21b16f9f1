#include "tests/server/sla/calendar/random_hours.h"

#include <algorithm>

#include "tests/server/sla/calendar/hours_builder.h"

namespace charter::sla {
namespace {

// Mostly in the small hours, where clocks change.
int WallTime(Dice& dice, int step, int max) {
  const int until = dice.OneIn(2) ? std::min(Hm(4), max) : max;
  return static_cast<int>(dice.Roll(0, until / step)) * step;
}

WallInterval AnyInterval(Dice& dice, int step) {
  if (dice.OneIn(6)) return {0, Hm(24)};
  const int start = std::min(WallTime(dice, step, Hm(24)), Hm(24) - step);
  // An end at or before the start crosses midnight.
  const int end = dice.OneIn(8) ? start : WallTime(dice, step, Hm(24));
  return {start, end};
}

}  // namespace

HoursVersion RandomVersion(Dice& dice, const std::string& zone, Date around,
                           int step_seconds) {
  HoursVersion version;
  version.time_zone = zone;
  version.effective_time = Instant::From(
      absl::FromCivil(absl::CivilSecond(around), absl::UTCTimeZone()));
  for (auto& day : version.weekly) {
    for (int64_t n = dice.Roll(0, 3); n > 0; --n)
      day.push_back(AnyInterval(dice, step_seconds));
  }
  // At least one, so that the set opens.
  version.weekly[dice.Roll(0, 6)].push_back({Hm(9), Hm(17)});
  for (int64_t n = dice.Roll(0, 4); n > 0; --n) {
    Holiday holiday{"holiday", around + dice.Roll(-10, 10), {}, "", {}};
    if (dice.OneIn(2)) {
      const int start =
          std::min(WallTime(dice, step_seconds, Hm(24)), Hm(24) - step_seconds);
      const int end =
          std::max(WallTime(dice, step_seconds, Hm(24)), start + step_seconds);
      holiday.part = WallInterval{start, end};
    }
    if (dice.OneIn(4)) holiday.recurrence = "FREQ=WEEKLY;COUNT=4";
    version.holidays.push_back(holiday);
  }
  for (int64_t n = dice.Roll(0, 3); n > 0; --n) {
    // 3, 4 or 5 days apart, so that no date has two.
    Override entry{"override", around - 12 + n * 5 + dice.Roll(0, 2), {}};
    for (int64_t m = dice.Roll(0, 3); m > 0; --m) {
      entry.intervals.push_back(AnyInterval(dice, step_seconds));
    }
    version.overrides.push_back(entry);
  }
  return version;
}

}  // namespace charter::sla

// The invariants of B4 over random calendars in every zone of tzdata, across
// its clock changes. CHARTER_TEST_FULL=1 runs many more; a failure prints what
// to set RC_PARAMS to, to see it again.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/sla/calendar/business_hours.h"
#include "tests/server/sla/calendar/hours_builder.h"
#include "tests/server/sla/calendar/random_hours.h"
#include "tests/server/sla/calendar/zones.h"

namespace charter::sla {
namespace {

// Before rapidcheck reads it; one set from outside wins.
const bool kSized = [] {
  return setenv("RC_PARAMS",
                absl::StrCat("max_success=", TestSize(5, 200)).c_str(), 0) == 0;
}();

// A compiled random set in one zone, and an instant near a change of its
// clocks.
struct Case {
  std::string zone;
  std::shared_ptr<const BusinessHours> hours;
  Instant change;

  Instant Near(Dice& dice) const {
    const Duration reach = Duration::Hours(dice.OneIn(3) ? 2 : 5 * 24);
    return change +
           Duration::Micros(dice.Roll(-reach.micros(), reach.micros()));
  }
};

Case RandomCase(Dice& dice, const Zone& zone) {
  Case one{zone.name, nullptr, At("2026-03-08T07:00:00Z")};
  if (!zone.changes.empty()) {
    one.change = zone.changes[dice.Roll(
        0, static_cast<int64_t>(zone.changes.size()) - 1)];
  }
  const Date around(absl::ToCivilSecond(one.change.ToAbsl(), zone.zone));
  std::vector<HoursVersion> versions = {
      RandomVersion(dice, zone.name, around, 60)};
  if (dice.OneIn(3)) {
    versions.push_back(RandomVersion(dice, zone.name, around, 900));
    versions.back().effective_time = one.Near(dice);
  }
  one.hours = Hours::CompileAll(versions);
  return one;
}

// Checks `property(dice, case)` with one random case for each zone.
template <typename Property>
void CheckInEveryZone(const std::string& description, Property property) {
  ASSERT_TRUE(kSized);
  ASSERT_GT(AllZones().size(), 400u);
  EXPECT_TRUE(rc::check(description, [&](uint64_t seed) {
    for (const Zone& zone : AllZones()) {
      Dice dice(seed ^ std::hash<std::string>()(zone.name));
      const Case one = RandomCase(dice, zone);
      for (int i = 0; i < 4; ++i) {
        const std::string problem = property(dice, one);
        if (!problem.empty()) RC_FAIL(absl::StrCat(zone.name, ": ", problem));
      }
    }
  }));
}

Duration RandomOpenTime(Dice& dice) {
  return Duration::Micros(dice.OneIn(3)
                              ? dice.Roll(0, 8) * 3600000000
                              : dice.Roll(0, Duration::Hours(60).micros()));
}

std::string Facts(Instant t, Duration d) {
  return absl::StrCat(" t=", Text(t), " d=", absl::FormatDuration(d.ToAbsl()));
}

TEST(InvariantsTest, B4_AddIsTheEarliestInstantByWhichTheTimeHasPassed) {
  CheckInEveryZone(
      "between(t, add(t, d)) = d, and not before",
      [](Dice& dice, const Case& one) {
        const Instant t = one.Near(dice);
        const Duration d = RandomOpenTime(dice);
        const auto sum = one.hours->Add(t, d);
        if (!sum.ok()) return std::string(sum.status().message()) + Facts(t, d);
        if (one.hours->Between(t, *sum) != d)
          return "between is not d" + Facts(t, d);
        if (d > Duration::Zero() &&
            one.hours->Between(t, *sum - Duration::Micros(1)) == d) {
          return "there is an earlier one" + Facts(t, d);
        }
        return std::string();
      });
}

TEST(InvariantsTest, B4_SubtractMirrorsAdd) {
  CheckInEveryZone(
      "between(subtract(t, d), t) = d, and not later",
      [](Dice& dice, const Case& one) {
        const Instant t = one.Near(dice);
        const Duration d = RandomOpenTime(dice);
        const auto difference = one.hours->Subtract(t, d);
        if (!difference.ok())
          return std::string(difference.status().message()) + Facts(t, d);
        if (one.hours->Between(*difference, t) != d)
          return "between is not d" + Facts(t, d);
        if (d > Duration::Zero() &&
            one.hours->Between(*difference + Duration::Micros(1), t) == d) {
          return "there is a later one" + Facts(t, d);
        }
        // There and back again passes no open time.
        const auto sum = one.hours->Add(t, d);
        if (!sum.ok()) return std::string(sum.status().message()) + Facts(t, d);
        const auto back = one.hours->Subtract(*sum, d);
        if (!back.ok())
          return std::string(back.status().message()) + Facts(t, d);
        if (one.hours->Between(t, *back) != Duration::Zero() ||
            (*back < t && d > Duration::Zero())) {
          return "subtract(add(t, d), d) is elsewhere" + Facts(t, d);
        }
        return std::string();
      });
}

TEST(InvariantsTest, B4_BetweenIsAdditiveOverAnySplit) {
  CheckInEveryZone("between(a, c) = between(a, b) + between(b, c)",
                   [](Dice& dice, const Case& one) {
                     const Instant a = one.Near(dice);
                     const Instant b = one.Near(dice);
                     const Instant c = one.Near(dice);
                     return one.hours->Between(a, c) ==
                                    one.hours->Between(a, b) +
                                        one.hours->Between(b, c)
                                ? std::string()
                                : absl::StrCat("not additive at ", Text(a), " ",
                                               Text(b), " ", Text(c));
                   });
}

TEST(InvariantsTest, B4_AddIsMonotoneInBothArguments) {
  CheckInEveryZone(
      "t <= u and d <= e give add(t, d) <= add(u, e)",
      [](Dice& dice, const Case& one) {
        const Instant t = one.Near(dice);
        const Instant u = t + Duration::Micros(dice.Roll(0, 7200000000));
        const Duration d = RandomOpenTime(dice);
        const Duration e = d + Duration::Micros(dice.Roll(0, 7200000000));
        const Instant base = *one.hours->Add(t, d);
        return base <= *one.hours->Add(u, d) && base <= *one.hours->Add(t, e)
                   ? std::string()
                   : "not monotone" + Facts(t, d);
      });
}

TEST(InvariantsTest, B4_WhatIsOpenIsWhatIsCounted) {
  CheckInEveryZone(
      "is_open, intervals, openings, closings and between agree",
      [](Dice& dice, const Case& one) {
        const BusinessHours& hours = *one.hours;
        const Instant a = one.Near(dice);
        const Instant b =
            a + Duration::Micros(dice.Roll(1, Duration::Hours(72).micros()));
        const std::string at = absl::StrCat(" at ", Text(a), " ", Text(b));
        const Duration tick = Duration::Micros(1);
        if ((hours.Between(a, a + tick) == tick) != hours.IsOpen(a))
          return "is_open" + at;
        Duration sum;
        Instant position = a;
        for (const Interval& open : hours.Intervals(a, b)) {
          if (open.from < position || open.to > b || open.from >= open.to)
            return "order" + at;
          if (position == open.from && position != a)
            return "touching intervals" + at;
          if (!hours.IsOpen(open.from) || !hours.IsOpen(open.to - tick))
            return "interval" + at;
          if (open.from > a && hours.NextOpening(open.from - tick) != open.from)
            return "opening" + at;
          if (open.to < b && hours.IsOpen(open.to)) return "closing" + at;
          if (open.to < b && hours.NextClose(open.from) != open.to)
            return "next_close" + at;
          if (open.to < b && hours.PreviousClosing(open.to + tick) != open.to)
            return "prev" + at;
          sum += open.to - open.from;
          position = open.to;
        }
        if (sum != hours.Between(a, b)) return "sum" + at;
        return std::string();
      });
}

TEST(InvariantsTest, B8_TheExplanationHasNoGapAndAgreesWithBetween) {
  CheckInEveryZone("explain", [](Dice& dice, const Case& one) {
    const Instant a = one.Near(dice);
    const Instant b =
        a + Duration::Micros(dice.Roll(1, Duration::Hours(72).micros()));
    const std::string at = absl::StrCat(" at ", Text(a), " ", Text(b));
    Instant position = a;
    Duration open;
    for (const ExplainedInterval& piece : one.hours->Explain(a, b)) {
      if (piece.interval.from != position) return "gap" + at;
      if (piece.interval.to <= position) return "empty piece" + at;
      if (piece.cause == OpenCause::kOpen) open += piece.interval.to - position;
      if (piece.name.empty() != (piece.cause == OpenCause::kOpen ||
                                 piece.cause == OpenCause::kOutsideHours)) {
        return "name" + at;
      }
      position = piece.interval.to;
    }
    if (position != b) return "end" + at;
    if (open != one.hours->Between(a, b)) return "sum" + at;
    return std::string();
  });
}

}  // namespace
}  // namespace charter::sla

// The engine against a slow second reading of the rules (B1 to B4), in every
// zone of tzdata around its clock changes. CHARTER_TEST_FULL=1 runs many more.
#include "tests/server/sla/calendar/minute_model.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "server/sla/calendar/business_hours.h"
#include "tests/server/sla/calendar/hours_builder.h"
#include "tests/server/sla/calendar/random_hours.h"
#include "tests/server/sla/calendar/zones.h"

namespace charter::sla {
namespace {

constexpr Duration kReach = Duration::Hours(4 * 24);

// Does the zone keep whole minutes for a week around t?
bool KeepsMinutes(const absl::TimeZone& zone, Instant t) {
  for (int day = -7; day <= 7; ++day) {
    if (zone.At((t + Duration::Hours(24 * day)).ToAbsl()).offset % 60 != 0)
      return false;
  }
  return true;
}

// What engine and model say of a minute t, as text, for a readable difference.
template <typename Known>
std::string Say(const std::optional<Instant>& answer, const Known& known) {
  return answer.has_value() && known(*answer) ? Text(*answer) : "outside";
}

// Compares one random set with the model; "" or what differs.
std::string Compare(Dice& dice, const Zone& zone, Instant change) {
  const Date around(absl::ToCivilSecond(change.ToAbsl(), zone.zone));
  const HoursVersion version = RandomVersion(dice, zone.name, around, 300);
  const auto hours = Hours::CompileAll({version});
  const Instant minute = Instant::FromSeconds(change.micros() / 60000000 * 60);
  const Instant from = minute - kReach;
  const Instant to = minute + kReach;
  const MinuteModel model(version, zone.zone, from, to);
  const auto known = [&](Instant t) { return from < t && t < to; };

  std::string problems;
  const auto expect = [&](const char* what, Instant t,
                          const std::string& engine,
                          const std::string& expected) {
    if (engine == expected) return;
    problems += std::string(what) + " at " + Text(t) + ": " + engine +
                ", expected " + expected + "\n";
  };
  for (Instant t = from; t < to; t = t + Duration::Minutes(1)) {
    expect("is_open", t, hours->IsOpen(t) ? "open" : "closed",
           model.IsOpen(t) ? "open" : "closed");
  }
  for (int i = 0; i < 10 && problems.empty(); ++i) {
    const Instant a = minute + Duration::Minutes(dice.Roll(-3000, 3000));
    const Instant b = minute + Duration::Minutes(dice.Roll(-3000, 3000));
    const int minutes = static_cast<int>(dice.Roll(1, 1500));
    expect("between", a, std::to_string(hours->Between(a, b).seconds()),
           std::to_string(60 * model.Between(a, b)));
    // Just outside the stretch the model knows nothing.
    const auto sum = hours->Add(a, Duration::Minutes(minutes));
    if (const auto expected = model.Add(a, minutes); expected.has_value()) {
      expect("add", a, sum.ok() ? Text(*sum) : sum.status().ToString(),
             Text(*expected));
    }
    const auto difference = hours->Subtract(a, Duration::Minutes(minutes));
    if (const auto expected = model.Subtract(a, minutes);
        expected.has_value()) {
      expect(
          "subtract", a,
          difference.ok() ? Text(*difference) : difference.status().ToString(),
          Text(*expected));
    }
    expect("next_opening", a, Say(hours->NextOpening(a), known),
           Say(model.NextOpening(a), known));
    expect("next_close", a, Say(hours->NextClose(a), known),
           Say(model.NextClosing(a), known));
    expect("previous_open", a, Say(hours->PreviousOpen(a), known),
           Say(model.PreviousOpening(a), known));
    expect("previous_closing", a, Say(hours->PreviousClosing(a), known),
           Say(model.PreviousClosing(a), known));
  }
  return problems;
}

TEST(MinuteModelTest, B3_TheEngineAgreesWithAWalkThroughTheMinutesInEveryZone) {
  int compared = 0;
  const int rounds = TestSize(1, 40);
  for (const Zone& zone : AllZones()) {
    Dice dice(std::hash<std::string>()(zone.name));
    for (int round = 0; round < rounds; ++round) {
      Instant change = At("2026-03-08T07:00:00Z");
      if (!zone.changes.empty()) {
        change = zone.changes[dice.Roll(
            0, static_cast<int64_t>(zone.changes.size()) - 1)];
      }
      // The Gregorian calendar repeats after 146 097 days, and a zone's rule
      // with it.
      if (dice.OneIn(3))
        change = change + Duration::Hours(24 * 146097 * dice.Roll(1, 19));
      if (!KeepsMinutes(zone.zone, change)) continue;  // local mean time
      const std::string problems = Compare(dice, zone, change);
      ASSERT_EQ(problems, "") << zone.name << " round " << round;
      ++compared;
    }
  }
  EXPECT_GT(compared, rounds * 400);
}

}  // namespace
}  // namespace charter::sla

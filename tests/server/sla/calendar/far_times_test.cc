// Far-off times (T1) and use from many threads at once.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "server/sla/calendar/business_hours.h"
#include "server/sla/calendar/schedule.h"
#include "tests/server/sla/calendar/hours_builder.h"
#include "tests/server/sla/calendar/random_hours.h"
#include "tests/server/sla/calendar/zones.h"

namespace charter::sla {
namespace {

// Tables of far-off years are shared with earlier ones, so what they say is
// compared here with the days worked out one by one.
TEST(FarTimesTest, T1_InEveryZoneFarOffYearsAreAsTheirDaysSay) {
  for (const Zone& zone : AllZones()) {
    Dice dice(std::hash<std::string>()(zone.name));
    const HoursVersion version =
        Hours(zone.name).Days(0, 4, Hm(1, 30), Hm(23)).version();
    const auto hours = Hours::CompileAll({version});
    const auto schedule = Schedule::Compile(version, "version");
    ASSERT_TRUE(schedule.ok());
    for (int round = 0; round < TestSize(3, 100); ++round) {
      const Instant from = At("0001-01-01T00:00:00Z") +
                           Duration::Hours(24 * dice.Roll(0, 3652059 - 400));
      const Instant to = from + Duration::Hours(24 * 365);
      std::vector<Interval> expected;
      schedule->AppendOpen({from, to}, &expected);
      ASSERT_EQ(hours->Intervals(from, to), expected)
          << zone.name << " from " << Text(from);
    }
  }
}

TEST(FarTimesTest, T1_AStretchOfAllTimeIsTheSumOfItsParts) {
  const auto hours = NewYork().Holiday(Date(2026, 12, 25)).Compile();
  Duration sum;
  for (int year = 1; year <= 9999; year += 101) {
    const auto start = [](int y) {
      return Instant::From(
          absl::FromCivil(absl::CivilSecond(y), absl::UTCTimeZone()));
    };
    sum += hours->Between(start(year), start(year + 101));
  }
  EXPECT_EQ(sum, hours->Between(Instant::Min(), Instant::Max()));
  // 400 years have 20 871 weeks; without holidays each has 40 hours.
  EXPECT_EQ(
      hours->Between(At("3000-01-01T00:00:00Z"), At("3400-01-01T00:00:00Z")),
      Duration::Hours(20871 * 40));
}

TEST(FarTimesTest, B5_InstantsAtTheEndsOfTimeAreAnswered) {
  const auto hours = NewYork().Compile();
  for (Instant t : {Instant::Min(), Instant::Max()}) {
    hours->IsBusinessDay(t);
    hours->NextOpen(t);
    hours->NextClose(t);
    hours->PreviousOpen(t);
    hours->PreviousClosing(t);
    for (int days : {-5000, -1, 1, 5000}) {
      const auto moved = hours->AddBusinessDays(t, days);
      EXPECT_TRUE(!moved.ok() ||
                  (Instant::Min() <= *moved && *moved <= Instant::Max()));
    }
  }
  EXPECT_EQ(hours->NextClose(Instant::Max()), std::nullopt);
  EXPECT_EQ(hours->PreviousOpen(Instant::Min()), std::nullopt);
  EXPECT_TRUE(hours->NextOpen(Instant::Min()).has_value());
  EXPECT_TRUE(hours->PreviousClose(Instant::Max()).has_value());
}

// The thread sanitizer watches this one.
TEST(FarTimesTest, B4_ManyThreadsMakeAndReadTheTablesAtOnce) {
  const auto shared =
      NewYork().Recurring(Date(2020, 7, 4), "FREQ=YEARLY").Compile();
  const auto alone =
      NewYork().Recurring(Date(2020, 7, 4), "FREQ=YEARLY").Compile();
  std::vector<Instant> expected;
  const auto start = [](int i) {
    return At("1950-01-02T15:00:00Z") + Duration::Hours(24 * 7 * 37 * i);
  };
  for (int i = 0; i < 300; ++i) {
    expected.push_back(*alone->Add(start(i), Duration::Hours(8 * 200)));
  }
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int n = 0; n < 4; ++n) {
    threads.emplace_back([&, n] {
      for (int k = 0; k < 300; ++k) {
        const int i = (k * (2 * n + 1)) % 300;
        if (*shared->Add(start(i), Duration::Hours(8 * 200)) != expected[i])
          ++wrong;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace charter::sla

// What one call of the business hours costs at horizons from a day to ten
// years. The tables are warm and the instants vary, as in a busy server.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "server/sla/calendar/business_hours.h"

namespace {

using charter::sla::BusinessHours;
using charter::sla::Date;
using charter::sla::Duration;
using charter::sla::HoursVersion;
using charter::sla::Instant;

constexpr Instant kStart =
    Instant::FromSeconds(1767621600);  // Monday 2026-01-05 09:00
constexpr int kCalls = 1024;           // a power of two

// Mon-Fri 9-17 in New York with five yearly holidays.
std::shared_ptr<const BusinessHours> Hours() {
  HoursVersion version;
  version.effective_time = kStart;
  version.time_zone = "America/New_York";
  for (int day = 0; day < 5; ++day)
    version.weekly[day] = {{9 * 3600, 17 * 3600}};
  version.holidays = {
      {"New Year's Day", Date(2026, 1, 1), {}, "FREQ=YEARLY", {}},
      {"Memorial Day",
       Date(2026, 5, 25),
       {},
       "FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO",
       {}},
      {"Independence Day", Date(2026, 7, 4), {}, "FREQ=YEARLY", {}},
      {"Thanksgiving",
       Date(2026, 11, 26),
       {},
       "FREQ=YEARLY;BYMONTH=11;BYDAY=4TH",
       {}},
      {"Christmas Day", Date(2026, 12, 25), {}, "FREQ=YEARLY", {}}};
  auto hours = BusinessHours::Compile({.versions = {version}});
  if (!hours.ok()) std::abort();
  return *hours;
}

// Calls whose starts are spread over a tenth of the horizon, and whose lengths
// are up to a tenth shorter than it.
struct Calls {
  std::shared_ptr<const BusinessHours> hours = Hours();
  std::vector<Instant> from;
  std::vector<Instant> to;
  std::vector<Duration> open;

  explicit Calls(int64_t days) {
    std::mt19937_64 random(1);
    const int64_t micros = Duration::Hours(24 * days).micros();
    for (int i = 0; i < kCalls; ++i) {
      from.push_back(kStart +
                     Duration::Micros(static_cast<int64_t>(
                         random() % static_cast<uint64_t>(micros / 10 + 1))));
      to.push_back(
          from.back() +
          Duration::Micros(micros -
                           static_cast<int64_t>(
                               random() % static_cast<uint64_t>(micros / 10))));
      open.push_back(hours->Between(from.back(), to.back()));
    }
  }
};

void BM_Add(benchmark::State& state) {
  const Calls calls(state.range(0));
  size_t i = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(calls.hours->Add(calls.from[i], calls.open[i]));
    i = (i + 1) % kCalls;
  }
}

void BM_Between(benchmark::State& state) {
  const Calls calls(state.range(0));
  size_t i = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(calls.hours->Between(calls.from[i], calls.to[i]));
    i = (i + 1) % kCalls;
  }
}

void BM_IsOpen(benchmark::State& state) {
  const Calls calls(state.range(0));
  size_t i = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(calls.hours->IsOpen(calls.to[i]));
    i = (i + 1) % kCalls;
  }
}

// Compiling a set and making its first table.
void BM_CompileAndFirstUse(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(Hours()->IsOpen(kStart));
}

void Horizons(benchmark::internal::Benchmark* benchmark) {
  for (int days : {1, 30, 365, 5 * 365, 10 * 365}) benchmark->Arg(days);
}

BENCHMARK(BM_Add)->Apply(Horizons);
BENCHMARK(BM_Between)->Apply(Horizons);
BENCHMARK(BM_IsOpen)->Apply(Horizons);
BENCHMARK(BM_CompileAndFirstUse);

}  // namespace

BENCHMARK_MAIN();

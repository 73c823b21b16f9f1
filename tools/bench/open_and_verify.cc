// What opening a case and verifying an entitlement cost beside their floor:
// the same statements sent by the plain C connector.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tools/bench/floor/comparison.h"
#include "tools/bench/verbs.h"

namespace charter::bench {
namespace {

struct Options {
  int rounds = 3;
  int64_t calls = 0;
  int callers = 64;
};

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

const char* NameOf(FloorKind floor) {
  return floor == FloorKind::kText ? "text" : "prepared";
}

int Compare(const BenchOptions& bench, const Options& options, CallKind kind) {
  if (bench.sqlite || !bench.durable) {
    std::fprintf(stderr, "floors are for a durable MariaDB\n");
    return 1;
  }
  Comparison comparison(kind, {.rounds = options.rounds,
                               .calls = options.calls,
                               .callers = options.callers});
  std::printf(
      "%s: %s; charterd as a process with feed publisher, wake-up worker, "
      "purges and its 8 threads running; %d callers over %d connections by "
      "gRPC; floors: plain C connector, %d connections by TCP\n",
      kind == CallKind::kOpen ? "OpenCase" : "VerifyEntitlement",
      Describe(bench).c_str(), options.callers, kChannels, kFloorConnections);
  std::map<FloorKind, std::vector<double>> ratios;
  for (int round = 0; round <= options.rounds; ++round) {
    LoadResult server;
    std::string cpu;
    comparison.RunServer(round, &server, &cpu);
    std::printf(
        "%s\n  server            %7.0f/s             CPU a call: %s\n"
        "                    %s\n",
        round == 0 ? "warm-up" : absl::StrCat("round ", round).c_str(),
        server.PerSecond(), cpu.c_str(), server.latency.Summary().c_str());
    for (const FloorKind floor : kFloorKinds) {
      LoadResult result;
      comparison.RunFloor(floor, round, &result, &cpu);
      const double ratio = server.PerSecond() / result.PerSecond();
      std::printf("  floor, %-10s %7.0f/s  ratio %.2f CPU a call: %s\n",
                  NameOf(floor), result.PerSecond(), ratio, cpu.c_str());
      if (round > 0) ratios[floor].push_back(ratio);
    }
    std::fflush(stdout);
  }
  std::string differs;
  std::printf("%s", comparison.Counts(&differs).c_str());
  if (!differs.empty()) {
    std::fprintf(stderr, "server and floors did not do the same: %s\n",
                 differs.c_str());
    return 1;
  }
  for (const FloorKind floor : kFloorKinds) {
    std::printf("ratio to the floor, %s, median of %d rounds: %.2f\n",
                NameOf(floor), options.rounds, Median(ratios[floor]));
  }
  return 0;
}

void Add(CLI::App& app, const BenchOptions& bench, std::function<int()>& run,
         const char* name, const char* what, int64_t calls, CallKind kind) {
  CLI::App* verb = app.add_subcommand(name, what);
  auto options = std::make_shared<Options>();
  options->calls = calls;
  verb->add_option("--rounds", options->rounds,
                   "of server and floor each, after one to warm up")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  verb->add_option("--calls", options->calls, "in each round")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  verb->add_option("--callers", options->callers, "at once, on the server")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  verb->callback([&bench, &run, options, kind] {
    run = [&bench, options, kind] { return Compare(bench, *options, kind); };
  });
}

}  // namespace

void AddOpenAndVerify(CLI::App& app, const BenchOptions& options,
                      std::function<int()>& run) {
  Add(app, options, run, "open", "OpenCase beside its floor", 4000,
      CallKind::kOpen);
  Add(app, options, run, "verify", "VerifyEntitlement beside its floor", 40000,
      CallKind::kVerify);
}

}  // namespace charter::bench

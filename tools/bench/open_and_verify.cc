// What opening a case and verifying an entitlement cost beside their floor:
// the same statements sent by the plain C connector.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
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
  bool text = false;
};

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

int Compare(const BenchOptions& bench, const Options& options, CallKind kind) {
  if (bench.sqlite || !bench.durable) {
    std::fprintf(stderr, "floors are for a durable MariaDB\n");
    return 1;
  }
  Comparison comparison(kind, {.rounds = options.rounds,
                               .calls = options.calls,
                               .callers = options.callers,
                               .prepared = !options.text});
  std::printf(
      "%s: %s; charterd as a process with feed publisher, wake-up worker, "
      "purges and its 8 threads running; %d callers over %d connections by "
      "gRPC; floor: plain C connector, %s statements, %d connections by TCP\n",
      kind == CallKind::kOpen ? "OpenCase" : "VerifyEntitlement",
      Describe(bench).c_str(), options.callers, kChannels,
      options.text ? "text" : "prepared", kFloorConnections);
  std::vector<double> ratios;
  for (int round = 0; round <= options.rounds; ++round) {
    LoadResult server;
    LoadResult floor;
    std::string server_cpu;
    std::string floor_cpu;
    comparison.RunServer(round, &server, &server_cpu);
    comparison.RunFloor(round, &floor, &floor_cpu);
    const double ratio = server.PerSecond() / floor.PerSecond();
    std::printf("%-9s server %7.0f/s (%s)  floor %7.0f/s  ratio %.2f\n",
                round == 0 ? "warm-up" : absl::StrCat("round ", round).c_str(),
                server.PerSecond(), server.latency.Summary().c_str(),
                floor.PerSecond(), ratio);
    std::printf("          CPU a call: server %s; floor %s\n",
                server_cpu.c_str(), floor_cpu.c_str());
    std::fflush(stdout);
    if (round > 0) ratios.push_back(ratio);
  }
  std::string differs;
  std::printf("%s", comparison.Counts(&differs).c_str());
  if (!differs.empty()) {
    std::fprintf(stderr, "server and floor did not do the same: %s\n",
                 differs.c_str());
    return 1;
  }
  std::printf("ratio to the floor, median of %d rounds: %.2f\n", options.rounds,
              Median(ratios));
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
  verb->add_flag("--text", options->text,
                 "the floor sends text instead of prepared statements");
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

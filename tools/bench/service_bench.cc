// Measures the service from outside, as its clients see it: charterd as a
// process on a database of its own, all on this machine.
#include <CLI/CLI.hpp>
#include <functional>

#include "tools/bench/load/bench_server.h"
#include "tools/bench/verbs.h"

int main(int argc, char** argv) {
  CLI::App app("Measures a Charter server with its database on this machine.",
               "service_bench");
  app.require_subcommand(1);
  charter::bench::BenchOptions options;
  std::function<int()> run;
  app.add_flag("--sqlite", options.sqlite, "on SQLite instead of MariaDB");
  app.add_flag("!--not-durable", options.durable,
               "MariaDB may lose what it acknowledged, as in tests");
  charter::bench::AddOpenAndVerify(app, options, run);
  charter::bench::AddReserve(app, options, run);
  charter::bench::AddTimers(app, options, run);
  charter::bench::AddFeed(app, options, run);
  CLI11_PARSE(app, argc, argv);
  return run();
}

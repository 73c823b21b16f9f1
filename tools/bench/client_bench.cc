// What the client costs over a bare stub, and the fake in a test.
//
//   client_bench call [--rounds 40]
//   client_bench fake
//   client_bench rows --rows 1000000 [--sqlite]
#include <CLI/CLI.hpp>
#include <cstdio>

#include "tools/bench/client/verbs.h"
#include "tools/bench/load/bench_server.h"

int main(int argc, char** argv) {
  CLI::App app("Measures the client library against bare stubs.",
               "client_bench");
  app.require_subcommand(1);
  int rounds = 40;
  CLI::App* call = app.add_subcommand(
      "call",
      "time and allocations of a call, to a server that answers at once");
  call->add_option("--rounds", rounds)->check(CLI::PositiveNumber);
  CLI::App* fake = app.add_subcommand(
      "fake", "what a test waits for with Charter in its process");
  int64_t rows = 100'000;
  charter::bench::BenchOptions options;
  options.durable = false;
  CLI::App* read = app.add_subcommand(
      "rows", "reading many rows page by page, and following the feed of them");
  read->add_option("--rows", rows)->check(CLI::PositiveNumber);
  read->add_flag("--sqlite", options.sqlite, "on SQLite instead of MariaDB");
  CLI11_PARSE(app, argc, argv);
  if (call->parsed()) {
    charter::bench::MeasureCalls(rounds);
    return 0;
  }
  if (fake->parsed()) {
    charter::bench::MeasureFake(/*rounds=*/100);
    return 0;
  }
  charter::bench::BenchDatabase database(options);
  charter::bench::BenchServer server(database);
  std::printf("charterd on %s\n", charter::bench::Describe(options).c_str());
  const std::string target = server.process().target();
  charter::bench::FillAccounts(target, rows);
  charter::bench::MeasurePages(target, rows);
  charter::bench::MeasureWatch(target, rows);
}

// How long it takes to find who calls (SearchCallers) and what they are
// entitled to (VerifyEntitlement), by how many customers there are: in one
// process, so without gRPC, on a database of its own.
//
//   lookup_bench --customers 100000 [--sqlite]
#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>

#include "tests/support/mariadb_server.h"
#include "tests/support/service_world.h"
#include "tools/bench/lookup/customers.h"

int main(int argc, char** argv) {
  CLI::App app("Measures looking up callers and entitlements.", "lookup_bench");
  int customers = 100'000;
  int times = 300;
  bool sqlite = false;
  app.add_option("--customers", customers,
                 "accounts, each with a contact, an asset and an entitlement")
      ->check(CLI::PositiveNumber);
  app.add_option("--times", times, "of each kind")->check(CLI::PositiveNumber);
  app.add_flag("--sqlite", sqlite, "on SQLite instead of MariaDB");
  CLI11_PARSE(app, argc, argv);
  using charter::storage::Engine;
  if (!sqlite) {
    // As much memory as a database of this size would be given.
    charter::test::MariadbServer& server =
        charter::test::MariadbServer::Shared();
    server.Admin("SET GLOBAL innodb_buffer_pool_size = 4294967296");
    server.Admin("SET GLOBAL innodb_log_file_size = 1073741824");
  }
  charter::test::ServiceWorld world(
      {.engine = sqlite ? Engine::kSqlite : Engine::kMysql});
  const auto begin = std::chrono::steady_clock::now();
  charter::bench::Fill(world, customers);
  std::printf(
      "%s, %d accounts, contacts, assets and entitlements each, filled in "
      "%.0f s\n",
      sqlite ? "SQLite" : "MariaDB", customers,
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin)
          .count());
  charter::bench::MeasureSearches(world, customers, times);
  charter::bench::MeasureVerifications(world, times);
}

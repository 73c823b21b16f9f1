// What is measured: charterd as a process of its own, on a database of its own.
#ifndef CHARTER_TOOLS_BENCH_LOAD_BENCH_SERVER_H_
#define CHARTER_TOOLS_BENCH_LOAD_BENCH_SERVER_H_

#include <memory>
#include <string>
#include <vector>

#include "charter/client/channel.h"
#include "grpcpp/grpcpp.h"
#include "tests/support/child_server.h"
#include "tests/support/mariadb_server.h"
#include "tests/support/temp_dir.h"

namespace charter::bench {

struct BenchOptions {
  bool sqlite = false;  // else MariaDB
  // Each commit is on the disk when it is acknowledged
  // (innodb_flush_log_at_trx_commit = 1 and the engine's own ways of writing;
  // no binary log). False: not so; SQLite is always durable.
  bool durable = true;
};

// "MariaDB, durable", for a report's head.
std::string Describe(const BenchOptions& options);

// An empty database; on MariaDB a private mariadbd with it. Start it on the
// main thread.
class BenchDatabase {
 public:
  explicit BenchDatabase(const BenchOptions& options);
  ~BenchDatabase();

  const std::string& url() const { return url_; }
  // Null on SQLite.
  test::MariadbServer* mariadb() { return mariadb_.get(); }

 private:
  test::TempDir dir_;
  std::unique_ptr<test::MariadbServer> mariadb_;
  std::string url_;
};

// charterd with all of its workers: the publisher of the feed, wake-ups,
// purges. Aborts, with the server's log, when it does not start.
class BenchServer {
 public:
  explicit BenchServer(const BenchDatabase& database);

  // For what comes before it is measured.
  std::shared_ptr<client::Channel> Client();
  // For measuring, by bare stubs. Each has a connection of its own.
  std::vector<std::shared_ptr<grpc::Channel>> Channels(int count);
  test::ChildServer& process() { return process_; }

 private:
  test::ChildServer process_;
};

}  // namespace charter::bench

#endif  // CHARTER_TOOLS_BENCH_LOAD_BENCH_SERVER_H_

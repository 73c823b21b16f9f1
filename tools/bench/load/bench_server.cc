#include "tools/bench/load/bench_server.h"

#include "absl/strings/str_cat.h"

namespace charter::bench {

std::string Describe(const BenchOptions& options) {
  if (options.sqlite) return "SQLite, durable";
  return options.durable ? "MariaDB, durable" : "MariaDB, not durable";
}

BenchDatabase::BenchDatabase(const BenchOptions& options) {
  if (options.sqlite) {
    url_ = absl::StrCat("sqlite://", dir_.File("charter.db"));
    return;
  }
  test::MariadbServer::Options server;
  server.flush_log_at_commit = options.durable ? 1 : 0;
  // As for a server with work to do: nothing waits for a page or for the log's
  // end.
  server.arguments = {"--innodb-buffer-pool-size=2G",
                      "--innodb-log-file-size=1G", "--max-connections=400"};
  mariadb_ = std::make_unique<test::MariadbServer>(server);
  url_ = mariadb_->CreateDatabase();
}

BenchDatabase::~BenchDatabase() = default;

BenchServer::BenchServer(const BenchDatabase& database)
    : process_(database.url()) {}

std::shared_ptr<client::Channel> BenchServer::Client() {
  return client::Channel::Open(
      client::Options().Set<client::EndpointOption>(process_.target()));
}

std::vector<std::shared_ptr<grpc::Channel>> BenchServer::Channels(int count) {
  grpc::ChannelArguments arguments;
  // Else channels to one port share a connection.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetMaxReceiveMessageSize(-1);
  std::vector<std::shared_ptr<grpc::Channel>> channels;
  for (int i = 0; i < count; ++i) {
    channels.push_back(grpc::CreateCustomChannel(
        process_.target(), grpc::InsecureChannelCredentials(), arguments));
  }
  return channels;
}

}  // namespace charter::bench

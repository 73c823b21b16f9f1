#include "tests/support/test_server.h"

#include <openssl/sha.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/observability/log.h"
#include "storage/migrations/schema_listing.h"
#include "storage/sql/statement_log.h"

namespace charter::test {
namespace {

void Check(const absl::Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "test server: %s\n", status.ToString().c_str());
  std::abort();
}

// Once per program: tests read answers, not logs.
void SilenceLog() {
  static const bool done = [] {
    const char* level = std::getenv("CHARTER_TEST_LOG");
    Check(SetUpLog(level == nullptr ? "off" : level));
    return true;
  }();
  (void)done;
}

// Fields with their lengths, so that no two rows look alike.
void AppendRow(const storage::Row& row, std::string* out) {
  for (size_t i = 0; i < row.columns(); ++i) {
    std::string field = "N";
    if (row.kind(i) == storage::Cell::Kind::kInteger) {
      field = absl::StrCat("i", row.Int64(i));
    } else if (row.kind(i) == storage::Cell::Kind::kReal) {
      field = absl::StrCat("r", row.Double(i));
    } else if (row.kind(i) == storage::Cell::Kind::kText) {
      field = absl::StrCat("t", row.Text(i));
    }
    absl::StrAppend(out, field.size(), ":", field);
  }
}

}  // namespace

std::ostream& operator<<(std::ostream& out, Database database) {
  return out << (database == Database::kSqlite ? "Sqlite" : "Mariadb");
}

TestServer::TestServer(TestServerOptions options)
    : options_(std::move(options)) {
  SilenceLog();
  url_ = options_.database == Database::kSqlite
             ? absl::StrCat("sqlite://", dir_.File("charter.db"))
             : MariadbServer::Shared().CreateDatabase();
  if (!options_.tokens.empty()) SetTokens(options_.tokens);
  Start();
}

TestServer::~TestServer() {
  Close();
  if (options_.database == Database::kMariadb) {
    MariadbServer::Shared().DropDatabase(url_);
  }
}

void TestServer::Start() {
  storage::StoreOptions store_options;
  store_options.migrations = &storage::ProductMigrations();
  store_options.inject_error = options_.inject_error;
  store_options.sqlite_max_pages = options_.sqlite_max_pages;
  auto store = storage::OpenStore(url_, store_options);
  Check(store.status());
  store_ = *std::move(store);
  Check(store_->Migrate(clock_.Now()));
  std::unique_ptr<call::Identity> identity = call::Identity::Insecure();
  if (!options_.tokens.empty()) {
    auto from_file = call::Identity::FromFile(
        dir_.File("tokens.toml"), call::Roles(), std::chrono::milliseconds(0));
    Check(from_file.status());
    identity = *std::move(from_file);
  }
  auto server =
      Server::Start(*store_, clock_, std::move(identity), options_.server);
  Check(server.status());
  server_ = *std::move(server);
  grpc::ChannelArguments arguments;
  // Of its own: channels to one port would otherwise share a connection.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetMaxReceiveMessageSize(-1);
  channel_ = grpc::CreateCustomChannel(
      target(), grpc::InsecureChannelCredentials(), arguments);
}

void TestServer::Close() {
  channel_.reset();
  server_.reset();
  store_.reset();
}

void TestServer::Restart() {
  Close();
  Start();
}

std::string TestServer::target() const {
  return absl::StrCat("127.0.0.1:", server_->port());
}

std::shared_ptr<client::Channel> TestServer::Client(
    client::Options options) const {
  return client::Channel::Open(
      std::move(options.Set<client::EndpointOption>(target())));
}

void TestServer::SetTokens(absl::string_view text) {
  // Renamed into place, as an operator's tool would.
  const std::string file = dir_.File("tokens.new");
  std::ofstream(file) << text;
  std::rename(file.c_str(), dir_.File("tokens.toml").c_str());
}

std::string TestServer::HashOfAllTables(
    const std::vector<std::string>& but_not) {
  const storage::UnrecordedStatementTexts mine;
  const auto session = store_->OpenSession();
  absl::StatusOr<std::vector<std::string>> schema =
      storage::ListSchema(*session);
  Check(schema.status());
  // Each line begins with its table: "accounts.name text not null".
  std::set<std::string> tables;
  for (const std::string& line : *schema) {
    tables.insert(line.substr(0, line.find_first_of(" .")));
  }
  for (const std::string& table : but_not) tables.erase(table);
  std::string content;
  storage::TxOptions options;
  options.now = clock_.Now();
  Check(session->Read(options, [&](storage::Transaction& tx) {
    content.clear();
    for (const std::string& table : tables) {
      absl::StatusOr<storage::Rows> rows =
          tx.Query(absl::StrCat("SELECT * FROM ", table));
      if (!rows.ok()) return rows.status();
      std::vector<std::string> lines;
      for (const storage::Row row : *rows) {
        AppendRow(row, &lines.emplace_back());
      }
      std::sort(lines.begin(), lines.end());
      absl::StrAppend(&content, table, "\n", absl::StrJoin(lines, "\n"), "\n");
    }
    return absl::OkStatus();
  }));
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(content.data()), content.size(),
         digest);
  return absl::BytesToHexString(
      absl::string_view(reinterpret_cast<const char*>(digest), sizeof(digest)));
}

std::unique_ptr<grpc::ClientContext> NewContext(absl::string_view token) {
  auto context = std::make_unique<grpc::ClientContext>();
  context->set_deadline(gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC),
                                     gpr_time_from_seconds(60, GPR_TIMESPAN)));
  if (!token.empty()) {
    context->AddMetadata("authorization", absl::StrCat("Bearer ", token));
  }
  return context;
}

google::rpc::Status DetailsOf(const grpc::Status& status) {
  google::rpc::Status details;
  details.ParseFromString(status.error_details());
  return details;
}

google::rpc::ErrorInfo ErrorInfoOf(const grpc::Status& status) {
  return DetailOf<google::rpc::ErrorInfo>(status);
}

std::string ReasonOf(const grpc::Status& status) {
  return ErrorInfoOf(status).reason();
}

google::rpc::BadRequest BadRequestOf(const grpc::Status& status) {
  return DetailOf<google::rpc::BadRequest>(status);
}

std::string ViolationsOf(const grpc::Status& status) {
  const google::rpc::BadRequest bad = BadRequestOf(status);
  return absl::StrJoin(bad.field_violations(), ", ",
                       [](std::string* out, const auto& violation) {
                         absl::StrAppend(out, violation.field(), " ",
                                         violation.reason());
                       });
}

}  // namespace charter::test

// The real server in this process, over loopback TCP, with a clock of its own.
#ifndef CHARTER_TESTS_SUPPORT_TEST_SERVER_H_
#define CHARTER_TESTS_SUPPORT_TEST_SERVER_H_

#include <functional>
#include <map>
#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "charter/client/channel.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "grpcpp/grpcpp.h"
#include "server/server.h"
#include "storage/store.h"
#include "tests/support/mariadb_server.h"
#include "tests/support/simulated_clock.h"
#include "tests/support/temp_dir.h"

namespace charter::test {

enum class Database { kSqlite, kMariadb };
// For INSTANTIATE_TEST_SUITE_P: the suite runs on both.
//   INSTANTIATE_TEST_SUITE_P(All, MyTest, testing::ValuesIn(kDatabases),
//                            testing::PrintToStringParamName());
inline constexpr Database kDatabases[] = {Database::kSqlite,
                                          Database::kMariadb};
std::ostream& operator<<(std::ostream& out, Database database);

struct TestServerOptions {
  Database database = Database::kSqlite;
  // The text of a token file (server/call/identity.h); empty: everybody is
  // admin.
  std::string tokens;
  ServerOptions server = {.background = false};
  // See storage/store.h.
  std::function<int(absl::string_view sql)> inject_error;
  int64_t sqlite_max_pages = 0;
};

// Aborts when anything goes wrong at the start.
class TestServer {
 public:
  explicit TestServer(TestServerOptions options = {});
  ~TestServer();

  SimulatedClock& clock() { return clock_; }
  Server& server() { return *server_; }
  services::Services& services() { return server_->services(); }
  storage::Store& store() { return *store_; }
  const std::string& database_url() const { return url_; }
  std::string target() const;

  // For whoever calls as callers do: the SDK, with these options besides.
  std::shared_ptr<client::Channel> Client(client::Options options = {}) const;
  // `Stub<v1::CaseService>()->OpenCase(…)`, on one channel. For tests of the
  // call path, whose subject is the wire: one attempt and its status with the
  // details as they came, bytes that are no message, health and reflection,
  // which have no client.
  template <typename Service>
  std::unique_ptr<typename Service::Stub> Stub() {
    return Service::NewStub(channel_);
  }
  std::shared_ptr<grpc::Channel> channel() { return channel_; }

  // Stops server and store and starts them anew on the same database.
  void Restart();
  // Rewrites the token file.
  void SetTokens(absl::string_view text);

  // Changes when any row of any table does. For "a refused call changes
  // nothing". `but_not`: tables to leave out.
  std::string HashOfAllTables(const std::vector<std::string>& but_not = {});

 private:
  void Start();
  void Close();

  const TestServerOptions options_;
  TempDir dir_;
  SimulatedClock clock_;
  std::string url_;
  std::unique_ptr<storage::Store> store_;
  std::unique_ptr<Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
};

// One server per database for all tests of a suite, because making a database
// takes longer than most tests: a static member, cleared by TearDownTestSuite.
// Tests of the suite then use names of their own.
class SharedServers {
 public:
  TestServer& Get(Database database, const TestServerOptions& options) {
    std::unique_ptr<TestServer>& server = servers_[database];
    if (server == nullptr) {
      TestServerOptions all = options;
      all.database = database;
      server = std::make_unique<TestServer>(std::move(all));
    }
    return *server;
  }
  void Clear() { servers_.clear(); }

 private:
  std::map<Database, std::unique_ptr<TestServer>> servers_;
};

// A client's context with a deadline that only a hanging test meets. `token`
// empty: none is sent.
std::unique_ptr<grpc::ClientContext> NewContext(absl::string_view token = "");

// What came with an error.
google::rpc::Status DetailsOf(const grpc::Status& status);
// The detail of this type; an empty one: there is none.
template <typename Detail>
Detail DetailOf(const grpc::Status& status) {
  const google::rpc::Status details = DetailsOf(status);
  Detail detail;
  for (const auto& any : details.details()) {
    if (any.Is<Detail>()) any.UnpackTo(&detail);
  }
  return detail;
}
// The reason of its ErrorInfo; empty: none.
std::string ReasonOf(const grpc::Status& status);
google::rpc::ErrorInfo ErrorInfoOf(const grpc::Status& status);
google::rpc::BadRequest BadRequestOf(const grpc::Status& status);
// "field REASON", in order, joined by ", ".
std::string ViolationsOf(const grpc::Status& status);

}  // namespace charter::test

#endif  // CHARTER_TESTS_SUPPORT_TEST_SERVER_H_

// Databases that are down, full, locked or fail in between: what callers are
// told, that nothing has changed, and that all goes on afterwards.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <atomic>
#include <future>
#include <string>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "charter/v1/directory_service.grpc.pb.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "storage/sql/statement_log.h"
#include "tests/support/test_server.h"

namespace charter::test {
namespace {

using grpc::StatusCode;
using grpc::health::v1::HealthCheckResponse;
using v1::DirectoryService;

v1::CreateAccountRequest Create(const std::string& id) {
  v1::CreateAccountRequest request;
  request.mutable_account()->set_display_name("Acme");
  request.set_account_id(id);
  request.set_request_id(id);
  return request;
}

grpc::Status Send(TestServer& server, const v1::CreateAccountRequest& request) {
  v1::Account account;
  return server.Stub<DirectoryService>()->CreateAccount(NewContext().get(),
                                                        request, &account);
}

// Native numbers that mean the same on both engines.
struct Trouble {
  std::string statement;  // that begins so
  int sqlite;
  int mysql;
};

// Its statements are those of the server that all its tests share.
struct Injection {
  std::string statement;
  int number = 0;
  std::atomic<int> left{0};
};

class TroubleTest : public testing::TestWithParam<Database> {
 protected:
  static void TearDownTestSuite() { servers_.Clear(); }
  void TearDown() override { injection_.left = 0; }

  // The next `times` statements that begin so fail.
  void Fail(const Trouble& trouble, int times) {
    injection_.statement = trouble.statement;
    injection_.number =
        GetParam() == Database::kSqlite ? trouble.sqlite : trouble.mysql;
    injection_.left = times;
  }
  static inline SharedServers servers_;
  static inline Injection injection_;
  TestServer& server_ =
      servers_.Get(GetParam(), {.inject_error = [](absl::string_view sql) {
                     if (injection_.left.load() == 0 ||
                         !absl::StartsWith(sql, injection_.statement)) {
                       return 0;
                     }
                     --injection_.left;
                     return injection_.number;
                   }});
};
INSTANTIATE_TEST_SUITE_P(All, TroubleTest, testing::ValuesIn(kDatabases),
                         testing::PrintToStringParamName());

TEST_P(TroubleTest, AConflictIsTriedAgainUnseen) {
  Fail({"COMMIT", 5, 1213}, 2);  // SQLITE_BUSY; a deadlock
  const grpc::Status status = Send(server_, Create("conflict"));
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(injection_.left.load(), 0);
}

TEST_P(TroubleTest, AFullDatabaseSaysSo) {
  const std::string before = server_.HashOfAllTables();
  Fail({"INSERT", 13, 1021}, 1000);  // SQLITE_FULL; ER_DISK_FULL
  const grpc::Status status = Send(server_, Create("full"));
  injection_.left = 0;
  EXPECT_EQ(status.error_code(), StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(ReasonOf(status), "DATABASE_FULL");
  EXPECT_EQ(server_.HashOfAllTables(), before);
  EXPECT_TRUE(Send(server_, Create("full")).ok());
}

TEST_P(TroubleTest, AnErrorThatNobodyKnowsTellsNothing) {
  Fail({"INSERT", 1, 1064}, 1000);  // SQLITE_ERROR; a syntax error
  const grpc::Status status = Send(server_, Create("unknown"));
  EXPECT_EQ(status.error_code(), StatusCode::INTERNAL);
  EXPECT_EQ(ReasonOf(status), "INTERNAL");
}

TEST(FullDatabaseTest, SqliteTakesNothingAndReadsOn) {
  TestServerOptions options;
  options.sqlite_max_pages = 256;
  TestServer server(options);
  std::string before;
  grpc::Status status;
  int number = 0;
  for (; status.ok() && number < 1000; ++number) {
    before = server.HashOfAllTables();
    v1::CreateAccountRequest request = Create(absl::StrCat("a", number));
    for (int i = 0; i < 50; ++i) {
      (*request.mutable_account()->mutable_annotations())[absl::StrCat(i)] =
          std::string(1000, 'x');
    }
    status = Send(server, request);
  }
  EXPECT_GT(number, 1);
  EXPECT_EQ(status.error_code(), StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(ReasonOf(status), "DATABASE_FULL");
  EXPECT_EQ(server.HashOfAllTables(), before);
  v1::GetAccountRequest get;
  get.set_name("accounts/a0");
  v1::Account account;
  EXPECT_TRUE(server.Stub<DirectoryService>()
                  ->GetAccount(NewContext().get(), get, &account)
                  .ok());
}

// Somebody else's lock on an account, until it goes.
class ForeignLock {
 public:
  ForeignLock(TestServer& server, Database database, const std::string& name) {
    if (database == Database::kSqlite) {
      const std::string path(
          absl::StripPrefix(server.database_url(), "sqlite://"));
      EXPECT_EQ(sqlite3_open(path.c_str(), &file_), SQLITE_OK);
      EXPECT_EQ(
          sqlite3_exec(file_, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr),
          SQLITE_OK);
      return;
    }
    std::promise<void> locked;
    holder_ = std::thread([&server, name, &locked, this] {
      const storage::UnrecordedStatementTexts mine;
      const auto session = server.store().OpenSession();
      storage::TxOptions options;
      options.now = server.clock().Now();
      options.deadline = options.now + absl::Minutes(5);
      const absl::Status status =
          session->Write(options, [&](storage::Transaction& tx) {
            storage::Binds binds;
            binds.Add("name", name);
            absl::Status done =
                tx.Query(
                      "SELECT name FROM accounts WHERE name = :name FOR "
                      "UPDATE",
                      binds)
                    .status();
            locked.set_value();
            release_.get_future().wait();
            return done;
          });
      EXPECT_TRUE(status.ok()) << status;
    });
    locked.get_future().wait();
  }
  ~ForeignLock() {
    sqlite3_close(file_);
    release_.set_value();
    if (holder_.joinable()) holder_.join();
  }

 private:
  sqlite3* file_ = nullptr;
  std::promise<void> release_;
  std::thread holder_;
};

class LockedDatabaseTest : public testing::TestWithParam<Database> {};
INSTANTIATE_TEST_SUITE_P(All, LockedDatabaseTest, testing::ValuesIn(kDatabases),
                         testing::PrintToStringParamName());

TEST_P(LockedDatabaseTest, TheCallEndsInTimeAndTheNextOneGoesThrough) {
  TestServer server({.database = GetParam()});
  ASSERT_TRUE(Send(server, Create("a")).ok());
  const std::string before = server.HashOfAllTables();
  v1::UpdateAccountRequest update;
  update.mutable_account()->set_name("accounts/a");
  update.mutable_account()->set_tier("gold");
  update.mutable_update_mask()->add_paths("tier");
  v1::Account account;
  auto stub = server.Stub<DirectoryService>();
  {
    const ForeignLock lock(server, GetParam(), "accounts/a");
    // Without a deadline of the caller's, whose own end would come before the
    // server's answer: the method's own counts.
    grpc::ClientContext patient;
    const grpc::Status status = stub->UpdateAccount(&patient, update, &account);
    EXPECT_EQ(status.error_code(), StatusCode::DEADLINE_EXCEEDED);
    EXPECT_EQ(ReasonOf(status), "DEADLINE_EXCEEDED");
    // Who reads is not held up.
    v1::GetAccountRequest get;
    get.set_name("accounts/a");
    EXPECT_TRUE(stub->GetAccount(NewContext().get(), get, &account).ok());
    EXPECT_EQ(server.HashOfAllTables(), before);
  }
  const grpc::Status status =
      stub->UpdateAccount(NewContext().get(), update, &account);
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(account.tier(), "gold");
}

TEST(LostDatabaseTest, IsToldAndComesBackWithoutARestart) {
  MariadbServer& mariadb = MariadbServer::Shared();
  TestServer server({.database = Database::kMariadb});
  ASSERT_TRUE(Send(server, Create("a")).ok());
  const std::string before = server.HashOfAllTables();
  const auto health = [&server] {
    grpc::health::v1::HealthCheckRequest request;
    request.set_service("charter.v1.CaseService");
    HealthCheckResponse response;
    server.Stub<grpc::health::v1::Health>()->Check(NewContext().get(), request,
                                                   &response);
    return response.status();
  };
  // In order, for this one does not keep its last second on a crash.
  mariadb.Stop();
  const grpc::Status down = Send(server, Create("b"));
  EXPECT_EQ(down.error_code(), StatusCode::UNAVAILABLE);
  EXPECT_EQ(ReasonOf(down), "DATABASE_UNAVAILABLE");
  EXPECT_GT(DetailOf<google::rpc::RetryInfo>(down).retry_delay().seconds(), 0);
  v1::ListAccountsResponse list;
  EXPECT_EQ(ReasonOf(server.Stub<DirectoryService>()->ListAccounts(
                NewContext().get(), v1::ListAccountsRequest(), &list)),
            "DATABASE_UNAVAILABLE");
  for (int i = 0; i < call::DatabaseProbe::kFailuresUntilDown; ++i)
    server.server().probe().RunOnce();
  EXPECT_EQ(health(), HealthCheckResponse::NOT_SERVING);
  mariadb.Start();
  server.server().probe().RunOnce();
  EXPECT_EQ(health(), HealthCheckResponse::SERVING);
  EXPECT_EQ(server.HashOfAllTables(), before);
  const grpc::Status up = Send(server, Create("b"));
  EXPECT_TRUE(up.ok()) << up.error_message();
}

}  // namespace
}  // namespace charter::test

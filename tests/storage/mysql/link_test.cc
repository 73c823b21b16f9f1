// What happens when the server, or the way to it, goes.
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "storage/store.h"
#include "tests/storage/conformance/fixture.h"
#include "tests/support/mariadb_server.h"

namespace charter::storage {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr char kInsert[] =
    "INSERT INTO item (id, number) VALUES (:id, :number)";

class LinkTest : public testing::Test {
 protected:
  void SetUp() override {
    url_ = server().CreateDatabase();
    store_ = Open(url_);
    ASSERT_OK(store_->Migrate(Noon()));
    session_ = store_->OpenSession();
  }
  void TearDown() override {
    session_.reset();
    store_.reset();
    server().DropDatabase(url_);
  }

  static test::MariadbServer& server() { return test::MariadbServer::Shared(); }

  static std::unique_ptr<Store> Open(absl::string_view url,
                                     StoreOptions options = {}) {
    options.migrations = &SuiteMigrations();
    absl::StatusOr<std::unique_ptr<Store>> store = OpenStore(url, options);
    EXPECT_OK(store.status());
    return std::move(store).value();
  }

  // Kills the connection that the transaction is on.
  static absl::Status KillOwnConnection(Transaction& tx) {
    absl::StatusOr<Rows> rows = tx.Query("SELECT CONNECTION_ID()");
    if (!rows.ok()) return rows.status();
    server().Admin(absl::StrCat("KILL ", (*rows)[0].Int64(0)));
    return absl::OkStatus();
  }

  absl::Status Insert(Session& session, absl::string_view id, int number) {
    return session.Write(Within(absl::Seconds(30)), [&](Transaction& tx) {
      return tx.Execute(kInsert, {{"id", id}, {"number", number}}).status();
    });
  }

  std::vector<std::string> Ids() {
    std::vector<std::string> ids;
    EXPECT_OK(
        session_->Read(Within(absl::Seconds(30)), [&ids](Transaction& tx) {
          absl::StatusOr<Rows> rows =
              tx.Query("SELECT id FROM item ORDER BY id");
          if (!rows.ok()) return rows.status();
          ids.clear();
          for (Row row : *rows) ids.emplace_back(row.Text(0));
          return absl::OkStatus();
        }));
    return ids;
  }

  std::string url_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<Session> session_;
};

TEST_F(LinkTest, TrapS7_ALinkThatBrokeWhileIdleIsMadeAnew) {
  ASSERT_OK(Insert(*session_, "a", 1));
  int64_t id = 0;
  ASSERT_OK(session_->Read(Within(absl::Seconds(30)), [&id](Transaction& tx) {
    absl::StatusOr<Rows> rows = tx.Query("SELECT CONNECTION_ID()");
    if (rows.ok()) id = (*rows)[0].Int64(0);
    return rows.status();
  }));
  server().Admin(absl::StrCat("KILL ", id));
  EXPECT_OK(Insert(*session_, "b", 2));
  EXPECT_EQ(session_->last_attempts(), 2);
  EXPECT_THAT(Ids(), ElementsAre("a", "b"));
}

TEST_F(LinkTest, TrapS7_SoItIsForAWriteWhoseStatementsAllWait) {
  int64_t id = 0;
  int number = 0;
  const auto write = [&](absl::string_view name) {
    return session_->Write(Within(absl::Seconds(30)), [&](Transaction& tx) {
      if (id == 0) {
        absl::StatusOr<Rows> rows = tx.Query("SELECT CONNECTION_ID()");
        if (!rows.ok()) return rows.status();
        id = (*rows)[0].Int64(0);
      }
      return tx.ExecuteLater(kInsert, {{"id", name}, {"number", ++number}});
    });
  };
  ASSERT_OK(write("a"));
  server().Admin(absl::StrCat("KILL ", id));
  EXPECT_OK(write("b"));
  EXPECT_EQ(session_->last_attempts(), 2);
  EXPECT_THAT(Ids(), ElementsAre("a", "b"));
}

TEST_F(LinkTest, ALinkThatBreaksBeforeCommitRestartsTheBodyOnce) {
  ASSERT_OK(Insert(*session_, "a", 1));
  EXPECT_OK(session_->Write(Within(absl::Seconds(30)), [](Transaction& tx) {
    absl::Status status =
        tx.Execute(kInsert, {{"id", "b"}, {"number", 2}}).status();
    if (status.ok() && tx.attempt() == 1) status = KillOwnConnection(tx);
    if (!status.ok()) return status;
    return tx.Execute(kInsert, {{"id", "c"}, {"number", 3}}).status();
  }));
  EXPECT_EQ(session_->last_attempts(), 2);
  EXPECT_THAT(Ids(), ElementsAre("a", "b", "c"));
}

TEST_F(LinkTest, ALinkThatKeepsBreakingIsUnavailableAndThenRecovers) {
  ASSERT_OK(Insert(*session_, "a", 1));
  absl::Status status =
      session_->Write(Within(absl::Seconds(30)), [](Transaction& tx) {
        absl::Status killed = KillOwnConnection(tx);
        if (!killed.ok()) return killed;
        return tx.Execute(kInsert, {{"id", "b"}, {"number", 2}}).status();
      });
  EXPECT_THAT(status, IsKind(ErrorKind::kUnavailable));
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(session_->last_attempts(), 2);
  EXPECT_OK(Insert(*session_, "c", 3));
  EXPECT_THAT(Ids(), ElementsAre("a", "c"));
}

TEST_F(LinkTest, ALinkThatBreaksAtCommitHasAnUnknownOutcome) {
  int runs = 0;
  absl::Status status =
      session_->Write(Within(absl::Seconds(30)), [&runs](Transaction& tx) {
        ++runs;
        absl::Status inserted =
            tx.Execute(kInsert, {{"id", "a"}, {"number", 1}}).status();
        return inserted.ok() ? KillOwnConnection(tx) : inserted;
      });
  EXPECT_THAT(status, IsKind(ErrorKind::kOutcomeUnknown));
  EXPECT_THAT(status.ToString(), HasSubstr("request id"));
  EXPECT_EQ(runs, 1) << "what may have happened is not done twice";
  EXPECT_OK(Insert(*session_, "b", 2));
}

TEST_F(LinkTest, AStatementThatAnOperatorKillsIsNotRepeated) {
  StoreOptions options;
  options.inject_error = [](absl::string_view sql) {
    return sql == kInsert ? 1317 : 0;  // KILL QUERY
  };
  std::unique_ptr<Store> store = Open(url_, options);
  std::unique_ptr<Session> session = store->OpenSession();
  EXPECT_THAT(Insert(*session, "a", 1), IsKind(ErrorKind::kUnavailable));
  EXPECT_EQ(session->last_attempts(), 1);
}

TEST_F(LinkTest, AServerThatIsDownIsUnavailableUntilItIsBack) {
  test::MariadbServer::Options durable;
  durable.flush_log_at_commit = 1;
  test::MariadbServer own(durable);
  std::unique_ptr<Store> store = Open(own.CreateDatabase());
  ASSERT_OK(store->Migrate(Noon()));
  std::unique_ptr<Session> session = store->OpenSession();
  ASSERT_OK(Insert(*session, "a", 1));
  own.Kill();
  for (int i = 0; i < 2; ++i) {
    absl::Status down = Insert(*session, "b", 2);
    EXPECT_THAT(down, IsKind(ErrorKind::kUnavailable));
    EXPECT_THAT(down.ToString(), HasSubstr(store->display_url()));
  }
  own.Start();
  EXPECT_OK(Insert(*session, "c", 3));
  int64_t count = 0;
  EXPECT_OK(session->Read(Within(absl::Seconds(30)), [&count](Transaction& tx) {
    absl::StatusOr<Rows> rows = tx.Query("SELECT COUNT(*) FROM item");
    if (rows.ok()) count = (*rows)[0].Int64(0);
    return rows.status();
  }));
  EXPECT_EQ(count, 2) << "what was acknowledged before the crash is there";
  own.Stop();
  EXPECT_THAT(Insert(*session, "d", 4), IsKind(ErrorKind::kUnavailable));
  own.Start();
  EXPECT_OK(Insert(*session, "d", 4));
}

TEST_F(LinkTest, AWrongPasswordIsToldWithoutIt) {
  StoreOptions options;
  options.password = "a wrong one";
  std::unique_ptr<Store> store = Open(url_, options);
  absl::Status status = store->CheckSchema();
  EXPECT_THAT(status, IsKind(ErrorKind::kUnavailable));
  EXPECT_THAT(status.ToString(), HasSubstr("1045"));
  EXPECT_THAT(status.ToString(), Not(HasSubstr("wrong one")));
  EXPECT_THAT(store->display_url(), Not(HasSubstr("only")));
}

TEST_F(LinkTest, ThePasswordMayComeFromAFileOrAnOption) {
  const std::string bare =
      absl::StrReplaceAll(url_, {{":for%20tests%27only", ""}});
  ASSERT_NE(bare, url_);
  StoreOptions options;
  options.password = "for tests'only";
  EXPECT_OK(Open(bare, options)->CheckSchema());
  test::TempDir dir;
  std::ofstream(dir.File("password")) << "for tests'only\n";
  options.password.clear();
  options.password_file = dir.File("password");
  EXPECT_OK(Open(bare, options)->CheckSchema());
  options.password_file = dir.File("nothing");
  EXPECT_EQ(OpenStore(bare, options).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(LinkTest, TheSocketServesAsWell) {
  EXPECT_OK(Open(server().SocketUrl(url_))->CheckSchema());
}

TEST_F(LinkTest, AMissingDatabaseIsUnavailable) {
  absl::Status status = Open(absl::StrCat(url_, "_not_there"))->CheckSchema();
  EXPECT_THAT(status, IsKind(ErrorKind::kUnavailable));
}

TEST_F(LinkTest, TrapM7_TheSessionIsSetAsWeNeedIt) {
  auto variable = [this](absl::string_view name) {
    std::string value;
    EXPECT_OK(session_->Read(Within(absl::Seconds(10)), [&](Transaction& tx) {
      absl::StatusOr<Rows> rows = tx.Query(
          "SELECT variable_value FROM information_schema.session_variables "
          "WHERE variable_name = :name",
          {{"name", name}});
      if (!rows.ok()) return rows.status();
      value = std::string((*rows)[0].Text(0));
      return absl::OkStatus();
    }));
    return value;
  };
  EXPECT_EQ(variable("TX_ISOLATION"), "READ-COMMITTED");
  EXPECT_EQ(variable("CHARACTER_SET_CLIENT"), "utf8mb4");
  EXPECT_EQ(variable("CHARACTER_SET_CONNECTION"), "utf8mb4");
  EXPECT_EQ(variable("TIME_ZONE"), "+00:00");
  EXPECT_THAT(variable("SQL_MODE"), HasSubstr("STRICT_ALL_TABLES"));
  EXPECT_EQ(variable("MAX_STATEMENT_TIME"), "12.800000")
      << "the step above ten seconds";
}

TEST_F(LinkTest, LimitsAreSentOnlyWhenTheirStepChanges) {
  auto read = [this](absl::Duration budget) {
    EXPECT_OK(session_->Read(Within(budget), [](Transaction& tx) {
      return tx.Query("SELECT 1").status();
    }));
    return session_->last_round_trips();
  };
  read(absl::Seconds(10));
  EXPECT_EQ(read(absl::Seconds(10)), 1);
  EXPECT_EQ(read(absl::Seconds(8)), 1);
  EXPECT_EQ(read(absl::Seconds(30)), 2);
  EXPECT_EQ(read(absl::Seconds(30)), 1);
  EXPECT_EQ(read(absl::InfiniteDuration()), 2);
  EXPECT_EQ(read(absl::InfiniteDuration()), 1);
}

TEST(MariadbServerDeathTest, ADatabaseThatNoTestMadeIsNotDropped) {
  test::MariadbServer& server = test::MariadbServer::Shared();
  EXPECT_DEATH(server.DropDatabase("mysql://x@y/mysql"), "which no test made");
}

}  // namespace
}  // namespace charter::storage

#include "tests/storage/conformance/fixture.h"

#include <ostream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tests/support/mariadb_server.h"

namespace charter::storage {
namespace {

constexpr char kSqlite[] = R"(-- oldest-binary: 1
CREATE TABLE item (
  id TEXT NOT NULL PRIMARY KEY CHECK (length(id) <= 63 AND id NOT LIKE '% '),
  number INTEGER NOT NULL,
  title TEXT,
  body BLOB,
  ratio REAL
) STRICT, WITHOUT ROWID
-- ;;
CREATE UNIQUE INDEX item_number ON item (number)
-- ;;
CREATE TABLE child (
  id TEXT NOT NULL PRIMARY KEY,
  item_id TEXT NOT NULL REFERENCES item (id),
  due_us INTEGER NOT NULL,
  CHECK (due_us >= 0)
) STRICT, WITHOUT ROWID
-- ;;
CREATE INDEX child_item ON child (item_id)
)";

constexpr char kMysql[] = R"(-- oldest-binary: 1
CREATE TABLE item (
  id VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  number BIGINT NOT NULL,
  title MEDIUMTEXT,
  body LONGBLOB,
  ratio DOUBLE,
  CHECK (id NOT LIKE '% ')
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
-- ;;
CREATE UNIQUE INDEX item_number ON item (number)
-- ;;
CREATE TABLE child (
  id VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  item_id VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  due_us BIGINT NOT NULL,
  KEY child_item (item_id),
  FOREIGN KEY (item_id) REFERENCES item (id),
  CHECK (due_us >= 0)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
)";

class SqliteDatabase : public TestDatabase {
 public:
  std::string url() const override {
    return absl::StrCat("sqlite://", dir_.File("charter.db"));
  }

 private:
  test::TempDir dir_;
};

class MysqlDatabase : public TestDatabase {
 public:
  explicit MysqlDatabase(test::MariadbServer& server)
      : server_(server), url_(server.CreateDatabase()) {}
  ~MysqlDatabase() override { server_.DropDatabase(url_); }
  std::string url() const override { return url_; }

 private:
  test::MariadbServer& server_;
  const std::string url_;
};

}  // namespace

std::ostream& operator<<(std::ostream& out, const Backend& backend) {
  return out << backend.name;
}

std::vector<Backend> AllBackends() {
  std::vector<Backend> backends = {
      {"Sqlite", Engine::kSqlite,
       [] { return std::make_unique<SqliteDatabase>(); }},
      {"Mariadb", Engine::kMysql, [] {
         return std::make_unique<MysqlDatabase>(test::MariadbServer::Shared());
       }}};
  if (test::MariadbServer* mysql = test::MariadbServer::External()) {
    backends.push_back({"Mysql", Engine::kMysql, [mysql] {
                          return std::make_unique<MysqlDatabase>(*mysql);
                        }});
  }
  return backends;
}

const MigrationSet& SuiteMigrations() {
  static const MigrationSet* const set = [] {
    absl::StatusOr<MigrationSet> parsed = ParseMigrations(
        {{"0001_suite.sql", kMysql}}, {{"0001_suite.sql", kSqlite}});
    return new MigrationSet(std::move(parsed).value());
  }();
  return *set;
}

absl::Time Noon() { return absl::FromUnixSeconds(1'700'000'000); }

TxOptions Within(absl::Duration budget) {
  TxOptions options;
  options.now = Noon();
  options.deadline = Noon() + budget;
  return options;
}

void ConformanceTest::SetUp() {
  database_ = GetParam().create();
  store_ = Open();
  ASSERT_OK(store_->Migrate(Noon()));
  session_ = store_->OpenSession();
}

std::unique_ptr<Store> ConformanceTest::Open(StoreOptions options) {
  if (options.migrations == nullptr) options.migrations = &SuiteMigrations();
  absl::StatusOr<std::unique_ptr<Store>> store =
      OpenStore(database_->url(), options);
  EXPECT_OK(store.status());
  return std::move(store).value();
}

void ConformanceTest::Reopen(StoreOptions options) {
  session_.reset();
  store_.reset();
  store_ = Open(std::move(options));
  session_ = store_->OpenSession();
}

absl::StatusOr<int64_t> ConformanceTest::Affected(absl::string_view sql,
                                                  const Binds& binds) {
  int64_t affected = -1;
  absl::Status status =
      session_->Write(Within(absl::Seconds(30)), [&](Transaction& tx) {
        absl::StatusOr<int64_t> done = tx.Execute(sql, binds);
        if (done.ok()) affected = *done;
        return done.status();
      });
  if (!status.ok()) return status;
  return affected;
}

absl::Status ConformanceTest::Write(absl::string_view sql, const Binds& binds) {
  return Affected(sql, binds).status();
}

std::string LineOf(Row row) {
  std::vector<std::string> fields;
  for (size_t i = 0; i < row.columns(); ++i) {
    if (row.IsNull(i)) {
      fields.push_back("NULL");
    } else if (row.kind(i) == Cell::Kind::kInteger) {
      fields.push_back(absl::StrCat(row.Int64(i)));
    } else if (row.kind(i) == Cell::Kind::kReal) {
      fields.push_back(absl::StrCat(row.Double(i)));
    } else {
      fields.emplace_back(row.Text(i));
    }
  }
  return absl::StrJoin(fields, "|");
}

std::vector<std::string> ConformanceTest::Lines(absl::string_view sql,
                                                const Binds& binds) {
  std::vector<std::string> lines;
  EXPECT_OK(session_->Read(Within(absl::Seconds(30)), [&](Transaction& tx) {
    absl::StatusOr<Rows> rows = tx.Query(sql, binds);
    if (!rows.ok()) return rows.status();
    lines.clear();
    for (Row row : *rows) lines.push_back(LineOf(row));
    return absl::OkStatus();
  }));
  return lines;
}

int64_t ConformanceTest::Number(absl::string_view sql, const Binds& binds) {
  int64_t number = -1;
  EXPECT_OK(session_->Read(Within(absl::Seconds(30)), [&](Transaction& tx) {
    absl::StatusOr<Rows> rows = tx.Query(sql, binds);
    if (!rows.ok()) return rows.status();
    if (rows->size() == 1) number = (*rows)[0].Int64(0);
    return absl::OkStatus();
  }));
  return number;
}

}  // namespace charter::storage

// Every SQL text of storage/records finds its rows by an index, on tables of
// 100,000 rows with the engine's own statistics.
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <map>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "storage/migrations/migration.h"
#include "tests/storage/conformance/fixture.h"
#include "tests/storage/records/every_function.h"
#include "tests/storage/records/full_tables.h"
#include "tests/storage/statements/checked_statements.h"
#include "tests/support/mariadb_server.h"

namespace charter::storage {
namespace {

struct Statement {
  std::string sql;
  Binds binds;
};

class Log : public StatementLog {
 public:
  void Record(Engine /*engine*/, absl::string_view sql, const Binds& binds,
              int64_t) override {
    if (HasPlan(sql))
      statements.insert({StatementShape(sql), {std::string(sql), binds}});
  }
  std::map<std::string, Statement> statements;  // by shape
};

// Texts that may read an index from its beginning, in order, for their LIMIT;
// or all of it.
constexpr absl::string_view kReadsFromTheStart[] = {
    "SELECT id FROM outbox ORDER BY id LIMIT 1",
    "SELECT id, payload FROM outbox ORDER BY id LIMIT :max_rows",
    "SELECT id, secret, created_us FROM token_keys ORDER BY id DESC LIMIT 2",
    "SELECT COUNT(*) FROM wakeups",
    "FROM search_rebuilds ORDER BY collection LIMIT 1",
};
// Texts that may read many rows, or all that are asked for.
constexpr absl::string_view kReadsMuch[] = {
    "SELECT COUNT(*) FROM wakeups",
    "FROM generations WHERE generation > :generation",
};
// Texts that may sort what they found: the rows of a few items.
constexpr absl::string_view kSorts[] = {
    "FROM transitions WHERE case_name",
    "FROM wakeups WHERE shard",        // of all shards together
    "FROM part_above ORDER BY depth",  // an asset and what it is a part of
    "FROM wakeups WHERE shard",        // of all shards together
    "FROM ledger_entries WHERE entitlement",  // sums of a few ledgers
    "FROM ledger_lots WHERE entitlement",
    "FROM ledger_holds WHERE entitlement",
};

bool IsOneOf(absl::string_view sql, absl::Span<const absl::string_view> list) {
  for (absl::string_view part : list) {
    if (absl::StrContains(sql, part)) return true;
  }
  return false;
}

// What is wrong with a line of MariaDB's EXPLAIN; empty: nothing.
std::string Wrong(Row row, absl::string_view sql) {
  const std::string table(row.OptionalText(2).value_or(""));
  const std::string type(row.OptionalText(3).value_or(""));
  const std::string extra(row.OptionalText(9).value_or(""));
  if (table.empty() || table[0] == '<')
    return "";  // a constant, or an intermediate result
  if ((type == "ALL" || type == "index") && !IsOneOf(sql, kReadsFromTheStart)) {
    return absl::StrCat(table, " is read as ", type);
  }
  if (!absl::StrContains(sql, "LIMIT") && !row.IsNull(8) &&
      row.Int64(8) > 1000 && !IsOneOf(sql, kReadsMuch)) {
    return absl::StrCat(table, " has ", row.Int64(8), " rows to read");
  }
  if (absl::StrContains(extra, "filesort") && !IsOneOf(sql, kSorts)) {
    return absl::StrCat(table, " is sorted: ", extra);
  }
  return "";
}

// The same for SQLite's EXPLAIN QUERY PLAN.
std::string WrongStep(absl::string_view step, absl::string_view sql) {
  if (absl::StartsWith(step, "SCAN ") && step != "SCAN CONSTANT ROW" &&
      !absl::StartsWith(step, "SCAN part") &&
      !IsOneOf(sql, kReadsFromTheStart)) {
    return std::string(step);
  }
  if (absl::StrContains(step, "TEMP B-TREE") && !IsOneOf(sql, kSorts))
    return std::string(step);
  return "";
}

class PlansTest : public ConformanceTest {
 protected:
  void SetUp() override {
    database_ = GetParam().create();
    Reopen();
    ASSERT_OK(store_->Migrate(Noon()));
    ASSERT_OK(session_->Write(Within(absl::Minutes(5)), FillTables));
    session_.reset();
    store_.reset();
    Analyze();
    Reopen();
  }

  void Reopen() {
    StoreOptions options;
    options.migrations = &ProductMigrations();
    options.statement_log = &log_;
    store_ = Open(options);
    session_ = store_->OpenSession();
  }

  void Analyze() {
    const std::string url = database_->url();
    if (!sqlite()) {
      const std::string name = url.substr(url.rfind('/') + 1);
      for (const std::string& table : FullTables()) {
        test::MariadbServer::Shared().Admin(
            absl::StrCat("ANALYZE TABLE ", name, ".", table));
      }
      return;
    }
    sqlite3* file = nullptr;
    ASSERT_EQ(sqlite3_open(url.substr(sizeof("sqlite://") - 1).c_str(), &file),
              SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(file, "ANALYZE", nullptr, nullptr, nullptr),
              SQLITE_OK);
    sqlite3_close(file);
  }

  // The plan as text, and what is wrong with it.
  std::string Explain(const Statement& statement, std::string* plan) {
    std::string wrong;
    EXPECT_OK(session_->Read(Within(absl::Seconds(60)), [&](Transaction& tx) {
      const auto rows =
          tx.Query(absl::StrCat(sqlite() ? "EXPLAIN QUERY PLAN " : "EXPLAIN ",
                                statement.sql),
                   statement.binds);
      if (!rows.ok()) return rows.status();
      for (const Row row : *rows) {
        absl::StrAppend(plan, LineOf(row), "\n");
        const std::string why = sqlite() ? WrongStep(row.Text(3), statement.sql)
                                         : Wrong(row, statement.sql);
        if (wrong.empty()) wrong = why;
      }
      return absl::OkStatus();
    }));
    return wrong;
  }

  Log log_;
};
CHARTER_CONFORMANCE(PlansTest);

TEST_P(PlansTest, EveryStatementFindsItsRowsByAnIndex) {
  log_.statements.clear();
  TxOptions options = Within(absl::Minutes(5));
  options.dry_run = true;
  EXPECT_OK(session_->Write(options, CallEveryFunction));
  const std::map<std::string, Statement> statements = log_.statements;
  std::set<CheckedStatement> checked;
  for (const auto& [shape, statement] : statements) {
    std::string plan;
    const std::string wrong = Explain(statement, &plan);
    EXPECT_EQ(wrong, "") << statement.sql << "\n" << plan;
    checked.insert({GetParam().engine, shape});
  }
  ExpectListed("records.txt", GetParam().engine, checked);
}

}  // namespace
}  // namespace charter::storage

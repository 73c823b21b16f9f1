// A database of 100,000 rows a table, and by which indexes statements reach it.
#ifndef CHARTER_TESTS_STORAGE_TABLE_QUERY_PLAN_FIXTURE_H_
#define CHARTER_TESTS_STORAGE_TABLE_QUERY_PLAN_FIXTURE_H_

#include <sqlite3.h>

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "storage/migrations/migration.h"
#include "storage/migrations/schema_listing.h"
#include "storage/table/resource_tables.h"
#include "tests/storage/conformance/fixture.h"
#include "tests/storage/statements/checked_statements.h"
#include "tests/storage/table/full_resources.h"
#include "tests/storage/table/plan_access.h"
#include "tests/support/mariadb_server.h"

namespace charter::storage {

class QueryPlanFixture : public ConformanceTest {
 protected:
  void SetUp() override {
    database_ = GetParam().create();
    OpenProduct();
    ASSERT_OK(store_->Migrate(Noon()));
    absl::StatusOr<std::vector<std::string>> schema = ListSchema(*session_);
    ASSERT_OK(schema.status());
    schema_ = *std::move(schema);
    if (!sqlite()) LeaveStatisticsAlone();
    ASSERT_OK(FillResources(*session_));
  }

  // Else InnoDB gathers them in the background, of whatever rows there are by
  // then, and of few pages.
  void LeaveStatisticsAlone() {
    for (const TableBinding* binding : AllTables()) {
      test::MariadbServer::Shared().Admin(
          absl::StrCat("ALTER TABLE ", DatabaseName(), ".", binding->table(),
                       " STATS_AUTO_RECALC = 0, STATS_SAMPLE_PAGES = 200"));
    }
  }
  std::string DatabaseName() const {
    const std::string url = database_->url();
    return url.substr(url.rfind('/') + 1);
  }

  void OpenProduct() {
    session_.reset();
    store_.reset();
    StoreOptions options;
    options.migrations = &ProductMigrations();
    options.statement_log = &recorder_;
    store_ = Open(options);
    session_ = store_->OpenSession();
  }

  void GatherStatistics() {
    if (sqlite()) {
      session_.reset();
      store_.reset();
      sqlite3* file = nullptr;
      const std::string path(absl::StripPrefix(database_->url(), "sqlite://"));
      ASSERT_EQ(sqlite3_open(path.c_str(), &file), SQLITE_OK);
      EXPECT_EQ(sqlite3_exec(file, "ANALYZE", nullptr, nullptr, nullptr),
                SQLITE_OK);
      sqlite3_close(file);
      OpenProduct();
      return;
    }
    for (const TableBinding* binding : AllTables()) {
      test::MariadbServer::Shared().Admin(absl::StrCat(
          "ANALYZE TABLE ", DatabaseName(), ".", binding->table()));
    }
  }

  // By which indexes the statement reaches its tables.
  Access Explain(const Statement& statement) {
    Access access;
    EXPECT_OK(session_->Read(Within(absl::Seconds(60)), [&](Transaction& tx) {
      access = {};
      absl::StatusOr<Rows> rows =
          tx.Query(absl::StrCat(sqlite() ? "EXPLAIN QUERY PLAN " : "EXPLAIN ",
                                statement.sql),
                   statement.binds);
      if (!rows.ok()) return rows.status();
      for (Row row : *rows) {
        if (sqlite()) {
          ReadSqlite(row.Text(3), &access);
        } else {
          if (!row.IsNull(2) && !absl::StartsWith(row.Text(2), "<")) {
            access.indexes.emplace_back(row.IsNull(5) ? "" : row.Text(5));
          }
          // A unique key was looked up while planning.
          access.found |= absl::StrContains(row.Text(9), "const tables");
          access.sorts |= absl::StrContains(row.Text(9), "filesort") ||
                          absl::StrContains(row.Text(9), "temporary");
        }
      }
      return absl::OkStatus();
    }));
    return access;
  }

  // The indexes of a table that begin with these columns.
  std::vector<std::string> Indexes(const TableBinding& binding,
                                   const std::vector<std::string>& columns) {
    std::vector<std::string> found;
    const std::string wanted = absl::StrJoin(columns, ", ");
    if (absl::StartsWith("name", wanted)) found.push_back("PRIMARY");
    for (absl::string_view line : schema_) {
      if (!absl::ConsumePrefix(&line, absl::StrCat(binding.table(), " ")))
        continue;
      if (!absl::ConsumePrefix(&line, "index ") &&
          !absl::ConsumePrefix(&line, "unique "))
        continue;
      const std::pair<absl::string_view, absl::string_view> parts =
          absl::StrSplit(line, absl::MaxSplits(" (", 1));
      absl::string_view indexed = parts.second;
      absl::ConsumeSuffix(&indexed, ")");
      if (indexed == wanted ||
          absl::StartsWith(indexed, absl::StrCat(wanted, ", ")))
        found.emplace_back(parts.first);
    }
    return found;
  }

  void ExpectIndex(const std::vector<Statement>& statements,
                   std::vector<std::string> allowed, bool may_sort) {
    EXPECT_FALSE(statements.empty());
    for (const Statement& statement : statements) {
      checked_.insert({GetParam().engine, StatementShape(statement.sql)});
      const Access access = Explain(statement);
      if (access.found) continue;
      // Children are reached by their parents, which may be looked up with it.
      const bool children =
          absl::StrContains(statement.sql, "entitlement_contacts");
      EXPECT_THAT(access.indexes, testing::SizeIs(testing::Ge(1)))
          << statement.sql;
      for (const std::string& index : access.indexes) {
        if (children && index == "PRIMARY") continue;
        EXPECT_THAT(allowed, testing::Contains(index)) << statement.sql;
      }
      EXPECT_TRUE(children || may_sort || !access.sorts) << statement.sql;
    }
  }

  std::set<CheckedStatement> checked_;
  Recorder recorder_;
  std::vector<std::string> schema_;
};

}  // namespace charter::storage

#endif  // CHARTER_TESTS_STORAGE_TABLE_QUERY_PLAN_FIXTURE_H_

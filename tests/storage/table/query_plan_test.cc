// What the resource tables ask the database finds its rows by an index, on
// 100,000 rows a table, with statistics and without.
#include <sqlite3.h>

#include <algorithm>
#include <memory>
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
#include "tests/support/mariadb_server.h"

namespace charter::storage {
namespace {

constexpr int kRows = 100000;
constexpr int kFewRows = 1000;

struct Statement {
  std::string sql;
  Binds binds;
};

class Recorder : public StatementLog {
 public:
  void Record(Engine, absl::string_view sql, const Binds& binds,
              int64_t) override {
    if (recording_ && binds.size() > 0)
      statements_.push_back({std::string(sql), binds});
  }
  template <typename Run>
  std::vector<Statement> Of(const Run& run) {
    statements_.clear();
    recording_ = true;
    run();
    recording_ = false;
    return std::move(statements_);
  }

 private:
  bool recording_ = false;
  std::vector<Statement> statements_;
};

// How one table is reached by a plan.
struct Access {
  std::string index;  // empty: none, every row is read
  bool sorts = false;
  bool found = false;  // no row, as planning showed
};

class QueryPlanTest : public ConformanceTest {
 protected:
  void SetUp() override {
    database_ = GetParam().create();
    OpenProduct();
    ASSERT_OK(store_->Migrate(Noon()));
    absl::StatusOr<std::vector<std::string>> schema = ListSchema(*session_);
    ASSERT_OK(schema.status());
    schema_ = *std::move(schema);
    for (const TableBinding* binding : AllTables()) Fill(*binding);
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

  // Rows made inside the database, so that it takes seconds.
  void Fill(const TableBinding& binding) {
    std::vector<std::string> columns, values;
    if (binding.has_etag()) {
      columns.push_back("row_version");
      values.push_back("1");
    }
    for (const Column& column : binding.columns()) {
      columns.push_back(column.name);
      values.push_back(ValueOf(binding, column));
    }
    // Settings are few, and read by name alone.
    const bool few = binding.spec().leads.size() == 1;
    FillTable(binding.table(), columns, values, few ? kFewRows : kRows);
    for (const ChildTable& child : binding.spec().children) {
      FillTable(
          child.table, {child.parent_column, child.value_column},
          {Text("entitlements/r", "1000000 + n"), Text("contacts/r", "n")},
          kRows);
    }
  }

  void FillTable(absl::string_view table,
                 const std::vector<std::string>& columns,
                 const std::vector<std::string>& values, int rows) {
    const std::string digit =
        "(SELECT 0 AS d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT "
        "3 UNION ALL SELECT 4 UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL "
        "SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9)";
    const std::string numbers = absl::StrCat(
        "(SELECT a.d + 10 * b.d + 100 * c.d + 1000 * e.d + 10000 * f.d AS n "
        "FROM ",
        digit, " a, ", digit, " b, ", digit, " c, ", digit, " e, ", digit,
        " f) numbers");
    const std::string sql =
        absl::StrCat("INSERT INTO ", table, " (", absl::StrJoin(columns, ", "),
                     ") SELECT ", absl::StrJoin(values, ", "), " FROM ",
                     numbers, " WHERE n < ", rows, " ORDER BY n");
    ASSERT_OK(session_->Write(Within(absl::Minutes(10)), [&](Transaction& tx) {
      return tx.Execute(sql).status();
    }));
  }

  std::string Text(absl::string_view head, absl::string_view number) const {
    return sqlite() ? absl::StrCat("'", head, "' || (", number, ")")
                    : absl::StrCat("CONCAT('", head, "', ", number, ")");
  }

  static bool IsVersions(const TableBinding& binding) {
    return binding.FindColumn("number") != nullptr;
  }

  std::string ValueOf(const TableBinding& binding, const Column& column) const {
    if (column.name == "name" && IsVersions(binding)) {
      return sqlite() ? "'parents/p' || (n % 10000) || '/versions/' || n"
                      : "CONCAT('parents/p', n % 10000, '/versions/', n)";
    }
    if (column.name == "name")
      return Text(absl::StrCat(binding.table(), "/r"), "1000000 + n");
    // Ten versions each.
    if (column.name == "parent" && column.hidden != nullptr)
      return Text("parents/p", "n % 10000");
    if (column.name == "number") return "n";
    if (column.null_when_empty) return Text("e", "n");
    if (column.name == "evaluation_error")
      return "CASE WHEN n % 100 = 0 THEN 'boom' ELSE '' END";
    switch (column.kind) {
      case ColumnKind::kId:
        return Text("things/t", "n % 1000");
      case ColumnKind::kText:
        return Text("t", "n % 1000");
      case ColumnKind::kBool:
        return "CASE WHEN n % 100 = 0 THEN 1 ELSE 0 END";
      case ColumnKind::kEnum:
        return "n % 5 + 1";
      case ColumnKind::kMore:
        return "NULL";
      default:
        // Most resources are never purged.
        if (column.name == "purge_time" || column.name == "delete_time")
          return "CASE WHEN n % 1000 = 0 THEN n ELSE NULL END";
        return "n * 7919 % 100003";
    }
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
    const std::string url = database_->url();
    const std::string name = url.substr(url.rfind('/') + 1);
    for (const TableBinding* binding : AllTables()) {
      test::MariadbServer::Shared().Admin(
          absl::StrCat("ANALYZE TABLE ", name, ".", binding->table()));
    }
  }

  // By which index the statement reaches its table.
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
          if (!row.IsNull(5)) access.index = std::string(row.Text(5));
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

  static void ReadSqlite(absl::string_view detail, Access* access) {
    if (absl::StrContains(detail, "TEMP B-TREE")) access->sorts = true;
    const size_t at = detail.find("INDEX ");
    if (at == absl::string_view::npos) return;
    detail.remove_prefix(at + 6);
    access->index = std::string(detail.substr(0, detail.find(' ')));
    if (absl::StartsWith(access->index, "sqlite_autoindex"))
      access->index = "PRIMARY";
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
                   const std::vector<std::string>& allowed, bool may_sort) {
    EXPECT_FALSE(statements.empty());
    for (const Statement& statement : statements) {
      if (absl::StrContains(statement.sql, "FROM entitlement_contacts"))
        continue;
      const Access access = Explain(statement);
      if (access.found) continue;
      EXPECT_THAT(allowed, testing::Contains(access.index)) << statement.sql;
      EXPECT_TRUE(may_sort || !access.sorts) << statement.sql;
    }
  }

  // What a caller would write for the lead, with values that rows have.
  std::string FilterOf(const TableBinding& binding, const Lead& lead,
                       bool rare) {
    std::vector<std::string> terms;
    for (const std::string& name : lead.equal) {
      const Column& column = *binding.FindColumn(name);
      const std::string field =
          column.field == nullptr ? name : column.field->name();
      switch (column.kind) {
        case ColumnKind::kId:
          terms.push_back(absl::StrCat(field, " == 'things/t7'"));
          break;
        case ColumnKind::kText:
          terms.push_back(absl::StrCat(
              field, column.null_when_empty ? " == 'e77'" : " == 't7'"));
          break;
        case ColumnKind::kBool:
          terms.push_back(absl::StrCat(rare ? "" : "!", field));
          break;
        case ColumnKind::kEnum:
          terms.push_back(absl::StrCat(
              field, " == '",
              column.field->enum_type()->FindValueByNumber(2)->name(), "'"));
          break;
        default:
          ADD_FAILURE() << "a lead by " << name;
      }
    }
    return absl::StrJoin(terms, " && ");
  }

  template <typename Message>
  void CheckTable(const Table<Message>& table) {
    const TableBinding& binding = table.binding();
    SCOPED_TRACE(binding.table());
    const auto in_read = [&](auto body) {
      return recorder_.Of(
          [&] { EXPECT_OK(session_->Read(Within(absl::Seconds(60)), body)); });
    };
    const std::string name = IsVersions(binding)
                                 ? "parents/p5/versions/5"
                                 : absl::StrCat(binding.table(), "/r1000005");
    const std::vector<std::string> primary = {"PRIMARY"};
    ExpectIndex(
        in_read([&](Transaction& tx) { return table.Get(tx, name).status(); }),
        primary, false);
    ExpectIndex(in_read([&](Transaction& tx) {
                  return table
                      .BatchGet(tx,
                                {name, absl::StrCat(name, "x"),
                                 absl::StrCat(binding.table(), "/r1000009")})
                      .status();
                }),
                primary, false);
    for (const auto& [key, field] : binding.spec().unique) {
      std::vector<Equality> equal = {{field, "e77"}};
      if (binding.FindColumn("account") != nullptr && field == "external_id")
        equal.push_back({"account", "things/t77"});
      ExpectIndex(in_read([&](Transaction& tx) {
                    return table.Find(tx, equal).status();
                  }),
                  {key}, true);
    }
    if (binding.FindColumn("purge_time") != nullptr) {
      ExpectIndex(in_read([&](Transaction& tx) {
                    return table.DueForPurge(tx, absl::FromUnixMicros(3000), 10)
                        .status();
                  }),
                  Indexes(binding, {"purge_time"}), false);
    }
    for (const Lead& lead : binding.spec().leads) CheckLead(table, lead);
    CheckWrites(table, name);
  }

  template <typename Message>
  void CheckLead(const Table<Message>& table, const Lead& lead) {
    const TableBinding& binding = table.binding();
    std::vector<std::string> columns = lead.equal;
    columns.insert(columns.end(), lead.order.begin(), lead.order.end());
    if (columns.empty()) columns = {"name"};
    const std::vector<std::string> indexes = Indexes(binding, columns);
    ASSERT_FALSE(indexes.empty()) << absl::StrJoin(columns, ", ");
    // At most one row has a unique value: nothing to sort.
    const bool unique = !lead.equal.empty() &&
                        binding.FindColumn(lead.equal[0])->null_when_empty;
    const bool flag =
        !lead.equal.empty() &&
        binding.FindColumn(lead.equal[0])->kind == ColumnKind::kBool;
    for (bool rare : {true, false}) {
      if (!rare && !flag) continue;
      for (const char* rest : {"", "create_time != update_time",
                               "kind == 'CASE' && owner != 't9'"}) {
        ListQuery query;
        query.page_size = 3;
        // What no caller writes but the services' own code asks for.
        const bool hidden =
            !lead.equal.empty() &&
            binding.FindColumn(lead.equal[0])->hidden != nullptr &&
            !binding.FindColumn(lead.equal[0])->hidden->filterable;
        if (hidden) {
          query.restrict_to = {{lead.equal[0], "parents/p7"}};
        } else {
          query.filter = FilterOf(binding, lead, rare);
        }
        if (*rest != '\0') {
          const bool fits =
              sla::Expression::Parse(rest, binding.filter_schema(),
                                     sla::Usage::kLevel)
                  .ok();
          if (!fits) continue;
          query.filter = query.filter.empty()
                             ? rest
                             : absl::StrCat(query.filter, " && ", rest);
        }
        // The first page and the second.
        for (int page_number = 0; page_number < 2; ++page_number) {
          const std::vector<Statement> statements = recorder_.Of([&] {
            EXPECT_OK(
                session_->Read(Within(absl::Seconds(60)), [&](Transaction& tx) {
                  absl::StatusOr<ListPage<Message>> page =
                      table.List(tx, query);
                  if (page.ok()) query.after = page->next;
                  return page.status();
                }));
          });
          // Nearly every row has the common value: the order alone will do.
          std::vector<std::string> allowed = indexes;
          if (!rare && lead.order.empty()) allowed.push_back("PRIMARY");
          ExpectIndex(statements, allowed, unique);
          if (query.after.empty()) break;
        }
      }
    }
  }

  template <typename Message>
  void CheckWrites(const Table<Message>& table, const std::string& name) {
    const std::vector<Statement> statements = recorder_.Of([&] {
      TxOptions options = Within(absl::Seconds(60));
      options.dry_run = true;
      EXPECT_OK(session_->Write(options, [&](Transaction& tx) {
        absl::StatusOr<Message> row = table.Get(tx, name, Lock::kForUpdate);
        if (!row.ok()) return row.status();
        absl::Status status = table.UpdateDerived(tx, *row);
        if (status.ok() && table.binding().has_etag())
          status = table.Update(tx, &*row);
        if (status.ok()) status = table.Delete(tx, name);
        return status;
      }));
    });
    for (const Statement& statement : statements) {
      if (absl::StartsWith(statement.sql, "INSERT")) continue;
      const Access access = Explain(statement);
      EXPECT_EQ(access.index, "PRIMARY") << statement.sql;
    }
  }

  void CheckAll() {
    CheckTable(AccountTable());
    CheckTable(ContactTable());
    CheckTable(BusinessHoursTable());
    CheckTable(BusinessHoursVersionTable());
    CheckTable(MilestoneTypeTable());
    CheckTable(ItemStatusTable());
    CheckTable(AttributeDefinitionTable());
    CheckTable(EntitlementProcessTable());
    CheckTable(EntitlementProcessVersionTable());
    CheckTable(EntitlementTable());
    CheckTable(CaseTable());
    CheckTable(MilestoneTable());
    CheckTable(TaskTable());
    ExpectIndex(recorder_.Of([&] {
      EXPECT_OK(session_->Read(Within(absl::Seconds(60)), [](Transaction& tx) {
        return MilestoneTable()
            .FindIn(tx, "case_name", {"things/t1", "things/t2"})
            .status();
      }));
    }),
                {"milestones_case"}, true);
    ExpectIndex(recorder_.Of([&] {
      EXPECT_OK(session_->Read(Within(absl::Seconds(60)), [](Transaction& tx) {
        return BusinessHoursTable().Find(tx, {{"is_default", 1}}).status();
      }));
    }),
                {"business_hours_default"}, true);
  }

  Recorder recorder_;
  std::vector<std::string> schema_;
};
CHARTER_CONFORMANCE(QueryPlanTest);

TEST_P(QueryPlanTest, X3_EveryStatementUsesItsIndex) {
  EXPECT_EQ(Number("SELECT COUNT(*) FROM cases"), kRows);
  {
    SCOPED_TRACE("without statistics");
    CheckAll();
  }
  GatherStatistics();
  SCOPED_TRACE("with statistics");
  CheckAll();
}

}  // namespace
}  // namespace charter::storage

// A filter selects the same rows as SQL, on every engine, as it does when it is
// evaluated on each of them.
#include <cmath>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "rapidcheck.h"
#include "storage/filter/filter_sql.h"
#include "storage/store.h"
#include "tests/server/sla/expression/random_expression.h"
#include "tests/server/sla/expression/schema_for_test.h"
#include "tests/storage/conformance/fixture.h"

namespace charter::storage {
namespace {

constexpr char kSqlite[] = R"(-- oldest-binary: 1
CREATE TABLE filtered (
  id INTEGER NOT NULL PRIMARY KEY,
  priority INTEGER,
  status INTEGER,
  subject TEXT,
  tier TEXT,
  site TEXT,
  visits REAL,
  is_closed INTEGER,
  is_stopped INTEGER,
  due_days INTEGER,
  renewal_days INTEGER,
  inbound_us INTEGER,
  outbound_us INTEGER,
  work_us INTEGER,
  travel_us INTEGER
) STRICT
)";

// Text with the collation that the product's tables have.
constexpr char kMysql[] = R"(-- oldest-binary: 1
CREATE TABLE filtered (
  id BIGINT NOT NULL PRIMARY KEY,
  priority BIGINT,
  status SMALLINT,
  subject MEDIUMTEXT,
  tier VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin,
  site VARCHAR(200),
  visits DOUBLE,
  is_closed TINYINT,
  is_stopped TINYINT,
  due_days INT,
  renewal_days INT,
  inbound_us BIGINT,
  outbound_us BIGINT,
  work_us BIGINT,
  travel_us BIGINT
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
)";

// The columns in the order of CaseSchema().
const std::vector<FilterColumn>& Columns() {
  static const auto& columns = *new std::vector<FilterColumn>{
      {"priority", FilterKind::kNumber, {}},
      {"status",
       FilterKind::kEnum,
       {{"new", 1}, {"open", 2}, {"waiting", 3}, {"closed", 4}}},
      {"subject", FilterKind::kText, {}},
      {"tier", FilterKind::kId, {}},
      {"site", FilterKind::kText, {}},
      {"visits", FilterKind::kNumber, {}},
      {"is_closed", FilterKind::kNumber, {}},
      {"is_stopped", FilterKind::kNumber, {}},
      {"due_days", FilterKind::kNumber, {}},
      {"renewal_days", FilterKind::kNumber, {}},
      {"inbound_us", FilterKind::kNumber, {}},
      {"outbound_us", FilterKind::kNumber, {}},
      {"work_us", FilterKind::kNumber, {}},
      {"travel_us", FilterKind::kNumber, {}}};
  return columns;
}

const MigrationSet& Migrations() {
  static const MigrationSet& set = *[] {
    absl::StatusOr<MigrationSet> parsed = ParseMigrations(
        {{"0001_filtered.sql", kMysql}}, {{"0001_filtered.sql", kSqlite}});
    return new MigrationSet(*std::move(parsed));
  }();
  return set;
}

Value ToColumn(const FilterColumn& column, const sla::Value& value) {
  if (!sla::IsSet(value)) return nullptr;
  if (column.kind == FilterKind::kEnum) {
    for (const auto& [name, number] : column.names) {
      if (name == std::get<std::string>(value)) return number;
    }
  }
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* number = std::get_if<double>(&value)) {
    if (column.sql == "visits") return *number;
    return static_cast<int64_t>(*number);
  }
  if (const auto* b = std::get_if<bool>(&value)) return *b ? 1 : 0;
  if (const auto* date = std::get_if<sla::Date>(&value)) {
    return *date - sla::Date(1970, 1, 1);
  }
  if (const auto* at = std::get_if<sla::Instant>(&value)) return at->micros();
  return std::get<sla::Duration>(value).micros();
}

// Records whose values their columns can hold, with texts that differ by what
// collations overlook.
std::vector<sla::Record> RandomRecords() {
  static const std::vector<std::string> kTexts = {
      "a  ", "a\t", std::string("a\0b", 3), std::string("\0", 1),
      "  ",  "Ａ",  std::string(300, 'a')};
  std::vector<sla::Record> records;
  for (int i = 0; i < 25; ++i) {
    sla::Record record = sla::RandomRecord(sla::CaseSchema());
    if (double* priority = std::get_if<double>(&record[0])) {
      *priority = std::abs(*priority) > 1e16 ? 7 : std::trunc(*priority);
    }
    if (i < static_cast<int>(kTexts.size())) record[2] = kTexts[i];
    records.push_back(std::move(record));
  }
  return records;
}

class FilterPropertyTest : public testing::TestWithParam<Backend> {
 protected:
  void SetUp() override {
    database_ = GetParam().create();
    StoreOptions options;
    options.migrations = &Migrations();
    absl::StatusOr<std::unique_ptr<Store>> store =
        OpenStore(database_->url(), options);
    ASSERT_TRUE(store.ok()) << store.status();
    store_ = *std::move(store);
    ASSERT_OK(store_->Migrate(Noon()));
    session_ = store_->OpenSession();
  }

  absl::Status Replace(const std::vector<sla::Record>& records) {
    std::vector<std::string> names = {"id"};
    for (const FilterColumn& column : Columns()) names.push_back(column.sql);
    const std::vector<absl::string_view> columns(names.begin(), names.end());
    std::vector<std::vector<Value>> rows;
    for (size_t i = 0; i < records.size(); ++i) {
      std::vector<Value>& row = rows.emplace_back();
      row.push_back(i);
      for (size_t slot = 0; slot < Columns().size(); ++slot) {
        row.push_back(ToColumn(Columns()[slot], records[i][slot]));
      }
    }
    return session_->Write(
        Within(absl::Minutes(1)), [&](Transaction& tx) -> absl::Status {
          absl::Status status = tx.Execute("DELETE FROM filtered").status();
          if (!status.ok()) return status;
          return tx.InsertRows("filtered", columns, rows);
        });
  }

  std::unique_ptr<TestDatabase> database_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<Session> session_;
};

// Columns for most fields, or for all.
FilterColumns RandomColumns() {
  FilterColumns columns;
  const bool all = *rc::gen::inRange(0, 4) != 0;
  for (int slot = 0; slot < sla::CaseSchema().size(); ++slot) {
    if (all || *rc::gen::inRange(0, 3) != 0) columns[slot] = Columns()[slot];
  }
  return columns;
}

TEST_P(FilterPropertyTest, X3_SqlSelectsWhatEvaluatingDoes) {
  int exact = 0;
  int inexact = 0;
  int selected = 0;
  const bool passed = rc::check([&] {
    const std::vector<sla::Record> records = RandomRecords();
    const absl::Status replaced = Replace(records);
    if (!replaced.ok()) RC_FAIL(replaced.ToString());
    std::vector<std::string> filters;
    std::vector<FilterColumns> columns;
    for (int i = 0; i < 20; ++i) {
      filters.push_back(sla::Write(sla::RandomModel(2, false)));
      columns.push_back(RandomColumns());
    }
    std::string failure;
    const absl::Status status = session_->Read(
        Within(absl::Minutes(1)), [&](Transaction& tx) -> absl::Status {
          for (size_t i = 0; i < filters.size(); ++i) {
            absl::StatusOr<sla::Expression> filter = sla::Expression::Parse(
                filters[i], sla::CaseSchema(), sla::Usage::kLevel);
            if (!filter.ok()) return filter.status();
            const FilterSql sql = ToSql(*filter, columns[i]);
            absl::StatusOr<Rows> rows = tx.Query(
                absl::StrCat("SELECT id FROM filtered WHERE ", sql.where),
                sql.binds);
            if (!rows.ok()) return rows.status();
            (sql.exact ? exact : inexact) += 1;
            std::vector<bool> found(records.size());
            for (Row row : *rows) found[row.Int64(0)] = true;
            for (size_t id = 0; id < records.size(); ++id) {
              const bool holds = filter->Evaluate(records[id]);
              selected += holds ? 1 : 0;
              const bool wrong =
                  sql.exact ? found[id] != holds : holds && !found[id];
              if (wrong) {
                absl::StrAppend(&failure, filters[i], "\n  as ", sql.where,
                                "\n  is ", holds, " for row ", id, "\n");
              }
            }
          }
          return absl::OkStatus();
        });
    if (!status.ok()) RC_FAIL(status.ToString());
    if (!failure.empty()) RC_FAIL(failure);
  });
  EXPECT_TRUE(passed);
  // The property says nothing when hardly any filter is exact or selects.
  EXPECT_GT(exact, 500);
  EXPECT_GT(inexact, 100);
  EXPECT_GT(selected, 5000);
}

CHARTER_CONFORMANCE(FilterPropertyTest);

}  // namespace
}  // namespace charter::storage

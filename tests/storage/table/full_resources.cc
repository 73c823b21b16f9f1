#include "tests/storage/table/full_resources.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "storage/table/resource_tables.h"

namespace charter::storage {
namespace {

constexpr int kFewRows = 1000;

class Filler {
 public:
  explicit Filler(Transaction& tx)
      : tx_(tx), sqlite_(tx.dialect().engine() == Engine::kSqlite) {}

  absl::Status Fill(const TableBinding& binding) {
    std::vector<std::string> columns, values;
    if (binding.has_etag()) {
      columns.push_back("row_version");
      values.push_back("1");
    }
    for (const Column& column : binding.columns()) {
      columns.push_back(column.name);
      values.push_back(ValueOf(binding, column));
    }
    // Settings are read by name alone.
    const bool few = binding.spec().leads.size() == 1;
    absl::Status status =
        FillTable(binding.table(), columns, values, few ? kFewRows : kFullRows);
    for (const ChildTable& child : binding.spec().children) {
      if (!status.ok()) break;
      status = FillTable(child.table, {child.parent_column, child.value_column},
                         {Text("entitlements/r", "1000000 + n"),
                          Text("contacts/r", "n % 50000")},
                         kFullRows);
    }
    return status;
  }

 private:
  // What unique keys hold, besides external ids.
  static bool IsOneOfAKind(absl::string_view column) {
    return column == "price_key" || column == "contract_number" ||
           column == "line_number" || column == "template_key" ||
           column == "pair_key";
  }

  absl::Status FillTable(absl::string_view table,
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
    return tx_
        .Execute(absl::StrCat("INSERT INTO ", table, " (",
                              absl::StrJoin(columns, ", "), ") SELECT ",
                              absl::StrJoin(values, ", "), " FROM ", numbers,
                              " WHERE n < ", rows, " ORDER BY n"))
        .status();
  }

  std::string Text(absl::string_view head, absl::string_view number) const {
    return sqlite_ ? absl::StrCat("'", head, "' || (", number, ")")
                   : absl::StrCat("CONCAT('", head, "', ", number, ")");
  }

  std::string ValueOf(const TableBinding& binding, const Column& column) const {
    const std::string some = "CASE WHEN n >= 98000 THEN 7 ELSE n % 1000 END";
    const std::string one_of_hundred =
        "CASE WHEN n % 100 = 0 THEN 1 ELSE 0 END";
    if (column.name == "name" && IsVersionTable(binding)) {
      return sqlite_ ? "'parents/p' || (n % 10000) || '/versions/' || n"
                     : "CONCAT('parents/p', n % 10000, '/versions/', n)";
    }
    if (column.name == "name")
      return Text(absl::StrCat(binding.table(), "/r"), "1000000 + n");
    if (column.name == "parent" && column.hidden != nullptr)
      return Text("parents/p", "n % 10000");
    if (column.name == "number") return "n";
    if (column.name == "evaluation_error")
      return "CASE WHEN n % 100 = 0 THEN 'boom' ELSE '' END";
    // Most resources are never deleted.
    if (column.name == "purge_time" || column.name == "delete_time")
      return "CASE WHEN n % 1000 = 0 THEN n ELSE NULL END";
    if (column.null_when_empty || IsOneOfAKind(column.name))
      return Text("e", "n");
    switch (column.kind) {
      case ColumnKind::kId:
        return Text("things/t", some);
      case ColumnKind::kText:
        return Text("t", some);
      case ColumnKind::kBool:
        return one_of_hundred;
      case ColumnKind::kEnum:
        return "n % 5 + 1";
      case ColumnKind::kMore:
        return "NULL";
      default:
        return "n * 7919 % 100003";
    }
  }

  Transaction& tx_;
  const bool sqlite_;
};

}  // namespace

absl::Status FillResources(Session& session) {
  for (const TableBinding* binding : AllTables()) {
    TxOptions options;
    options.deadline = options.now + absl::Minutes(10);
    absl::Status status = session.Write(
        options, [&](Transaction& tx) { return Filler(tx).Fill(*binding); });
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

bool IsVersionTable(const TableBinding& binding) {
  return binding.FindColumn("number") != nullptr;
}

}  // namespace charter::storage

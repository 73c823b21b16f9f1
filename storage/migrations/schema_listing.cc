#include "storage/migrations/schema_listing.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace charter::storage {
namespace {

// Each engine's view of itself in the same columns.
struct Texts {
  absl::string_view columns;   // table, column, type, not null
  absl::string_view indexes;   // table, index, unique, column; in key order
  absl::string_view primary;   // table, column; in key order
  absl::string_view foreign;   // table, constraint, column, other table, other
                               // column; in order
  absl::string_view problems;  // line
};

constexpr Texts kSqlite = {
    // A key column without NOT NULL holds none all the same where it is the row
    // number itself or the table has no row numbers.
    "SELECT t.name, c.name, c.type, c.[notnull] OR (c.pk > 0 AND (t.wr OR "
    "(c.type = 'INTEGER' AND (SELECT COUNT(*) FROM pragma_table_info(t.name) k "
    "WHERE k.pk > 0) = 1))) FROM pragma_table_list t "
    "JOIN pragma_table_info(t.name) c WHERE t.schema = 'main' "
    "AND t.type = 'table' AND t.name NOT LIKE 'sqlite%' ORDER BY 1, c.cid",
    "SELECT t.name, i.name, i.[unique], c.name FROM sqlite_master t JOIN "
    "pragma_index_list(t.name) i "
    "JOIN pragma_index_info(i.name) c WHERE t.type = 'table' AND i.origin <> "
    "'pk' ORDER BY 1, 2, c.seqno",
    "SELECT t.name, c.name FROM sqlite_master t JOIN pragma_table_info(t.name) "
    "c "
    "WHERE t.type = 'table' AND c.pk > 0 ORDER BY 1, c.pk",
    "SELECT t.name, CAST(f.id AS TEXT), f.[from], f.[table], f.[to] FROM "
    "sqlite_master t "
    "JOIN pragma_foreign_key_list(t.name) f WHERE t.type = 'table' ORDER BY 1, "
    "2, f.seq",
    "SELECT name || ' is not STRICT' FROM pragma_table_list WHERE schema = "
    "'main' AND type = 'table' "
    "AND strict = 0 AND name NOT LIKE 'sqlite%' UNION ALL "
    "SELECT name || ' counts by itself' FROM sqlite_master "
    "WHERE type = 'table' AND sql LIKE '%AUTOINCREMENT%'",
};

constexpr Texts kMysql = {
    "SELECT table_name, column_name, data_type, is_nullable = 'NO' FROM "
    "information_schema.columns "
    "WHERE table_schema = DATABASE() ORDER BY table_name, ordinal_position",
    "SELECT table_name, index_name, non_unique = 0, column_name FROM "
    "information_schema.statistics "
    "WHERE table_schema = DATABASE() AND index_name <> 'PRIMARY' ORDER BY "
    "table_name, index_name, seq_in_index",
    "SELECT table_name, column_name FROM information_schema.statistics "
    "WHERE table_schema = DATABASE() AND index_name = 'PRIMARY' ORDER BY "
    "table_name, seq_in_index",
    "SELECT table_name, constraint_name, column_name, referenced_table_name, "
    "referenced_column_name "
    "FROM information_schema.key_column_usage WHERE table_schema = DATABASE() "
    "AND referenced_table_name IS NOT NULL ORDER BY table_name, "
    "constraint_name, ordinal_position",
    "SELECT CONCAT(table_name, ' is ', engine) FROM information_schema.tables "
    "WHERE table_schema = DATABASE() AND engine <> 'InnoDB' UNION ALL "
    "SELECT CONCAT(table_name, '.', column_name, ' is ', collation_name) FROM "
    "information_schema.columns "
    "WHERE table_schema = DATABASE() AND collation_name IS NOT NULL "
    "AND collation_name NOT IN ('ascii_bin', 'utf8mb4_bin') UNION ALL "
    "SELECT CONCAT(table_name, ' counts by itself') "
    "FROM information_schema.columns WHERE table_schema = DATABASE() "
    "AND extra LIKE '%auto_increment%'",
};

// Text that is compared by every octet, trailing spaces included: ascii_bin and
// utf8mb4_bin leave those out. SQLite has it as TEXT or BLOB.
constexpr absl::string_view kOctets = " varbinary";

std::string NeutralType(absl::string_view type) {
  const std::string lower = absl::AsciiStrToLower(type);
  if (absl::EndsWith(lower, "int") || lower == "integer") return "integer";
  if (absl::EndsWith(lower, "char") || absl::EndsWith(lower, "text"))
    return "text";
  if (absl::EndsWith(lower, "blob") || lower == "binary") return "blob";
  if (lower == "double" || lower == "float") return "real";
  return lower;
}

class Lister {
 public:
  explicit Lister(Transaction& transaction)
      : transaction_(transaction),
        texts_(transaction.dialect().engine() == Engine::kSqlite ? kSqlite
                                                                 : kMysql) {}

  absl::StatusOr<std::vector<std::string>> List() {
    absl::Status status = ForEach(texts_.columns, [this](Row row) {
      lines_.push_back(absl::StrCat(row.Text(0), ".", row.Text(1), " ",
                                    NeutralType(row.Text(2)),
                                    row.Int64(3) != 0 ? " not null" : ""));
    });
    std::map<std::string, std::string> keys;
    auto add = [&keys](std::string head, absl::string_view column) {
      std::string& columns = keys[std::move(head)];
      absl::StrAppend(&columns, columns.empty() ? "" : ", ", column);
    };
    if (status.ok()) {
      status = ForEach(texts_.primary, [&](Row row) {
        add(absl::StrCat(row.Text(0), " primary key "), row.Text(1));
      });
    }
    if (status.ok()) {
      status = ForEach(texts_.indexes, [&](Row row) {
        add(absl::StrCat(row.Text(0),
                         row.Int64(2) != 0 ? " unique " : " index ",
                         row.Text(1), " "),
            row.Text(3));
      });
    }
    if (!status.ok()) return status;
    for (const auto& [head, columns] : keys)
      lines_.push_back(absl::StrCat(head, "(", columns, ")"));
    if (status = ListForeignKeys(); !status.ok()) return status;
    lines_.erase(
        std::remove_if(lines_.begin(), lines_.end(),
                       [](const std::string& line) {
                         return absl::StartsWith(line, "schema_version") ||
                                absl::StartsWith(line, "schema_progress");
                       }),
        lines_.end());
    std::sort(lines_.begin(), lines_.end());
    return lines_;
  }

  absl::StatusOr<std::vector<std::string>> Problems() {
    absl::Status status = ForEach(
        texts_.problems, [this](Row row) { lines_.emplace_back(row.Text(0)); });
    if (!status.ok()) return status;
    return lines_;
  }

 private:
  template <typename Take>
  absl::Status ForEach(absl::string_view sql, Take take) {
    absl::StatusOr<Rows> rows = transaction_.Query(sql);
    if (!rows.ok()) return rows.status();
    for (Row row : *rows) take(row);
    return absl::OkStatus();
  }

  absl::Status ListForeignKeys() {
    struct Key {
      std::string table, columns, other, other_columns;
    };
    std::map<std::string, Key> keys;  // by table and the engine's own name
    absl::Status status = ForEach(texts_.foreign, [&keys](Row row) {
      Key& key = keys[absl::StrCat(row.Text(0), " ", row.Text(1))];
      const absl::string_view comma = key.columns.empty() ? "" : ", ";
      key.table = std::string(row.Text(0));
      absl::StrAppend(&key.columns, comma, row.Text(2));
      key.other = std::string(row.Text(3));
      absl::StrAppend(&key.other_columns, comma, row.Text(4));
    });
    for (const auto& [name, key] : keys) {
      lines_.push_back(absl::StrCat(key.table, " foreign key (", key.columns,
                                    ") references ", key.other, " (",
                                    key.other_columns, ")"));
    }
    return status;
  }

  Transaction& transaction_;
  const Texts& texts_;
  std::vector<std::string> lines_;
};

template <typename Ask>
absl::StatusOr<std::vector<std::string>> Run(Session& session, Ask ask) {
  std::vector<std::string> lines;
  absl::Status status = session.Read({}, [&](Transaction& transaction) {
    absl::StatusOr<std::vector<std::string>> answer = ask(Lister(transaction));
    if (answer.ok()) lines = *std::move(answer);
    return answer.status();
  });
  if (!status.ok()) return status;
  return lines;
}

// A line of MySQL's with its VARBINARY column as text or as blob.
std::string As(absl::string_view type, const std::string& line) {
  return absl::StrReplaceAll(line, {{kOctets, absl::StrCat(" ", type)}});
}

}  // namespace

absl::StatusOr<std::vector<std::string>> ListSchema(Session& session) {
  return Run(session, [](Lister lister) { return lister.List(); });
}

absl::StatusOr<std::vector<std::string>> SchemaProblems(Session& session) {
  return Run(session, [](Lister lister) { return lister.Problems(); });
}

std::vector<std::string> SchemaDifferences(
    const std::vector<std::string>& sqlite,
    const std::vector<std::string>& mysql) {
  std::set<std::string> left(sqlite.begin(), sqlite.end());
  std::vector<std::string> differences;
  for (const std::string& line : mysql) {
    if (left.erase(line) + left.erase(As("text", line)) +
            left.erase(As("blob", line)) ==
        0) {
      differences.push_back(absl::StrCat("only mysql: ", line));
    }
  }
  for (const std::string& line : left) {
    differences.push_back(absl::StrCat("only sqlite: ", line));
  }
  return differences;
}

}  // namespace charter::storage

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "storage/sql/dialect.h"

namespace charter::storage {
namespace {

class Sqlite : public Dialect {
 public:
  Engine engine() const override { return Engine::kSqlite; }
  absl::string_view name() const override { return "sqlite"; }
  absl::string_view ForUpdate() const override { return ""; }
  absl::string_view ForShare() const override { return ""; }
  absl::string_view ForUpdateSkipLocked() const override { return ""; }

  std::string UnionPart(absl::string_view columns,
                        absl::string_view select) const override {
    return absl::StrCat("SELECT ", columns, " FROM (", select, ") AS part");
  }

  std::string OrIgnore(absl::string_view /*key_column*/) const override {
    return "ON CONFLICT DO NOTHING";
  }

  std::string OrUpdate(
      absl::Span<const absl::string_view> key_columns,
      absl::Span<const absl::string_view> update_columns) const override {
    return absl::StrCat(
        "ON CONFLICT (", absl::StrJoin(key_columns, ", "), ") DO UPDATE SET ",
        absl::StrJoin(update_columns, ", ",
                      [](std::string* out, absl::string_view column) {
                        absl::StrAppend(out, column, " = excluded.", column);
                      }));
  }

  int rows_per_insert() const override { return 1; }
};

}  // namespace

const Dialect& SqliteDialect() {
  static const Sqlite* const dialect = new Sqlite;
  return *dialect;
}

}  // namespace charter::storage

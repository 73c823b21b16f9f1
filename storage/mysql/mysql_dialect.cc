#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "storage/sql/dialect.h"

namespace charter::storage {
namespace {

class Mysql : public Dialect {
 public:
  Engine engine() const override { return Engine::kMysql; }
  absl::string_view name() const override { return "mysql"; }
  absl::string_view ForUpdate() const override { return " FOR UPDATE"; }
  // MariaDB does not know FOR SHARE.
  absl::string_view ForShare() const override { return " LOCK IN SHARE MODE"; }
  absl::string_view ForUpdateSkipLocked() const override {
    return " FOR UPDATE SKIP LOCKED";
  }

  std::string UnionPart(absl::string_view /*columns*/,
                        absl::string_view select) const override {
    return absl::StrCat("(", select, ")");
  }

  // Not INSERT IGNORE, which also swallows foreign keys and cuts what is too
  // long.
  std::string OrIgnore(absl::string_view key_column) const override {
    return absl::StrCat("ON DUPLICATE KEY UPDATE ", key_column, " = ",
                        key_column);
  }

  std::string OrUpdate(
      absl::Span<const absl::string_view> /*key_columns*/,
      absl::Span<const absl::string_view> update_columns) const override {
    return absl::StrCat(
        "ON DUPLICATE KEY UPDATE ",
        absl::StrJoin(update_columns, ", ",
                      [](std::string* out, absl::string_view column) {
                        absl::StrAppend(out, column, " = VALUES(", column, ")");
                      }));
  }

  int rows_per_insert() const override { return 500; }
};

}  // namespace

const Dialect& MysqlDialect() {
  static const Mysql* const dialect = new Mysql;
  return *dialect;
}

}  // namespace charter::storage

// Where the engines' SQL differs. Everything else is written once.
#ifndef CHARTER_STORAGE_SQL_DIALECT_H_
#define CHARTER_STORAGE_SQL_DIALECT_H_

#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace charter::storage {

enum class Engine { kSqlite, kMysql };  // kMysql: MariaDB as well as MySQL

class Dialect {
 public:
  virtual ~Dialect() = default;

  virtual Engine engine() const = 0;
  virtual absl::string_view name()
      const = 0;  // "sqlite" or "mysql", as in URLs and folder names

  // Ends a SELECT that locks its rows until commit. Empty on SQLite, where a
  // Write transaction is the only writer from its start.
  virtual absl::string_view ForUpdate() const = 0;
  // Ends a SELECT whose rows nobody changes until commit, while others may read
  // them so as well.
  virtual absl::string_view ForShare() const = 0;
  // As ForUpdate, leaving out rows that others have locked. Galera's other
  // nodes' locks are not seen: correctness must not rest on it.
  virtual absl::string_view ForUpdateSkipLocked() const = 0;

  // Ends an INSERT so that a row whose key is taken changes nothing.
  // `key_column` is any column of that key. The affected count does not tell
  // which happened (MySQL counts found rows, SQLite counts written ones).
  virtual std::string OrIgnore(absl::string_view key_column) const = 0;
  // Ends an INSERT so that a row whose key (`key_columns`) is taken gets
  // `update_columns` from the new row.
  virtual std::string OrUpdate(
      absl::Span<const absl::string_view> key_columns,
      absl::Span<const absl::string_view> update_columns) const = 0;

  // `select`, which reads `columns` and has an ORDER BY and a LIMIT, as a part
  // of a UNION ALL. MariaDB would make a table of its own for each of those
  // that stand in a FROM; SQLite takes no other.
  virtual std::string UnionPart(absl::string_view columns,
                                absl::string_view select) const = 0;

  // Rows that InsertRows puts into one statement: many where a round trip
  // costs, one where a prepared statement is free.
  virtual int rows_per_insert() const = 0;
};

const Dialect& SqliteDialect();
const Dialect& MysqlDialect();

}  // namespace charter::storage

#endif  // CHARTER_STORAGE_SQL_DIALECT_H_

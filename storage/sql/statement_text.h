// The check that every SQL text passes before its first use.
#ifndef CHARTER_STORAGE_SQL_STATEMENT_TEXT_H_
#define CHARTER_STORAGE_SQL_STATEMENT_TEXT_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "storage/sql/value.h"

namespace charter::storage::internal {

// A text that passed, cut at its names: chunks[0] name chunks[1] name …
// chunks[n].
struct CheckedSql {
  std::string text;
  std::vector<std::string> chunks;  // one more than places
  std::vector<size_t> places;       // per place, an index into names
  std::vector<std::string>
      names;  // each once, in order of first use: SQLite's parameter numbers
  bool writes = false;  // not a SELECT, WITH … SELECT or EXPLAIN
};

// INTERNAL, naming the text, unless: one statement of a verb we allow, no
// comment, no double quote, back-tick, semicolon, backslash, no colon but
// before a name. SOCI would take a colon in a comment or a double-quoted string
// for a value and cut the statement there, and SQLite would run only the first
// of two statements: both have changed more rows than meant.
absl::StatusOr<CheckedSql> CheckSql(absl::string_view sql);

// The values in the order of `sql.names`. INTERNAL, naming the text and the
// name, when one is missing, bound twice, or not in the text. The pointers live
// as long as `binds`.
absl::Status MatchBinds(const CheckedSql& sql, const Binds& binds,
                        std::vector<const Value*>& values);

}  // namespace charter::storage::internal

#endif  // CHARTER_STORAGE_SQL_STATEMENT_TEXT_H_

// The lists of the SQL texts whose plans are checked, on 100,000 rows: those of
// storage/records in records.txt, those of storage/table in resources.txt.
#ifndef CHARTER_TESTS_STORAGE_STATEMENTS_CHECKED_STATEMENTS_H_
#define CHARTER_TESTS_STORAGE_STATEMENTS_CHECKED_STATEMENTS_H_

#include <compare>
#include <ostream>
#include <set>
#include <string>

#include "absl/strings/string_view.h"
#include "storage/sql/dialect.h"

namespace charter::storage {

struct CheckedStatement {
  Engine engine;
  std::string shape;  // StatementShape of the text
  friend auto operator<=>(const CheckedStatement&,
                          const CheckedStatement&) = default;
};

// "engine<TAB>shape", a line of a list.
std::ostream& operator<<(std::ostream& out, const CheckedStatement& statement);

// Whether an engine plans it at all: not BEGIN and the like, and no plain
// INSERT. has_plan in recorded.py says the same.
bool HasPlan(absl::string_view sql);

// `list`: records.txt or resources.txt.
std::set<CheckedStatement> ReadCheckedStatements(absl::string_view list);

// Expects that the list says of this engine exactly what was checked. With
// CHARTER_WRITE_STATEMENTS in the environment it is written anew instead.
void ExpectListed(absl::string_view list, Engine engine,
                  const std::set<CheckedStatement>& checked);

}  // namespace charter::storage

#endif  // CHARTER_TESTS_STORAGE_STATEMENTS_CHECKED_STATEMENTS_H_

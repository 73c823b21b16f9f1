// The list of all SQL texts of storage/records whose plans are checked:
// statements.txt.
#ifndef CHARTER_TESTS_STORAGE_RECORDS_CHECKED_STATEMENTS_H_
#define CHARTER_TESTS_STORAGE_RECORDS_CHECKED_STATEMENTS_H_

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

// "engine<TAB>shape", a line of the list.
std::ostream& operator<<(std::ostream& out, const CheckedStatement& statement);

// Whether an engine plans it at all: not BEGIN and the like, and no plain
// INSERT.
bool HasPlan(absl::string_view sql);

std::set<CheckedStatement> ReadCheckedStatements();

}  // namespace charter::storage

#endif  // CHARTER_TESTS_STORAGE_RECORDS_CHECKED_STATEMENTS_H_

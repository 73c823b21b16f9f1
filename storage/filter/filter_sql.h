// List filters as SQL (X3).
#ifndef CHARTER_STORAGE_FILTER_FILTER_SQL_H_
#define CHARTER_STORAGE_FILTER_FILTER_SQL_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "server/sla/expression/expression.h"
#include "storage/sql/value.h"

namespace charter::storage {

// How the values of a field stand in its column. NULL is "not set" for all.
enum class FilterKind {
  kNumber,  // numbers as they are, bools as 0 and 1, dates as days since
            // 1970-01-01, instants and durations as microseconds
  kText,    // UTF-8 text of any binary collation, padded or not
  kId,      // printable ASCII without spaces: compared as it is, so that
            // an index serves it
  kEnum,    // a string field kept as a number, by FilterColumn::names
};

struct FilterColumn {
  // As it stands in the SQL: `priority`, `c.priority`. From code, never from a
  // caller.
  std::string sql;
  FilterKind kind = FilterKind::kNumber;
  // kEnum: every value that the field may have, with its number. Other numbers
  // count as not set.
  std::vector<std::pair<std::string, int64_t>> names;
};

// By slot of the schema that the filter was parsed with. A field without a
// column is checked on the rows.
using FilterColumns = absl::flat_hash_map<int, FilterColumn>;

struct FilterSql {
  // A condition to stand in a WHERE, alone or joined by AND or OR; not under a
  // NOT, as it may be NULL where the filter is false. Values by name only.
  std::string where;
  Binds binds;
  // True: the condition holds for exactly the rows for which the filter
  // evaluates to true. False: also for others (a `matches`, a field without a
  // column), so that rows must be checked with Expression::Evaluate.
  bool exact = true;
};

// The condition for a filter parsed with Usage::kLevel. The same text for both
// engines, and the same for filters that differ in their literals alone, as far
// as a literal's kind, the length of a list and the values of enums allow.
// Values are named prefix0, prefix1, ….
//
// Whole numbers in columns are expected within ±2^53, as everywhere in the
// language.
FilterSql ToSql(const sla::Expression& filter, const FilterColumns& columns,
                absl::string_view prefix = "f");

}  // namespace charter::storage

#endif  // CHARTER_STORAGE_FILTER_FILTER_SQL_H_

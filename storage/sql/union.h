// Several readings in one statement.
#ifndef CHARTER_STORAGE_SQL_UNION_H_
#define CHARTER_STORAGE_SQL_UNION_H_

#include <cstddef>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "storage/sql/dialect.h"

namespace charter::storage {

// How many parts a union of `count` gets, so that few texts exist: the next
// power of two, above 16 the next multiple of 16. Those beyond `count` find
// nothing, or what others find.
size_t PaddedParts(size_t count);

// A SELECT for each of `parts` (1 or more), put together, each with the ORDER
// BY and LIMIT of its own that a bare UNION ALL would not take. `part` gives
// the text of one, which reads `columns`; the parts' binds end in their number.
std::string UnionOf(const Dialect& dialect, absl::string_view columns,
                    size_t parts, absl::FunctionRef<std::string(size_t)> part);

}  // namespace charter::storage

#endif  // CHARTER_STORAGE_SQL_UNION_H_

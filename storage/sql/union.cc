#include "storage/sql/union.h"

#include <bit>

#include "absl/strings/str_cat.h"

namespace charter::storage {

size_t PaddedParts(size_t count) {
  constexpr size_t kStep = 16;
  if (count > kStep) return (count + kStep - 1) / kStep * kStep;
  return std::bit_ceil(count);
}

std::string UnionOf(const Dialect& dialect, absl::string_view columns,
                    size_t parts, absl::FunctionRef<std::string(size_t)> part) {
  std::string sql;
  for (size_t i = 0; i < parts; ++i) {
    absl::StrAppend(&sql, i == 0 ? "" : " UNION ALL ",
                    dialect.UnionPart(columns, part(i)));
  }
  return sql;
}

}  // namespace charter::storage

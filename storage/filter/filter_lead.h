// Which index serves a list filter (X3).
#ifndef CHARTER_STORAGE_FILTER_FILTER_LEAD_H_
#define CHARTER_STORAGE_FILTER_FILTER_LEAD_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "server/sla/expression/expression.h"
#include "server/sla/expression/schema.h"
#include "server/sla/expression/value.h"

namespace charter::storage {

// What one index can answer: rows equal in these fields, in this order.
struct FilterLead {
  std::vector<std::string>
      equal_fields;   // names in the schema; none: any filter
  std::string order;  // as the List says it; for messages
};

// `field == value`, true of every row that the filter selects.
struct FieldEquality {
  int slot = 0;
  sla::Value value;
};

// The equalities of a filter's outermost &&: field == literal, a bool field by
// itself, and `in` of a single value. Not those with "", which rows without a
// value fulfil too. A field that is compared twice comes twice.
std::vector<FieldEquality> TopLevelEqualities(const sla::Expression& filter);

// The lead with the most fields, the first of equals, among those whose fields
// all have a top-level equality in the filter. `filter` null: no filter.
// INVALID_ARGUMENT that lists the leads when there is none.
absl::StatusOr<size_t> ChooseLead(const sla::Expression* filter,
                                  const sla::Schema& schema,
                                  absl::Span<const FilterLead> leads);

}  // namespace charter::storage

#endif  // CHARTER_STORAGE_FILTER_FILTER_LEAD_H_

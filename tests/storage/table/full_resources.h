// Resource tables with many rows, for plans.
#ifndef CHARTER_TESTS_STORAGE_TABLE_FULL_RESOURCES_H_
#define CHARTER_TESTS_STORAGE_TABLE_FULL_RESOURCES_H_

#include "absl/status/status.h"
#include "storage/store.h"
#include "storage/table/binding.h"

namespace charter::storage {

// Rows of every table but those of settings, which are few in life too.
inline constexpr int kFullRows = 100000;

// Fills all resource tables, inside the database, so that it takes seconds.
// Row n is TABLE/r(1000000 + n); a version is parents/p(n % 10000)/versions/n.
// Ids are things/tV and texts tV, unique ones en; V is 7 in 2,100 rows and any
// other number below 1,000 in about a hundred. Flags are set in a row of 100.
absl::Status FillResources(Session& session);

// Whether the rows are versions of another resource.
bool IsVersionTable(const TableBinding& binding);

}  // namespace charter::storage

#endif  // CHARTER_TESTS_STORAGE_TABLE_FULL_RESOURCES_H_

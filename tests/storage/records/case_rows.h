// Rows of cases, for what looks at their hidden columns alone.
#ifndef CHARTER_TESTS_STORAGE_RECORDS_CASE_ROWS_H_
#define CHARTER_TESTS_STORAGE_RECORDS_CASE_ROWS_H_

#include <optional>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "storage/sql/transaction.h"

namespace charter::storage {

// A case with nothing but a name and `next_due_us`.
absl::Status InsertCaseRow(Transaction& tx, absl::string_view name,
                           std::optional<absl::Time> due);

}  // namespace charter::storage

#endif  // CHARTER_TESTS_STORAGE_RECORDS_CASE_ROWS_H_

// The numbers that people call cases by.
#ifndef CHARTER_STORAGE_RECORDS_CASE_NUMBERS_H_
#define CHARTER_STORAGE_RECORDS_CASE_NUMBERS_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "storage/sql/transaction.h"

namespace charter::storage {

// Whether a case has this number, whosever it is, deleted or not. One look-up
// in a unique index.
absl::StatusOr<bool> IsCaseNumberTaken(Transaction& tx,
                                       absl::string_view number);

}  // namespace charter::storage

#endif  // CHARTER_STORAGE_RECORDS_CASE_NUMBERS_H_

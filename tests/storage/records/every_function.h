// Calls every function of storage/records in each of its forms.
#ifndef CHARTER_TESTS_STORAGE_RECORDS_EVERY_FUNCTION_H_
#define CHARTER_TESTS_STORAGE_RECORDS_EVERY_FUNCTION_H_

#include "absl/status/status.h"
#include "storage/sql/transaction.h"

namespace charter::storage {

// On full_tables.h, in a transaction that is rolled back.
absl::Status CallEveryFunction(Transaction& tx);

}  // namespace charter::storage

#endif  // CHARTER_TESTS_STORAGE_RECORDS_EVERY_FUNCTION_H_

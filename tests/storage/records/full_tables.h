// Every table of storage/records with 100,000 rows, and the engine's statistics
// of them.
#ifndef CHARTER_TESTS_STORAGE_RECORDS_FULL_TABLES_H_
#define CHARTER_TESTS_STORAGE_RECORDS_FULL_TABLES_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "storage/sql/transaction.h"

namespace charter::storage {

inline constexpr int kFullRows = 100'000;

// Row i, from 1, is of principal i % 100, account i % 1000 and so on, and of
// the instant FullTime(i).
absl::Status FillTables(Transaction& tx);
inline absl::Time FullTime(int row) {
  return absl::FromUnixSeconds(1'700'000'000 + row);
}

const std::vector<std::string>& FullTables();

}  // namespace charter::storage

#endif  // CHARTER_TESTS_STORAGE_RECORDS_FULL_TABLES_H_

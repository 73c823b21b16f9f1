// Which migrations a database has, for whom it serves.
#ifndef CHARTER_STORAGE_MIGRATIONS_SCHEMA_VERSION_H_
#define CHARTER_STORAGE_MIGRATIONS_SCHEMA_VERSION_H_

#include "absl/status/statusor.h"
#include "storage/sql/transaction.h"

namespace charter::storage {

// The number of the newest finished migration. Small: it also serves as the
// question whether the database answers.
absl::StatusOr<int> ReadSchemaVersion(Transaction& tx);

}  // namespace charter::storage

#endif  // CHARTER_STORAGE_MIGRATIONS_SCHEMA_VERSION_H_

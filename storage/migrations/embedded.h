// The migrations' files, as the build embedded them.
#ifndef CHARTER_STORAGE_MIGRATIONS_EMBEDDED_H_
#define CHARTER_STORAGE_MIGRATIONS_EMBEDDED_H_

#include <vector>

#include "storage/migrations/migration.h"

namespace charter::storage::internal {

const std::vector<MigrationFile>& Embedded_mysql();
const std::vector<MigrationFile>& Embedded_sqlite();

}  // namespace charter::storage::internal

#endif  // CHARTER_STORAGE_MIGRATIONS_EMBEDDED_H_

#include "storage/migrations/schema_version.h"

namespace charter::storage {

absl::StatusOr<int> ReadSchemaVersion(Transaction& tx) {
  absl::StatusOr<Rows> rows = tx.Query(
      "SELECT version FROM schema_version ORDER BY version DESC LIMIT 1");
  if (!rows.ok()) return rows.status();
  return rows->empty() ? 0 : static_cast<int>((*rows)[0].Int64(0));
}

}  // namespace charter::storage

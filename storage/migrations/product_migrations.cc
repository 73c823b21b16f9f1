#include "absl/base/internal/raw_logging.h"
#include "storage/migrations/embedded.h"
#include "storage/migrations/migration.h"

namespace charter::storage {

const MigrationSet& ProductMigrations() {
  static const MigrationSet* const set = [] {
    absl::StatusOr<MigrationSet> parsed = ParseMigrations(
        internal::Embedded_mysql(), internal::Embedded_sqlite());
    // Part of the binary: a wrong one never passes its test.
    if (!parsed.ok())
      ABSL_RAW_LOG(FATAL, "%s", parsed.status().ToString().c_str());
    return new MigrationSet(*std::move(parsed));
  }();
  return *set;
}

}  // namespace charter::storage

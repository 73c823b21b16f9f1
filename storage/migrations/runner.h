// Brings a database's schema to the newest migration, and judges one that is
// there.
#ifndef CHARTER_STORAGE_MIGRATIONS_RUNNER_H_
#define CHARTER_STORAGE_MIGRATIONS_RUNNER_H_

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "storage/sql/backend.h"

namespace charter::storage::internal {

// Table schema_version(version, name, checksum, applied_us, oldest_binary) has
// a row per finished migration.
//
// SQLite: a migration is one transaction. MySQL, where DDL commits:
// schema_progress(version, checksum, done) counts the statements done of the
// one migration under way, so that a crash is continued after the last one. The
// statement that a crash caught may have been done without being counted; its
// repetition is forgiven when it fails because the thing is there, or gone,
// already.
absl::Status Migrate(Backend& backend, absl::Time now);
absl::Status CheckSchema(Backend& backend);
// Store::Analyze.
absl::Status Analyze(Backend& backend);

}  // namespace charter::storage::internal

#endif  // CHARTER_STORAGE_MIGRATIONS_RUNNER_H_

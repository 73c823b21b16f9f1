// Numbered, forward-only changes of the schema.
#ifndef CHARTER_STORAGE_MIGRATIONS_MIGRATION_H_
#define CHARTER_STORAGE_MIGRATIONS_MIGRATION_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace charter::storage {

// One file NNNN_name.sql: a header `-- oldest-binary: N`, then statements
// separated by lines `-- ;;`. Never edited after release: its checksum is kept
// in the database.
struct Migration {
  int version = 0;       // NNNN, from 1, without gaps
  std::string name;      // the file's name without number and suffix
  std::string checksum;  // SHA-256 of the file, lower-case hex
  // The oldest binary, named by the newest migration it carries, that still
  // works on the schema after this one: lets old and new servers run side by
  // side.
  int oldest_binary = 0;
  std::vector<std::string> statements;
};

// The same numbers and names on both engines.
struct MigrationSet {
  std::vector<Migration> mysql;
  std::vector<Migration> sqlite;
};

// Reads one file's text. INVALID_ARGUMENT when the header is missing or wrong,
// a statement is empty, or the name is not NNNN_name.sql.
absl::StatusOr<Migration> ParseMigration(absl::string_view file_name,
                                         absl::string_view text);

struct MigrationFile {
  absl::string_view name;
  absl::string_view text;
};

// Both engines' files, sorted by name. INVALID_ARGUMENT for a gap, or when the
// engines differ in numbers, names or oldest binaries.
absl::StatusOr<MigrationSet> ParseMigrations(
    const std::vector<MigrationFile>& mysql,
    const std::vector<MigrationFile>& sqlite);

// The migrations of this binary: storage/migrations/{mysql,sqlite}/*.sql,
// embedded when it was built. In target charter_storage_migrations.
const MigrationSet& ProductMigrations();

}  // namespace charter::storage

#endif  // CHARTER_STORAGE_MIGRATIONS_MIGRATION_H_

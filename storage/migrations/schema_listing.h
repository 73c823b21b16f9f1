// What a database's schema is, in words that both engines share.
#ifndef CHARTER_STORAGE_MIGRATIONS_SCHEMA_LISTING_H_
#define CHARTER_STORAGE_MIGRATIONS_SCHEMA_LISTING_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "storage/store.h"

namespace charter::storage {

// Sorted lines, the same for the same schema on either engine:
//
//   case_item.id text not null
//   case_item primary key (id)
//   case_item unique case_item_number (number)
//   case_item index case_item_due (due_us, id)
//   case_item foreign key (entitlement_id) references entitlement (id)
//
// Types are integer, real, text and blob. Tables of the migration runner are
// left out. Unique keys and indexes are compared by name: make them with CREATE
// [UNIQUE] INDEX, and name the index that a foreign key needs.
absl::StatusOr<std::vector<std::string>> ListSchema(Session& session);

// The lines that only one of two listings has. MySQL's VARBINARY, for text that
// is told apart by every octet, is the same as SQLite's text or blob.
std::vector<std::string> SchemaDifferences(
    const std::vector<std::string>& sqlite,
    const std::vector<std::string>& mysql);

// A line for each table or column that breaks a rule. MySQL: tables are InnoDB
// and text columns ascii_bin or utf8mb4_bin (ids and codes are told apart by
// every byte; the server's default ignores case). SQLite: tables are STRICT.
// Both: no column counts by itself, for its order is not that of commits.
absl::StatusOr<std::vector<std::string>> SchemaProblems(Session& session);

}  // namespace charter::storage

#endif  // CHARTER_STORAGE_MIGRATIONS_SCHEMA_LISTING_H_

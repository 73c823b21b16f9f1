// How new the definitions are that servers cache (hours, processes, statuses,
// roles), and which open items were evaluated with older hours (semantics B9).
#ifndef CHARTER_STORAGE_RECORDS_GENERATIONS_H_
#define CHARTER_STORAGE_RECORDS_GENERATIONS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "storage/sql/transaction.h"

namespace charter::storage {

// The catalog's generation counts every edit of any definition; a subject's
// generation is the catalog's at its last edit. So one number tells whether
// anything changed, and numbers of different subjects compare.
struct Generation {
  std::string
      subject;  // `businessHours/vienna`, at most 255 characters of ASCII
  int64_t generation = 0;
  friend bool operator==(const Generation&, const Generation&) = default;
};

// Call it in the transaction that edits the definition; edits wait for each
// other here. Returns the new generation, of the catalog as of the subject.
absl::StatusOr<int64_t> BumpGeneration(Transaction& tx,
                                       absl::string_view subject);

// The first statement of every transaction that uses cached definitions. 0:
// nothing was edited yet.
absl::StatusOr<int64_t> ReadCatalogGeneration(Transaction& tx);

// Subjects edited after `generation` (0: all), in that order.
absl::StatusOr<std::vector<Generation>> ReadGenerationsSince(
    Transaction& tx, int64_t generation);

// Which hours an open item uses, each with the generation with which it was
// evaluated.
//
// A job that follows an edit takes FindStaleCases until none is left. A write
// that began before the edit committed may commit after that and leave an item
// behind, so the job's last look must come after the longest transaction can
// have lasted.

// Of an item that has none stored: it was just opened.
absl::Status InsertCaseHours(Transaction& tx, absl::string_view case_name,
                             absl::Span<const Generation> hours);
// Makes what is stored equal to `hours`; none: clears it, for an item that was
// closed. Reads, and writes only what differs. The item must be locked.
absl::Status SetCaseHours(Transaction& tx, absl::string_view case_name,
                          absl::Span<const Generation> hours);
absl::StatusOr<std::vector<Generation>> LoadCaseHours(
    Transaction& tx, absl::string_view case_name);

// Names of at most `limit` (1 to 4,096) open items that carry a generation of
// `hours` below `generation`, the oldest first.
absl::StatusOr<std::vector<std::string>> FindStaleCases(Transaction& tx,
                                                        absl::string_view hours,
                                                        int64_t generation,
                                                        int limit);

}  // namespace charter::storage

#endif  // CHARTER_STORAGE_RECORDS_GENERATIONS_H_

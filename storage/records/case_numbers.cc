#include "storage/records/case_numbers.h"

namespace charter::storage {

absl::StatusOr<bool> IsCaseNumberTaken(Transaction& tx,
                                       absl::string_view number) {
  const absl::StatusOr<Rows> rows =
      tx.Query("SELECT name FROM cases WHERE case_number = :case_number",
               {{"case_number", number}});
  if (!rows.ok()) return rows.status();
  return !rows->empty();
}

}  // namespace charter::storage

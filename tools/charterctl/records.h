// `charterctl import KIND FILE.csv` and `charterctl export KIND FILE.csv`.
#ifndef CHARTER_TOOLS_CHARTERCTL_RECORDS_H_
#define CHARTER_TOOLS_CHARTERCTL_RECORDS_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tools/charterctl/connection.h"

namespace charter::tools {

struct ImportRecordsOptions {
  std::string kind;
  std::string file;
  // Where rows that were refused are written, with a column `error`, to be
  // corrected and brought in again. Empty: FILE with `.refused.csv`.
  std::string refused;
  bool dry_run = false;
  int connections = 8;
};

// What became of the rows.
struct ImportSummary {
  int64_t created = 0;
  int64_t changed = 0;
  int64_t unchanged = 0;
  int64_t refused = 0;
  std::string refused_file;  // empty: none were
};

// Brings the rows of a file in. The header names the columns: those of cells.h,
// in any order, as many as there are. A row is known by its `name`, else by its
// `external_id` (within its `account` or contract, if it has one): what is
// there already is changed where a cell differs, so that a file can be given
// again, after a stop too. Rows may name rows of the same file that follow.
// Rows that are refused keep nobody else back.
absl::StatusOr<ImportSummary> ImportRecords(
    const Connection& connection, const ImportRecordsOptions& options);

// Writes every resource of the kind that is not deleted into a file, in order
// of name, with all columns of cells.h. Brought into an empty server and
// written again, it has the same octets.
absl::Status ExportRecords(const Connection& connection,
                           const std::string& kind, const std::string& file);

}  // namespace charter::tools

#endif  // CHARTER_TOOLS_CHARTERCTL_RECORDS_H_

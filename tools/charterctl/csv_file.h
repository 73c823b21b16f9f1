// Files of comma-separated values (RFC 4180), with a header, in UTF-8.
#ifndef CHARTER_TOOLS_CHARTERCTL_CSV_FILE_H_
#define CHARTER_TOOLS_CHARTERCTL_CSV_FILE_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace charter::tools {

struct CsvRow {
  int line = 0;  // on which it begins, the header being on 1
  std::vector<std::string> cells;
};

struct CsvTable {
  std::vector<std::string> header;
  std::vector<CsvRow> rows;
};

// Empty lines are left out; a byte-order mark too. INVALID_ARGUMENT with the
// line: quotes that aren't closed, rows with other cells than the header has,
// a header with an empty or doubled name.
absl::StatusOr<CsvTable> ParseCsv(absl::string_view text);
// NOT_FOUND when it can't be read.
absl::StatusOr<CsvTable> ReadCsv(const std::string& path);

// A row with its line end, "\n". Only cells that need quotes get them, so that
// the same values are always the same octets.
std::string CsvLine(const std::vector<std::string>& cells);

// Writes the file anew, as a whole or not at all.
absl::Status WriteFile(const std::string& path, absl::string_view text);

}  // namespace charter::tools

#endif  // CHARTER_TOOLS_CHARTERCTL_CSV_FILE_H_

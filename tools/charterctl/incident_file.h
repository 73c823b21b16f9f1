// A history of incidents as a file: one row per update, CSV, maybe gzipped.
#ifndef CHARTER_TOOLS_CHARTERCTL_INCIDENT_FILE_H_
#define CHARTER_TOOLS_CHARTERCTL_INCIDENT_FILE_H_

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace charter::tools {

// One accepted row.
struct IncidentRow {
  int line = 0;  // in the file; the header is line 1
  absl::Time updated;
  absl::Time opened;
  int64_t mod_count = 0;
  int priority = 0;
  std::string status;  // the last part of an itemStatuses name
  std::string location;
};

struct RefusedRow {
  int line = 0;
  std::string number;
  std::string why;
};

// The accepted rows of a file by incident number, each incident's in order of
// time, modification count and place in the file.
struct IncidentFile {
  std::map<std::string, std::vector<IncidentRow>> incidents;
  int64_t accepted = 0;
  std::vector<RefusedRow> refused;
  absl::Time latest;  // the latest accepted update
};

// Reads the file. Times are wall time of `zone`, read as RFC 5545 3.3.5 does
// (a skipped one with the offset before the gap, an ambiguous one as its first
// occurrence). `statuses` gives the status of each state; rows of other states,
// of other priorities than 1 to 4, or without a time are refused and counted.
// INVALID_ARGUMENT when a column is missing; NOT_FOUND when the file is.
absl::StatusOr<IncidentFile> ReadIncidents(
    const std::string& path, absl::TimeZone zone,
    const std::map<std::string, std::string>& statuses);

// One line of CSV (RFC 4180) into its fields.
std::vector<std::string> SplitCsv(absl::string_view line);

}  // namespace charter::tools

#endif  // CHARTER_TOOLS_CHARTERCTL_INCIDENT_FILE_H_

// What an import of incidents comes to, from the server's own rows.
#ifndef CHARTER_TOOLS_CHARTERCTL_FIGURES_H_
#define CHARTER_TOOLS_CHARTERCTL_FIGURES_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "charter/v1/report_service.pb.h"
#include "tools/charterctl/connection.h"

namespace charter::tools {

// What only the file can tell; kept with the process when it was imported, so
// that a later report says it too.
struct ImportFacts {
  absl::Time latest;  // the latest accepted update
  int64_t accepted = 0;
  int64_t refused = 0;
};

absl::Status StoreFacts(const Connection& connection, const ImportFacts& facts);
// NOT_FOUND when nothing was imported.
absl::StatusOr<ImportFacts> LoadFacts(const Connection& connection);

// Asks for the compliance report of the imported process at `as_of`, prints it
// as a table, and writes it as JSON to `figures` and each clock as CSV to
// `instances` where those are not empty.
absl::Status ReportIncidents(const Connection& connection,
                             const ImportFacts& facts, absl::Time as_of,
                             const std::string& figures,
                             const std::string& instances);

}  // namespace charter::tools

#endif  // CHARTER_TOOLS_CHARTERCTL_FIGURES_H_

// `charterctl import incidents`: a history of incidents, brought in with their
// original times.
#ifndef CHARTER_TOOLS_CHARTERCTL_IMPORT_INCIDENTS_H_
#define CHARTER_TOOLS_CHARTERCTL_IMPORT_INCIDENTS_H_

#include <string>

#include "absl/status/status.h"
#include "tools/charterctl/connection.h"

namespace charter::tools {

struct ImportOptions {
  std::string file;
  std::string policy;
  std::string figures;    // empty: none
  std::string instances;  // empty: none
  int connections = 8;
};

// Accounts from locations, a case per incident with its whole history, then the
// figures. Safe to repeat and to go on with after a stop: a case is known by
// its name, an event by its key.
absl::Status ImportIncidents(const Connection& connection,
                             const ImportOptions& options);

}  // namespace charter::tools

#endif  // CHARTER_TOOLS_CHARTERCTL_IMPORT_INCIDENTS_H_

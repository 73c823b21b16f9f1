// What charterctl does, a function per command.
#ifndef CHARTER_TOOLS_CHARTERCTL_COMMANDS_H_
#define CHARTER_TOOLS_CHARTERCTL_COMMANDS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "tools/charterctl/connection.h"

namespace charter::tools {

// status.cc: what the server is and how it does.
absl::Status Status(const Connection& connection);

// watch.cc: follows the feed, a line per event, until interrupted or, when
// `count` is positive, after so many events.
struct WatchOptions {
  std::string account;
  std::vector<std::string> types;
  bool from_earliest = false;
  int count = 0;
};
absl::Status Watch(const Connection& connection, const WatchOptions& options);

// timeline.cc: each clock of a case as a bar.
absl::Status Timeline(const Connection& connection, std::string name,
                      const std::string& as_of, int width);

// migrate.cc: brings a database's schema up to date by the charterd that is
// installed beside this program.
absl::Status Migrate(const std::string& database);

}  // namespace charter::tools

#endif  // CHARTER_TOOLS_CHARTERCTL_COMMANDS_H_

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "tools/charterctl/commands.h"

namespace charter::tools {

absl::Status Migrate(const std::string& database) {
  // The schema belongs to the server's binary; the one beside this program, or
  // the one on the path.
  std::error_code error;
  const std::filesystem::path self =
      std::filesystem::read_symlink("/proc/self/exe", error);
  std::string server = "charterd";
  for (const char* place : {"charterd", "../../server/charterd"}) {
    const std::filesystem::path beside = self.parent_path() / place;
    if (!error && std::filesystem::exists(beside)) {
      server = beside.string();
      break;
    }
  }
  execlp(server.c_str(), server.c_str(), "--migrate-only", "--database",
         database.c_str(), static_cast<char*>(nullptr));
  return absl::NotFoundError(
      absl::StrCat("cannot run ", server, ": ", std::strerror(errno)));
}

}  // namespace charter::tools

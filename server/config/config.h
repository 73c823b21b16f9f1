// What charterd is told: flags, else environment, else a TOML file, else
// defaults.
#ifndef CHARTER_SERVER_CONFIG_CONFIG_H_
#define CHARTER_SERVER_CONFIG_CONFIG_H_

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace charter {

struct Config {
  enum class Migrate {
    kAuto,    // SQLite: yes; MySQL: no
    kAlways,  // at every start
    kNever,
  };

  std::string listen = "127.0.0.1:50051";  // HOST:PORT; port 0: any free one
  std::string database;                    // filled in by Load when not given
  std::string database_password_file;
  Migrate migrate = Migrate::kAuto;
  std::string tokens;     // file of hashed tokens (server/call/identity.h)
  bool insecure = false;  // no tokens: everybody is admin
  std::string tls_cert, tls_key;  // PEM files; empty: no TLS
  std::string tls_client_ca;      // PEM file; empty: callers need none
  int threads = 8;
  absl::Duration grace = absl::Seconds(25);
  std::string log_level = "info";
  // Roles besides the built-in ones, and their permissions.
  std::map<std::string, std::vector<std::string>> roles;
  // Fields, `Case.owner`, that a role does not see.
  std::map<std::string, std::vector<std::string>> hidden;
};

// What the command line asked for besides settings.
struct Invocation {
  Config config;
  bool print_config = false;
  bool migrate_only = false;
  // Set when there is nothing more to do (--help, --version, wrong use): print
  // `text`, to standard output if the code is 0, and exit with the code.
  std::optional<int> exit_code;
  std::string text;
};

// `get_env` is std::getenv, or a test's own.
Invocation ParseInvocation(
    int argc, const char* const* argv,
    const std::function<const char*(const char*)>& get_env);

// Lays the file's settings over `config`. INVALID_ARGUMENT names the file and
// the line: unknown keys and wrong types are refused.
absl::Status ApplyFile(const std::string& path, Config* config);

// FAILED_PRECONDITION for what contradicts itself: no way to tell callers
// apart, --insecure on a listener that others can reach.
absl::Status CheckConfig(const Config& config);

// As a TOML file; the database's password is left out.
std::string PrintConfig(const Config& config);

// Whether only this machine can reach HOST:PORT.
bool IsLoopback(absl::string_view listen);

}  // namespace charter

#endif  // CHARTER_SERVER_CONFIG_CONFIG_H_

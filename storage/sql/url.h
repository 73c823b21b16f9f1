// Database URLs.
#ifndef CHARTER_STORAGE_SQL_URL_H_
#define CHARTER_STORAGE_SQL_URL_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "storage/sql/dialect.h"

namespace charter::storage::internal {

struct DatabaseUrl {
  Engine engine = Engine::kSqlite;
  std::string path;  // SQLite
  // MySQL
  std::string user, password, host, name, socket, ssl_ca;
  int port = 3306;
  // Without the password.
  std::string display;
};

// See OpenStore. INVALID_ARGUMENT; the message never repeats the URL, which may
// hold a password.
absl::StatusOr<DatabaseUrl> ParseDatabaseUrl(absl::string_view url);

}  // namespace charter::storage::internal

#endif  // CHARTER_STORAGE_SQL_URL_H_

#include "statement.h"

#include <sqlite3.h>

#include <memory>

namespace samples {

absl::StatusOr<std::string> Run(sqlite3* database, const char* sql,
                                const std::vector<std::string>& values) {
  sqlite3_stmt* statement = nullptr;
  int outcome = sqlite3_prepare_v2(database, sql, -1, &statement, nullptr);
  const std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> owner(
      statement, sqlite3_finalize);
  for (size_t i = 0; outcome == SQLITE_OK && i < values.size(); ++i) {
    outcome = sqlite3_bind_text(statement, static_cast<int>(i + 1),
                                values[i].c_str(), -1, SQLITE_TRANSIENT);
  }
  if (outcome == SQLITE_OK) outcome = sqlite3_step(statement);
  if (outcome == SQLITE_DONE) return std::string();
  if (outcome == SQLITE_ROW) {
    return reinterpret_cast<const char*>(sqlite3_column_text(statement, 0));
  }
  return absl::UnavailableError(sqlite3_errmsg(database));
}

}  // namespace samples

#include "tests/storage/records/checked_statements.h"

#include <fstream>

#include "absl/strings/match.h"

namespace charter::storage {

std::ostream& operator<<(std::ostream& out, const CheckedStatement& statement) {
  return out << (statement.engine == Engine::kSqlite ? SqliteDialect()
                                                     : MysqlDialect())
                    .name()
             << "\t" << statement.shape;
}

bool HasPlan(absl::string_view sql) {
  return absl::StartsWith(sql, "SELECT ") || absl::StartsWith(sql, "UPDATE ") ||
         absl::StartsWith(sql, "DELETE ");
}

std::set<CheckedStatement> ReadCheckedStatements() {
  std::set<CheckedStatement> statements;
  std::ifstream file(CHARTER_RECORD_STATEMENTS);
  std::string line;
  while (std::getline(file, line)) {
    const size_t tab = line.find('\t');
    if (tab == std::string::npos) continue;
    statements.insert(
        {line.substr(0, tab) == "sqlite" ? Engine::kSqlite : Engine::kMysql,
         line.substr(tab + 1)});
  }
  return statements;
}

}  // namespace charter::storage

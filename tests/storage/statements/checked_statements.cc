#include "tests/storage/statements/checked_statements.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace charter::storage {
namespace {

std::string PathOf(absl::string_view list) {
  return absl::StrCat(CHARTER_CHECKED_STATEMENTS_DIR, "/", list);
}

}  // namespace

std::ostream& operator<<(std::ostream& out, const CheckedStatement& statement) {
  return out << (statement.engine == Engine::kSqlite ? SqliteDialect()
                                                     : MysqlDialect())
                    .name()
             << "\t" << statement.shape;
}

bool HasPlan(absl::string_view sql) {
  return absl::StartsWith(sql, "SELECT ") ||
         absl::StartsWith(sql, "(SELECT ") || absl::StartsWith(sql, "WITH ") ||
         absl::StartsWith(sql, "UPDATE ") || absl::StartsWith(sql, "DELETE ") ||
         (absl::StartsWith(sql, "INSERT ") &&
          absl::StrContains(sql, "SELECT "));
}

std::set<CheckedStatement> ReadCheckedStatements(absl::string_view list) {
  std::set<CheckedStatement> statements;
  std::ifstream file(PathOf(list));
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

void ExpectListed(absl::string_view list, Engine engine,
                  const std::set<CheckedStatement>& checked) {
  std::set<CheckedStatement> listed = ReadCheckedStatements(list);
  if (std::getenv("CHARTER_WRITE_STATEMENTS") != nullptr) {
    std::erase_if(listed, [&](const auto& it) { return it.engine == engine; });
    listed.insert(checked.begin(), checked.end());
    std::ofstream out(PathOf(list));
    for (const CheckedStatement& statement : listed) out << statement << "\n";
    EXPECT_TRUE(out.good()) << PathOf(list);
    return;
  }
  for (const CheckedStatement& statement : listed) {
    EXPECT_TRUE(statement.engine != engine || checked.contains(statement))
        << list << " names what was not checked: " << statement;
  }
  for (const CheckedStatement& statement : checked) {
    EXPECT_TRUE(listed.contains(statement))
        << list << " lacks what was checked: " << statement;
  }
}

}  // namespace charter::storage

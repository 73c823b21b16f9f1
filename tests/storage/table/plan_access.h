// What the tests of query plans look at: statements as they were sent, and how
// the database reaches their tables.
#ifndef CHARTER_TESTS_STORAGE_TABLE_PLAN_ACCESS_H_
#define CHARTER_TESTS_STORAGE_TABLE_PLAN_ACCESS_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "storage/sql/statement_log.h"
#include "storage/sql/value.h"
#include "tests/storage/statements/checked_statements.h"

namespace charter::storage {

struct Statement {
  std::string sql;
  Binds binds;
};

class Recorder : public StatementLog {
 public:
  void Record(Engine, absl::string_view sql, const Binds& binds,
              int64_t) override {
    if (recording_ && (binds.size() > 0 || HasPlan(sql)))
      statements_.push_back({std::string(sql), binds});
  }
  template <typename Run>
  std::vector<Statement> Of(const Run& run) {
    statements_.clear();
    recording_ = true;
    run();
    recording_ = false;
    return std::move(statements_);
  }

 private:
  bool recording_ = false;
  std::vector<Statement> statements_;
};

// How tables are reached by a plan.
struct Access {
  // Of each table; empty: by none, every row is read.
  std::vector<std::string> indexes;
  bool sorts = false;
  bool found = false;  // no row, as planning showed
};

// Adds what a line of SQLite's plan says.
inline void ReadSqlite(absl::string_view detail, Access* access) {
  if (absl::StrContains(detail, "TEMP B-TREE")) access->sorts = true;
  if (!absl::StartsWith(detail, "SEARCH") && !absl::StartsWith(detail, "SCAN"))
    return;
  // Rows that were found before.
  if (detail == "SCAN part" || detail == "SCAN part_above") return;
  std::string& index = access->indexes.emplace_back();
  const size_t at = detail.find("INDEX ");
  if (at == absl::string_view::npos) return;
  detail.remove_prefix(at + 6);
  index = std::string(detail.substr(0, detail.find(' ')));
  if (absl::StartsWith(index, "sqlite_autoindex")) index = "PRIMARY";
}

}  // namespace charter::storage

#endif  // CHARTER_TESTS_STORAGE_TABLE_PLAN_ACCESS_H_

#include "tools/bench/floor/recording.h"

#include <utility>

#include "absl/strings/str_join.h"
#include "storage/sql/statement_text.h"
#include "tools/bench/load/support.h"

namespace charter::bench {
namespace {

RecordedStatement StatementOf(absl::string_view sql,
                              const storage::Binds& binds, int64_t rows) {
  absl::StatusOr<storage::internal::CheckedSql> checked =
      storage::internal::CheckSql(sql);
  if (!checked.ok()) Die(checked.status().ToString());
  std::vector<const storage::Value*> values;
  const absl::Status matched =
      storage::internal::MatchBinds(*checked, binds, values);
  if (!matched.ok()) Die(matched.ToString());
  RecordedStatement statement;
  statement.sql = absl::StrJoin(checked->chunks, "?");
  for (const size_t place : checked->places)
    statement.values.push_back(*values[place]);
  statement.writes = checked->writes;
  statement.rows = rows;
  return statement;
}

}  // namespace

int64_t RecordedCall::rows_written() const {
  int64_t rows = 0;
  for (const RecordedStatement& statement : statements)
    rows += statement.writes ? statement.rows : 0;
  return rows;
}

int64_t RecordedCall::rows_read() const {
  int64_t rows = 0;
  for (const RecordedStatement& statement : statements)
    rows += statement.writes ? 0 : statement.rows;
  return rows;
}

void Recorder::Record(storage::Engine /*engine*/, absl::string_view sql,
                      const storage::Binds& binds, int64_t rows) {
  const std::lock_guard<std::mutex> lock(mutex_);
  RecordedCall& call = open_[std::this_thread::get_id()];
  if (sql == "BEGIN") {
    call = {};
  } else if (sql == "COMMIT" || sql == "ROLLBACK") {
    call.commits = sql == "COMMIT";
    if (call.commits || call.rows_written() == 0)
      calls_.push_back(std::move(call));
    call = {};
  } else {
    call.statements.push_back(StatementOf(sql, binds, rows));
  }
}

std::vector<RecordedCall> Recorder::Take() {
  const std::lock_guard<std::mutex> lock(mutex_);
  return std::exchange(calls_, {});
}

}  // namespace charter::bench

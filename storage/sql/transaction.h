// What a lambda given to Session::Read or Session::Write works on.
#ifndef CHARTER_STORAGE_SQL_TRANSACTION_H_
#define CHARTER_STORAGE_SQL_TRANSACTION_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "storage/sql/confinement.h"
#include "storage/sql/dialect.h"
#include "storage/sql/rows.h"
#include "storage/sql/value.h"

namespace charter::storage {

namespace internal {
class Connection;
struct TransactionState;
}  // namespace internal

// One attempt of one transaction. Belongs to the thread that runs the lambda
// and ends with it.
//
// Statements: one per call; values only by name (`:due_us`). Text literals
// stand in single quotes. Refused at a text's first use, with INTERNAL:
// comments, double quotes, back-ticks, semicolons, backslashes, colons that
// name nothing, verbs other than SELECT, WITH, INSERT, REPLACE, UPDATE, DELETE
// and EXPLAIN (DDL would commit the open transaction on MySQL), names without a
// value and values without a name.
//
// After a conflict, a lost link or a passed deadline every further call gives
// the same error and the verb rolls back, whatever the lambda returns. After
// kDuplicateKey, kForeignKey, kCheck and kTooBig the transaction may go on.
class Transaction {
 public:
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  // Runs an INSERT, REPLACE, UPDATE or DELETE. Returns the number of rows:
  // those that the WHERE found, changed or not (so 1 for a compare-and-set that
  // hit). In a Read it is refused with INTERNAL.
  absl::StatusOr<int64_t> Execute(absl::string_view sql,
                                  const Binds& binds = {});

  // The same for a statement whose count nobody asks for: where a round trip
  // costs (MySQL) it is sent together with the next statement or the COMMIT,
  // in order, on SQLite at once. When the database then refuses it, the attempt
  // is rolled back, and if the transaction could have gone on after that, the
  // lambda is run once more with nothing waiting: so the refusal comes from
  // here, as Execute would give it.
  absl::Status ExecuteLater(absl::string_view sql, const Binds& binds = {});

  // For reads that are known to follow. Where a round trip costs, runs `reads`
  // with queries that find nothing; they are sent together, in order, with the
  // next statement, and a Query of the same text and values then takes its rows
  // without a round trip, unless something was written in between. Elsewhere
  // nothing happens. A hint: what `reads` comes to is ignored, and an error of
  // the database comes from the statement that follows. Rows that nobody took
  // stay until something is written: prefetch no row before the lock that it is
  // to be read under.
  void Prefetch(absl::FunctionRef<void(Transaction&)> reads);

  // Runs a SELECT (or, on SQLite and MariaDB, what RETURNs rows) and returns
  // all its rows.
  absl::StatusOr<Rows> Query(absl::string_view sql, const Binds& binds = {});

  // INSERT INTO table (columns) VALUES …, in as few statements as the engine
  // likes: at most Dialect::rows_per_insert rows and about 1 MiB of values
  // each. Every row has a value per column, in order. `suffix` is put at the
  // end of each statement (say Dialect::OrUpdate). Table and column names come
  // from code, never from a caller.
  absl::Status InsertRows(absl::string_view table,
                          absl::Span<const absl::string_view> columns,
                          absl::Span<const std::vector<Value>> rows,
                          absl::string_view suffix = "");

  // InsertRows with ExecuteLater.
  absl::Status InsertRowsLater(absl::string_view table,
                               absl::Span<const absl::string_view> columns,
                               absl::Span<const std::vector<Value>> rows,
                               absl::string_view suffix = "");

  // Runs after the commit, in order, on this thread; never if the attempt is
  // rolled back, retried, or a dry run. For in-memory hints only.
  void AfterCommit(std::function<void()> hook);

  // The call's time, as given in TxOptions. The same in every attempt.
  absl::Time now() const;
  bool dry_run() const;
  // 1 for the first run of the lambda, then 2, …
  int attempt() const;
  const Dialect& dialect() const;
  // Null: whoever asks may have every row.
  const Confinement* confined_to() const;

 private:
  friend class Session;
  Transaction(internal::Connection* connection,
              internal::TransactionState* state)
      : connection_(connection), state_(state) {}

  absl::Status Run(absl::string_view sql, const Binds& binds, bool later,
                   Rows* rows, int64_t* affected);
  absl::Status InsertRows(absl::string_view table,
                          absl::Span<const absl::string_view> columns,
                          absl::Span<const std::vector<Value>> rows,
                          absl::string_view suffix, bool later);

  internal::Connection* connection_;
  internal::TransactionState* state_;
  bool prefetching_ = false;
};

// `(:prefix_0, :prefix_1, …)` for `column IN …`, with the values added to
// `binds`. The list is padded to the next power of two with its last value, so
// that few texts exist. Aborts unless there are 1 to 4,096 values.
std::string InList(absl::string_view prefix, absl::Span<const Value> values,
                   Binds* binds);

}  // namespace charter::storage

#endif  // CHARTER_STORAGE_SQL_TRANSACTION_H_

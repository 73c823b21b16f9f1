// One native connection: what SOCI's sessions and statements look like to the
// rest of storage.
#ifndef CHARTER_STORAGE_SQL_CONNECTION_H_
#define CHARTER_STORAGE_SQL_CONNECTION_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "storage/sql/dialect.h"
#include "storage/sql/rows.h"
#include "storage/sql/statement_text.h"
#include "storage/sql/value.h"
#include "storage/sql/wait.h"
#include "storage/store.h"

namespace charter::storage::internal {

// What an engine keeps for a text between two runs.
class Prepared {
 public:
  virtual ~Prepared() = default;
};

// What Begin is to begin.
struct Start {
  bool write = false;
  bool snapshot = false;
};

// Used by one thread at a time. No exception leaves it.
class Connection {
 public:
  Connection(const StoreOptions& options, const Dialect& dialect)
      : options_(options), dialect_(dialect) {}
  virtual ~Connection() = default;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Sets the transaction's wait, which must outlive it, and begins.
  absl::Status Begin(const Start& start, const Wait& wait);
  // On error nothing was committed, except for kOutcomeUnknown. Roll back after
  // an error.
  absl::Status Commit();
  // Leaves no transaction open, or the connection broken.
  void Rollback();

  // Checks the text and the names, and runs the statement. `rows` null: the
  // caller wants `affected`, else the rows.
  absl::Status Run(absl::string_view sql, const Binds& binds, bool may_write,
                   Rows* rows, int64_t* affected);

  // The same for a statement that may wait for the next Run, Flush or Commit,
  // where the engine gains by it.
  absl::Status RunLater(absl::string_view sql, const Binds& binds,
                        bool may_write);
  // Whether the engine gains by statements that wait: then those of RunLater
  // and Prefetch do, until others go with them.
  virtual bool defers() const { return false; }
  // Lets a SELECT wait whose rows a Run of the same text and values will take.
  // Only where the engine gains by it.
  absl::Status Prefetch(absl::string_view sql, const Binds& binds);
  // Sends what waits.
  absl::Status Flush();
  // Whether the last error is of a statement that had waited.
  bool earlier_failed() const { return earlier_failed_; }

  // Runs a text of ours as it is, without SOCI: DDL, PRAGMA, SET. Nothing is
  // returned.
  virtual absl::Status RunNative(absl::string_view sql) = 0;

  // Whether the last error says that a DDL statement had been done before.
  virtual bool LastWasRepetition() const { return false; }

  // Not to be used again: drop it.
  bool broken() const { return broken_; }
  // Transactions begun here before the present one.
  int64_t transactions_before() const { return begun_ - 1; }
  // Counts what was sent and answered; the owner resets it.
  int round_trips = 0;
  Misread misread;
  const Dialect& dialect() const { return dialect_; }

 protected:
  virtual absl::Status DoBegin(const Start& start) = 0;
  // Sends what waits first.
  virtual absl::Status DoCommit() = 0;
  virtual absl::Status DoRollback() = 0;
  // Runs `sql` with one value per name. `prepared` is what the last run of the
  // text left, null at first.
  virtual absl::Status Execute(const CheckedSql& sql,
                               absl::Span<const Value* const> values,
                               std::unique_ptr<Prepared>& prepared, Rows* rows,
                               int64_t* affected) = 0;
  // The next four are for engines that gain by statements that wait. Keeps the
  // statement for the next Execute, DoFlush or DoCommit, which calls
  // SentEarlier for each that was done.
  virtual absl::Status Defer(const CheckedSql& /*sql*/,
                             absl::Span<const Value* const> /*values*/) {
    return absl::OkStatus();
  }
  virtual absl::Status DoFlush() { return absl::OkStatus(); }
  // The same for a SELECT whose rows TakePrefetched gives, once, until
  // something is written. False: it waits already, or its rows do.
  virtual absl::StatusOr<bool> DoPrefetch(
      const CheckedSql& /*sql*/, absl::Span<const Value* const> /*values*/) {
    return false;
  }
  // False: its rows were not fetched before.
  virtual absl::StatusOr<bool> TakePrefetched(
      const CheckedSql& /*sql*/, absl::Span<const Value* const> /*values*/,
      Rows* /*rows*/) {
    return false;
  }
  // A statement that had waited was done, or failed: the earliest first.
  void SentEarlier(int64_t affected);
  void FailedEarlier() { earlier_failed_ = true; }

  // The status of a native error number.
  virtual absl::Status MapError(int number, absl::string_view message,
                                absl::string_view sql) = 0;

  // The injected error of `sql`, if any.
  absl::Status Inject(absl::string_view sql);
  void MarkBroken() { broken_ = true; }
  // For destructors: what is prepared goes before the connection it was
  // prepared on.
  void DropPrepared() { cache_.clear(); }
  const Wait& wait() const { return wait_ == nullptr ? forever_ : *wait_; }
  const StoreOptions& options() const { return options_; }

 private:
  struct Entry {
    CheckedSql sql;
    std::unique_ptr<Prepared> prepared;
  };

  // A statement that waits, as the log wants it.
  struct Waiting {
    std::string sql;
    Binds binds;
  };

  absl::Status Check(absl::string_view sql, const Binds& binds, bool may_write,
                     Entry* once, Entry** entry);
  void Log(absl::string_view sql, const Binds& binds, int64_t rows);

  const StoreOptions& options_;
  const Dialect& dialect_;
  absl::flat_hash_map<std::string, Entry> cache_;
  std::vector<const Value*> values_;  // kept for its memory
  std::deque<Waiting> waiting_;       // only where there is a log
  bool earlier_failed_ = false;
  const Wait forever_;
  const Wait* wait_ = nullptr;
  int64_t begun_ = 0;
  bool broken_ = false;
};

// Writes a database error to the log: its number and the text, never a value.
void LogDatabaseError(const Dialect& dialect, int number, absl::string_view sql,
                      ErrorKind kind);

}  // namespace charter::storage::internal

#endif  // CHARTER_STORAGE_SQL_CONNECTION_H_

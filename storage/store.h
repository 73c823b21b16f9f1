// The database: open it by URL, give each thread a session, and run
// transactions.
#ifndef CHARTER_STORAGE_STORE_H_
#define CHARTER_STORAGE_STORE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "storage/migrations/migration.h"
#include "storage/sql/confinement.h"
#include "storage/sql/dialect.h"
#include "storage/sql/errors.h"
#include "storage/sql/statement_log.h"
#include "storage/sql/transaction.h"
#include "storage/sql/value.h"

namespace charter::storage {

namespace internal {
class Backend;
class Connection;
struct TransactionState;
}  // namespace internal

struct StoreOptions {
  // The schema that the store expects and Migrate makes. Must outlive the
  // store. Null: none.
  const MigrationSet* migrations = nullptr;

  // Used instead of the URL's, which process lists show. Never logged.
  std::string password;
  // A file whose first line is the password; used when `password` is empty.
  std::string password_file;

  // Runs of the lambda on conflict, at most, while the deadline allows.
  int max_attempts = 10;
  // MySQL: whole seconds, at least 1. A read that takes longer costs the
  // connection.
  absl::Duration connect_timeout = absl::Seconds(5);
  absl::Duration socket_timeout = absl::Minutes(5);

  // SQLite: the file grows to that many pages (of 4 KiB) at most, then writes
  // are RESOURCE_EXHAUSTED. 0: no limit.
  int64_t sqlite_max_pages = 0;
  // SQLite: commits are on the disk when they return. False, for databases that
  // go with their process: they are when the system likes.
  bool sqlite_durable = true;

  // Called for every statement that ran; must be fast and thread-safe. Null:
  // none.
  StatementLog* statement_log = nullptr;
  // For tests: called before each statement with its text ("BEGIN", "COMMIT"
  // and "ROLLBACK" included); a number other than 0 is taken for the engine's
  // native error of that statement, which is then not run. Empty: none.
  std::function<int(absl::string_view sql)> inject_error;
};

// How one transaction is run.
struct TxOptions {
  // The call's time. Storage reads no wall clock: it only uses `deadline -
  // now`, measured from here on by a monotonic clock.
  absl::Time now;
  // On the same clock as `now`. Covers the wait for the writer or for locks,
  // statements, and restarts. InfiniteFuture: none.
  absl::Time deadline = absl::InfiniteFuture();
  // Polled while waiting, between statements and attempts, and by SQLite within
  // statements; true ends with CANCELLED. May be empty.
  std::function<bool()> cancelled;
  // Run everything, then roll back (validate_only).
  bool dry_run = false;
  // Read only: all statements see the same moment. Without it each statement
  // sees what is committed when it starts (SQLite always gives the snapshot).
  bool snapshot = false;
  // Whose rows the transaction has; absent: everybody's.
  std::optional<Confinement> confined_to;
};

// One thread's way to the database: one connection (SQLite: a read connection,
// and a turn at the store's single writer). Not thread-safe, and must not
// outlive its Store. A connection that broke is dropped with everything
// prepared on it and opened again on the next use.
class Session {
 public:
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // THE transaction verbs. Begin, run `body`, commit if it returned OK, else
  // roll back and return its status. On conflict, raised by a statement or by
  // COMMIT, the whole `body` runs again after a random pause, within the
  // deadline and at most StoreOptions::max_attempts times. So `body` must be
  // repeatable: no output before success, no I/O, no notification (use
  // AfterCommit).
  //
  // Returns what `body` returned; or ABORTED (kConflict, attempts used up),
  // DEADLINE_EXCEEDED, CANCELLED, UNAVAILABLE (kUnavailable: nothing was
  // committed; kOutcomeUnknown: ask the request-id row), or another storage
  // error (see ErrorKind). A transaction inside another on the same session is
  // INTERNAL.
  absl::Status Read(const TxOptions& options,
                    absl::FunctionRef<absl::Status(Transaction&)> body);
  absl::Status Write(const TxOptions& options,
                     absl::FunctionRef<absl::Status(Transaction&)> body);

  // What the last Read or Write sent and waited for, all attempts together,
  // BEGIN, COMMIT and session settings included: round trips on MySQL,
  // statements on SQLite.
  int last_round_trips() const { return last_round_trips_; }
  // How often the last Read or Write ran its body.
  int last_attempts() const { return last_attempts_; }

 private:
  friend class Store;
  explicit Session(internal::Backend* backend);

  absl::Status Run(const TxOptions& options, bool write,
                   absl::FunctionRef<absl::Status(Transaction&)> body);
  absl::Status RunOnce(internal::TransactionState& state,
                       absl::FunctionRef<absl::Status(Transaction&)> body);

  internal::Backend* backend_;
  std::unique_ptr<internal::Connection> connection_;
  bool in_transaction_ = false;
  int last_round_trips_ = 0;
  int last_attempts_ = 0;
};

// The database itself. Thread-safe.
class Store {
 public:
  explicit Store(std::unique_ptr<internal::Backend> backend);
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  // Makes no connection yet.
  std::unique_ptr<Session> OpenSession();
  // Sum of what Session::last_round_trips told, over all sessions.
  int64_t round_trips() const;

  const Dialect& dialect() const;
  // The URL without its password: for logs and messages.
  const std::string& display_url() const;

  // Brings the schema to the newest of StoreOptions::migrations; nothing to do
  // is OK. `now` is recorded. Waits up to a minute for another server that is
  // migrating. FAILED_PRECONDITION as CheckSchema, except for a schema that is
  // behind.
  absl::Status Migrate(absl::Time now);
  // OK when this binary may work on the schema. FAILED_PRECONDITION, with the
  // way out, when the schema is behind (migrate), when it is so new that it
  // asks for a newer binary, when a migration in it was changed since, or when
  // one was left half-way.
  absl::Status CheckSchema();
  // Refreshes the statistics by which the engine chooses its plans: after much
  // data has come at once. Reads samples; disturbs nobody.
  absl::Status Analyze();

 private:
  std::unique_ptr<internal::Backend> backend_;
};

// Opens `sqlite://PATH` or
// `mysql://user[:password]@host[:port]/name[?socket=PATH&ssl_ca=PATH]`
// (percent-encoding is undone). INVALID_ARGUMENT names what is wrong in the
// URL. SQLite: creates the file if need be, readable by its owner alone;
// FAILED_PRECONDITION with the owner's pid when another server has it. MySQL:
// no connection is made until a session works.
absl::StatusOr<std::unique_ptr<Store>> OpenStore(absl::string_view url,
                                                 const StoreOptions& options);

}  // namespace charter::storage

#endif  // CHARTER_STORAGE_STORE_H_

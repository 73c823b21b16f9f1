// A connection to MySQL or MariaDB.
#ifndef CHARTER_STORAGE_MYSQL_MYSQL_CONNECTION_H_
#define CHARTER_STORAGE_MYSQL_MYSQL_CONNECTION_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "soci/mysql/soci-mysql.h"
#include "soci/soci.h"
#include "storage/mysql/mysql_errors.h"
#include "storage/sql/connection.h"
#include "storage/sql/url.h"

namespace charter::storage::internal {

// READ COMMITTED, UTF-8, strict, found rows. Session settings that follow the
// transaction are sent only when they change, in one statement: autocommit (on
// for reads, which then need neither BEGIN nor COMMIT; off for writes, which
// need no BEGIN) and the limits on statements and lock waits, which follow the
// deadline in steps. So a run of like transactions costs a COMMIT each and
// nothing else.
class MysqlConnection : public Connection {
 public:
  // kUnavailable when there is no way in. `socket_timeout` ends a read or write
  // that hangs.
  static absl::StatusOr<std::unique_ptr<MysqlConnection>> Open(
      const DatabaseUrl& url, const StoreOptions& options, const Wait& wait,
      absl::Duration socket_timeout);
  MysqlConnection(const StoreOptions& options,
                  std::unique_ptr<soci::session> session);

  bool defers() const override { return true; }
  absl::Status RunNative(absl::string_view sql) override;
  bool LastWasRepetition() const override {
    return MysqlAlreadyDone(last_error_);
  }

 protected:
  absl::Status DoBegin(const Start& start) override;
  absl::Status DoCommit() override;
  absl::Status DoRollback() override;
  absl::Status Execute(const CheckedSql& sql,
                       absl::Span<const Value* const> values,
                       std::unique_ptr<Prepared>& prepared, Rows* rows,
                       int64_t* affected) override;
  absl::Status Defer(const CheckedSql& sql,
                     absl::Span<const Value* const> values) override;
  absl::Status DoFlush() override;
  absl::StatusOr<bool> DoPrefetch(
      const CheckedSql& sql, absl::Span<const Value* const> values) override;
  absl::StatusOr<bool> TakePrefetched(const CheckedSql& sql,
                                      absl::Span<const Value* const> values,
                                      Rows* rows) override;
  absl::Status MapError(int number, absl::string_view message,
                        absl::string_view sql) override;

 private:
  absl::Status SetUp();
  // Sends what differs from what the session has.
  absl::Status Settle(bool autocommit);
  absl::Status Render(const CheckedSql& sql,
                      absl::Span<const Value* const> values, std::string& out);
  absl::Status CheckSize(size_t bytes) const;
  // Sends what waits and `last`, the text of `sql`, in one packet, and takes
  // the results: the last one's into `rows` or `affected`.
  absl::Status SendAll(const std::string& last, absl::string_view sql,
                       Rows* rows, int64_t* affected);
  void TakeRows(MYSQL_RES* result, Rows* rows);
  MYSQL* native() const;

  const std::unique_ptr<soci::session> session_;
  int last_error_ = 0;
  bool mariadb_ = false;
  size_t max_packet_ = 1 << 20;
  bool autocommit_ = true;
  bool open_ = false;  // a transaction may be open
  absl::Duration
      limit_;  // of a statement, as the session has it; zero: not set yet
  // A statement that waits.
  struct Pending {
    std::string sql;     // the text that it was made of
    std::string select;  // rendered, if its rows are wanted; else empty
  };
  // Rows that were fetched before anybody asked for them.
  struct Prefetched {
    std::string select;  // rendered
    Rows rows;
  };

  // Puts `text_` with what waits; `wanted`: for its rows.
  void Append(const CheckedSql& sql, bool wanted);
  // Something is written: what was read before it may be so no longer.
  void ForgetPrefetched();

  // All that waits, each with its semicolon.
  std::string pending_text_;
  std::vector<Pending> pending_;
  std::vector<Prefetched> prefetched_;
  bool prefetches_full_ = false;  // until something is sent
  std::string text_;              // the rendered statement, kept for its memory
};

}  // namespace charter::storage::internal

#endif  // CHARTER_STORAGE_MYSQL_MYSQL_CONNECTION_H_

// A connection to a SQLite file.
#ifndef CHARTER_STORAGE_SQLITE_SQLITE_CONNECTION_H_
#define CHARTER_STORAGE_SQLITE_SQLITE_CONNECTION_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "soci/soci.h"
#include "soci/sqlite3/soci-sqlite3.h"
#include "storage/sql/connection.h"

namespace charter::storage::internal {

// The kind of a SQLite result code, extended or not.
ErrorKind SqliteErrorKind(int code);

// WAL, every commit synced, foreign keys on. Statements are prepared once per
// text and always reset after a run, so none keeps a snapshot or the log from
// being reused.
class SqliteConnection : public Connection {
 public:
  // The writer makes the file and sets it up; a reader refuses writes.
  static absl::StatusOr<std::unique_ptr<SqliteConnection>> Open(
      const std::string& path, const StoreOptions& options, bool writer);
  SqliteConnection(const StoreOptions& options,
                   std::unique_ptr<soci::session> session);
  ~SqliteConnection() override;

  absl::Status RunNative(absl::string_view sql) override;

 protected:
  absl::Status DoBegin(const Start& start) override;
  absl::Status DoCommit() override;
  absl::Status DoRollback() override;
  absl::Status Execute(const CheckedSql& sql,
                       absl::Span<const Value* const> values,
                       std::unique_ptr<Prepared>& prepared, Rows* rows,
                       int64_t* affected) override;
  absl::Status MapError(int code, absl::string_view message,
                        absl::string_view sql) override;

 private:
  static int OnBusy(void* self, int times);
  static int OnProgress(void* self);

  absl::Status SetUp(bool writer);
  // BEGIN, COMMIT, ROLLBACK: prepared too, for parsing them costs a third of a
  // read by key.
  absl::Status RunControl(absl::string_view sql);
  std::string JournalMode();
  absl::Status LastError(absl::string_view sql);
  static void AddRow(sqlite_api::sqlite3_stmt* statement, std::string& text,
                     std::vector<Cell>& cells);
  // The name of the unique key in "UNIQUE constraint failed: table.column, …".
  std::string KeyName(absl::string_view message);
  sqlite_api::sqlite3* native() const;

  const std::unique_ptr<soci::session> session_;
  absl::flat_hash_map<absl::string_view, std::unique_ptr<Prepared>> control_;
};

}  // namespace charter::storage::internal

#endif  // CHARTER_STORAGE_SQLITE_SQLITE_CONNECTION_H_

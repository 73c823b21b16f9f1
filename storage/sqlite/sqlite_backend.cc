#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/sql/backend.h"
#include "storage/sqlite/file_lock.h"
#include "storage/sqlite/sqlite_connection.h"
#include "storage/sqlite/writer_queue.h"

namespace charter::storage::internal {
namespace {

class SqliteTurn : public WriterTurn {
 public:
  SqliteTurn(WriterQueue& queue, SqliteConnection& writer)
      : queue_(queue), writer_(writer) {}
  ~SqliteTurn() override { queue_.Give(); }
  Connection& connection() override { return writer_; }

 private:
  WriterQueue& queue_;
  SqliteConnection& writer_;
};

class SqliteBackend : public Backend {
 public:
  SqliteBackend(const DatabaseUrl& url, const StoreOptions& options,
                std::string path, std::unique_ptr<FileLock> lock)
      : Backend(url.display, options),
        path_(std::move(path)),
        lock_(std::move(lock)) {}

  // The writer makes the file a database, so it comes before any reader.
  absl::Status OpenWriter() {
    writer_.reset();
    absl::StatusOr<std::unique_ptr<SqliteConnection>> opened =
        SqliteConnection::Open(path_, options(), true);
    if (!opened.ok()) return opened.status();
    writer_ = *std::move(opened);
    return absl::OkStatus();
  }

  const Dialect& dialect() const override { return SqliteDialect(); }

  absl::StatusOr<std::unique_ptr<Connection>> Connect(
      const Wait& /*wait*/) override {
    return SqliteConnection::Open(path_, options(), false);
  }

  absl::StatusOr<std::unique_ptr<WriterTurn>> TakeWriter(
      const Wait& wait) override {
    if (absl::Status status = queue_.Take(wait); !status.ok()) return status;
    if (writer_ == nullptr || writer_->broken()) {
      if (absl::Status status = OpenWriter(); !status.ok()) {
        queue_.Give();
        return status;
      }
    }
    return std::make_unique<SqliteTurn>(queue_, *writer_);
  }

 private:
  const std::string path_;
  const std::unique_ptr<FileLock> lock_;
  WriterQueue queue_;
  std::unique_ptr<SqliteConnection> writer_;  // used by who has the turn
};

// The file, made readable by its owner alone if it isn't there, and its one
// true name. A file that is there is not opened: closing it would drop the
// locks that SQLite holds on it in this process.
absl::StatusOr<std::string> MakeFile(const std::string& path) {
  const int file =
      open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file >= 0) {
    close(file);
  } else if (errno != EEXIST) {
    return StorageError(ErrorKind::kUnavailable,
                        absl::StrCat("cannot make the database file ", path,
                                     ": ", std::strerror(errno)));
  }
  char* const real = realpath(path.c_str(), nullptr);
  std::string name = real != nullptr ? real : path;
  free(real);
  return name;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Backend>> OpenSqlite(
    const DatabaseUrl& url, const StoreOptions& options) {
  absl::StatusOr<std::string> path = MakeFile(url.path);
  if (!path.ok()) return path.status();
  absl::StatusOr<std::unique_ptr<FileLock>> lock = FileLock::Take(*path);
  if (!lock.ok()) return lock.status();
  auto backend =
      std::make_unique<SqliteBackend>(url, options, *path, *std::move(lock));
  if (absl::Status status = backend->OpenWriter(); !status.ok()) return status;
  return backend;
}

}  // namespace charter::storage::internal

// An opened database of one engine, behind Store.
#ifndef CHARTER_STORAGE_SQL_BACKEND_H_
#define CHARTER_STORAGE_SQL_BACKEND_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "storage/sql/connection.h"
#include "storage/sql/dialect.h"
#include "storage/sql/url.h"
#include "storage/sql/wait.h"
#include "storage/store.h"

namespace charter::storage::internal {

// The right to use the store's only writer, until it goes.
class WriterTurn {
 public:
  virtual ~WriterTurn() = default;
  virtual Connection& connection() = 0;
};

// Thread-safe.
class Backend {
 public:
  Backend(std::string display_url, StoreOptions options)
      : display_url_(std::move(display_url)), options_(std::move(options)) {}
  virtual ~Backend() = default;

  virtual const Dialect& dialect() const = 0;
  // A connection for a session: for everything, or where there is one writer,
  // for reads.
  virtual absl::StatusOr<std::unique_ptr<Connection>> Connect(
      const Wait& wait) = 0;
  // Null where each session writes on its own connection.
  virtual absl::StatusOr<std::unique_ptr<WriterTurn>> TakeWriter(
      const Wait& wait) = 0;
  // A connection that may work for hours, for migrations; only where TakeWriter
  // gives null.
  virtual absl::StatusOr<std::unique_ptr<Connection>> ConnectPatiently() {
    return Connect(Wait());
  }

  // Of all sessions' transactions that have ended; see Store::round_trips.
  std::atomic<int64_t> round_trips = 0;

  const std::string& display_url() const { return display_url_; }
  const StoreOptions& options() const { return options_; }

 private:
  const std::string display_url_;
  const StoreOptions options_;
};

absl::StatusOr<std::unique_ptr<Backend>> OpenSqlite(
    const DatabaseUrl& url, const StoreOptions& options);
absl::StatusOr<std::unique_ptr<Backend>> OpenMysql(const DatabaseUrl& url,
                                                   const StoreOptions& options);

}  // namespace charter::storage::internal

#endif  // CHARTER_STORAGE_SQL_BACKEND_H_

#include <mutex>
#include <utility>

#include "storage/mysql/mysql_connection.h"
#include "storage/sql/backend.h"

namespace charter::storage::internal {
namespace {

// Must have run before the first connection, and before threads make theirs.
bool InitLibrary() {
  static const bool done = mysql_library_init(0, nullptr, nullptr) == 0;
  return done;
}

class MysqlBackend : public Backend {
 public:
  MysqlBackend(DatabaseUrl url, const StoreOptions& options)
      : Backend(url.display, options), url_(std::move(url)) {}

  const Dialect& dialect() const override { return MysqlDialect(); }

  absl::StatusOr<std::unique_ptr<Connection>> Connect(
      const Wait& wait) override {
    return MysqlConnection::Open(url_, options(), wait,
                                 options().socket_timeout);
  }

  absl::StatusOr<std::unique_ptr<WriterTurn>> TakeWriter(
      const Wait& /*wait*/) override {
    return nullptr;
  }

  absl::StatusOr<std::unique_ptr<Connection>> ConnectPatiently() override {
    return MysqlConnection::Open(url_, options(), Wait(), absl::Hours(24));
  }

 private:
  const DatabaseUrl url_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Backend>> OpenMysql(
    const DatabaseUrl& url, const StoreOptions& options) {
  if (!InitLibrary())
    return StorageError(ErrorKind::kInternal,
                        "the MySQL client library does not start");
  return std::make_unique<MysqlBackend>(url, options);
}

}  // namespace charter::storage::internal

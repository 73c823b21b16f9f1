#include "storage/sqlite/sqlite_connection.h"

#include <chrono>
#include <cmath>
#include <thread>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace charter::storage::internal {
namespace {

using sqlite_api::sqlite3;
using sqlite_api::sqlite3_stmt;

// Steps of SQLite's machine between two looks at the deadline: some 100 us.
constexpr int kStepsPerLook = 4000;

// Of a row or a statement: what MariaDB takes unless told otherwise.
constexpr int kMostBytes = 16 << 20;

constexpr const char* kWriterSettings[] = {
    "PRAGMA journal_mode = WAL",  "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",   "PRAGMA temp_store = MEMORY",
    "PRAGMA cache_size = -16000", "PRAGMA journal_size_limit = 67108864",
};
constexpr const char* kReaderSettings[] = {
    "PRAGMA query_only = ON",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA cache_size = -4000",
};

// One of SOCI's statements. Only its virtual functions can be called: SOCI
// hides the class's other symbols.
class SqlitePrepared : public Prepared {
 public:
  SqlitePrepared(soci::session& session, const std::string& sql)
      : statement_(session.make_statement_backend()) {
    native().hasVectorIntoElements_ = false;
    statement_->prepare(sql, soci::details::st_repeatable_query);
  }
  ~SqlitePrepared() override { statement_->clean_up(); }

  // Both: whether there is a row now.
  bool Execute() { return statement_->execute(1) == kSuccess; }
  bool Fetch() { return statement_->fetch(1) == kSuccess; }
  sqlite3_stmt* statement() { return native().stmt_; }

 private:
  static constexpr auto kSuccess = soci::details::statement_backend::ef_success;

  soci::sqlite3_statement_backend& native() {
    return static_cast<soci::sqlite3_statement_backend&>(*statement_);
  }

  const std::unique_ptr<soci::details::statement_backend> statement_;
};

// However a run ends, its statement holds no snapshot and no value afterwards.
class Reset {
 public:
  explicit Reset(sqlite3_stmt* statement) : statement_(statement) {}
  ~Reset() {
    sqlite_api::sqlite3_reset(statement_);
    sqlite_api::sqlite3_clear_bindings(statement_);
  }

 private:
  sqlite3_stmt* statement_;
};

// SQLite does not copy: the value outlives the run.
int BindValue(sqlite3_stmt* statement, int index, const Value& value) {
  if (value.integer() != nullptr)
    return sqlite_api::sqlite3_bind_int64(statement, index, *value.integer());
  if (value.real() != nullptr)
    return sqlite_api::sqlite3_bind_double(statement, index, *value.real());
  if (value.text() != nullptr) {
    return sqlite_api::sqlite3_bind_text64(
        statement, index, value.text()->data(), value.text()->size(), nullptr,
        SQLITE_UTF8);
  }
  if (value.bytes() != nullptr) {
    const std::string& data = value.bytes()->data;
    return sqlite_api::sqlite3_bind_blob64(statement, index, data.data(),
                                           data.size(), nullptr);
  }
  return sqlite_api::sqlite3_bind_null(statement, index);
}

}  // namespace

absl::StatusOr<std::unique_ptr<SqliteConnection>> SqliteConnection::Open(
    const std::string& path, const StoreOptions& options, bool writer) {
  try {
    auto session = std::make_unique<soci::session>(
        soci::sqlite3, absl::StrCat("db=\"", path, "\" timeout=1"));
    auto connection =
        std::make_unique<SqliteConnection>(options, std::move(session));
    if (absl::Status status = connection->SetUp(writer); !status.ok())
      return status;
    return connection;
  } catch (const std::exception&) {
    return StorageError(ErrorKind::kUnavailable,
                        absl::StrCat("cannot open the database file ", path));
  }
}

SqliteConnection::SqliteConnection(const StoreOptions& options,
                                   std::unique_ptr<soci::session> session)
    : Connection(options, SqliteDialect()), session_(std::move(session)) {}

SqliteConnection::~SqliteConnection() {
  control_.clear();
  DropPrepared();
}

sqlite3* SqliteConnection::native() const {
  return static_cast<soci::sqlite3_session_backend*>(session_->get_backend())
      ->conn_;
}

absl::Status SqliteConnection::SetUp(bool writer) {
  sqlite_api::sqlite3_extended_result_codes(native(), 1);
  sqlite_api::sqlite3_limit(native(), SQLITE_LIMIT_LENGTH, kMostBytes);
  sqlite_api::sqlite3_busy_handler(native(), &SqliteConnection::OnBusy, this);
  sqlite_api::sqlite3_progress_handler(native(), kStepsPerLook,
                                       &SqliteConnection::OnProgress, this);
  absl::Status status;
  for (const char* setting : writer ? absl::MakeConstSpan(kWriterSettings)
                                    : absl::MakeConstSpan(kReaderSettings)) {
    if (status.ok()) status = RunNative(setting);
  }
  if (status.ok() && writer && !options().sqlite_durable)
    status = RunNative("PRAGMA synchronous = OFF");
  if (status.ok() && writer && options().sqlite_max_pages > 0) {
    status = RunNative(
        absl::StrCat("PRAGMA max_page_count = ", options().sqlite_max_pages));
  }
  if (status.ok() && writer && JournalMode() != "wal") {
    return StorageError(ErrorKind::kUnavailable,
                        "the database file's disk does not support SQLite's "
                        "write-ahead log; use a local disk");
  }
  return status;
}

std::string SqliteConnection::JournalMode() {
  std::string mode;
  sqlite_api::sqlite3_exec(
      native(), "PRAGMA journal_mode",
      [](void* out, int /*columns*/, char** values, char** /*names*/) {
        *static_cast<std::string*>(out) = values[0];
        return 0;
      },
      &mode, nullptr);
  return mode;
}

int SqliteConnection::OnBusy(void* self, int times) {
  const Wait& wait = static_cast<SqliteConnection*>(self)->wait();
  // Only another program can be in the way: our own writers queue.
  if (wait.expired() || wait.cancelled() || times > 3000) return 0;
  std::this_thread::sleep_for(std::chrono::milliseconds(times < 10 ? 1 : 10));
  return 1;
}

int SqliteConnection::OnProgress(void* self) {
  const Wait& wait = static_cast<SqliteConnection*>(self)->wait();
  return wait.expired() || wait.cancelled() ? 1 : 0;
}

absl::Status SqliteConnection::LastError(absl::string_view sql) {
  return MapError(sqlite_api::sqlite3_extended_errcode(native()),
                  sqlite_api::sqlite3_errmsg(native()), sql);
}

absl::Status SqliteConnection::RunNative(absl::string_view sql) {
  ++round_trips;
  if (sqlite_api::sqlite3_exec(native(), std::string(sql).c_str(), nullptr,
                               nullptr, nullptr) != SQLITE_OK) {
    return LastError(sql);
  }
  return absl::OkStatus();
}

absl::Status SqliteConnection::RunControl(absl::string_view sql) {
  ++round_trips;
  std::unique_ptr<Prepared>& prepared = control_[sql];
  try {
    if (prepared == nullptr) {
      prepared = std::make_unique<SqlitePrepared>(*session_, std::string(sql));
    }
    SqlitePrepared& run = static_cast<SqlitePrepared&>(*prepared);
    Reset reset(run.statement());
    try {
      run.Execute();
      return absl::OkStatus();
    } catch (const soci::soci_error&) {
      return LastError(sql);  // before the reset, which forgets it
    }
  } catch (const std::exception&) {
    return LastError(sql);
  }
}

absl::Status SqliteConnection::DoBegin(const Start& start) {
  // A deferred transaction that reads first could not become a writer when
  // another had written.
  return RunControl(start.write ? "BEGIN IMMEDIATE" : "BEGIN");
}

absl::Status SqliteConnection::DoCommit() { return RunControl("COMMIT"); }

absl::Status SqliteConnection::DoRollback() {
  // Some errors have rolled back already.
  if (sqlite_api::sqlite3_get_autocommit(native()) != 0) {
    return absl::OkStatus();
  }
  return RunControl("ROLLBACK");
}

void SqliteConnection::AddRow(sqlite3_stmt* statement, std::string& text,
                              std::vector<Cell>& cells) {
  const int columns = sqlite_api::sqlite3_column_count(statement);
  for (int i = 0; i < columns; ++i) {
    Cell& cell = cells.emplace_back();
    switch (sqlite_api::sqlite3_column_type(statement, i)) {
      case SQLITE_INTEGER:
        cell.kind = Cell::Kind::kInteger;
        cell.integer = sqlite_api::sqlite3_column_int64(statement, i);
        break;
      case SQLITE_FLOAT:
        cell.kind = Cell::Kind::kReal;
        cell.real = sqlite_api::sqlite3_column_double(statement, i);
        break;
      case SQLITE_NULL:
        break;
      default: {
        const void* data = sqlite_api::sqlite3_column_blob(statement, i);
        cell.kind = Cell::Kind::kText;
        cell.size = static_cast<uint32_t>(
            sqlite_api::sqlite3_column_bytes(statement, i));
        // Its place, until all text has come and has settled.
        cell.integer = static_cast<int64_t>(text.size());
        if (cell.size > 0)
          text.append(static_cast<const char*>(data), cell.size);
      }
    }
  }
}

absl::Status SqliteConnection::Execute(const CheckedSql& sql,
                                       absl::Span<const Value* const> values,
                                       std::unique_ptr<Prepared>& prepared,
                                       Rows* rows, int64_t* affected) {
  try {
    if (prepared == nullptr) {
      prepared = std::make_unique<SqlitePrepared>(*session_, sql.text);
    }
    SqlitePrepared& run = static_cast<SqlitePrepared&>(*prepared);
    Reset reset(run.statement());
    for (size_t i = 0; i < values.size(); ++i) {
      const Value& value = *values[i];
      if (value.real() != nullptr && !std::isfinite(*value.real())) {
        return StorageError(
            ErrorKind::kInternal,
            absl::StrCat("a value that is no finite number: ", sql.text));
      }
      if (BindValue(run.statement(), static_cast<int>(i) + 1, value) !=
          SQLITE_OK) {
        return LastError(sql.text);
      }
    }
    auto text = std::make_shared<std::string>();
    std::vector<Cell> cells;
    try {
      for (bool row = run.Execute(); row; row = run.Fetch()) {
        if (rows != nullptr) AddRow(run.statement(), *text, cells);
      }
    } catch (const soci::soci_error&) {
      return LastError(sql.text);  // before the reset, which forgets it
    }
    if (rows == nullptr) {
      *affected = sql.writes ? sqlite_api::sqlite3_changes64(native()) : 0;
      return absl::OkStatus();
    }
    for (Cell& cell : cells) {
      if (cell.kind == Cell::Kind::kText) {
        cell.text = text->data() + cell.integer;
      }
    }
    *rows = Rows(
        static_cast<size_t>(sqlite_api::sqlite3_column_count(run.statement())),
        std::move(cells), std::move(text), &misread);
    return absl::OkStatus();
  } catch (const soci::soci_error&) {
    return LastError(sql.text);
  } catch (const std::exception&) {
    return StorageError(
        ErrorKind::kInternal,
        absl::StrCat("the statement could not be run: ", sql.text));
  }
}

absl::Status SqliteConnection::MapError(int code, absl::string_view message,
                                        absl::string_view sql) {
  ErrorKind kind = SqliteErrorKind(code);
  if (kind == ErrorKind::kDeadline && wait().cancelled())
    kind = ErrorKind::kCancelled;
  if (kind == ErrorKind::kConflict && wait().expired())
    kind = ErrorKind::kDeadline;
  // Opened again on the next use: the file may have come back.
  if (kind == ErrorKind::kUnavailable || kind == ErrorKind::kCorrupt)
    MarkBroken();
  LogDatabaseError(dialect(), code, sql, kind);
  if (kind == ErrorKind::kDuplicateKey) {
    const std::string key =
        code == SQLITE_CONSTRAINT_UNIQUE ? KeyName(message) : "PRIMARY";
    return StorageError(
        kind, absl::StrCat("a row with this key exists already: ", key), key);
  }
  return StorageError(
      kind, absl::StrCat(Explain(kind), " (database error ", code, ")"));
}

std::string SqliteConnection::KeyName(absl::string_view message) {
  if (!absl::ConsumePrefix(&message, "UNIQUE constraint failed: ")) return "";
  std::string columns, table;
  for (absl::string_view part : absl::StrSplit(message, ", ")) {
    const std::pair<absl::string_view, absl::string_view> names =
        absl::StrSplit(part, absl::MaxSplits('.', 1));
    table = std::string(names.first);
    absl::StrAppend(&columns, columns.empty() ? "" : ",", names.second);
  }
  // The index with exactly these columns; the message has no names of indexes.
  constexpr char kFind[] =
      "SELECT l.name FROM pragma_index_list(?1) l WHERE l.[unique] AND (SELECT "
      "group_concat(name) FROM "
      "(SELECT name FROM pragma_index_info(l.name) ORDER BY seqno)) = ?2";
  sqlite3_stmt* find = nullptr;
  std::string name;
  if (sqlite_api::sqlite3_prepare_v2(native(), kFind, -1, &find, nullptr) ==
      SQLITE_OK) {
    sqlite_api::sqlite3_bind_text(find, 1, table.data(),
                                  static_cast<int>(table.size()), nullptr);
    sqlite_api::sqlite3_bind_text(find, 2, columns.data(),
                                  static_cast<int>(columns.size()), nullptr);
    if (sqlite_api::sqlite3_step(find) == SQLITE_ROW) {
      name = reinterpret_cast<const char*>(
          sqlite_api::sqlite3_column_text(find, 0));
    }
  }
  sqlite_api::sqlite3_finalize(find);
  return name;
}

}  // namespace charter::storage::internal

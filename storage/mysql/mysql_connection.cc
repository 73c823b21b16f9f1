#include "storage/mysql/mysql_connection.h"

#include <spdlog/spdlog.h>

#include <charconv>
#include <cmath>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace charter::storage::internal {
namespace {

// Each statement has one index that serves it whole, its order included; two
// of them, intersected and sorted, only look cheaper on small tables.
constexpr char kSettings[] =
    "SET SESSION sql_mode = "
    "'STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_"
    "ZERO,"
    "NO_ENGINE_SUBSTITUTION', time_zone = '+00:00', autocommit = 1, "
    "foreign_key_checks = 1, unique_checks = 1, "
    "optimizer_switch = 'index_merge_intersection=off'";

// Bytes of statements that wait, below any max_allowed_packet.
constexpr size_t kMostWaiting = 512 << 10;

std::string Quote(absl::string_view value) {
  std::string out = "'";
  for (char c : value) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + "'";
}

int64_t WholeSeconds(absl::Duration duration) {
  return std::max<int64_t>(
      1, absl::ToInt64Seconds(absl::Ceil(duration, absl::Seconds(1))));
}

// The next step of 100 ms, 200 ms, 400 ms, … that is not below.
absl::Duration Step(absl::Duration left) {
  absl::Duration step = absl::Milliseconds(100);
  while (step < left) step *= 2;
  return step;
}

// One of SOCI's statements, with its result, which it does not free itself.
// Only its virtual functions can be called: SOCI hides the class's other
// symbols.
class SociStatement {
 public:
  explicit SociStatement(soci::session& session)
      : statement_(session.make_statement_backend()) {}
  ~SociStatement() { statement_->clean_up(); }

  soci::details::statement_backend* operator->() { return statement_.get(); }
  soci::mysql_statement_backend& native() {
    return static_cast<soci::mysql_statement_backend&>(*statement_);
  }

 private:
  const std::unique_ptr<soci::details::statement_backend> statement_;
};

// Reads one field as its column's type says.
Cell CellOf(const MYSQL_FIELD& field, const char* text, unsigned long length) {
  Cell cell;
  if (text == nullptr) return cell;
  cell.kind = Cell::Kind::kText;
  cell.size = static_cast<uint32_t>(length);
  cell.text = text;
  switch (field.type) {
    case MYSQL_TYPE_TINY:
    case MYSQL_TYPE_SHORT:
    case MYSQL_TYPE_INT24:
    case MYSQL_TYPE_LONG:
    case MYSQL_TYPE_LONGLONG: {
      int64_t integer = 0;
      if (std::from_chars(text, text + length, integer).ec == std::errc()) {
        cell.kind = Cell::Kind::kInteger;
        cell.integer = integer;
      }
      break;
    }
    case MYSQL_TYPE_FLOAT:
    case MYSQL_TYPE_DOUBLE: {
      double real = 0;
      if (std::from_chars(text, text + length, real).ec == std::errc()) {
        cell.kind = Cell::Kind::kReal;
        cell.real = real;
      }
      break;
    }
    default:
      break;
  }
  return cell;
}

}  // namespace

absl::StatusOr<std::unique_ptr<MysqlConnection>> MysqlConnection::Open(
    const DatabaseUrl& url, const StoreOptions& options, const Wait& wait,
    absl::Duration socket_timeout) {
  const std::string timeout = absl::StrCat(WholeSeconds(socket_timeout));
  std::string connect = absl::StrCat(
      "db=", Quote(url.name), " user=", Quote(url.user),
      " charset='utf8mb4' read_timeout='", timeout, "' write_timeout='",
      timeout, "' connect_timeout='",
      WholeSeconds(std::min(options.connect_timeout, wait.left())), "'");
  if (!url.password.empty())
    absl::StrAppend(&connect, " password=", Quote(url.password));
  if (!url.ssl_ca.empty())
    absl::StrAppend(&connect, " sslca=", Quote(url.ssl_ca));
  if (url.socket.empty()) {
    absl::StrAppend(&connect, " host=", Quote(url.host), " port='", url.port,
                    "'");
  } else {
    absl::StrAppend(&connect,
                    " host='localhost' unix_socket=", Quote(url.socket));
  }
  std::string why;
  int number = 0;
  try {
    auto session = std::make_unique<soci::session>(soci::mysql, connect);
    auto connection =
        std::make_unique<MysqlConnection>(options, std::move(session));
    if (absl::Status status = connection->SetUp(); !status.ok()) return status;
    return connection;
  } catch (const soci::mysql_soci_error& error) {
    number = static_cast<int>(error.err_num_);
    why = error.get_error_message();  // about user and host; no statement, no
                                      // value
  } catch (const std::exception&) {
    why = "the connection string was refused";
  }
  spdlog::warn("cannot connect to {}: error {}: {}", url.display, number, why);
  return StorageError(ErrorKind::kUnavailable,
                      absl::StrCat("cannot connect to the database at ",
                                   url.display, " (error ", number, ")"));
}

MysqlConnection::MysqlConnection(const StoreOptions& options,
                                 std::unique_ptr<soci::session> session)
    : Connection(options, MysqlDialect()), session_(std::move(session)) {}

MYSQL* MysqlConnection::native() const {
  // A dynamic_cast would not link: SOCI hides its type information.
  return static_cast<soci::mysql_session_backend*>(session_->get_backend())
      ->conn_;
}

absl::Status MysqlConnection::SetUp() {
  mariadb_ = absl::StrContains(mysql_get_server_info(native()), "MariaDB");
  // The variable's name differs between MySQL and MariaDB, this statement
  // doesn't.
  absl::Status status =
      RunNative("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED");
  if (status.ok()) status = RunNative(kSettings);
  if (!status.ok()) return status;
  // For statements that wait for the next: no text of ours has a semicolon, and
  // no value gets out of its quotes.
  if (mysql_set_server_option(native(), MYSQL_OPTION_MULTI_STATEMENTS_ON) !=
      0) {
    return MapError(static_cast<int>(mysql_errno(native())),
                    mysql_error(native()), "MULTI_STATEMENTS_ON");
  }
  // A statement beyond this is answered by a broken link, so we must know it
  // ourselves.
  CheckedSql sql;
  sql.chunks = {"SELECT @@max_allowed_packet"};
  Rows rows(0, {}, nullptr, nullptr);
  std::unique_ptr<Prepared> none;
  status = Execute(sql, {}, none, &rows, nullptr);
  if (status.ok()) max_packet_ = static_cast<size_t>(rows[0].Int64(0));
  return status;
}

absl::Status MysqlConnection::Settle(bool autocommit) {
  const absl::Duration left = wait().left();
  const bool limit_fits = left <= limit_ && (left == absl::InfiniteDuration() ||
                                             limit_ <= 2 * left);
  if (limit_fits && autocommit == autocommit_) return absl::OkStatus();
  std::string set;
  if (autocommit != autocommit_)
    absl::StrAppend(&set, ", autocommit = ", autocommit ? 1 : 0);
  absl::Duration limit = limit_;
  if (!limit_fits) {
    const bool endless = left == absl::InfiniteDuration();
    limit = endless ? left : Step(left);
    const int64_t seconds = endless ? 50 : WholeSeconds(limit);
    absl::StrAppend(&set, ", innodb_lock_wait_timeout = ", seconds,
                    ", lock_wait_timeout = ", seconds);
    if (mariadb_) {
      absl::StrAppend(&set, ", max_statement_time = ",
                      endless ? 0 : absl::ToDoubleSeconds(limit));
    } else {
      absl::StrAppend(&set, ", max_execution_time = ",
                      endless ? 0 : absl::ToInt64Milliseconds(limit));
    }
  }
  absl::Status status = RunNative(absl::StrCat("SET SESSION ", set.substr(2)));
  if (!status.ok()) return status;
  autocommit_ = autocommit;
  limit_ = limit;
  return absl::OkStatus();
}

absl::Status MysqlConnection::DoBegin(const Start& start) {
  ForgetPrefetched();
  if (open_) {
    // Never left so; SET autocommit would commit it.
    if (absl::Status status = DoRollback(); !status.ok()) return status;
  }
  if (absl::Status status = Settle(!start.write); !status.ok()) return status;
  if (!start.snapshot || start.write) return absl::OkStatus();
  absl::Status status =
      RunNative("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ");
  if (status.ok())
    status = RunNative("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY");
  open_ = status.ok();
  return status;
}

absl::Status MysqlConnection::DoCommit() {
  if (!open_) return absl::OkStatus();
  absl::Status status;
  if (pending_.empty()) {
    status = RunNative("COMMIT");
  } else {
    ++round_trips;
    int64_t affected = 0;
    status = SendAll("COMMIT", "COMMIT", nullptr, &affected);
  }
  if (status.ok()) open_ = false;
  return status;
}

absl::Status MysqlConnection::DoRollback() {
  pending_text_.clear();
  pending_.clear();
  ForgetPrefetched();
  if (!open_ || broken()) return absl::OkStatus();
  absl::Status status = RunNative("ROLLBACK");
  if (status.ok()) open_ = false;
  return status;
}

absl::Status MysqlConnection::RunNative(absl::string_view sql) {
  ++round_trips;
  MYSQL* const mysql = native();
  if (mysql_real_query(mysql, sql.data(), sql.size()) != 0) {
    return MapError(static_cast<int>(mysql_errno(mysql)), mysql_error(mysql),
                    sql);
  }
  MYSQL_RES* const result = mysql_store_result(mysql);
  if (result != nullptr) mysql_free_result(result);
  return absl::OkStatus();
}

absl::Status MysqlConnection::Render(const CheckedSql& sql,
                                     absl::Span<const Value* const> values,
                                     std::string& out) {
  out.clear();
  for (size_t place = 0; place < sql.places.size(); ++place) {
    out += sql.chunks[place];
    const Value& value = *values[sql.places[place]];
    if (value.is_null()) {
      out += "NULL";
    } else if (value.integer() != nullptr) {
      absl::StrAppend(&out, *value.integer());
    } else if (value.real() != nullptr) {
      if (!std::isfinite(*value.real())) {
        return StorageError(
            ErrorKind::kInternal,
            absl::StrCat("a value that is no finite number: ", sql.text));
      }
      char digits[64];
      out.append(digits,
                 std::to_chars(digits, digits + sizeof digits, *value.real(),
                               std::chars_format::scientific)
                     .ptr);
    } else {
      const std::string& text =
          value.text() != nullptr ? *value.text() : value.bytes()->data;
      if (value.bytes() != nullptr) out += "_binary";
      out += '\'';
      const size_t at = out.size();
      out.resize(at + text.size() * 2 + 1);
      out.resize(at + mysql_real_escape_string(native(), out.data() + at,
                                               text.data(), text.size()));
      out += '\'';
    }
  }
  out += sql.chunks.back();
  return absl::OkStatus();
}

void MysqlConnection::TakeRows(MYSQL_RES* result, Rows* rows) {
  std::shared_ptr<const void> keeper(
      result, [](MYSQL_RES* taken) { mysql_free_result(taken); });
  const size_t columns = mysql_num_fields(result);
  const MYSQL_FIELD* const fields = mysql_fetch_fields(result);
  std::vector<Cell> cells;
  cells.reserve(columns * mysql_num_rows(result));
  mysql_data_seek(result, 0);
  while (MYSQL_ROW row = mysql_fetch_row(result)) {
    const unsigned long* const lengths = mysql_fetch_lengths(result);
    for (size_t i = 0; i < columns; ++i)
      cells.push_back(CellOf(fields[i], row[i], lengths[i]));
  }
  *rows = Rows(columns, std::move(cells), std::move(keeper), &misread);
}

absl::Status MysqlConnection::Execute(const CheckedSql& sql,
                                      absl::Span<const Value* const> values,
                                      std::unique_ptr<Prepared>& /*prepared*/,
                                      Rows* rows, int64_t* affected) {
  if (absl::Status status = Settle(autocommit_); !status.ok()) return status;
  if (absl::Status status = Render(sql, values, text_); !status.ok())
    return status;
  if (absl::Status status = CheckSize(text_.size()); !status.ok())
    return status;
  if (pending_text_.size() + text_.size() > kMostWaiting) {
    if (absl::Status status = DoFlush(); !status.ok()) return status;
  }
  open_ = open_ || !autocommit_;
  if (sql.writes) ForgetPrefetched();
  if (!pending_.empty()) return SendAll(text_, sql.text, rows, affected);
  // Our own check has cut the text, so SOCI's cutting, which stumbles over
  // colons, is passed by.
  SociStatement statement(*session_);
  statement.native().queryChunks_.assign(1, text_);
  try {
    statement->execute(0);
  } catch (const soci::mysql_soci_error& error) {
    return MapError(static_cast<int>(error.err_num_), mysql_error(native()),
                    sql.text);
  } catch (const std::exception&) {
    return StorageError(ErrorKind::kInternal,
                        absl::StrCat("SOCI refused the statement: ", sql.text));
  }
  MYSQL_RES*& result = statement.native().result_;
  if (affected != nullptr) {
    *affected = result == nullptr ? statement->get_affected_rows() : 0;
  } else if (result != nullptr) {
    TakeRows(std::exchange(result, nullptr), rows);
  }
  return absl::OkStatus();
}

absl::Status MysqlConnection::CheckSize(size_t bytes) const {
  // With the command's octet, and a COMMIT that goes with it.
  if (bytes + 16 < max_packet_) return absl::OkStatus();
  return StorageError(
      ErrorKind::kTooBig,
      absl::StrCat("a statement of ", bytes,
                   " bytes is over the database's max_allowed_packet of ",
                   max_packet_));
}

absl::Status MysqlConnection::Defer(const CheckedSql& sql,
                                    absl::Span<const Value* const> values) {
  if (absl::Status status = Settle(autocommit_); !status.ok()) return status;
  if (absl::Status status = Render(sql, values, text_); !status.ok())
    return status;
  if (absl::Status status = CheckSize(text_.size()); !status.ok())
    return status;
  if (pending_text_.size() + text_.size() > kMostWaiting) {
    if (absl::Status status = DoFlush(); !status.ok()) return status;
  }
  ForgetPrefetched();
  Append(sql, /*wanted=*/false);
  return absl::OkStatus();
}

void MysqlConnection::Append(const CheckedSql& sql, bool wanted) {
  open_ = open_ || !autocommit_;
  absl::StrAppend(&pending_text_, text_, ";");
  pending_.push_back({sql.text, wanted ? text_ : ""});
}

void MysqlConnection::ForgetPrefetched() {
  prefetched_.clear();
  prefetches_full_ = false;
  for (Pending& pending : pending_) pending.select.clear();
}

absl::StatusOr<bool> MysqlConnection::DoPrefetch(
    const CheckedSql& sql, absl::Span<const Value* const> values) {
  if (absl::Status status = Settle(autocommit_); !status.ok()) return status;
  if (absl::Status status = Render(sql, values, text_); !status.ok())
    return status;
  // Those that follow may rely on its lock.
  prefetches_full_ |= pending_text_.size() + text_.size() > kMostWaiting;
  if (prefetches_full_) return false;
  for (const Pending& pending : pending_)
    if (pending.select == text_) return false;
  for (const Prefetched& prefetched : prefetched_)
    if (prefetched.select == text_) return false;
  Append(sql, /*wanted=*/true);
  return true;
}

absl::StatusOr<bool> MysqlConnection::TakePrefetched(
    const CheckedSql& sql, absl::Span<const Value* const> values, Rows* rows) {
  if (pending_.empty() && prefetched_.empty()) return false;
  if (absl::Status status = Render(sql, values, text_); !status.ok())
    return status;
  for (const Pending& pending : pending_) {
    if (pending.select != text_) continue;
    if (absl::Status status = DoFlush(); !status.ok()) return status;
    break;
  }
  for (auto it = prefetched_.begin(); it != prefetched_.end(); ++it) {
    if (it->select != text_) continue;
    *rows = std::move(it->rows);
    prefetched_.erase(it);
    return true;
  }
  return false;
}

absl::Status MysqlConnection::DoFlush() {
  if (pending_.empty()) return absl::OkStatus();
  ++round_trips;
  pending_text_.pop_back();
  return SendAll("", "", nullptr, nullptr);
}

absl::Status MysqlConnection::SendAll(const std::string& last,
                                      absl::string_view sql, Rows* rows,
                                      int64_t* affected) {
  const std::string text = std::exchange(pending_text_, {}) + last;
  std::vector<Pending> earlier = std::exchange(pending_, {});
  prefetches_full_ = false;
  const size_t count = earlier.size() + (last.empty() ? 0 : 1);
  MYSQL* const mysql = native();
  // The server stops at the first that fails.
  bool failed = mysql_real_query(mysql, text.data(), text.size()) != 0;
  for (size_t i = 0; i < count; ++i) {
    const bool is_last = i == earlier.size();
    if (i > 0 && !failed) failed = mysql_next_result(mysql) != 0;
    MYSQL_RES* const result = failed ? nullptr : mysql_store_result(mysql);
    failed = failed || (result == nullptr && mysql_field_count(mysql) != 0);
    if (failed) {
      if (!is_last) FailedEarlier();
      return MapError(static_cast<int>(mysql_errno(mysql)), mysql_error(mysql),
                      is_last ? sql : earlier[i].sql);
    }
    if (!is_last) {
      SentEarlier(static_cast<int64_t>(mysql_affected_rows(mysql)));
      if (result != nullptr && !earlier[i].select.empty()) {
        Rows& fetched = prefetched_
                            .emplace_back(std::move(earlier[i].select),
                                          Rows(0, {}, nullptr, nullptr))
                            .rows;
        TakeRows(result, &fetched);
        continue;
      }
    } else if (affected != nullptr) {
      *affected = result == nullptr
                      ? static_cast<int64_t>(mysql_affected_rows(mysql))
                      : 0;
    } else if (result != nullptr) {
      TakeRows(result, rows);
      continue;
    }
    if (result != nullptr) mysql_free_result(result);
  }
  return absl::OkStatus();
}

absl::Status MysqlConnection::MapError(int number, absl::string_view message,
                                       absl::string_view sql) {
  last_error_ = number;
  ErrorKind kind = MysqlErrorKind(number, message);
  if (MysqlLinkLost(number)) MarkBroken();
  // A lock that was not got in time is a conflict only while there is time to
  // try again.
  if (kind == ErrorKind::kConflict && wait().expired())
    kind = ErrorKind::kDeadline;
  LogDatabaseError(dialect(), number, sql, kind);
  if (kind == ErrorKind::kDuplicateKey) {
    const std::string key = MysqlDuplicateKey(message);
    return StorageError(
        kind, absl::StrCat("a row with this key exists already: ", key), key);
  }
  return StorageError(
      kind, absl::StrCat(Explain(kind), " (database error ", number, ")"));
}

}  // namespace charter::storage::internal

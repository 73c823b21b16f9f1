#include "storage/sql/connection.h"

#include <spdlog/spdlog.h>

#include "storage/sql/statement_log.h"

namespace charter::storage::internal {
namespace {

// Texts are few; longer ones are bulk inserts, hardly ever the same twice.
constexpr size_t kCachedTexts = 512;
constexpr size_t kCachedTextBytes = 16 << 10;

}  // namespace

absl::Status Connection::Inject(absl::string_view sql) {
  if (!options_.inject_error) return absl::OkStatus();
  const int number = options_.inject_error(sql);
  return number == 0 ? absl::OkStatus() : MapError(number, "injected", sql);
}

void Connection::Log(absl::string_view sql, const Binds& binds, int64_t rows) {
  if (options_.statement_log != nullptr) {
    options_.statement_log->Record(dialect_.engine(), sql, binds, rows);
  }
}

absl::Status Connection::Begin(const Start& start, const Wait& wait) {
  wait_ = &wait;
  misread.what.clear();
  earlier_failed_ = false;
  ++begun_;
  if (absl::Status status = Inject("BEGIN"); !status.ok()) return status;
  absl::Status status = DoBegin(start);
  if (status.ok()) Log("BEGIN", {}, 0);
  return status;
}

absl::Status Connection::Commit() {
  absl::Status status = Inject("COMMIT");
  if (status.ok()) status = DoCommit();
  // What had waited was refused: COMMIT was not looked at.
  if (earlier_failed_ && !broken_) return status;
  switch (KindOf(status)) {
    case ErrorKind::kNone:
      Log("COMMIT", {}, 0);
      wait_ = nullptr;
      return status;
    case ErrorKind::kUnavailable:
    case ErrorKind::kDeadline:
    case ErrorKind::kCancelled:
    case ErrorKind::kInternal:
      // It may have been done before the error: nobody here can tell.
      MarkBroken();
      return StorageError(ErrorKind::kOutcomeUnknown,
                          Explain(ErrorKind::kOutcomeUnknown));
    default:
      return status;
  }
}

void Connection::Rollback() {
  waiting_.clear();
  absl::Status status = Inject("ROLLBACK");
  if (status.ok()) status = DoRollback();
  if (status.ok()) {
    Log("ROLLBACK", {}, 0);
  } else {
    // Whatever is open ends with the connection.
    MarkBroken();
  }
  wait_ = nullptr;
}

absl::Status Connection::Check(absl::string_view sql, const Binds& binds,
                               bool may_write, Entry* once, Entry** entry) {
  auto found = cache_.find(sql);
  if (found == cache_.end()) {
    absl::StatusOr<CheckedSql> checked = CheckSql(sql);
    if (!checked.ok()) return checked.status();
    RecordStatementText(dialect_.engine(), sql);
    once->sql = *std::move(checked);
    if (sql.size() <= kCachedTextBytes) {
      if (cache_.size() >= kCachedTexts) cache_.clear();
      found = cache_.emplace(std::string(sql), std::move(*once)).first;
    }
  }
  *entry = found == cache_.end() ? once : &found->second;
  if ((*entry)->sql.writes && !may_write) {
    return StorageError(ErrorKind::kInternal,
                        "SQL refused: a Read may not write");
  }
  absl::Status status = MatchBinds((*entry)->sql, binds, values_);
  return status.ok() ? Inject(sql) : status;
}

absl::Status Connection::Run(absl::string_view sql, const Binds& binds,
                             bool may_write, Rows* rows, int64_t* affected) {
  Entry once;
  Entry* entry = nullptr;
  absl::Status status = Check(sql, binds, may_write, &once, &entry);
  if (!status.ok()) {
    // A statement that failed is not run again: it may hold what it was bound
    // to.
    if (entry != nullptr) entry->prepared.reset();
    return status;
  }
  if (rows != nullptr) {
    const absl::StatusOr<bool> taken =
        TakePrefetched(entry->sql, values_, rows);
    // It was logged when it was sent.
    if (!taken.ok() || *taken) return taken.status();
  }
  ++round_trips;
  status = Execute(entry->sql, values_, entry->prepared, rows, affected);
  if (!status.ok()) {
    entry->prepared.reset();
    return status;
  }
  Log(sql, binds,
      rows != nullptr ? static_cast<int64_t>(rows->size()) : *affected);
  return absl::OkStatus();
}

absl::Status Connection::RunLater(absl::string_view sql, const Binds& binds,
                                  bool may_write) {
  if (!defers()) {
    int64_t affected = 0;
    return Run(sql, binds, may_write, nullptr, &affected);
  }
  Entry once;
  Entry* entry = nullptr;
  absl::Status status = Check(sql, binds, may_write, &once, &entry);
  if (status.ok()) status = Defer(entry->sql, values_);
  if (status.ok() && options_.statement_log != nullptr)
    waiting_.push_back({std::string(sql), binds});
  return status;
}

absl::Status Connection::Prefetch(absl::string_view sql, const Binds& binds) {
  Entry once;
  Entry* entry = nullptr;
  absl::Status status = Check(sql, binds, /*may_write=*/false, &once, &entry);
  if (!status.ok()) return status;
  const absl::StatusOr<bool> waits = DoPrefetch(entry->sql, values_);
  if (!waits.ok()) return waits.status();
  if (*waits && options_.statement_log != nullptr)
    waiting_.push_back({std::string(sql), binds});
  return absl::OkStatus();
}

absl::Status Connection::Flush() { return DoFlush(); }

void Connection::SentEarlier(int64_t affected) {
  if (waiting_.empty()) return;
  Log(waiting_.front().sql, waiting_.front().binds, affected);
  waiting_.pop_front();
}

void LogDatabaseError(const Dialect& dialect, int number, absl::string_view sql,
                      ErrorKind kind) {
  // What a caller can bring about is no news for the operator.
  const bool ours = kind == ErrorKind::kUnavailable ||
                    kind == ErrorKind::kFull || kind == ErrorKind::kCorrupt ||
                    kind == ErrorKind::kReadOnly ||
                    kind == ErrorKind::kInternal;
  const auto level = ours ? spdlog::level::warn : spdlog::level::debug;
  const absl::string_view head = sql.substr(0, 500);
  spdlog::log(level, "database error {} ({}) in: {}", number,
              std::string(dialect.name()), std::string(head));
}

}  // namespace charter::storage::internal

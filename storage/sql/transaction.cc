#include "storage/sql/transaction.h"

#include <utility>

#include "absl/base/internal/raw_logging.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "storage/sql/connection.h"
#include "storage/sql/transaction_state.h"

namespace charter::storage {
namespace {

constexpr size_t kInsertBytes = 1 << 20;

size_t SizeOf(const Value& value) {
  if (value.text() != nullptr) return value.text()->size();
  if (value.bytes() != nullptr) return value.bytes()->data.size();
  return 8;
}

}  // namespace

absl::Status Transaction::Run(absl::string_view sql, const Binds& binds,
                              bool later, Rows* rows, int64_t* affected) {
  if (!state_->failure.ok()) return state_->failure;
  if (prefetching_) {
    if (rows != nullptr) return connection_->Prefetch(sql, binds);
    return StorageError(ErrorKind::kInternal, "a prefetch may not write");
  }
  absl::Status status = state_->wait.Check();
  if (status.ok() && later && state_->at_once) {
    int64_t ignored = 0;
    status = connection_->Run(sql, binds, state_->write, nullptr, &ignored);
  } else if (status.ok()) {
    status = later
                 ? connection_->RunLater(sql, binds, state_->write)
                 : connection_->Run(sql, binds, state_->write, rows, affected);
  }
  if (!status.ok() && (internal::EndsTransaction(KindOf(status)) ||
                       connection_->earlier_failed())) {
    state_->failure = status;
  }
  return status;
}

absl::StatusOr<int64_t> Transaction::Execute(absl::string_view sql,
                                             const Binds& binds) {
  int64_t affected = 0;
  absl::Status status = Run(sql, binds, /*later=*/false, nullptr, &affected);
  if (!status.ok()) return status;
  return affected;
}

absl::Status Transaction::ExecuteLater(absl::string_view sql,
                                       const Binds& binds) {
  return Run(sql, binds, /*later=*/true, nullptr, nullptr);
}

void Transaction::Prefetch(absl::FunctionRef<void(Transaction&)> reads) {
  if (!connection_->defers() || state_->at_once) return;
  const bool outermost = !std::exchange(prefetching_, true);
  reads(*this);
  if (outermost) prefetching_ = false;
}

absl::StatusOr<Rows> Transaction::Query(absl::string_view sql,
                                        const Binds& binds) {
  Rows rows(0, {}, nullptr, nullptr);
  absl::Status status = Run(sql, binds, /*later=*/false, &rows, nullptr);
  if (!status.ok()) return status;
  return rows;
}

absl::Status Transaction::InsertRows(
    absl::string_view table, absl::Span<const absl::string_view> columns,
    absl::Span<const std::vector<Value>> rows, absl::string_view suffix) {
  return InsertRows(table, columns, rows, suffix, /*later=*/false);
}

absl::Status Transaction::InsertRowsLater(
    absl::string_view table, absl::Span<const absl::string_view> columns,
    absl::Span<const std::vector<Value>> rows, absl::string_view suffix) {
  return InsertRows(table, columns, rows, suffix, /*later=*/true);
}

absl::Status Transaction::InsertRows(
    absl::string_view table, absl::Span<const absl::string_view> columns,
    absl::Span<const std::vector<Value>> rows, absl::string_view suffix,
    bool later) {
  const std::string head = absl::StrCat(
      "INSERT INTO ", table, " (", absl::StrJoin(columns, ", "), ") VALUES ");
  const size_t most = static_cast<size_t>(dialect().rows_per_insert());
  for (size_t next = 0; next < rows.size();) {
    std::string sql = head;
    Binds binds;
    size_t bytes = 0;
    size_t count = 0;
    while (next < rows.size() && count < most &&
           (count == 0 || bytes < kInsertBytes)) {
      const std::vector<Value>& row = rows[next];
      if (row.size() != columns.size()) {
        return StorageError(
            ErrorKind::kInternal,
            absl::StrCat("a row for ", table, " has ", row.size(),
                         " values for ", columns.size(), " columns"));
      }
      absl::StrAppend(&sql, count == 0 ? "(" : ", (");
      for (size_t i = 0; i < row.size(); ++i) {
        const std::string name = absl::StrCat(columns[i], "_", count);
        absl::StrAppend(&sql, i == 0 ? ":" : ", :", name);
        binds.Add(name, row[i]);
        bytes += SizeOf(row[i]);
      }
      sql += ")";
      ++count;
      ++next;
    }
    absl::StrAppend(&sql, suffix.empty() ? "" : " ", suffix);
    int64_t affected = 0;
    if (absl::Status status = Run(sql, binds, later, nullptr, &affected);
        !status.ok()) {
      return status;
    }
  }
  return absl::OkStatus();
}

void Transaction::AfterCommit(std::function<void()> hook) {
  state_->after_commit.push_back(std::move(hook));
}

absl::Time Transaction::now() const { return state_->options.now; }
bool Transaction::dry_run() const { return state_->options.dry_run; }
int Transaction::attempt() const { return state_->attempt; }
const Confinement* Transaction::confined_to() const {
  const std::optional<Confinement>& confined = state_->options.confined_to;
  return confined.has_value() ? &*confined : nullptr;
}
const Dialect& Transaction::dialect() const { return connection_->dialect(); }

std::string InList(absl::string_view prefix, absl::Span<const Value> values,
                   Binds* binds) {
  ABSL_RAW_CHECK(!values.empty() && values.size() <= 4096,
                 "InList takes 1 to 4096 values");
  size_t padded = 1;
  while (padded < values.size()) padded *= 2;
  std::string out = "(";
  for (size_t i = 0; i < padded; ++i) {
    const std::string name = absl::StrCat(prefix, "_", i);
    absl::StrAppend(&out, i == 0 ? ":" : ", :", name);
    binds->Add(name, values[std::min(i, values.size() - 1)]);
  }
  return out + ")";
}

}  // namespace charter::storage

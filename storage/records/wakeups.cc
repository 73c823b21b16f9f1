#include "storage/records/wakeups.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/records/record_util.h"
#include "storage/sql/union.h"

namespace charter::storage {
namespace {

using internal::FromUs;
using internal::ToUs;

constexpr int kMaxDue = 10'000;

struct Key {
  int shard;
  int64_t due_us;
  std::string subject;
};

// Up to kMaxLocked rows in one statement: ranges of the primary key, each of
// one row. The number is padded to a power of two with the last key, so that
// few texts exist.
absl::Status DeleteKeys(Transaction& tx, absl::Span<const Key> keys) {
  const size_t padded = std::bit_ceil(keys.size());
  std::string sql = "DELETE FROM wakeups WHERE ";
  Binds binds;
  for (size_t i = 0; i < padded; ++i) {
    const Key& key = keys[std::min(i, keys.size() - 1)];
    absl::StrAppend(&sql, i == 0 ? "" : " OR ", "(shard = :shard_", i,
                    " AND due_us = :due_us_", i, " AND subject = :subject_", i,
                    ")");
    binds.Add(absl::StrCat("shard_", i), key.shard);
    binds.Add(absl::StrCat("due_us_", i), key.due_us);
    binds.Add(absl::StrCat("subject_", i), key.subject);
  }
  return tx.ExecuteLater(sql, binds);
}

// For each of `shards` a reading of its own range of the primary key, put
// together: an IN list would have the engine read and sort everything that is
// due. Those that pad are of a shard that doesn't exist.
std::string PerShard(const Dialect& dialect, absl::string_view columns,
                     absl::string_view rest, absl::Span<const int> shards,
                     Binds* binds) {
  const size_t parts = PaddedParts(shards.size());
  for (size_t i = 0; i < parts; ++i)
    binds->Add(absl::StrCat("shard_", i), i < shards.size() ? shards[i] : -1);
  return UnionOf(dialect, columns, parts, [&](size_t i) {
    return absl::StrCat("SELECT ", columns,
                        " FROM wakeups WHERE shard = :shard_", i, rest);
  });
}

std::vector<DueWakeup> ToDue(const Rows& rows) {
  std::vector<DueWakeup> due;
  due.reserve(rows.size());
  for (const Row row : rows)
    due.push_back({FromUs(row.Int64(0)), std::string(row.Text(1))});
  return due;
}

}  // namespace

int WakeupShard(absl::string_view subject) {
  // FNV-1a, 64 bits, folded.
  uint64_t hash = 14695981039346656037u;
  for (const char c : subject)
    hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
  return static_cast<int>((hash ^ hash >> 32) % kWakeupShards);
}

absl::Status MoveWakeups(Transaction& tx, absl::Span<const WakeupMove> moves) {
  std::vector<Key> gone;
  std::vector<std::vector<Value>> added;
  for (const WakeupMove& move : moves) {
    const std::optional<int64_t> from = ToUs(move.from);
    const std::optional<int64_t> to = ToUs(move.to);
    if (from == to) continue;
    const int shard = WakeupShard(move.subject);
    if (from.has_value()) gone.push_back({shard, *from, move.subject});
    if (to.has_value()) added.push_back({shard, *to, move.subject});
  }
  // Where a statement costs no round trip, one text is better than many.
  const size_t most = std::min<size_t>(
      kMaxLocked, static_cast<size_t>(tx.dialect().rows_per_insert()));
  for (size_t i = 0; i < gone.size(); i += most) {
    absl::Status status =
        DeleteKeys(tx, absl::MakeConstSpan(gone).subspan(i, most));
    if (!status.ok()) return status;
  }
  return tx.InsertRowsLater("wakeups", {"shard", "due_us", "subject"}, added);
}

absl::StatusOr<std::vector<DueWakeup>> ReadDueWakeups(
    Transaction& tx, absl::Span<const int> shards, absl::Time now, int limit) {
  if (absl::Status status = internal::CheckLimit(limit, kMaxDue); !status.ok())
    return status;
  if (shards.empty()) return std::vector<DueWakeup>();
  Binds binds;
  const std::string parts =
      PerShard(tx.dialect(), "due_us, subject",
               " AND due_us <= :now ORDER BY due_us, subject LIMIT :limit",
               shards, &binds);
  binds.Add("now", ToUs(now));
  binds.Add("limit", limit);
  const absl::StatusOr<Rows> rows = tx.Query(
      absl::StrCat(parts, " ORDER BY due_us, subject LIMIT :limit"), binds);
  if (!rows.ok()) return rows.status();
  return ToDue(*rows);
}

absl::StatusOr<std::optional<absl::Time>> NextWakeup(
    Transaction& tx, absl::Span<const int> shards) {
  if (shards.empty()) return std::nullopt;
  Binds binds;
  const std::string parts = PerShard(
      tx.dialect(), "due_us", " ORDER BY due_us LIMIT 1", shards, &binds);
  const absl::StatusOr<Rows> rows =
      tx.Query(absl::StrCat(parts, " ORDER BY due_us LIMIT 1"), binds);
  if (!rows.ok()) return rows.status();
  if (rows->empty()) return std::nullopt;
  return FromUs((*rows)[0].Int64(0));
}

absl::StatusOr<int64_t> CountWakeups(Transaction& tx) {
  const absl::StatusOr<Rows> rows = tx.Query("SELECT COUNT(*) FROM wakeups");
  if (!rows.ok()) return rows.status();
  return (*rows)[0].Int64(0);
}

absl::StatusOr<std::vector<DueWakeup>> LockDueCases(
    Transaction& tx, absl::Span<const std::string> subjects, absl::Time now) {
  if (subjects.empty()) return std::vector<DueWakeup>();
  if (subjects.size() > kMaxLocked) {
    return absl::InvalidArgumentError(absl::StrCat(
        subjects.size(), " subjects to lock: at most ", kMaxLocked));
  }
  Binds binds;
  const std::string list = InList(
      "name", std::vector<Value>(subjects.begin(), subjects.end()), &binds);
  binds.Add("now", ToUs(now));
  const absl::StatusOr<Rows> rows = tx.Query(
      absl::StrCat("SELECT next_due_us, name FROM cases WHERE name IN ", list,
                   " AND next_due_us <= :now ORDER BY name",
                   tx.dialect().ForUpdateSkipLocked()),
      binds);
  if (!rows.ok()) return rows.status();
  return ToDue(*rows);
}

}  // namespace charter::storage

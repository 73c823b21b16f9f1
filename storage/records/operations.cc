#include "storage/records/operations.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/records/record_util.h"

namespace charter::storage {
namespace {

using internal::FromUs;
using internal::ToUs;

constexpr absl::string_view kSelect =
    "SELECT name, kind, arguments, progress, cancel_requested, created_us, "
    "updated_us, expire_us, "
    "version, operation FROM operations WHERE ";

absl::StatusOr<std::vector<OperationRecord>> Read(Transaction& tx,
                                                  absl::string_view rest,
                                                  const Binds& binds) {
  const absl::StatusOr<Rows> rows =
      tx.Query(absl::StrCat(kSelect, rest), binds);
  if (!rows.ok()) return rows.status();
  std::vector<OperationRecord> records;
  records.reserve(rows->size());
  for (const Row row : *rows) {
    OperationRecord& record = records.emplace_back();
    absl::Status status =
        internal::FromBlob(row.Text(9), &record.operation, "operation");
    if (!status.ok()) return status;
    record.operation.set_name(std::string(row.Text(0)));
    record.kind = std::string(row.Text(1));
    record.arguments = std::string(row.Text(2));
    record.cursor = std::string(row.Text(3));
    record.cancel_requested = row.Int64(4) != 0;
    record.create_time = FromUs(row.Int64(5));
    record.update_time = FromUs(row.Int64(6));
    record.expire_time = FromUs(row.OptionalInt64(7));
    record.version = row.Int64(8);
  }
  return records;
}

// What may change, but for the version.
void AddState(const OperationRecord& record, Binds* binds) {
  binds->Add("done", record.operation.done());
  binds->Add("cancel_requested", record.cancel_requested);
  binds->Add("updated_us", ToUs(record.update_time));
  binds->Add("expire_us", ToUs(record.expire_time));
  binds->Add("progress", Bytes{record.cursor});
  binds->Add("operation", internal::ToBlob(record.operation));
}

}  // namespace

absl::Status InsertOperation(Transaction& tx, const OperationRecord& record) {
  Binds binds = {{"name", record.operation.name()},
                 {"kind", record.kind},
                 {"created_us", ToUs(record.create_time)},
                 {"version", record.version},
                 {"arguments", Bytes{record.arguments}}};
  AddState(record, &binds);
  return tx
      .Execute(
          "INSERT INTO operations (name, kind, created_us, version, arguments, "
          "done, "
          "cancel_requested, updated_us, expire_us, progress, operation) "
          "VALUES (:name, :kind, "
          ":created_us, :version, :arguments, :done, :cancel_requested, "
          ":updated_us, :expire_us, "
          ":progress, :operation)",
          binds)
      .status();
}

absl::StatusOr<std::optional<OperationRecord>> FindOperation(
    Transaction& tx, absl::string_view name, bool lock) {
  absl::StatusOr<std::vector<OperationRecord>> found = Read(
      tx, absl::StrCat("name = :name", lock ? tx.dialect().ForUpdate() : ""),
      {{"name", name}});
  if (!found.ok()) return found.status();
  if (found->empty()) return std::nullopt;
  return std::move(found->front());
}

absl::StatusOr<std::vector<OperationRecord>> ListOperations(
    Transaction& tx, absl::string_view after_name, int limit) {
  if (absl::Status status = internal::CheckLimit(limit, 1000); !status.ok())
    return status;
  return Read(tx, "name > :after ORDER BY name LIMIT :limit",
              {{"after", after_name}, {"limit", limit}});
}

absl::StatusOr<std::vector<OperationRecord>> UnfinishedOperations(
    Transaction& tx, absl::string_view kind, int limit) {
  if (absl::Status status = internal::CheckLimit(limit, 1000); !status.ok())
    return status;
  return Read(
      tx, "done = 0 AND kind = :kind ORDER BY created_us, name LIMIT :limit",
      {{"kind", kind}, {"limit", limit}});
}

absl::StatusOr<bool> UpdateOperation(Transaction& tx, OperationRecord* record) {
  Binds binds = {{"name", record->operation.name()},
                 {"version", record->version}};
  AddState(*record, &binds);
  const absl::StatusOr<int64_t> done = tx.Execute(
      "UPDATE operations SET done = :done, cancel_requested = "
      ":cancel_requested, updated_us = "
      ":updated_us, expire_us = :expire_us, progress = :progress, operation = "
      ":operation, version = "
      "version + 1 WHERE name = :name AND version = :version",
      binds);
  if (!done.ok()) return done.status();
  if (*done == 1) ++record->version;
  return *done == 1;
}

absl::StatusOr<bool> DeleteOperation(Transaction& tx, absl::string_view name) {
  const absl::StatusOr<int64_t> done =
      tx.Execute("DELETE FROM operations WHERE name = :name", {{"name", name}});
  if (!done.ok()) return done.status();
  return *done == 1;
}

absl::StatusOr<int64_t> PurgeOperations(Transaction& tx, absl::Time now,
                                        int limit) {
  return internal::PurgeRows(tx, "operations", "expire_us <= :now", "expire_us",
                             {{"now", ToUs(now)}}, limit);
}

}  // namespace charter::storage

#include "storage/records/transitions.h"

#include <openssl/sha.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/internal/records.pb.h"
#include "storage/records/record_util.h"

namespace charter::storage {
namespace {

using charter::internal::TransitionDetail;
using internal::FromUs;
using internal::ToUs;

constexpr absl::string_view kColumns =
    "transition_key, number, time_us, superseded, publish_us, detail, "
    "case_name";

TransitionDetail ToDetail(const TransitionRecord& record) {
  TransitionDetail detail;
  detail.set_instance(record.instance);
  detail.set_kind(record.kind);
  detail.set_cause(record.cause);
  detail.set_revision(record.revision);
  if (record.moment.has_value()) detail.set_moment_us(ToUs(*record.moment));
  detail.set_late(record.late);
  detail.set_retracted(record.retracted);
  charter::v1::Transition* wire = detail.mutable_transition();
  *wire = record.transition;
  wire->clear_key();
  wire->clear_time();
  wire->clear_cause();
  wire->clear_revision();
  wire->clear_late();
  wire->clear_publish_time();
  wire->clear_withdrawn();
  return detail;
}

absl::StatusOr<TransitionRecord> FromRow(const Row& row) {
  TransitionDetail detail;
  absl::Status status = internal::FromBlob(row.Text(5), &detail, "transition");
  if (!status.ok()) return status;
  TransitionRecord record;
  record.key = std::string(row.Text(0));
  record.number = static_cast<int32_t>(row.Int64(1));
  record.instance = detail.instance();
  record.kind = detail.kind();
  record.cause = detail.cause();
  record.revision = detail.revision();
  record.time = FromUs(row.Int64(2));
  if (detail.has_moment_us()) record.moment = FromUs(detail.moment_us());
  record.late = detail.late();
  record.retracted = detail.retracted();
  record.superseded = row.Int64(3) != 0;
  record.publish_time = FromUs(row.OptionalInt64(4));

  charter::v1::Transition& wire = record.transition;
  wire = std::move(*detail.mutable_transition());
  wire.set_key(record.key);
  internal::SetTimestamp(wire.mutable_time(), record.time);
  wire.set_cause(record.cause);
  wire.set_revision(record.revision);
  wire.set_late(record.late);
  wire.set_withdrawn(record.retracted);
  if (record.publish_time.has_value()) {
    internal::SetTimestamp(wire.mutable_publish_time(), *record.publish_time);
  }
  return record;
}

}  // namespace

std::string TransitionKey(absl::string_view instance, absl::string_view kind,
                          absl::string_view cause, int32_t revision) {
  const std::string text =
      absl::StrCat(instance.size(), ":", instance, kind.size(), ":", kind,
                   cause.size(), ":", cause, revision);
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(),
         digest);
  uint64_t words[3] = {};
  for (int i = 0; i < 24; ++i) words[i / 8] = words[i / 8] << 8 | digest[i];
  return internal::Base32(words[0], words[1], 25) +
         internal::Base32(0, words[2], 1);
}

absl::Status InsertTransitions(Transaction& tx, absl::string_view case_name,
                               absl::Span<const TransitionRecord> transitions) {
  const ItemTransitions item = {case_name, transitions};
  return InsertTransitions(tx, absl::MakeConstSpan(&item, 1));
}

absl::Status InsertTransitions(Transaction& tx,
                               absl::Span<const ItemTransitions> items) {
  std::vector<std::vector<Value>> rows;
  for (const ItemTransitions& item : items) {
    for (const TransitionRecord& record : item.transitions) {
      rows.push_back({item.case_name, record.key, record.number,
                      ToUs(record.time), 0, ToUs(record.publish_time),
                      internal::ToBlob(ToDetail(record))});
    }
  }
  return tx.InsertRowsLater("transitions",
                            {"case_name", "transition_key", "number", "time_us",
                             "superseded", "publish_us", "detail"},
                            rows);
}

absl::Status MarkSuperseded(Transaction& tx, absl::string_view case_name,
                            absl::Span<const std::string> keys) {
  if (keys.empty()) return absl::OkStatus();
  Binds binds = {{"case_name", case_name}};
  const std::string list =
      InList("key", std::vector<Value>(keys.begin(), keys.end()), &binds);
  return tx.ExecuteLater(
      absl::StrCat("UPDATE transitions SET superseded = 1 WHERE "
                   "case_name = :case_name AND transition_key IN ",
                   list),
      binds);
}

absl::StatusOr<std::vector<TransitionRecord>> LoadTransitions(
    Transaction& tx, absl::string_view case_name) {
  const absl::StatusOr<Rows> rows =
      tx.Query(absl::StrCat("SELECT ", kColumns,
                            " FROM transitions WHERE case_name = :case_name "
                            "ORDER BY time_us, number"),
               {{"case_name", case_name}});
  if (!rows.ok()) return rows.status();
  std::vector<TransitionRecord> records;
  records.reserve(rows->size());
  for (const Row row : *rows) {
    absl::StatusOr<TransitionRecord> record = FromRow(row);
    if (!record.ok()) return record.status();
    records.push_back(*std::move(record));
  }
  return records;
}

absl::StatusOr<std::map<std::string, std::vector<TransitionRecord>>>
LoadManyTransitions(Transaction& tx, absl::Span<const std::string> case_names) {
  std::map<std::string, std::vector<TransitionRecord>> records;
  if (case_names.empty()) return records;
  Binds binds;
  const std::string list =
      InList("case_name",
             std::vector<Value>(case_names.begin(), case_names.end()), &binds);
  const absl::StatusOr<Rows> rows = tx.Query(
      absl::StrCat("SELECT ", kColumns, " FROM transitions WHERE case_name IN ",
                   list, " ORDER BY case_name, time_us, number"),
      binds);
  if (!rows.ok()) return rows.status();
  for (const Row row : *rows) {
    absl::StatusOr<TransitionRecord> record = FromRow(row);
    if (!record.ok()) return record.status();
    records[std::string(row.Text(6))].push_back(*std::move(record));
  }
  return records;
}

absl::Status PurgeTransitions(Transaction& tx, absl::string_view case_name) {
  return tx
      .Execute("DELETE FROM transitions WHERE case_name = :case_name",
               {{"case_name", case_name}})
      .status();
}

}  // namespace charter::storage

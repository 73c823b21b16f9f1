#include "storage/records/audit_log.h"

#include "absl/strings/str_cat.h"
#include "storage/internal/records.pb.h"
#include "storage/records/ids.h"
#include "storage/records/record_util.h"

namespace charter::storage {

using internal::FromUs;
using internal::ToUs;

absl::Status AppendAudit(Transaction& tx,
                         absl::Span<const AuditRecord> records) {
  std::vector<std::vector<Value>> rows;
  rows.reserve(records.size());
  for (const AuditRecord& record : records) {
    charter::internal::AuditDetail detail;
    detail.set_remote_peer(record.remote_peer);
    detail.set_before(record.before);
    detail.set_after(record.after);
    rows.push_back({record.id, ToUs(record.time), record.principal,
                    record.method, record.subject, record.outcome,
                    record.request_id, internal::ToBlob(detail)});
  }
  return tx.InsertRowsLater("audit_log",
                            {"id", "time_us", "principal", "method", "subject",
                             "outcome", "request_id", "detail"},
                            rows);
}

namespace {

constexpr char kSelect[] =
    "SELECT id, time_us, principal, method, subject, outcome, request_id, "
    "detail FROM audit_log WHERE ";

absl::StatusOr<std::vector<AuditRecord>> Read(Transaction& tx,
                                              absl::string_view rest,
                                              const Binds& binds) {
  const absl::StatusOr<Rows> rows =
      tx.Query(absl::StrCat(kSelect, rest), binds);
  if (!rows.ok()) return rows.status();
  std::vector<AuditRecord> records;
  records.reserve(rows->size());
  for (const Row row : *rows) {
    charter::internal::AuditDetail detail;
    if (absl::Status status =
            internal::FromBlob(row.Text(7), &detail, "audit row");
        !status.ok()) {
      return status;
    }
    records.push_back({std::string(row.Text(0)), FromUs(row.Int64(1)),
                       std::string(row.Text(2)), std::string(row.Text(3)),
                       std::string(row.Text(4)),
                       static_cast<int32_t>(row.Int64(5)),
                       std::string(row.Text(6)), detail.remote_peer(),
                       detail.before(), detail.after()});
  }
  return records;
}

}  // namespace

absl::StatusOr<std::vector<AuditRecord>> ReadAudit(Transaction& tx,
                                                   absl::string_view after_id,
                                                   int limit) {
  return Read(tx, "id > :after ORDER BY id LIMIT :limit",
              {{"after", after_id}, {"limit", limit}});
}

absl::StatusOr<std::vector<AuditRecord>> FindAudit(Transaction& tx,
                                                   const AuditQuery& query) {
  std::string rest;
  Binds binds;
  if (!query.subject.empty()) {
    absl::StrAppend(&rest, "subject = :subject AND ");
    binds.Add("subject", query.subject);
  }
  if (!query.principal.empty()) {
    absl::StrAppend(&rest, "principal = :principal AND ");
    binds.Add("principal", query.principal);
  }
  std::string before = query.before_id;
  if (before.empty()) {
    // Beyond every id there is: they are made of digits and capital letters.
    before = query.to == absl::InfiniteFuture() ? "~" : FirstIdAt(query.to);
  }
  absl::StrAppend(
      &rest, "id >= :first AND id < :before ORDER BY id DESC LIMIT :limit");
  binds.Add("first", query.from == absl::InfinitePast()
                         ? std::string()
                         : FirstIdAt(query.from));
  binds.Add("before", before);
  binds.Add("limit", query.limit);
  return Read(tx, rest, binds);
}

absl::StatusOr<int64_t> PurgeAudit(Transaction& tx, absl::Time cutoff,
                                   int limit) {
  return internal::PurgeRows(tx, "audit_log", "id < :first", "id",
                             {{"first", FirstIdAt(cutoff)}}, limit);
}

}  // namespace charter::storage

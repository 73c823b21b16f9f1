#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/services/admin/admin.h"
#include "server/services/shared/errors.h"
#include "server/services/shared/pages.h"
#include "server/services/shared/time_convert.h"
#include "server/services/shared/tokens.h"
#include "storage/records/audit_log.h"

namespace charter::services {
namespace {

v1::AuditEntry EntryOf(const storage::AuditRecord& record) {
  v1::AuditEntry entry;
  entry.set_name(absl::StrCat("auditEntries/", record.id));
  *entry.mutable_time() = ToProto(record.time);
  entry.set_principal(record.principal);
  entry.set_method(record.method);
  entry.set_subject(record.subject);
  entry.set_outcome(record.outcome);
  entry.set_request_id(record.request_id);
  entry.set_remote_peer(record.remote_peer);
  // What an older server wrote may be of a type that is gone: then it is empty.
  if (!record.before.empty())
    (void)entry.mutable_before()->ParseFromString(record.before);
  if (!record.after.empty())
    (void)entry.mutable_after()->ParseFromString(record.after);
  return entry;
}

}  // namespace

absl::StatusOr<v1::ListAuditEntriesResponse> ListAuditEntries(
    Call& call, const v1::ListAuditEntriesRequest& request) {
  storage::AuditQuery query;
  query.subject = request.subject();
  query.principal = request.principal();
  if (request.has_start_time()) query.from = ToTime(request.start_time());
  if (request.has_end_time()) query.to = ToTime(request.end_time());
  if (query.to < query.from) {
    return errors::FieldInvalid("end_time", ErrorReason::OUT_OF_RANGE,
                                "is before start_time");
  }
  const std::vector<std::string> bound = {
      query.subject, query.principal,
      request.has_start_time() ? absl::StrCat(absl::ToUnixMicros(query.from))
                               : "",
      request.has_end_time() ? absl::StrCat(absl::ToUnixMicros(query.to)) : ""};
  if (!request.page_token().empty()) {
    absl::StatusOr<std::string> before = call.services().tokens->Open(
        call, bound, request.page_token(), "page_token");
    if (!before.ok()) return before.status();
    query.before_id = *std::move(before);
  }
  const int size = PageSize(request.page_size());
  query.limit = size + 1;
  absl::StatusOr<std::vector<storage::AuditRecord>> records =
      std::vector<storage::AuditRecord>();
  absl::Status status = call.Read([&](storage::Transaction& tx) {
    records = storage::FindAudit(tx, query);
    return records.status();
  });
  if (!status.ok()) return status;
  v1::ListAuditEntriesResponse response;
  size_t bytes = 0;
  for (const storage::AuditRecord& record : *records) {
    const bool full = response.audit_entries_size() == size ||
                      bytes > static_cast<size_t>(kMaxPageBytes);
    if (full) {
      const std::string& last =
          (*records)[response.audit_entries_size() - 1].id;
      response.set_next_page_token(
          call.services().tokens->Seal(call, bound, last));
      break;
    }
    bytes += record.before.size() + record.after.size();
    *response.add_audit_entries() = EntryOf(record);
  }
  return response;
}

}  // namespace charter::services

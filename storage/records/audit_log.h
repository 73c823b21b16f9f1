// Who did what: one row per write and per refused call, never changed
// afterwards.
#ifndef CHARTER_STORAGE_RECORDS_AUDIT_LOG_H_
#define CHARTER_STORAGE_RECORDS_AUDIT_LOG_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "storage/sql/transaction.h"

namespace charter::storage {

struct AuditRecord {
  // Of an IdGenerator, made at `time`: rows are kept, read and purged in order
  // of their ids.
  std::string id;
  absl::Time time;
  std::string principal;    // at most 255 octets
  std::string method;       // "charter.v1.CaseService/OpenCase", at most 128
  std::string subject;      // the resource; empty: none. At most 255
  int32_t outcome = 0;      // google.rpc.Code
  std::string request_id;   // at most 64; empty: none
  std::string remote_peer;  // where the call came from
  std::string before;       // the resource as it was, serialized
                            // google.protobuf.Any; empty: none
  std::string after;        // and as it became
};

absl::Status AppendAudit(Transaction& tx,
                         absl::Span<const AuditRecord> records);

// At most `limit` after the one with `after_id` (empty: from the oldest),
// oldest first.
absl::StatusOr<std::vector<AuditRecord>> ReadAudit(Transaction& tx,
                                                   absl::string_view after_id,
                                                   int limit);

// Which audit rows are asked for.
struct AuditQuery {
  std::string subject;    // empty: any
  std::string principal;  // empty: any
  absl::Time from = absl::InfinitePast();
  absl::Time to = absl::InfiniteFuture();  // the first instant outside
  std::string before_id;  // only what is older than this row; empty: all
  int limit = 50;
};
// The newest first. Of subject and principal an index serves the first one that
// is given.
absl::StatusOr<std::vector<AuditRecord>> FindAudit(Transaction& tx,
                                                   const AuditQuery& query);

// Removes at most `limit` made before `cutoff`; returns how many. Repeat while
// it is `limit`.
absl::StatusOr<int64_t> PurgeAudit(Transaction& tx, absl::Time cutoff,
                                   int limit);

}  // namespace charter::storage

#endif  // CHARTER_STORAGE_RECORDS_AUDIT_LOG_H_

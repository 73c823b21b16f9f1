// Answers that were given, by request id, so that a repeated call gets the
// first answer again instead of a second effect.
#ifndef CHARTER_STORAGE_RECORDS_REQUEST_LOG_H_
#define CHARTER_STORAGE_RECORDS_REQUEST_LOG_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "storage/sql/transaction.h"

namespace charter::storage {

// Of a response above this many octets that is about one resource only the name
// is kept, to read it again.
inline constexpr size_t kLargeResponse = 64 * 1024;
// No response above this many octets is kept. A request is at most half of it.
inline constexpr size_t kMaxKeptResponse = 8 << 20;
// For how long an answer is kept.
inline constexpr absl::Duration kRequestLifetime = absl::Hours(24);

struct RequestKey {
  std::string principal;   // at most 255 octets
  std::string method;      // "charter.v1.CaseService/OpenCase", at most 128
  std::string request_id;  // at most 64
};

struct RequestRecord {
  RequestKey key;
  // SHA-256 of the canonical request, 32 octets: tells a retry from another
  // request that reuses the id.
  std::string fingerprint;
  // The serialized response; empty with `read_again` set when it was large.
  std::string response;
  // The resource to read again; empty: the response is kept.
  std::string read_again;
  absl::Time expire_time;
};

// Call it in the handler's own transaction, so that answer and effect are there
// together or not at all. kDuplicateKey (ALREADY_EXISTS): the id was used and
// has not expired by `now`; roll back and replay what FindRequest gives.
// Another call with the same id that is still running is waited for.
// INVALID_ARGUMENT for a response above kMaxKeptResponse.
absl::Status InsertRequest(Transaction& tx, const RequestRecord& record,
                           absl::Time now);

// Absent: never used, or expired by `now`.
absl::StatusOr<std::optional<RequestRecord>> FindRequest(Transaction& tx,
                                                         const RequestKey& key,
                                                         absl::Time now);

// Removes at most `limit` that expired by `now`; returns how many. Repeat while
// it is `limit`.
absl::StatusOr<int64_t> PurgeRequests(Transaction& tx, absl::Time now,
                                      int limit);

}  // namespace charter::storage

#endif  // CHARTER_STORAGE_RECORDS_REQUEST_LOG_H_

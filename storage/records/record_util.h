// What the records share: instants as columns, hashes, messages in blobs,
// purging.
#ifndef CHARTER_STORAGE_RECORDS_RECORD_UTIL_H_
#define CHARTER_STORAGE_RECORDS_RECORD_UTIL_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/protobuf/message_lite.h"
#include "google/protobuf/timestamp.pb.h"
#include "storage/sql/transaction.h"

namespace charter::storage::internal {

// Columns `…_us`: microseconds since 1970 (semantics T1), truncated toward the
// past.
inline int64_t ToUs(absl::Time time) { return absl::ToUnixMicros(time); }
inline absl::Time FromUs(int64_t micros) {
  return absl::FromUnixMicros(micros);
}
std::optional<int64_t> ToUs(const std::optional<absl::Time>& time);
std::optional<absl::Time> FromUs(std::optional<int64_t> micros);

void SetTimestamp(google::protobuf::Timestamp* timestamp, absl::Time time);
absl::Time FromTimestamp(const google::protobuf::Timestamp& timestamp);

// The first 16 octets of the SHA-256: a key of fixed length for text of any.
std::string ShortHash(absl::string_view text);

// `digits` characters of lower-case base 32 (0-9 and letters but i, l, o, u),
// whose order is that of the number made of `high` and `low`; bits beyond the
// digits are left out at the top.
std::string Base32(uint64_t high, uint64_t low, int digits);

Bytes ToBlob(const google::protobuf::MessageLite& message);
// DATA_LOSS, naming `what`, when the octets are no such message.
absl::Status FromBlob(absl::string_view blob,
                      google::protobuf::MessageLite* message,
                      absl::string_view what);

// INVALID_ARGUMENT unless 1 <= limit <= most.
absl::Status CheckLimit(int limit, int most);

// Deletes at most `limit` rows of `table` that meet `condition`, the lowest
// `order` first; returns how many. The table has a rowid on SQLite.
absl::StatusOr<int64_t> PurgeRows(Transaction& tx, absl::string_view table,
                                  absl::string_view condition,
                                  absl::string_view order, Binds binds,
                                  int limit);

}  // namespace charter::storage::internal

#endif  // CHARTER_STORAGE_RECORDS_RECORD_UTIL_H_

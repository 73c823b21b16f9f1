#include "storage/records/record_util.h"

#include <openssl/sha.h>

#include "absl/strings/str_cat.h"

namespace charter::storage::internal {

std::optional<int64_t> ToUs(const std::optional<absl::Time>& time) {
  if (!time.has_value()) return std::nullopt;
  return ToUs(*time);
}

std::optional<absl::Time> FromUs(std::optional<int64_t> micros) {
  if (!micros.has_value()) return std::nullopt;
  return FromUs(*micros);
}

void SetTimestamp(google::protobuf::Timestamp* timestamp, absl::Time time) {
  const int64_t seconds = absl::ToUnixSeconds(time);
  timestamp->set_seconds(seconds);
  timestamp->set_nanos(
      static_cast<int32_t>((ToUs(time) - seconds * 1'000'000) * 1'000));
}

absl::Time FromTimestamp(const google::protobuf::Timestamp& timestamp) {
  return absl::FromUnixSeconds(timestamp.seconds()) +
         absl::Nanoseconds(timestamp.nanos());
}

std::string ShortHash(absl::string_view text) {
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(),
         digest);
  return std::string(reinterpret_cast<const char*>(digest), 16);
}

std::string Base32(uint64_t high, uint64_t low, int digits) {
  std::string out(digits, '0');
  for (int i = digits - 1; i >= 0; --i) {
    out[i] = "0123456789abcdefghjkmnpqrstvwxyz"[low & 31];
    low = (low >> 5) | (high << 59);
    high >>= 5;
  }
  return out;
}

Bytes ToBlob(const google::protobuf::MessageLite& message) {
  return {message.SerializeAsString()};
}

absl::Status FromBlob(absl::string_view blob,
                      google::protobuf::MessageLite* message,
                      absl::string_view what) {
  if (message->ParseFromArray(blob.data(), static_cast<int>(blob.size())))
    return absl::OkStatus();
  return absl::DataLossError(
      absl::StrCat("a stored ", what, " cannot be read"));
}

absl::Status CheckLimit(int limit, int most) {
  if (limit >= 1 && limit <= most) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("a limit of ", limit, ": it must be from 1 to ", most));
}

absl::StatusOr<int64_t> PurgeRows(Transaction& tx, absl::string_view table,
                                  absl::string_view condition,
                                  absl::string_view order, Binds binds,
                                  int limit) {
  binds.Add("limit", limit);
  if (tx.dialect().engine() == Engine::kMysql) {
    return tx.Execute(absl::StrCat("DELETE FROM ", table, " WHERE ", condition,
                                   " ORDER BY ", order, " LIMIT :limit"),
                      binds);
  }
  return tx.Execute(
      absl::StrCat("DELETE FROM ", table, " WHERE rowid IN (SELECT rowid FROM ",
                   table, " WHERE ", condition, " ORDER BY ", order,
                   " LIMIT :limit)"),
      binds);
}

}  // namespace charter::storage::internal

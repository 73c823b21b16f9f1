// The keys that seal page and resume tokens, shared by all servers of a
// database.
#ifndef CHARTER_STORAGE_RECORDS_TOKEN_KEYS_H_
#define CHARTER_STORAGE_RECORDS_TOKEN_KEYS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "storage/sql/transaction.h"

namespace charter::storage {

struct TokenKey {
  int64_t id = 0;      // rises; goes into the token, so that its key is found
  std::string secret;  // 32 random octets. Never logged
  absl::Time create_time;
};

// The keys that are valid, newest first: seal with the first, open with any.
// Empty: call RotateTokenKeys once.
absl::StatusOr<std::vector<TokenKey>> LoadTokenKeys(Transaction& tx);

// Makes `secret` (32 octets) the newest key, unless the newest is younger than
// `min_age`, and keeps the one before it, so that a token lives at least
// `min_age`. Returns the valid keys, newest first. Two servers that rotate at
// once end with one new key: kDuplicateKey, load again.
absl::StatusOr<std::vector<TokenKey>> RotateTokenKeys(Transaction& tx,
                                                      absl::string_view secret,
                                                      absl::Duration min_age,
                                                      absl::Time now);

}  // namespace charter::storage

#endif  // CHARTER_STORAGE_RECORDS_TOKEN_KEYS_H_

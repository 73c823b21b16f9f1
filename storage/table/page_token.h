// Sealed tokens: what a page or a resume token holds can be neither read nor
// made outside, and serves only the call it was made for.
#ifndef CHARTER_STORAGE_TABLE_PAGE_TOKEN_H_
#define CHARTER_STORAGE_TABLE_PAGE_TOKEN_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace charter::storage {

// How long a page's token is good for.
inline constexpr absl::Duration kTokenLifetime = absl::Hours(24);

// A key in the database (table token_keys). Any server opens what another one
// sealed; two keys are valid at a time, so that they can be changed without a
// token failing.
struct SealingKey {
  uint32_t id = 0;     // unique, written into the token
  std::string secret;  // 32 random octets
};

// What a token is bound to: all of it must be the same when it is opened.
struct TokenContext {
  std::string purpose;    // the method: "charter.v1.CaseService/ListCases"
  std::string principal;  // who calls
  // Everything of the request that makes the answer, but the page size: filter,
  // order, parent, show_deleted.
  std::vector<std::string> request;
};

// 32 octets from the system's generator. For new keys.
std::string NewTokenSecret();

// Seals and opens with AES-256-GCM. Immutable and thread-safe.
class TokenSealer {
 public:
  // The first key seals, all of them open. Aborts without a key, or when a
  // secret is not 32 octets.
  explicit TokenSealer(std::vector<SealingKey> keys);

  // Base64url without padding.
  std::string Seal(const TokenContext& context, absl::string_view payload,
                   absl::Time now,
                   absl::Duration lifetime = kTokenLifetime) const;

  // The payload. INVALID_ARGUMENT, for which IsInvalidToken is true, when the
  // token is damaged, forged, of an unknown key, of another context, or older
  // than its lifetime; what to do is in the message, what is inside is not.
  absl::StatusOr<std::string> Open(const TokenContext& context,
                                   absl::string_view token,
                                   absl::Time now) const;

 private:
  std::vector<SealingKey> keys_;
};

// What Open gives: INVALID_ARGUMENT with the reason PAGE_TOKEN_INVALID.
absl::Status InvalidTokenError(absl::string_view message);
bool IsInvalidToken(const absl::Status& status);

}  // namespace charter::storage

#endif  // CHARTER_STORAGE_TABLE_PAGE_TOKEN_H_

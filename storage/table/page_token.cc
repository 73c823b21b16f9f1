#include "storage/table/page_token.h"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "absl/base/internal/endian.h"
#include "absl/base/internal/raw_logging.h"
#include "absl/strings/cord.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace charter::storage {
namespace {

// A token: format, key id (4), nonce (12), sealed, tag (16). Sealed: the end of
// its life in microseconds (8), then the payload.
constexpr char kFormat = 1;
constexpr size_t kIdSize = 4;
constexpr size_t kNonceSize = 12;
constexpr size_t kTagSize = 16;
constexpr size_t kSecretSize = 32;
constexpr size_t kHeadSize = 1 + kIdSize + kNonceSize;
constexpr size_t kExpirySize = 8;

constexpr char kReasonUrl[] = "type.charter.dev/page_token_invalid";

using CipherContext =
    std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

CipherContext NewContext() {
  return CipherContext(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
}

const unsigned char* Octets(absl::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* Octets(char* text) {
  return reinterpret_cast<unsigned char*>(text);
}

std::string Random(size_t size) {
  std::string octets(size, '\0');
  if (RAND_bytes(Octets(octets.data()), static_cast<int>(size)) != 1)
    ABSL_RAW_LOG(FATAL, "the system gives no random numbers");
  return octets;
}

void Store64(uint64_t number, char* out) {
  absl::big_endian::Store64(out, number);
}

// The context as octets from which it could be told back, so that two contexts
// are never the same octets.
std::string Bound(absl::string_view head, const TokenContext& context) {
  std::string bound(head);
  auto add = [&bound](absl::string_view part) {
    char size[8];
    Store64(part.size(), size);
    bound.append(size, sizeof(size));
    bound.append(part.data(), part.size());
  };
  add(context.purpose);
  add(context.principal);
  for (const std::string& part : context.request) add(part);
  return bound;
}

std::string Encrypt(absl::string_view secret, absl::string_view nonce,
                    absl::string_view bound, absl::string_view plain) {
  CipherContext cipher = NewContext();
  std::string out(plain.size() + kTagSize, '\0');
  int size = 0;
  const bool done =
      EVP_EncryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr,
                         Octets(secret), Octets(nonce)) == 1 &&
      EVP_EncryptUpdate(cipher.get(), nullptr, &size, Octets(bound),
                        static_cast<int>(bound.size())) == 1 &&
      EVP_EncryptUpdate(cipher.get(), Octets(out.data()), &size, Octets(plain),
                        static_cast<int>(plain.size())) == 1 &&
      EVP_EncryptFinal_ex(cipher.get(), Octets(out.data()) + size, &size) ==
          1 &&
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, kTagSize,
                          out.data() + plain.size()) == 1;
  if (!done) ABSL_RAW_LOG(FATAL, "AES-256-GCM is not available");
  return out;
}

std::optional<std::string> Decrypt(absl::string_view secret,
                                   absl::string_view nonce,
                                   absl::string_view bound,
                                   absl::string_view sealed) {
  CipherContext cipher = NewContext();
  const size_t plain_size = sealed.size() - kTagSize;
  std::string plain(plain_size, '\0');
  std::string tag(sealed.substr(plain_size));
  int size = 0;
  const bool done =
      EVP_DecryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr,
                         Octets(secret), Octets(nonce)) == 1 &&
      EVP_DecryptUpdate(cipher.get(), nullptr, &size, Octets(bound),
                        static_cast<int>(bound.size())) == 1 &&
      EVP_DecryptUpdate(cipher.get(), Octets(plain.data()), &size,
                        Octets(sealed), static_cast<int>(plain_size)) == 1 &&
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, kTagSize,
                          tag.data()) == 1 &&
      EVP_DecryptFinal_ex(cipher.get(), Octets(plain.data()) + size, &size) ==
          1;
  if (!done) return std::nullopt;
  return plain;
}

absl::Status NotOurs() {
  return InvalidTokenError(
      "the token was not made by this service for this call: give it back as "
      "it "
      "was, by the same caller, with the same method, filter and order, or "
      "begin without one");
}

}  // namespace

std::string NewTokenSecret() { return Random(kSecretSize); }

TokenSealer::TokenSealer(std::vector<SealingKey> keys)
    : keys_(std::move(keys)) {
  ABSL_RAW_CHECK(!keys_.empty(), "a sealer needs a key");
  for (const SealingKey& key : keys_)
    ABSL_RAW_CHECK(key.secret.size() == kSecretSize, "a key has 32 octets");
}

std::string TokenSealer::Seal(const TokenContext& context,
                              absl::string_view payload, absl::Time now,
                              absl::Duration lifetime) const {
  const SealingKey& key = keys_.front();
  std::string token(1 + kIdSize, kFormat);
  absl::big_endian::Store32(token.data() + 1, key.id);
  const std::string nonce = Random(kNonceSize);
  token += nonce;
  std::string plain(kExpirySize, '\0');
  Store64(static_cast<uint64_t>(absl::ToUnixMicros(now + lifetime)),
          plain.data());
  plain.append(payload.data(), payload.size());
  token += Encrypt(key.secret, nonce, Bound(token, context), plain);
  return absl::WebSafeBase64Escape(token);
}

absl::StatusOr<std::string> TokenSealer::Open(const TokenContext& context,
                                              absl::string_view token,
                                              absl::Time now) const {
  std::string octets;
  if (!absl::WebSafeBase64Unescape(token, &octets) ||
      octets.size() < kHeadSize + kExpirySize + kTagSize ||
      octets[0] != kFormat) {
    return NotOurs();
  }
  const absl::string_view all = octets;
  const uint32_t id = absl::big_endian::Load32(all.data() + 1);
  auto key = std::find_if(keys_.begin(), keys_.end(),
                          [id](const SealingKey& it) { return it.id == id; });
  if (key == keys_.end()) return NotOurs();
  const std::optional<std::string> plain =
      Decrypt(key->secret, all.substr(1 + kIdSize, kNonceSize),
              Bound(all.substr(0, kHeadSize), context), all.substr(kHeadSize));
  if (!plain.has_value()) return NotOurs();
  const auto expiry =
      static_cast<int64_t>(absl::big_endian::Load64(plain->data()));
  if (absl::ToUnixMicros(now) >= expiry) {
    return InvalidTokenError("the token is too old: begin without one");
  }
  return plain->substr(kExpirySize);
}

absl::Status InvalidTokenError(absl::string_view message) {
  absl::Status status = absl::InvalidArgumentError(message);
  status.SetPayload(kReasonUrl, absl::Cord());
  return status;
}

bool IsInvalidToken(const absl::Status& status) {
  return status.GetPayload(kReasonUrl).has_value();
}

}  // namespace charter::storage

// Who calls: by a bearer token, or by the certificate of the caller's TLS.
#ifndef CHARTER_SERVER_CALL_IDENTITY_H_
#define CHARTER_SERVER_CALL_IDENTITY_H_

#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "server/call/roles.h"
#include "server/services/shared/principal.h"

namespace charter::call {

// Lower-case hex of the SHA-256 of `token`: what the token file holds.
std::string HashToken(absl::string_view token);

// The tokens of one reading of the file. A TOML file of
//   [[token]]
//   sha256 = "…"            # printf %s TOKEN | sha256sum
//   principal = "desk-1"    # in audit rows and as actor of events
//   roles = ["agent"]
//   expires = 2027-01-01T00:00:00Z   # optional
// or, in place of sha256, for callers of mutual TLS who send no token,
//   certificate = "spiffe://example.org/desk"  # a URI or DNS name of theirs
// and, with a role for customers (roles.h),
//   account = "accounts/acme"        # what they are confined to
//   contact = "contacts/jane"        # optional: of it, what is this person's
// A principal may have several tokens, so that they can be changed one by one.
class TokenSet {
 public:
  // INVALID_ARGUMENT names the line, and what is wrong with it.
  static absl::StatusOr<std::shared_ptr<const TokenSet>> Parse(
      absl::string_view text, absl::string_view file_name, const Roles& roles);

  // UNAUTHENTICATED TOKEN_INVALID.
  absl::StatusOr<services::Principal> Find(absl::string_view token,
                                           absl::Time now) const;
  // The first of a certificate's names that stands in the file. UNAUTHENTICATED
  // CERTIFICATE_UNKNOWN.
  absl::StatusOr<services::Principal> FindCertificate(
      const std::vector<std::string>& names, absl::Time now) const;
  size_t size() const { return tokens_.size(); }

 private:
  struct Entry {
    services::Principal principal;
    absl::Time expires = absl::InfiniteFuture();
  };
  // By hash, or by the name in a certificate, which no hash is.
  absl::flat_hash_map<std::string, Entry> tokens_;
};

// What a caller shows.
struct Presented {
  std::string authorization;  // that metadata; empty: none was sent
  // The URIs and DNS names in a certificate that was verified; none: there is
  // no such certificate.
  std::vector<std::string> certificate_names;
};

// Tells callers apart. Thread-safe.
class Identity {
 public:
  // Everybody is `local` and admin. For loopback listeners.
  static std::unique_ptr<Identity> Insecure();
  // Reads the file, and again when it changed (looked at no more than once per
  // `look_every`). A changed file that is wrong is logged, and the former one
  // stays in force. INVALID_ARGUMENT, NOT_FOUND.
  static absl::StatusOr<std::unique_ptr<Identity>> FromFile(
      std::string path, Roles roles,
      std::chrono::milliseconds look_every = std::chrono::seconds(1));

  // A token counts before a certificate. UNAUTHENTICATED.
  absl::StatusOr<services::Principal> Identify(const Presented& presented,
                                               absl::Time now);

 private:
  // What tells that a file changed.
  struct Stamp {
    int64_t modified_ns = 0;
    int64_t size = -1;
    int64_t inode = 0;
    bool operator==(const Stamp&) const = default;
  };

  Identity() = default;
  std::shared_ptr<const TokenSet> Tokens();
  absl::Status Load();
  static Stamp StampOf(const std::string& path);

  bool insecure_ = false;
  services::Principal local_;
  std::string path_;
  Roles roles_;
  std::chrono::milliseconds look_every_{};
  std::mutex mutex_;
  std::shared_ptr<const TokenSet> tokens_;
  Stamp stamp_;
  std::chrono::steady_clock::time_point next_look_;
};

}  // namespace charter::call

#endif  // CHARTER_SERVER_CALL_IDENTITY_H_

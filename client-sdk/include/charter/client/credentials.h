// Who calls, and how the way to the server is protected.
#ifndef CHARTER_CLIENT_CREDENTIALS_H_
#define CHARTER_CLIENT_CREDENTIALS_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "charter/client/timing.h"

namespace charter::client {

// Gives the bearer token of each attempt. Thread-safe.
class Credentials {
 public:
  virtual ~Credentials() = default;
  // The token to send; empty: none. A failure fails the call as it is.
  virtual absl::StatusOr<std::string> Token() = 0;
  // The server refused `token` (UNAUTHENTICATED). True: Token() may give
  // another one now, so the call is tried once more.
  virtual bool Refused(const std::string& token) = 0;
};

// In all: `timing` null is the machine's.

// Always the same.
std::shared_ptr<Credentials> BearerToken(std::string token);

// A token and until when it is good.
struct ExpiringToken {
  std::string token;
  absl::Time expire_time = absl::InfiniteFuture();
};
// Asks `refresh` for a token when there is none, when less than `margin` is
// left of it, and when the server refused it. One thread asks at a time, others
// wait for its answer.
std::shared_ptr<Credentials> RefreshingToken(
    std::function<absl::StatusOr<ExpiringToken>()> refresh,
    absl::Duration margin = absl::Seconds(30),
    std::shared_ptr<Timing> timing = nullptr);

// The first line of a file, read again when the file changed (looked at no more
// than once a second, and whenever the server refused the token). A file that
// cannot be read any more leaves the last token in force; one that never could
// is FAILED_PRECONDITION.
std::shared_ptr<Credentials> TokenFile(
    std::string path, std::shared_ptr<Timing> timing = nullptr);

// Default: the file that CHARTER_TOKEN_FILE in the environment names, else no
// token. A token is never sent in plain text to another machine:
// FAILED_PRECONDITION. Per channel, client or call: a program that calls for
// many, as a customers' portal does, gives each its own client over one
// channel. Null: no token.
struct CredentialsOption {
  using Type = std::shared_ptr<Credentials>;
};

// Encryption. Files are PEM, and read again when they change, so that
// certificates can be renewed while the program runs.
struct Tls {
  // Whom to trust; empty: the system's authorities.
  std::string ca_file = "";
  // The caller's own certificate and key, for servers that demand one; both or
  // neither.
  std::string cert_file = "";
  std::string key_file = "";
  // The name in the server's certificate, if it is not the endpoint's.
  std::string server_name = "";
};

// Per channel only. Default: with the authorities in the file that
// CHARTER_CA_FILE in the environment names, else plain text.
struct TlsOption {
  using Type = Tls;
};

}  // namespace charter::client

#endif  // CHARTER_CLIENT_CREDENTIALS_H_

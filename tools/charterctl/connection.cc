#include "tools/charterctl/connection.h"

#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "charter/client/retry.h"
#include "charter/client/status.h"

namespace charter::tools {

Connection Connect(const ConnectionOptions& options) {
  client::Options given;
  given.Set<client::UserAgentOption>("charterctl");
  if (!options.server.empty())
    given.Set<client::EndpointOption>(options.server);
  const char* token = std::getenv("CHARTER_TOKEN");
  if (!options.token_file.empty()) {
    given.Set<client::CredentialsOption>(client::TokenFile(options.token_file));
  } else if (token != nullptr && *token != '\0') {
    given.Set<client::CredentialsOption>(client::BearerToken(token));
  }
  const client::Tls& tls = options.tls;
  if (options.encrypt || !tls.ca_file.empty() || !tls.cert_file.empty() ||
      !tls.key_file.empty() || !tls.server_name.empty())
    given.Set<client::TlsOption>(tls);
  // One a second for each of the 64 calls at once that an import may have, so
  // that all of them outlive a restart.
  given.Set<client::RetryBudgetOption>({.per_second = 64, .most = 640});
  return client::Channel::Open(std::move(given));
}

client::Options Brief() {
  return client::Options().Set<client::RetryOption>(
      {.most_attempts = 4, .first = absl::Milliseconds(200), .multiplier = 2});
}

client::Options Patient() {
  return client::Options().Set<client::DeadlineOption>(absl::Minutes(2));
}

std::string Told(const absl::Status& status) {
  return client::AttemptsOf(status).has_value() ? client::Describe(status)
                                                : std::string(status.message());
}

absl::StatusOr<absl::Time> ParseInstant(absl::string_view option,
                                        const std::string& text) {
  absl::Time time;
  std::string error;
  if (absl::ParseTime(absl::RFC3339_full, text, &time, &error)) return time;
  return absl::InvalidArgumentError(absl::StrCat(
      option, ": `", text,
      "` is no instant as RFC 3339 writes it: 2026-11-21T15:00:00Z"));
}

}  // namespace charter::tools

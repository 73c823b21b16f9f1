// The way to a server on another machine: encrypted, and with a token.
#include "charter/client/credentials.h"
#include "samples.h"

namespace samples {

namespace client = charter::client;

std::shared_ptr<client::Channel> Connect(const std::string& endpoint,
                                         const std::string& ca_file,
                                         const std::string& token_file) {
  return client::Channel::Open(
      client::Options()
          .Set<client::EndpointOption>(endpoint)
          // Empty: the system's authorities.
          .Set<client::TlsOption>({.ca_file = ca_file})
          // Read again when it changes.
          .Set<client::CredentialsOption>(client::TokenFile(token_file)));
}

}  // namespace samples

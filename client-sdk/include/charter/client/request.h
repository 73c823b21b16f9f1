// What generated clients do to a request before it is sent.
#ifndef CHARTER_CLIENT_REQUEST_H_
#define CHARTER_CLIENT_REQUEST_H_

#include <string>

#include "charter/client/options.h"

namespace charter::client {

// A new id for a call, a random UUID (version 4). Thread-safe.
std::string NewRequestId();

namespace internal {

// Gives a write its id, unless it has one, and says whether to keep what it
// does, as its options and those of the client, which are below them, want it.
template <typename Request>
void Complete(const Options& options, const Options& lower, Request* request) {
  if constexpr (requires { request->set_request_id(std::string()); }) {
    if (request->request_id().empty()) {
      const std::string* id = options.Find<RequestIdOption>();
      if (id == nullptr) id = lower.Find<RequestIdOption>();
      request->set_request_id(id != nullptr ? *id : NewRequestId());
    }
  }
  if constexpr (requires { request->set_validate_only(true); }) {
    const bool* only = options.Find<ValidateOnlyOption>();
    if (only == nullptr) only = lower.Find<ValidateOnlyOption>();
    if (only != nullptr && *only) request->set_validate_only(true);
  }
}

// Whether the server could not tell a repetition of the request, and nobody
// said that this may be.
template <typename Request>
bool Unnamed(const Request& request, const Options& options) {
  return request.request_id().empty() &&
         options.Find<RequestIdOption>() == nullptr;
}

}  // namespace internal
}  // namespace charter::client

#endif  // CHARTER_CLIENT_REQUEST_H_

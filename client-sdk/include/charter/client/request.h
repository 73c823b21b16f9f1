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
// does.
template <typename Request>
void Complete(const Options& options, const Options& lower, Request* request) {
  if (request->request_id().empty()) {
    const std::string* id = options.Find<RequestIdOption>();
    request->set_request_id(id != nullptr ? *id : NewRequestId());
  }
  if constexpr (requires { request->set_validate_only(true); }) {
    const bool* only = options.Find<ValidateOnlyOption>();
    if (only == nullptr) only = lower.Find<ValidateOnlyOption>();
    if (only != nullptr && *only) request->set_validate_only(true);
  }
}

}  // namespace internal
}  // namespace charter::client

#endif  // CHARTER_CLIENT_REQUEST_H_

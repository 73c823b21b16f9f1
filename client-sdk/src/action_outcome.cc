#include "client-sdk/src/action_outcome.h"

#include <algorithm>
#include <string>

#include "absl/time/time.h"
#include "charter/client/generated.h"
#include "charter/client/status.h"
#include "google/protobuf/stubs/common.h"

namespace charter::client::internal {
namespace {

constexpr size_t kMostText = 1024;  // bytes of RejectActionRequest.reason
constexpr absl::Duration kMostDelay = absl::Hours(24);

bool IsHopeless(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kOutOfRange:
    case absl::StatusCode::kUnimplemented:
    case absl::StatusCode::kDataLoss:
      return true;
    default:
      return false;
  }
}

// A handler's text may be anything; the server takes UTF-8.
std::string ReasonText(const absl::Status& status) {
  const std::string text = Describe(status).substr(0, kMostText);
  std::string coerced = text;
  return {google::protobuf::internal::UTF8CoerceToStructurallyValid(
              text, coerced.data(), '?'),
          text.size()};
}

}  // namespace

v1::RejectActionRequest RejectionOf(const absl::Status& failure) {
  v1::RejectActionRequest rejection;
  rejection.set_reason(ReasonText(failure));
  rejection.set_dead(IsHopeless(failure.code()));
  if (const auto delay = RetryDelayOf(failure); delay.has_value())
    Put(std::min(*delay, kMostDelay), rejection.mutable_retry_delay());
  return rejection;
}

v1::RejectActionRequest Untried() {
  v1::RejectActionRequest rejection;
  rejection.set_uncounted(true);
  return rejection;
}

bool EndsPulling(const absl::Status& failure, bool worked) {
  switch (failure.code()) {
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kUnimplemented:
      return true;
    case absl::StatusCode::kUnauthenticated:
      return !worked;
    case absl::StatusCode::kFailedPrecondition:
      // The client's own, and not a server's whose database takes no writes.
      return !worked && ReasonOf(failure).empty();
    default:
      return false;
  }
}

}  // namespace charter::client::internal

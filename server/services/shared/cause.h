// What storage said of a failure that the caller is told nothing about: it
// travels inside the status to where calls are logged, and no further.
#ifndef CHARTER_SERVER_SERVICES_SHARED_CAUSE_H_
#define CHARTER_SERVER_SERVICES_SHARED_CAUSE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/cord.h"
#include "absl/strings/string_view.h"

namespace charter::services {

inline constexpr char kCauseUrl[] = "charter/cause";

// `cause` holds no bound value and no row's content (storage/sql/errors.h).
inline void SetCause(absl::string_view cause, absl::Status* status) {
  status->SetPayload(kCauseUrl, absl::Cord(cause));
}

// Removes and returns it; "" when there is none.
inline std::string TakeCause(absl::Status* status) {
  const auto cause = status->GetPayload(kCauseUrl);
  if (!cause.has_value()) return "";
  status->ErasePayload(kCauseUrl);
  return std::string(*cause);
}

}  // namespace charter::services

#endif  // CHARTER_SERVER_SERVICES_SHARED_CAUSE_H_

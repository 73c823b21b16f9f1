// How a failure of the catalogue carries its details: payloads of the
// absl::Status, keyed by the type URL of their google.rpc message.
#ifndef CHARTER_SERVER_SERVICES_SHARED_ERROR_DETAILS_H_
#define CHARTER_SERVER_SERVICES_SHARED_ERROR_DETAILS_H_

#include "absl/status/status.h"
#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "server/services/shared/errors.h"

namespace charter::services::errors::details {

// A failure with its ErrorInfo.
absl::Status Make(absl::StatusCode code, ErrorReason reason,
                  absl::string_view message, const Metadata& metadata = {});

// Goes before the full name of a detail's message, and so keys its payload.
inline constexpr char kTypeUrlPrefix[] = "type.googleapis.com/";

template <typename Detail>
void Attach(const Detail& detail, absl::Status* status) {
  status->SetPayload(
      absl::StrCat(kTypeUrlPrefix, Detail::descriptor()->full_name()),
      absl::Cord(detail.SerializeAsString()));
}

// A BadRequest with one violation.
void AttachField(absl::string_view field, ErrorReason reason,
                 absl::string_view description, absl::Status* status);
// After what time to try again.
void AttachRetry(absl::Duration delay, absl::Status* status);
// A PreconditionFailure with one violation.
void AttachPrecondition(absl::string_view type, absl::string_view subject,
                        absl::string_view description, absl::Status* status);
// Which resource, `cases/1`, it is about.
void AttachResource(absl::string_view name, absl::string_view description,
                    absl::Status* status);

}  // namespace charter::services::errors::details

#endif  // CHARTER_SERVER_SERVICES_SHARED_ERROR_DETAILS_H_

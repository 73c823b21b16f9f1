// Etags: what a client gives back to be refused when somebody else wrote.
// Tables make them (storage/table/table.h).
#ifndef CHARTER_SERVER_SERVICES_SHARED_ETAG_H_
#define CHARTER_SERVER_SERVICES_SHARED_ETAG_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "server/services/shared/errors.h"

namespace charter::services {

// OK when `given` is empty or the current etag; else ABORTED ETAG_MISMATCH.
inline absl::Status CheckEtag(absl::string_view given,
                              absl::string_view current,
                              absl::string_view name) {
  if (given.empty() || given == current) return absl::OkStatus();
  return errors::EtagMismatch(name);
}

}  // namespace charter::services

#endif  // CHARTER_SERVER_SERVICES_SHARED_ETAG_H_

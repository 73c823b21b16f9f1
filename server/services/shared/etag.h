// Etags: what a client gives back to be refused when somebody else wrote.
#ifndef CHARTER_SERVER_SERVICES_SHARED_ETAG_H_
#define CHARTER_SERVER_SERVICES_SHARED_ETAG_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace charter::services {

// The etag of a resource whose client-writable fields were written `version`
// times. Opaque, quoted, short.
std::string EtagOf(absl::string_view name, int64_t version);

// OK when `given` is empty or the present one; else ABORTED ETAG_MISMATCH.
absl::Status CheckEtag(absl::string_view given, absl::string_view name,
                       int64_t version);

}  // namespace charter::services

#endif  // CHARTER_SERVER_SERVICES_SHARED_ETAG_H_

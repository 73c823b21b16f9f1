// A status as one of several results of a call that itself succeeds.
#ifndef CHARTER_SERVER_SERVICES_SHARED_STATUS_CONVERT_H_
#define CHARTER_SERVER_SERVICES_SHARED_STATUS_CONVERT_H_

#include "absl/status/status.h"
#include "google/rpc/status.pb.h"

namespace charter::services {

// With the details that are on the wire.
google::rpc::Status ToProto(const absl::Status& status);

// Whether the call, not one of its parts, failed: it is sent again as a whole.
bool IsOfWholeCall(const absl::Status& status);

}  // namespace charter::services

#endif  // CHARTER_SERVER_SERVICES_SHARED_STATUS_CONVERT_H_

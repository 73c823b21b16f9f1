// What an agent asks first of a caller who was found.
#ifndef CHARTER_SERVER_SERVICES_DIRECTORY_CALLER_GLANCE_H_
#define CHARTER_SERVER_SERVICES_DIRECTORY_CALLER_GLANCE_H_

#include "absl/status/status.h"
#include "charter/v1/directory_service.pb.h"
#include "server/services/shared/call.h"

namespace charter::services {

// Fills in the entitlements and open cases of each caller, whose name, contact
// and account are there; in two statements, however many.
absl::Status FillGlance(Call& call, storage::Transaction& tx,
                        v1::SearchCallersResponse* response);

}  // namespace charter::services

#endif  // CHARTER_SERVER_SERVICES_DIRECTORY_CALLER_GLANCE_H_

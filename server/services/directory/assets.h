// What the methods of assets share.
#ifndef CHARTER_SERVER_SERVICES_DIRECTORY_ASSETS_H_
#define CHARTER_SERVER_SERVICES_DIRECTORY_ASSETS_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "charter/v1/asset.pb.h"
#include "server/services/shared/resources.h"

namespace charter::services {

Resource<v1::Asset> Assets();

// INVALID_ARGUMENT of a request's `field` that names `what` ("a contact") of
// another account than the asset's.
absl::Status OtherAccount(absl::string_view field, absl::string_view what);

}  // namespace charter::services

#endif  // CHARTER_SERVER_SERVICES_DIRECTORY_ASSETS_H_

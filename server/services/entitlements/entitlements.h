// The handlers of EntitlementService, one per method.
#ifndef CHARTER_SERVER_SERVICES_ENTITLEMENTS_ENTITLEMENTS_H_
#define CHARTER_SERVER_SERVICES_ENTITLEMENTS_ENTITLEMENTS_H_

#include "absl/status/statusor.h"
#include "charter/v1/entitlement_service.pb.h"
#include "server/services/shared/call.h"

namespace charter::services {

// `status` is computed for the call's instant (C3).
absl::StatusOr<v1::Entitlement> GetEntitlement(
    Call& call, const v1::GetEntitlementRequest& request);
absl::StatusOr<v1::ListEntitlementsResponse> ListEntitlements(
    Call& call, const v1::ListEntitlementsRequest& request);
absl::StatusOr<v1::Entitlement> CreateEntitlement(
    Call& call, const v1::CreateEntitlementRequest& request);
absl::StatusOr<v1::Entitlement> UpdateEntitlement(
    Call& call, const v1::UpdateEntitlementRequest& request);
absl::StatusOr<v1::Entitlement> DeleteEntitlement(
    Call& call, const v1::DeleteEntitlementRequest& request);
absl::StatusOr<v1::VerifyEntitlementResponse> VerifyEntitlement(
    Call& call, const v1::VerifyEntitlementRequest& request);

}  // namespace charter::services

#endif  // CHARTER_SERVER_SERVICES_ENTITLEMENTS_ENTITLEMENTS_H_

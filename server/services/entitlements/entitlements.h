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

// Whether these are contacts of the account (C1, C4). INVALID_ARGUMENT with
// each that is not.
absl::Status CheckContacts(
    storage::Transaction& tx, const std::string& account,
    const google::protobuf::RepeatedPtrField<std::string>& contacts,
    absl::string_view field);

// contacts.cc
absl::StatusOr<v1::Entitlement> AddEntitlementContacts(
    Call& call, const v1::AddEntitlementContactsRequest& request);
// FAILED_PRECONDITION LAST_CONTACT.
absl::StatusOr<v1::Entitlement> RemoveEntitlementContacts(
    Call& call, const v1::RemoveEntitlementContactsRequest& request);

absl::StatusOr<v1::VerifyEntitlementResponse> VerifyEntitlement(
    Call& call, const v1::VerifyEntitlementRequest& request);

}  // namespace charter::services

#endif  // CHARTER_SERVER_SERVICES_ENTITLEMENTS_ENTITLEMENTS_H_

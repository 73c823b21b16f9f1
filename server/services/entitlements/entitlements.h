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

// The ledger of its allotment (C5).
absl::StatusOr<v1::LedgerChange> GrantUnits(
    Call& call, const v1::GrantUnitsRequest& request);
absl::StatusOr<v1::LedgerChange> ReserveUnits(
    Call& call, const v1::ReserveUnitsRequest& request);
absl::StatusOr<v1::LedgerChange> CommitUnits(
    Call& call, const v1::CommitUnitsRequest& request);
absl::StatusOr<v1::LedgerChange> ReleaseUnits(
    Call& call, const v1::ReleaseUnitsRequest& request);
absl::StatusOr<v1::LedgerChange> AdjustUnits(
    Call& call, const v1::AdjustUnitsRequest& request);
absl::StatusOr<v1::LedgerChange> TransferUnits(
    Call& call, const v1::TransferUnitsRequest& request);
absl::StatusOr<v1::ListLedgerEntriesResponse> ListLedgerEntries(
    Call& call, const v1::ListLedgerEntriesRequest& request);
absl::StatusOr<v1::LedgerStatement> GetLedgerStatement(
    Call& call, const v1::GetLedgerStatementRequest& request);

}  // namespace charter::services

#endif  // CHARTER_SERVER_SERVICES_ENTITLEMENTS_ENTITLEMENTS_H_

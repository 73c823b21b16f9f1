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
absl::StatusOr<v1::Entitlement> UndeleteEntitlement(
    Call& call, const v1::UndeleteEntitlementRequest& request);
absl::StatusOr<v1::BatchGetEntitlementsResponse> BatchGetEntitlements(
    Call& call, const v1::BatchGetEntitlementsRequest& request);
absl::StatusOr<v1::BatchCreateEntitlementsResponse> BatchCreateEntitlements(
    Call& call, const v1::BatchCreateEntitlementsRequest& request);

// contacts.cc
absl::StatusOr<v1::Entitlement> AddEntitlementContacts(
    Call& call, const v1::AddEntitlementContactsRequest& request);
// FAILED_PRECONDITION LAST_CONTACT.
absl::StatusOr<v1::Entitlement> RemoveEntitlementContacts(
    Call& call, const v1::RemoveEntitlementContactsRequest& request);

// C10. FAILED_PRECONDITION STATE_TRANSITION_NOT_ALLOWED.
absl::StatusOr<v1::Entitlement> ActivateEntitlement(
    Call& call, const v1::ActivateEntitlementRequest& request);
absl::StatusOr<v1::Entitlement> SuspendEntitlement(
    Call& call, const v1::SuspendEntitlementRequest& request);
absl::StatusOr<v1::Entitlement> ResumeEntitlement(
    Call& call, const v1::ResumeEntitlementRequest& request);
absl::StatusOr<v1::Entitlement> CancelEntitlement(
    Call& call, const v1::CancelEntitlementRequest& request);

// C9. FAILED_PRECONDITION NOT_RENEWABLE for what is open-ended or cancelled.
absl::StatusOr<v1::Entitlement> RenewEntitlement(
    Call& call, const v1::RenewEntitlementRequest& request);

// C6. NOT_FOUND with the field; FIELD_INVALID OTHER_ACCOUNT for parts that do
// not belong together.
absl::StatusOr<v1::VerifyEntitlementResponse> VerifyEntitlement(
    Call& call, const v1::VerifyEntitlementRequest& request);
absl::StatusOr<v1::EntitlementVerdict> RecordVerdict(
    Call& call, const v1::RecordVerdictRequest& request);
absl::StatusOr<v1::EntitlementVerdict> GetEntitlementVerdict(
    Call& call, const v1::GetEntitlementVerdictRequest& request);
absl::StatusOr<v1::ListEntitlementVerdictsResponse> ListEntitlementVerdicts(
    Call& call, const v1::ListEntitlementVerdictsRequest& request);

// C7. A template that a product names cannot be deleted (RESOURCE_IN_USE); a
// product has a template once (ALREADY_EXISTS).
absl::StatusOr<v1::Entitlement> ApplyTemplate(
    Call& call, const v1::ApplyTemplateRequest& request);
absl::StatusOr<v1::EntitlementTemplate> GetEntitlementTemplate(
    Call& call, const v1::GetEntitlementTemplateRequest& request);
absl::StatusOr<v1::ListEntitlementTemplatesResponse> ListEntitlementTemplates(
    Call& call, const v1::ListEntitlementTemplatesRequest& request);
absl::StatusOr<v1::EntitlementTemplate> CreateEntitlementTemplate(
    Call& call, const v1::CreateEntitlementTemplateRequest& request);
absl::StatusOr<v1::EntitlementTemplate> UpdateEntitlementTemplate(
    Call& call, const v1::UpdateEntitlementTemplateRequest& request);
absl::StatusOr<v1::EntitlementTemplate> DeleteEntitlementTemplate(
    Call& call, const v1::DeleteEntitlementTemplateRequest& request);
absl::StatusOr<v1::EntitlementTemplate> UndeleteEntitlementTemplate(
    Call& call, const v1::UndeleteEntitlementTemplateRequest& request);
absl::StatusOr<v1::ProductEntitlementTemplate> GetProductEntitlementTemplate(
    Call& call, const v1::GetProductEntitlementTemplateRequest& request);
absl::StatusOr<v1::ListProductEntitlementTemplatesResponse>
ListProductEntitlementTemplates(
    Call& call, const v1::ListProductEntitlementTemplatesRequest& request);
absl::StatusOr<v1::ProductEntitlementTemplate> CreateProductEntitlementTemplate(
    Call& call, const v1::CreateProductEntitlementTemplateRequest& request);
absl::StatusOr<v1::ProductEntitlementTemplate> UpdateProductEntitlementTemplate(
    Call& call, const v1::UpdateProductEntitlementTemplateRequest& request);
absl::StatusOr<google::protobuf::Empty> DeleteProductEntitlementTemplate(
    Call& call, const v1::DeleteProductEntitlementTemplateRequest& request);

// assignment_rules.cc; services/cases has TestAssignmentRules. FIELD_INVALID
// with what is wrong in its expressions; RESOURCE_EXHAUSTED LIMIT_REACHED.
absl::StatusOr<v1::AssignmentRule> GetAssignmentRule(
    Call& call, const v1::GetAssignmentRuleRequest& request);
absl::StatusOr<v1::ListAssignmentRulesResponse> ListAssignmentRules(
    Call& call, const v1::ListAssignmentRulesRequest& request);
absl::StatusOr<v1::AssignmentRule> CreateAssignmentRule(
    Call& call, const v1::CreateAssignmentRuleRequest& request);
absl::StatusOr<v1::AssignmentRule> UpdateAssignmentRule(
    Call& call, const v1::UpdateAssignmentRuleRequest& request);
absl::StatusOr<google::protobuf::Empty> DeleteAssignmentRule(
    Call& call, const v1::DeleteAssignmentRuleRequest& request);

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

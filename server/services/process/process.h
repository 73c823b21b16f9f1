// The handlers of ProcessService, one per method.
#ifndef CHARTER_SERVER_SERVICES_PROCESS_PROCESS_H_
#define CHARTER_SERVER_SERVICES_PROCESS_PROCESS_H_

#include "absl/status/statusor.h"
#include "charter/v1/process_service.pb.h"
#include "google/protobuf/empty.pb.h"
#include "server/services/shared/call.h"

namespace charter::services {

// milestone_types.cc
absl::StatusOr<v1::MilestoneType> GetMilestoneType(
    Call& call, const v1::GetMilestoneTypeRequest& request);
absl::StatusOr<v1::ListMilestoneTypesResponse> ListMilestoneTypes(
    Call& call, const v1::ListMilestoneTypesRequest& request);
absl::StatusOr<v1::MilestoneType> CreateMilestoneType(
    Call& call, const v1::CreateMilestoneTypeRequest& request);
absl::StatusOr<v1::MilestoneType> UpdateMilestoneType(
    Call& call, const v1::UpdateMilestoneTypeRequest& request);
absl::StatusOr<google::protobuf::Empty> DeleteMilestoneType(
    Call& call, const v1::DeleteMilestoneTypeRequest& request);

// processes.cc
absl::StatusOr<v1::EntitlementProcess> GetEntitlementProcess(
    Call& call, const v1::GetEntitlementProcessRequest& request);
absl::StatusOr<v1::ListEntitlementProcessesResponse> ListEntitlementProcesses(
    Call& call, const v1::ListEntitlementProcessesRequest& request);
absl::StatusOr<v1::EntitlementProcess> CreateEntitlementProcess(
    Call& call, const v1::CreateEntitlementProcessRequest& request);
absl::StatusOr<v1::EntitlementProcess> UpdateEntitlementProcess(
    Call& call, const v1::UpdateEntitlementProcessRequest& request);
absl::StatusOr<google::protobuf::Empty> DeleteEntitlementProcess(
    Call& call, const v1::DeleteEntitlementProcessRequest& request);
absl::StatusOr<v1::EntitlementProcessVersion> PublishVersion(
    Call& call, const v1::PublishVersionRequest& request);
absl::StatusOr<v1::EntitlementProcessVersion> GetProcessVersion(
    Call& call, const v1::GetProcessVersionRequest& request);
absl::StatusOr<v1::ListProcessVersionsResponse> ListProcessVersions(
    Call& call, const v1::ListProcessVersionsRequest& request);

// simulate.cc
absl::StatusOr<v1::SimulateProcessResponse> SimulateProcess(
    Call& call, const v1::SimulateProcessRequest& request);

// statuses.cc
absl::StatusOr<v1::ItemStatus> GetItemStatus(
    Call& call, const v1::GetItemStatusRequest& request);
absl::StatusOr<v1::ListItemStatusesResponse> ListItemStatuses(
    Call& call, const v1::ListItemStatusesRequest& request);
absl::StatusOr<v1::ItemStatus> CreateItemStatus(
    Call& call, const v1::CreateItemStatusRequest& request);
absl::StatusOr<v1::ItemStatus> UpdateItemStatus(
    Call& call, const v1::UpdateItemStatusRequest& request);
absl::StatusOr<google::protobuf::Empty> DeleteItemStatus(
    Call& call, const v1::DeleteItemStatusRequest& request);

// attributes.cc
absl::StatusOr<v1::AttributeDefinition> GetAttributeDefinition(
    Call& call, const v1::GetAttributeDefinitionRequest& request);
absl::StatusOr<v1::ListAttributeDefinitionsResponse> ListAttributeDefinitions(
    Call& call, const v1::ListAttributeDefinitionsRequest& request);
absl::StatusOr<v1::AttributeDefinition> CreateAttributeDefinition(
    Call& call, const v1::CreateAttributeDefinitionRequest& request);
absl::StatusOr<v1::AttributeDefinition> UpdateAttributeDefinition(
    Call& call, const v1::UpdateAttributeDefinitionRequest& request);
absl::StatusOr<google::protobuf::Empty> DeleteAttributeDefinition(
    Call& call, const v1::DeleteAttributeDefinitionRequest& request);

}  // namespace charter::services

#endif  // CHARTER_SERVER_SERVICES_PROCESS_PROCESS_H_

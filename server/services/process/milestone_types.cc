#include "server/services/process/definitions.h"
#include "server/services/process/process.h"
#include "server/services/shared/errors.h"
#include "server/services/shared/resources.h"
#include "storage/table/resource_tables.h"

namespace charter::services {
namespace {

Resource<v1::MilestoneType> Types() {
  return {storage::MilestoneTypeTable(), "milestoneTypes", "milestone_type"};
}

// Versions hold copies of the types they use (E4), so an edit reaches drafts
// alone, and no cache knows of types.
absl::Status NoHook(storage::Transaction&, const v1::MilestoneType*,
                    v1::MilestoneType&) {
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::MilestoneType> GetMilestoneType(
    Call& call, const v1::GetMilestoneTypeRequest& request) {
  return GetResource(call, Types(), request.name());
}

absl::StatusOr<v1::ListMilestoneTypesResponse> ListMilestoneTypes(
    Call& call, const v1::ListMilestoneTypesRequest& request) {
  return ListResources(call, Types(), request,
                       &v1::ListMilestoneTypesResponse::add_milestone_types);
}

absl::StatusOr<v1::MilestoneType> CreateMilestoneType(
    Call& call, const v1::CreateMilestoneTypeRequest& request) {
  return CreateResource<v1::MilestoneType>(call, Types(),
                                           request.milestone_type(),
                                           request.milestone_type_id(), NoHook);
}

absl::StatusOr<v1::MilestoneType> UpdateMilestoneType(
    Call& call, const v1::UpdateMilestoneTypeRequest& request) {
  return UpdateResource<v1::MilestoneType>(
      call, Types(), request.milestone_type(), request.update_mask(), NoHook);
}

absl::StatusOr<google::protobuf::Empty> DeleteMilestoneType(
    Call& call, const v1::DeleteMilestoneTypeRequest& request) {
  return RemoveResource(
      call, Types(), request,
      [](storage::Transaction& tx, const v1::MilestoneType& type) {
        return ForEachDefinition(
            tx,
            [&](const std::string& name,
                const v1::ProcessDefinition& definition) -> absl::Status {
              for (const v1::MilestonePlacement& placement :
                   definition.milestones()) {
                if (placement.milestone_type() == type.name()) {
                  return errors::ResourceInUse(type.name(), name);
                }
              }
              return absl::OkStatus();
            });
      });
}

}  // namespace charter::services

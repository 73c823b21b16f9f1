#include <string>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "server/services/process/definitions.h"
#include "server/services/process/process.h"
#include "server/services/shared/errors.h"
#include "server/services/shared/names.h"
#include "server/services/shared/references.h"
#include "server/services/shared/resources.h"
#include "storage/records/generations.h"
#include "storage/table/resource_tables.h"

namespace charter::services {
namespace {

Resource<v1::EntitlementProcess> Processes() {
  return {storage::EntitlementProcessTable(), "entitlementProcesses",
          "entitlement_process"};
}

auto CheckDraft(Call& call) {
  return [&call](storage::Transaction& tx, const v1::EntitlementProcess*,
                 v1::EntitlementProcess& process) -> absl::Status {
    absl::StatusOr<std::shared_ptr<const Catalog>> catalog =
        call.services().catalog->Get(tx);
    if (!catalog.ok()) return catalog.status();
    return CheckDefinition(tx, **catalog, process.definition(), process.name(),
                           process.name(), "entitlement_process.definition")
        .status();
  };
}

}  // namespace

absl::StatusOr<v1::EntitlementProcess> GetEntitlementProcess(
    Call& call, const v1::GetEntitlementProcessRequest& request) {
  return GetResource(call, Processes(), request.name());
}

absl::StatusOr<v1::ListEntitlementProcessesResponse> ListEntitlementProcesses(
    Call& call, const v1::ListEntitlementProcessesRequest& request) {
  return ListResources(
      call, Processes(), request,
      &v1::ListEntitlementProcessesResponse::add_entitlement_processes);
}

absl::StatusOr<v1::EntitlementProcess> CreateEntitlementProcess(
    Call& call, const v1::CreateEntitlementProcessRequest& request) {
  return CreateResource<v1::EntitlementProcess>(
      call, Processes(), request.entitlement_process(),
      request.entitlement_process_id(), CheckDraft(call));
}

absl::StatusOr<v1::EntitlementProcess> UpdateEntitlementProcess(
    Call& call, const v1::UpdateEntitlementProcessRequest& request) {
  return UpdateResource<v1::EntitlementProcess>(
      call, Processes(), request.entitlement_process(), request.update_mask(),
      CheckDraft(call));
}

absl::StatusOr<google::protobuf::Empty> DeleteEntitlementProcess(
    Call& call, const v1::DeleteEntitlementProcessRequest& request) {
  return RemoveResource(
      call, Processes(), request,
      [](storage::Transaction& tx,
         const v1::EntitlementProcess& process) -> absl::Status {
        // Histories name versions for ever, so a published process stays.
        if (!process.published_version().empty()) {
          return errors::ResourceInUse(process.name(),
                                       process.published_version());
        }
        absl::Status status = CheckUnused(tx, storage::EntitlementTable(),
                                          "process", process.name());
        if (!status.ok()) return status;
        return CheckUnused(tx, storage::EntitlementTemplateTable(), "process",
                           process.name());
      });
}

absl::StatusOr<v1::EntitlementProcessVersion> PublishVersion(
    Call& call, const v1::PublishVersionRequest& request) {
  return call.Write<v1::EntitlementProcessVersion>(
      [&](storage::Transaction& tx)
          -> absl::StatusOr<v1::EntitlementProcessVersion> {
        absl::StatusOr<std::shared_ptr<const Catalog>> catalog =
            call.services().catalog->Get(tx);
        if (!catalog.ok()) return catalog.status();
        absl::StatusOr<v1::EntitlementProcess> process =
            LockResource(tx, Processes(), request.name(), request.etag());
        if (!process.ok()) return process.status();
        int number = 0;
        if (!process->published_version().empty() &&
            !absl::SimpleAtoi(LastId(process->published_version()), &number)) {
          return absl::DataLossError(
              "the number of a published version is not readable");
        }
        v1::EntitlementProcessVersion version;
        version.set_name(
            absl::StrCat(process->name(), "/versions/", number + 1));
        *version.mutable_create_time() = ToProto(call.now());
        *version.mutable_definition() = process->definition();
        absl::StatusOr<CheckedDefinition> checked = CheckDefinition(
            tx, **catalog, process->definition(), version.name(),
            process->name(), "entitlement_process.definition");
        if (!checked.ok()) return checked.status();
        for (v1::MilestoneType& type : checked->milestone_types) {
          *version.add_milestone_types() = std::move(type);
        }
        absl::Status status =
            storage::EntitlementProcessVersionTable().Insert(tx, &version);
        if (!status.ok()) return status;
        process->set_published_version(version.name());
        *process->mutable_update_time() = ToProto(call.now());
        status = storage::EntitlementProcessTable().Update(tx, &*process);
        if (!status.ok()) return status;
        status = storage::BumpGeneration(tx, process->name()).status();
        if (!status.ok()) return status;
        v1::Event event = ChangeEvent(Processes(), "published", *process);
        event.mutable_resource()->PackFrom(version);
        call.Emit(std::move(event));
        return version;
      });
}

absl::StatusOr<v1::EntitlementProcessVersion> GetProcessVersion(
    Call& call, const v1::GetProcessVersionRequest& request) {
  return GetResource(
      call,
      Resource<v1::EntitlementProcessVersion>{
          storage::EntitlementProcessVersionTable(), "versions", "version"},
      request.name());
}

absl::StatusOr<v1::ListProcessVersionsResponse> ListProcessVersions(
    Call& call, const v1::ListProcessVersionsRequest& request) {
  absl::StatusOr<v1::EntitlementProcess> parent =
      GetResource(call, Processes(), request.parent());
  if (!parent.ok()) return parent.status();
  storage::ListQuery query;
  query.restrict_to = {{"parent", request.parent()}};
  v1::ListProcessVersionsResponse response;
  absl::StatusOr<storage::ListPage<v1::EntitlementProcessVersion>> page =
      ListPageOf(call, storage::EntitlementProcessVersionTable(), request,
                 std::move(query), {request.parent()},
                 response.mutable_next_page_token());
  if (!page.ok()) return page.status();
  for (v1::EntitlementProcessVersion& version : page->rows) {
    *response.add_versions() = std::move(version);
  }
  return response;
}

}  // namespace charter::services

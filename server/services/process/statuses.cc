#include <string>

#include "absl/strings/str_cat.h"
#include "server/services/process/definitions.h"
#include "server/services/process/process.h"
#include "server/services/shared/errors.h"
#include "server/services/shared/names.h"
#include "server/services/shared/resources.h"
#include "storage/records/generations.h"
#include "storage/table/resource_tables.h"

namespace charter::services {
namespace {

Resource<v1::ItemStatus> Statuses() {
  return {storage::ItemStatusTable(), "itemStatuses", "item_status"};
}

absl::Status Bump(storage::Transaction& tx, const v1::ItemStatus*,
                  v1::ItemStatus& status) {
  return storage::BumpGeneration(tx, status.name()).status();
}

// What opening, closing and reopening use when nothing else is said.
bool BuiltIn(absl::string_view id) {
  return id == "new" || id == "open" || id == "waiting-customer" ||
         id == "waiting-other" || id == "resolved" || id == "closed";
}

}  // namespace

absl::StatusOr<v1::ItemStatus> GetItemStatus(
    Call& call, const v1::GetItemStatusRequest& request) {
  return GetResource(call, Statuses(), request.name());
}

absl::StatusOr<v1::ListItemStatusesResponse> ListItemStatuses(
    Call& call, const v1::ListItemStatusesRequest& request) {
  return ListResources(call, Statuses(), request,
                       &v1::ListItemStatusesResponse::add_item_statuses);
}

absl::StatusOr<v1::ItemStatus> CreateItemStatus(
    Call& call, const v1::CreateItemStatusRequest& request) {
  return CreateResource<v1::ItemStatus>(call, Statuses(), request.item_status(),
                                        request.item_status_id(), Bump);
}

absl::StatusOr<v1::ItemStatus> UpdateItemStatus(
    Call& call, const v1::UpdateItemStatusRequest& request) {
  return UpdateResource<v1::ItemStatus>(call, Statuses(), request.item_status(),
                                        request.update_mask(), Bump);
}

absl::StatusOr<google::protobuf::Empty> DeleteItemStatus(
    Call& call, const v1::DeleteItemStatusRequest& request) {
  return RemoveResource(
      call, Statuses(), request,
      [](storage::Transaction& tx,
         const v1::ItemStatus& status) -> absl::Status {
        const std::string id(LastId(status.name()));
        if (BuiltIn(id))
          return errors::ResourceInUse(status.name(),
                                       "the server: it is built in");
        storage::ListQuery query;
        query.restrict_to = {{"status", id}};
        query.show_deleted = true;
        query.page_size = 1;
        absl::StatusOr<storage::ListPage<v1::Case>> cases =
            storage::CaseTable().List(tx, query);
        if (!cases.ok()) return cases.status();
        if (!cases->rows.empty()) {
          return errors::ResourceInUse(status.name(), cases->rows[0].name());
        }
        // Before the definitions are read, so that none begins to use it
        // meanwhile.
        absl::Status bumped =
            storage::BumpGeneration(tx, status.name()).status();
        if (!bumped.ok()) return bumped;
        const std::string quoted = absl::StrCat("\"", id, "\"");
        const std::string single = absl::StrCat("'", id, "'");
        const auto says = [&](const std::string& expression) {
          return expression.find(quoted) != std::string::npos ||
                 expression.find(single) != std::string::npos;
        };
        absl::Status used = ForEachDefinition(
            tx,
            [&](const std::string& name,
                const v1::ProcessDefinition& definition) -> absl::Status {
              for (const std::string& text : ExpressionsOf(definition)) {
                if (says(text))
                  return errors::ResourceInUse(status.name(), name);
              }
              for (const v1::MilestonePlacement& placement :
                   definition.milestones()) {
                for (const v1::MilestoneTrigger& trigger :
                     placement.triggers()) {
                  for (const v1::MilestoneAction& action : trigger.actions()) {
                    const auto& fields = action.set_fields().fields();
                    const auto found = fields.find("status");
                    if (found != fields.end() && found->second == id) {
                      return errors::ResourceInUse(status.name(), name);
                    }
                  }
                }
              }
              return absl::OkStatus();
            });
        if (!used.ok()) return used;
        return CheckNoRuleSays(tx, status.name(), says);
      });
}

}  // namespace charter::services

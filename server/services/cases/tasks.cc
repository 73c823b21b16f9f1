#include <string>

#include "server/services/cases/cases.h"
#include "server/services/shared/errors.h"
#include "server/services/shared/resources.h"
#include "storage/table/resource_tables.h"

namespace charter::services {
namespace {

Resource<v1::Task> Tasks() { return {storage::TaskTable(), "tasks", "task"}; }

// A task belongs to its item's account, and is open unless it says otherwise.
absl::Status Complete(storage::Transaction& tx, const v1::Task* before,
                      v1::Task& task) {
  if (task.state() == v1::Task::STATE_UNSPECIFIED)
    task.set_state(v1::Task::OPEN);
  if (before != nullptr) return absl::OkStatus();
  absl::StatusOr<v1::Case> item = storage::CaseTable().Get(tx, task.case_());
  if (absl::IsNotFound(item.status()) ||
      (item.ok() && item->has_delete_time())) {
    return errors::NotFound(task.case_(), "task.case");
  }
  if (!item.ok()) return item.status();
  task.set_account(item->account());
  if (task.owner().empty()) task.set_owner(item->owner());
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::Task> GetTask(Call& call,
                                 const v1::GetTaskRequest& request) {
  return GetResource(call, Tasks(), request.name());
}

absl::StatusOr<v1::ListTasksResponse> ListTasks(
    Call& call, const v1::ListTasksRequest& request) {
  return ListResources(call, Tasks(), request,
                       &v1::ListTasksResponse::add_tasks);
}

absl::StatusOr<v1::Task> CreateTask(Call& call,
                                    const v1::CreateTaskRequest& request) {
  return CreateResource<v1::Task>(call, Tasks(), request.task(),
                                  request.task_id(), Complete);
}

absl::StatusOr<v1::Task> UpdateTask(Call& call,
                                    const v1::UpdateTaskRequest& request) {
  return UpdateResource<v1::Task>(call, Tasks(), request.task(),
                                  request.update_mask(), Complete);
}

absl::StatusOr<google::protobuf::Empty> DeleteTask(
    Call& call, const v1::DeleteTaskRequest& request) {
  return RemoveResource(
      call, Tasks(), request,
      [](storage::Transaction&, const v1::Task&) { return absl::OkStatus(); });
}

}  // namespace charter::services

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/message_differencer.h"
#include "server/services/admin/recalculate.h"
#include "server/services/calendar/calendar.h"
#include "server/services/calendar/edit_hours.h"
#include "server/services/catalog/catalog.h"
#include "server/services/catalog/hours_convert.h"
#include "server/services/shared/errors.h"
#include "server/services/shared/resources.h"
#include "server/services/shared/time_convert.h"
#include "storage/records/generations.h"
#include "storage/table/resource_tables.h"

namespace charter::services {
namespace {

constexpr char kAlways[] = "businessHours/always";

// Before AddHoursVersion.
absl::Status CheckDefinition(const v1::BusinessHours& hours,
                             absl::Time effective_time) {
  FieldViolations violations;
  CheckHours(hours.definition(), ToInstant(ToProto(effective_time)),
             hours.version_count() == 0, "business_hours.definition",
             &violations);
  return violations.ToStatus();
}

// Takes the default from the set that has it, when `hours` becomes it.
absl::Status MoveDefault(Call& call, storage::Transaction& tx,
                         const v1::BusinessHours* before,
                         const v1::BusinessHours& hours) {
  if (before != nullptr && before->is_default() == hours.is_default())
    return absl::OkStatus();
  if (before != nullptr && before->is_default()) {
    return errors::FieldInvalid(
        "business_hours.is_default", ErrorReason::INVALID,
        "one set is the default; make another one it instead");
  }
  if (!hours.is_default()) return absl::OkStatus();
  storage::ListQuery query;
  query.page_size = storage::kMaxPageSize;
  do {
    absl::StatusOr<storage::ListPage<v1::BusinessHours>> page =
        storage::BusinessHoursTable().List(tx, query);
    if (!page.ok()) return page.status();
    for (v1::BusinessHours& other : page->rows) {
      if (!other.is_default() || other.name() == hours.name()) continue;
      other.set_is_default(false);
      if (absl::Status status =
              storage::BusinessHoursTable().Update(tx, &other);
          !status.ok()) {
        return status;
      }
      call.Emit(ChangeEvent(HoursResource(), "updated", other));
      // Items without hours of their own used it: their clocks change.
      absl::StatusOr<int64_t> generation =
          storage::BumpGeneration(tx, other.name());
      if (!generation.ok()) return generation.status();
      auto operation = QueueRecalculation(call, tx, other.name(), *generation);
      if (!operation.ok()) return operation.status();
    }
    query.after = page->next;
  } while (!query.after.empty());
  return absl::OkStatus();
}

// RESOURCE_IN_USE when a row of `table` names the hours.
template <typename Message>
absl::Status CheckUnused(storage::Transaction& tx,
                         const storage::Table<Message>& table,
                         const std::string& hours, absl::string_view by) {
  absl::StatusOr<std::string> user =
      FindUser(tx, table, "business_hours", hours);
  if (!user.ok()) return user.status();
  return user->empty() ? absl::OkStatus() : errors::ResourceInUse(hours, by);
}

bool Names(const v1::ProcessDefinition& definition, const std::string& hours) {
  if (definition.business_hours() == hours) return true;
  for (const v1::MilestonePlacement& placement : definition.milestones()) {
    if (placement.business_hours() == hours) return true;
  }
  return false;
}

absl::Status CheckUnusedByProcesses(storage::Transaction& tx,
                                    const std::string& hours) {
  storage::ListQuery query;
  query.page_size = storage::kMaxPageSize;
  do {
    absl::StatusOr<storage::ListPage<v1::EntitlementProcess>> page =
        storage::EntitlementProcessTable().List(tx, query);
    if (!page.ok()) return page.status();
    for (const v1::EntitlementProcess& process : page->rows) {
      if (Names(process.definition(), hours))
        return errors::ResourceInUse(hours, process.name());
    }
    query.after = page->next;
  } while (!query.after.empty());
  return absl::OkStatus();
}

bool SameDefinition(const v1::BusinessHours& a, const v1::BusinessHours& b) {
  return google::protobuf::util::MessageDifferencer::Equals(a.definition(),
                                                            b.definition());
}

}  // namespace

Resource<v1::BusinessHours> HoursResource() {
  return {storage::BusinessHoursTable(), "businessHours", "business_hours"};
}

absl::Status AddHoursVersion(Call& call, storage::Transaction& tx,
                             absl::Time effective_time,
                             v1::BusinessHours* hours) {
  const bool first = hours->version_count() == 0;
  hours->set_version_count(hours->version_count() + 1);
  v1::BusinessHoursVersion version;
  version.set_name(
      absl::StrCat(hours->name(), "/versions/", hours->version_count()));
  *version.mutable_effective_time() = ToProto(effective_time);
  *version.mutable_create_time() = ToProto(call.now());
  *version.mutable_definition() = hours->definition();
  absl::Status status =
      storage::BusinessHoursVersionTable().Insert(tx, &version);
  if (storage::KindOf(status) == storage::ErrorKind::kDuplicateKey) {
    // The set is there, or was: a deleted one's versions stay.
    return errors::AlreadyExists(
        hours->name(),
        "histories may name it even if it was deleted; choose "
        "another id");
  }
  if (!status.ok()) return status;
  if (first) {
    hours->clear_effective_time();
  } else {
    *hours->mutable_effective_time() = ToProto(effective_time);
  }
  absl::StatusOr<int64_t> generation =
      storage::BumpGeneration(tx, hours->name());
  if (!generation.ok()) return generation.status();
  if (first) return absl::OkStatus();  // nothing can use it yet
  return QueueRecalculation(call, tx, hours->name(), *generation).status();
}

absl::StatusOr<v1::BusinessHours> GetBusinessHours(
    Call& call, const v1::GetBusinessHoursRequest& request) {
  return GetResource(call, HoursResource(), request.name());
}

absl::StatusOr<v1::ListBusinessHoursResponse> ListBusinessHours(
    Call& call, const v1::ListBusinessHoursRequest& request) {
  return ListResources(call, HoursResource(), request,
                       &v1::ListBusinessHoursResponse::add_business_hours);
}

absl::StatusOr<v1::BusinessHours> CreateBusinessHours(
    Call& call, const v1::CreateBusinessHoursRequest& request) {
  return CreateResource<v1::BusinessHours>(
      call, HoursResource(), request.business_hours(),
      request.business_hours_id(),
      [&](storage::Transaction& tx, const v1::BusinessHours*,
          v1::BusinessHours& hours) {
        absl::Status status = CheckDefinition(hours, call.now());
        if (status.ok()) status = MoveDefault(call, tx, nullptr, hours);
        if (status.ok()) status = AddHoursVersion(call, tx, call.now(), &hours);
        return status;
      });
}

absl::StatusOr<v1::BusinessHours> UpdateBusinessHours(
    Call& call, const v1::UpdateBusinessHoursRequest& request) {
  const absl::Time effective = request.has_effective_time()
                                   ? ToTime(request.effective_time())
                                   : call.now();
  return UpdateResource<v1::BusinessHours>(
      call, HoursResource(), request.business_hours(), request.update_mask(),
      [&](storage::Transaction& tx, const v1::BusinessHours* before,
          v1::BusinessHours& hours) {
        absl::Status status = MoveDefault(call, tx, before, hours);
        if (!status.ok()) return status;
        if (before->is_default() != hours.is_default()) {
          status = storage::BumpGeneration(tx, hours.name()).status();
          if (!status.ok()) return status;
        }
        if (SameDefinition(*before, hours)) return absl::OkStatus();
        if (hours.name() == kAlways) {
          return errors::FieldInvalid(
              "business_hours.definition", ErrorReason::BUILT_IN,
              "of businessHours/always cannot be changed");
        }
        status = CheckDefinition(hours, effective);
        if (status.ok()) status = AddHoursVersion(call, tx, effective, &hours);
        return status;
      });
}

absl::StatusOr<google::protobuf::Empty> DeleteBusinessHours(
    Call& call, const v1::DeleteBusinessHoursRequest& request) {
  return RemoveResource(
      call, HoursResource(), request,
      [&](storage::Transaction& tx,
          const v1::BusinessHours& hours) -> absl::Status {
        if (hours.name() == kAlways || hours.is_default()) {
          return errors::ResourceInUse(
              hours.name(), hours.is_default()
                                ? "the deployment, as its default set"
                                : "the server: it is built in");
        }
        // Its versions stay, for the histories that name it; what will be
        // asked for hours in time to come must not.
        absl::Status status = CheckUnused(tx, storage::AccountTable(),
                                          hours.name(), "an account");
        if (status.ok()) {
          status = CheckUnused(tx, storage::EntitlementTable(), hours.name(),
                               "an entitlement");
        }
        if (status.ok()) {
          status = CheckUnused(tx, storage::EntitlementTemplateTable(),
                               hours.name(), "an entitlement template");
        }
        if (status.ok()) status = CheckUnusedByProcesses(tx, hours.name());
        if (!status.ok()) return status;
        return storage::BumpGeneration(tx, hours.name()).status();
      });
}

absl::StatusOr<v1::ListBusinessHoursVersionsResponse> ListBusinessHoursVersions(
    Call& call, const v1::ListBusinessHoursVersionsRequest& request) {
  absl::StatusOr<v1::BusinessHours> parent =
      GetResource(call, HoursResource(), request.parent());
  if (!parent.ok()) return parent.status();
  storage::ListQuery query;
  query.restrict_to = {{"parent", request.parent()}};
  v1::ListBusinessHoursVersionsResponse response;
  absl::StatusOr<storage::ListPage<v1::BusinessHoursVersion>> page = ListPageOf(
      call, storage::BusinessHoursVersionTable(), request, std::move(query),
      {request.parent()}, response.mutable_next_page_token());
  if (!page.ok()) return page.status();
  for (v1::BusinessHoursVersion& version : page->rows) {
    *response.add_versions() = std::move(version);
  }
  return response;
}

}  // namespace charter::services

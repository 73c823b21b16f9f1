#include "tools/charterctl/policy.h"

#include <fstream>
#include <sstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "charter/client/status.h"
#include "charter/v1/calendar_client.h"
#include "charter/v1/process_client.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"

namespace charter::tools {
namespace {

absl::Status ReadJson(const std::string& path,
                      google::protobuf::Message* message) {
  std::ifstream file(path);
  if (!file) return absl::NotFoundError(absl::StrCat(path, " cannot be read"));
  std::ostringstream text;
  text << file.rdbuf();
  const auto status =
      google::protobuf::util::JsonStringToMessage(text.str(), message);
  if (status.ok()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(path, ": ", status.ToString()));
}

const std::string& TextOf(const google::protobuf::Struct& object,
                          const char* field) {
  static const std::string* const empty = new std::string;
  const auto found = object.fields().find(field);
  return found == object.fields().end() ? *empty : found->second.string_value();
}

absl::Status ReadStates(const std::string& path, Policy* policy) {
  google::protobuf::Struct json;
  if (absl::Status status = ReadJson(path, &json); !status.ok()) return status;
  for (const auto& state :
       (*json.mutable_fields())["states"].list_value().values()) {
    const google::protobuf::Struct& object = state.struct_value();
    const std::string& id = TextOf(object, "status");
    policy->statuses[TextOf(object, "state")] = id;
    v1::ItemStatus::Category category;
    if (!v1::ItemStatus::Category_Parse(TextOf(object, "category"), &category))
      continue;
    v1::ItemStatus& status = policy->new_statuses.emplace_back();
    status.set_name(absl::StrCat("itemStatuses/", id));
    status.set_display_name(TextOf(object, "state"));
    status.set_category(category);
  }
  return absl::OkStatus();
}

absl::Status ReadTypes(const std::string& path, Policy* policy) {
  google::protobuf::Struct json;
  if (absl::Status status = ReadJson(path, &json); !status.ok()) return status;
  for (const auto& one :
       (*json.mutable_fields())["milestoneTypes"].list_value().values()) {
    const google::protobuf::Struct& object = one.struct_value();
    v1::MilestoneType& type = policy->milestone_types.emplace_back();
    type.set_name(absl::StrCat("milestoneTypes/", TextOf(object, "id")));
    type.set_display_name(TextOf(object, "displayName"));
    v1::MilestoneType::Recurrence recurrence = v1::MilestoneType::NONE;
    v1::MilestoneType::Recurrence_Parse(TextOf(object, "recurrence"),
                                        &recurrence);
    type.set_recurrence(recurrence);
  }
  return absl::OkStatus();
}

std::string IdOf(const std::string& name) {
  return name.substr(name.find('/') + 1);
}

// OK also when it was there.
absl::Status Created(const absl::Status& status, const std::string& name) {
  if (status.ok() || absl::IsAlreadyExists(status)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(name, ": ", client::Describe(status)));
}

}  // namespace

absl::StatusOr<Policy> ReadPolicy(const std::string& folder) {
  Policy policy;
  absl::Status status =
      ReadJson(folder + "/business-hours.json", &policy.business_hours);
  if (status.ok()) status = ReadJson(folder + "/process.json", &policy.process);
  if (status.ok()) status = ReadStates(folder + "/states.json", &policy);
  if (status.ok())
    status = ReadTypes(folder + "/milestone-types.json", &policy);
  if (!status.ok()) return status;
  const std::string& zone = policy.business_hours.definition().time_zone();
  if (!absl::LoadTimeZone(zone, &policy.zone)) {
    return absl::InvalidArgumentError(
        absl::StrCat(folder, "/business-hours.json: unknown time zone ", zone));
  }
  return policy;
}

absl::Status InstallPolicy(const Connection& connection, const Policy& policy) {
  v1::CalendarClient calendar(connection, Patient());
  v1::ProcessClient process(connection, Patient());
  v1::CreateBusinessHoursRequest hours;
  *hours.mutable_business_hours() = policy.business_hours;
  hours.set_business_hours_id(IdOf(kImportHours));
  absl::Status status =
      Created(calendar.CreateBusinessHours(hours).status(), kImportHours);
  if (!status.ok()) return status;
  for (const v1::ItemStatus& one : policy.new_statuses) {
    v1::CreateItemStatusRequest create;
    *create.mutable_item_status() = one;
    create.set_item_status_id(IdOf(one.name()));
    status = Created(process.CreateItemStatus(create).status(), one.name());
    if (!status.ok()) return status;
  }
  for (const v1::MilestoneType& one : policy.milestone_types) {
    v1::CreateMilestoneTypeRequest create;
    *create.mutable_milestone_type() = one;
    create.set_milestone_type_id(IdOf(one.name()));
    status = Created(process.CreateMilestoneType(create).status(), one.name());
    if (!status.ok()) return status;
  }
  v1::CreateEntitlementProcessRequest create;
  *create.mutable_entitlement_process() = policy.process;
  create.set_entitlement_process_id(IdOf(kImportProcess));
  status = Created(process.CreateEntitlementProcess(create).status(),
                   kImportProcess);
  if (!status.ok()) return status;
  const absl::StatusOr<v1::EntitlementProcess> stored =
      process.GetEntitlementProcess(kImportProcess);
  if (!stored.ok()) return stored.status();
  if (!stored->published_version().empty()) return absl::OkStatus();
  v1::PublishVersionRequest publish;
  publish.set_name(kImportProcess);
  publish.set_etag(stored->etag());
  return Created(process.PublishVersion(std::move(publish)).status(),
                 kImportProcess);
}

}  // namespace charter::tools

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/services/cases/open_item.h"
#include "server/services/items/event_convert.h"
#include "server/services/items/item.h"
#include "server/services/items/milestone_convert.h"
#include "server/services/process/definitions.h"
#include "server/services/process/process.h"
#include "server/services/shared/errors.h"
#include "server/services/shared/field_mask.h"
#include "server/services/shared/time_convert.h"
#include "server/sla/clock/settle.h"
#include "storage/table/resource_tables.h"

namespace charter::services {
namespace {

constexpr char kSimulated[] = "cases/simulation";

// The version to run, by its name in `catalog`; a definition is compiled into a
// copy of the catalogue under a name of its own.
absl::StatusOr<std::string> VersionToRun(
    storage::Transaction& tx, const v1::SimulateProcessRequest& request,
    Catalog* catalog) {
  if (request.process_case() == v1::SimulateProcessRequest::kProcessVersion) {
    if (absl::Status usable = catalog->CheckUsable(request.process_version());
        !usable.ok()) {
      return usable;
    }
    return catalog->processes.contains(request.process_version())
               ? absl::StatusOr<std::string>(request.process_version())
               : errors::NotFound(request.process_version(), "process_version");
  }
  if (request.process_case() != v1::SimulateProcessRequest::kDefinition) {
    return errors::FieldInvalid("definition", ErrorReason::REQUIRED,
                                "give one of process_version and definition");
  }
  const std::string name = "entitlementProcesses/simulation/versions/1";
  absl::StatusOr<CheckedDefinition> checked =
      CheckDefinition(tx, *catalog, request.definition(), name,
                      "entitlementProcesses/simulation", "definition");
  if (!checked.ok()) return checked.status();
  catalog->processes[name] = checked->process;
  return name;
}

// The made-up item with its events; its instants may lie in the future.
absl::StatusOr<Item> MakeItem(storage::Transaction& tx,
                              const v1::SimulateProcessRequest& request,
                              const std::string& version, absl::Time opened,
                              const Catalog& catalog) {
  Item item;
  item.stored = false;
  item.row = request.case_();
  ClearOutputOnly(&item.row);
  item.row.set_name(kSimulated);
  Parties parties;
  if (!item.row.account().empty()) {
    absl::StatusOr<v1::Account> account =
        storage::AccountTable().Get(tx, item.row.account());
    if (account.ok()) parties.account = *std::move(account);
    if (!account.ok() && !absl::IsNotFound(account.status()))
      return account.status();
  }
  absl::StatusOr<v1::CaseEvent> created =
      MakeCreated(parties, version, catalog, opened, "case", &item.row);
  if (!created.ok()) return created.status();
  item.row.set_process_version(version);
  *created->mutable_record_time() = created->occur_time();
  item.events.push_back(*std::move(created));
  for (int i = 0; i < request.events_size(); ++i) {
    const std::string field = absl::StrCat("events[", i, "]");
    v1::CaseEvent event = request.events(i);
    if (!event.has_occur_time() || ToTime(event.occur_time()) < opened) {
      return errors::EventTimeInvalid(
          absl::StrCat(field, ".occur_time"),
          "is given, and not before the item is opened");
    }
    absl::Status status = CompleteEvent(tx, catalog, item, field, &event);
    if (!status.ok()) return status;
    *event.mutable_record_time() = event.occur_time();
    item.events.push_back(std::move(event));
  }
  return item;
}

}  // namespace

absl::StatusOr<v1::SimulateProcessResponse> SimulateProcess(
    Call& call, const v1::SimulateProcessRequest& request) {
  v1::SimulateProcessResponse response;
  absl::Status status = call.Read([&](storage::Transaction& tx)
                                      -> absl::Status {
    response.Clear();
    absl::StatusOr<std::shared_ptr<const Catalog>> shared =
        call.services().catalog->Get(tx);
    if (!shared.ok()) return shared.status();
    Catalog catalog = **shared;
    absl::StatusOr<std::string> version = VersionToRun(tx, request, &catalog);
    if (!version.ok()) return version.status();
    const absl::Time opened =
        request.has_open_time() ? ToTime(request.open_time()) : call.now();
    absl::StatusOr<Item> item =
        MakeItem(tx, request, *version, opened, catalog);
    if (!item.ok()) return item.status();
    absl::Time as_of = std::max(call.now(), opened);
    if (request.has_as_of()) {
      as_of = ToTime(request.as_of());
    } else {
      for (const v1::CaseEvent& event : item->events) {
        as_of = std::max(as_of, ToTime(event.occur_time()));
      }
    }
    if (as_of < opened) {
      return errors::FieldInvalid("as_of", ErrorReason::OUT_OF_RANGE,
                                  "is before the item is opened");
    }
    absl::StatusOr<sla::Evaluation> evaluation =
        EvaluateItem(*item, catalog, as_of);
    if (errors::ReasonOf(evaluation.status()) == "DEFINITION_UNUSABLE")
      return evaluation.status();
    if (!evaluation.ok()) {
      return absl::IsOutOfRange(evaluation.status())
                 ? errors::NoOpenTime("the process")
                 : errors::Precondition(ErrorReason::EVALUATION_FAILED, "case",
                                        evaluation.status().message());
    }
    FillRow(*evaluation, catalog, &item->row);
    for (v1::Milestone& milestone : ToProto(*evaluation, item->row, catalog)) {
      *response.add_milestones() = std::move(milestone);
    }
    for (const sla::Transition& transition : evaluation->transitions) {
      *response.add_transitions() =
          ToProto(transition, *evaluation, kSimulated);
    }
    if (evaluation->next_change) {
      *response.mutable_next_change_time() = ToProto(*evaluation->next_change);
    }
    *response.mutable_case_() = std::move(item->row);
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  return response;
}

}  // namespace charter::services

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/util/message_differencer.h"
#include "server/services/cases/assign_item.h"
#include "server/services/cases/cases.h"
#include "server/services/cases/open_item.h"
#include "server/services/items/event_convert.h"
#include "server/services/items/item.h"
#include "server/services/shared/errors.h"
#include "server/services/shared/field_mask.h"
#include "server/services/shared/resources.h"
#include "server/services/shared/time_convert.h"
#include "storage/sql/errors.h"
#include "storage/table/resource_tables.h"

namespace charter::services {
namespace {

// What a change of one item starts from.
struct Target {
  std::shared_ptr<const Catalog> catalog;
  Item item;
};

absl::StatusOr<Target> LoadTarget(Call& call, storage::Transaction& tx,
                                  absl::string_view name,
                                  absl::string_view etag) {
  Target target;
  // The item's lock first: an edit of the catalogue that commits later finds
  // the item settled by then, and its job settles it anew (B9).
  absl::StatusOr<Item> item = LoadForWrite(tx, name, etag);
  if (!item.ok()) return item.status();
  target.item = *std::move(item);
  absl::StatusOr<std::shared_ptr<const Catalog>> catalog =
      call.services().catalog->Get(tx);
  if (!catalog.ok()) return catalog.status();
  target.catalog = *std::move(catalog);
  return target;
}

// What `event` makes of the item.
absl::StatusOr<ItemChange> Settle(Call& call, storage::Transaction& tx,
                                  Target target, v1::CaseEvent event) {
  absl::Status status =
      CompleteEvent(tx, *target.catalog, target.item, "", &event);
  if (!status.ok()) return status;
  status = PlaceEvent(call, target.item, 0, "", &event);
  if (!status.ok()) return status;
  return SettleItem(std::move(target.item), {std::move(event)}, *target.catalog,
                    call.now());
}

// The same, stored.
absl::StatusOr<ItemChange> Record(Call& call, storage::Transaction& tx,
                                  Target target, v1::CaseEvent event) {
  absl::StatusOr<ItemChange> change =
      Settle(call, tx, std::move(target), std::move(event));
  if (!change.ok()) return change.status();
  absl::Status status = StoreItems(call, tx, absl::MakeSpan(&*change, 1));
  if (!status.ok()) return status;
  return change;
}

// The common part of the requests that name an item and an instant.
template <typename Request>
v1::CaseEvent EventAt(const Request& request) {
  v1::CaseEvent event;
  if (request.has_occur_time())
    *event.mutable_occur_time() = request.occur_time();
  return event;
}

// May refuse an event of an item.
using Check = absl::Status (*)(const Item& item, const v1::CaseEvent& event);

template <typename Request>
absl::StatusOr<v1::Case> RecordOn(Call& call, const Request& request,
                                  const v1::CaseEvent& event,
                                  Check check = nullptr) {
  return call.Write<v1::Case>(
      [&](storage::Transaction& tx) -> absl::StatusOr<v1::Case> {
        absl::StatusOr<Target> target =
            LoadTarget(call, tx, request.name(), request.etag());
        if (!target.ok()) return target.status();
        if (check != nullptr) {
          if (absl::Status status = check(target->item, event); !status.ok())
            return status;
        }
        absl::StatusOr<ItemChange> change =
            Record(call, tx, *std::move(target), event);
        if (!change.ok()) return change.status();
        return change->row;
      });
}

// Whether the item was stopped by hand when `event` happened, by what is known
// of its history; without an instant, at its end.
bool StoppedByHand(const Item& item, const v1::CaseEvent& event) {
  const absl::Time at = event.has_occur_time() ? ToTime(event.occur_time())
                                               : absl::InfiniteFuture();
  bool stopped = false;
  absl::Time last = absl::InfinitePast();
  for (const v1::CaseEvent& earlier : item.events) {
    const absl::Time time = ToTime(earlier.occur_time());
    if (time > at || time < last ||
        !(earlier.has_clock_stopped() || earlier.has_clock_resumed())) {
      continue;
    }
    stopped = earlier.has_clock_stopped();
    last = time;
  }
  return stopped;
}

absl::Status CheckNotStopped(const Item& item, const v1::CaseEvent& event) {
  if (!StoppedByHand(item, event)) return absl::OkStatus();
  return errors::StateTransitionNotAllowed(item.row.name(), "stopped by hand",
                                           "stopped again",
                                           "ResumeClock lets it run");
}

absl::Status CheckStopped(const Item& item, const v1::CaseEvent& event) {
  if (StoppedByHand(item, event)) return absl::OkStatus();
  return errors::StateTransitionNotAllowed(
      item.row.name(), "not stopped by hand", "resumed",
      "What its process's stop criteria stop runs on when they no longer hold");
}

// Under what the item ran at an instant, by what is known of its history.
std::string EntitlementAt(const Item& item, absl::Time at) {
  std::string entitlement;
  absl::Time last = absl::InfinitePast();
  for (const v1::CaseEvent& event : item.events) {
    const absl::Time time = ToTime(event.occur_time());
    if (time > at || time < last) continue;
    if (event.has_created()) {
      entitlement = event.created().case_().entitlement();
    } else if (event.has_entitlement_changed()) {
      entitlement = event.entitlement_changed().entitlement();
    } else {
      continue;
    }
    last = time;
  }
  return entitlement;
}

// `event`: the change, to which entitlement is still to be said.
absl::StatusOr<v1::Case> Reassign(Call& call, storage::Transaction& tx,
                                  const v1::ChangeEntitlementRequest& request,
                                  v1::CaseEvent event) {
  absl::StatusOr<Target> target =
      LoadTarget(call, tx, request.name(), request.etag());
  if (!target.ok()) return target.status();
  v1::CaseEvent placed = event;
  absl::Status status = PlaceEvent(call, target->item, 0, "", &placed);
  if (!status.ok()) return status;
  const absl::Time at = ToTime(placed.occur_time());
  absl::StatusOr<std::string> chosen =
      AssignAgain(tx, *target->catalog, target->item.row, at);
  if (!chosen.ok()) return chosen.status();
  if (*chosen == EntitlementAt(target->item, at)) return target->item.row;
  event.mutable_entitlement_changed()->set_entitlement(*std::move(chosen));
  absl::StatusOr<ItemChange> change =
      Record(call, tx, *std::move(target), std::move(event));
  if (!change.ok()) return change.status();
  return change->row;
}

bool Closes(const std::string& category) {
  return category == "RESOLVED" || category == "CLOSED";
}

// Gives an item a status, of a category that closes it or of one that doesn't.
// `release_unit`: and gives back the unit that it took (C5).
template <typename Request>
absl::StatusOr<v1::Case> ChangeStatus(Call& call, const Request& request,
                                      absl::string_view default_status,
                                      bool close, bool release_unit) {
  const std::string status =
      request.status().empty() ? std::string(default_status) : request.status();
  return call.Write<v1::Case>(
      [&](storage::Transaction& tx) -> absl::StatusOr<v1::Case> {
        absl::StatusOr<Target> target =
            LoadTarget(call, tx, request.name(), request.etag());
        if (!target.ok()) return target.status();
        const std::string category = CategoryOf(*target->catalog, status);
        if (category.empty() || Closes(category) != close) {
          return errors::FieldInvalid(
              "status", ErrorReason::UNKNOWN_VALUE,
              close ? "is no status of category RESOLVED or CLOSED"
                    : "is no status of a category that is open");
        }
        if (target->item.row.closed() == close) {
          return errors::StateTransitionNotAllowed(
              request.name(), close ? "closed" : "open",
              close ? "closed" : "reopened");
        }
        v1::CaseEvent event = EventAt(request);
        event.mutable_fields_changed()->mutable_case_()->set_status(status);
        absl::StatusOr<ItemChange> change =
            Settle(call, tx, *std::move(target), std::move(event));
        if (!change.ok()) return change.status();
        change->release_unit = release_unit;
        absl::Status stored = StoreItems(call, tx, absl::MakeSpan(&*change, 1));
        if (!stored.ok()) return stored;
        return change->row;
      });
}

}  // namespace

absl::StatusOr<v1::Case> UpdateCase(Call& call,
                                    const v1::UpdateCaseRequest& request) {
  const std::string& name = request.case_().name();
  return call.Write<v1::Case>(
      [&](storage::Transaction& tx) -> absl::StatusOr<v1::Case> {
        absl::StatusOr<Target> target =
            LoadTarget(call, tx, name, request.case_().etag());
        if (!target.ok()) return target.status();
        v1::Case updated = target->item.row;
        absl::StatusOr<std::vector<std::string>> paths =
            ApplyUpdate(request.update_mask(), request.case_(), &updated);
        if (!paths.ok()) return paths.status();
        if (updated.entitlement() != target->item.row.entitlement()) {
          return errors::FieldInvalid(
              "case.entitlement", ErrorReason::OTHER_METHOD,
              "is changed by ChangeEntitlement, which says from when");
        }
        // Of an instant before now even the same value may be news.
        if (!request.has_occur_time() &&
            google::protobuf::util::MessageDifferencer::Equals(
                updated, target->item.row)) {
          return updated;
        }
        v1::CaseEvent event;
        if (request.has_occur_time())
          *event.mutable_occur_time() = request.occur_time();
        v1::FieldsChanged& changed = *event.mutable_fields_changed();
        *changed.mutable_case_() = updated;
        for (const std::string& path : *paths) {
          if (path == "attributes") {
            // The whole map is replaced: those that are gone are cleared.
            for (const auto& attribute : target->item.row.attributes()) {
              if (!updated.attributes().contains(attribute.first)) {
                changed.mutable_update_mask()->add_paths(
                    absl::StrCat("attributes.", attribute.first));
              }
            }
            changed.mutable_update_mask()->add_paths(path);
          } else if (absl::StartsWith(path, "attributes.") ||
                     (path != "entitlement" &&
                      std::find(HistoryFields().begin(), HistoryFields().end(),
                                path) != HistoryFields().end())) {
            changed.mutable_update_mask()->add_paths(path);
          }
        }
        const bool history = changed.update_mask().paths_size() > 0;
        if (history) {
          absl::StatusOr<ItemChange> change =
              Settle(call, tx, *std::move(target), std::move(event));
          if (!change.ok()) return change.status();
          // What no clock looks at is not part of the history.
          *change->row.mutable_annotations() = updated.annotations();
          absl::Status status =
              StoreItems(call, tx, absl::MakeSpan(&*change, 1));
          if (storage::KindOf(status) == storage::ErrorKind::kDuplicateKey) {
            return errors::AlreadyExists(
                name, "the account has another item of this external_id");
          }
          if (!status.ok()) return status;
          return change->row;
        }
        *updated.mutable_update_time() = ToProto(call.now());
        absl::Status status = storage::CaseTable().Update(tx, &updated);
        if (!status.ok()) return status;
        v1::Event told;
        told.set_type("case.updated");
        told.set_subject(name);
        told.set_resource_type("cases");
        told.set_account(updated.account());
        v1::Case copy = updated;
        copy.clear_description();
        told.mutable_resource()->PackFrom(copy);
        call.Emit(std::move(told));
        return updated;
      });
}

absl::StatusOr<v1::Case> DeleteCase(Call& call,
                                    const v1::DeleteCaseRequest& request) {
  return call.Write<v1::Case>(
      [&](storage::Transaction& tx) -> absl::StatusOr<v1::Case> {
        absl::StatusOr<Target> target =
            LoadTarget(call, tx, request.name(), request.etag());
        if (!target.ok()) return target.status();
        v1::CaseEvent event;
        event.mutable_deleted();
        absl::Status status = PlaceEvent(call, target->item, 0, "", &event);
        if (!status.ok()) return status;
        absl::StatusOr<ItemChange> change =
            SettleItem(std::move(target->item), {std::move(event)},
                       *target->catalog, call.now());
        if (!change.ok()) return change.status();
        *change->row.mutable_delete_time() = ToProto(call.now());
        *change->row.mutable_purge_time() = ToProto(call.now() + kKeepDeleted);
        change->next_due.reset();
        status = StoreItems(call, tx, absl::MakeSpan(&*change, 1));
        if (!status.ok()) return status;
        return change->row;
      });
}

absl::StatusOr<v1::Milestone> CompleteMilestone(
    Call& call, const v1::CompleteMilestoneRequest& request) {
  const std::string& milestone = request.name();
  const std::string item = milestone.substr(0, milestone.rfind("/milestones/"));
  return call.Write<v1::Milestone>([&](storage::Transaction& tx)
                                       -> absl::StatusOr<v1::Milestone> {
    absl::StatusOr<Target> target = LoadTarget(call, tx, item, "");
    if (!target.ok()) return target.status();
    const auto stored = std::find_if(
        target->item.milestones.begin(), target->item.milestones.end(),
        [&](const v1::Milestone& one) { return one.name() == milestone; });
    if (stored == target->item.milestones.end())
      return errors::NotFound(milestone);
    if (stored->state() != v1::Milestone::RUNNING &&
        stored->state() != v1::Milestone::PAUSED && !request.has_occur_time()) {
      return errors::StateTransitionNotAllowed(
          milestone, v1::Milestone::State_Name(stored->state()), "completed");
    }
    v1::CaseEvent event = EventAt(request);
    event.mutable_milestone_completed()->set_milestone(milestone);
    absl::StatusOr<ItemChange> change =
        Record(call, tx, *std::move(target), std::move(event));
    if (!change.ok()) return change.status();
    for (const v1::Milestone& after : change->milestones) {
      if (after.name() == milestone) return after;
    }
    return errors::NotFound(milestone);
  });
}

absl::StatusOr<v1::Case> StopClock(Call& call,
                                   const v1::StopClockRequest& request) {
  v1::CaseEvent event = EventAt(request);
  event.mutable_clock_stopped()->set_reason(request.reason());
  return RecordOn(call, request, event, CheckNotStopped);
}

absl::StatusOr<v1::Case> ResumeClock(Call& call,
                                     const v1::ResumeClockRequest& request) {
  v1::CaseEvent event = EventAt(request);
  event.mutable_clock_resumed();
  return RecordOn(call, request, event, CheckStopped);
}

absl::StatusOr<v1::Case> CloseCase(Call& call,
                                   const v1::CloseCaseRequest& request) {
  return ChangeStatus(call, request, "closed", true, request.release_unit());
}

absl::StatusOr<v1::Case> ReopenCase(Call& call,
                                    const v1::ReopenCaseRequest& request) {
  return ChangeStatus(call, request, "open", false, false);
}

absl::StatusOr<v1::Case> ChangeEntitlement(
    Call& call, const v1::ChangeEntitlementRequest& request) {
  v1::CaseEvent event = EventAt(request);
  event.mutable_entitlement_changed()->set_entitlement(request.entitlement());
  event.mutable_entitlement_changed()->set_start(request.start());
  if (!request.reassign()) return RecordOn(call, request, event);
  if (!request.entitlement().empty()) {
    return errors::FieldInvalid(
        "entitlement", ErrorReason::NOT_ALLOWED,
        "is chosen when it is assigned anew: leave it out, or reassign");
  }
  return call.Write<v1::Case>(
      [&](storage::Transaction& tx) -> absl::StatusOr<v1::Case> {
        return Reassign(call, tx, request, event);
      });
}

absl::StatusOr<v1::Case> RefreshContext(
    Call& call, const v1::RefreshContextRequest& request) {
  v1::CaseEvent event = EventAt(request);
  event.mutable_context_refreshed();
  return RecordOn(call, request, event);
}

}  // namespace charter::services

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/util/message_differencer.h"
#include "server/services/items/event_convert.h"
#include "server/services/items/item.h"
#include "server/services/items/units.h"
#include "server/services/shared/caller_terms.h"
#include "server/services/shared/time_convert.h"
#include "storage/records/case_events.h"
#include "storage/records/generations.h"
#include "storage/records/ids.h"
#include "storage/records/wakeups.h"
#include "storage/table/resource_tables.h"

namespace charter::services {
namespace {

// MarkSuperseded's limit.
constexpr size_t kKeysAtOnce = 4096;

std::optional<int64_t> Micros(std::optional<absl::Time> time) {
  if (!time.has_value()) return std::nullopt;
  return absl::ToUnixMicros(*time);
}

// Whether anything that clients can write is different.
bool ClientFieldsDiffer(const v1::Case& a, const v1::Case& b) {
  v1::Case x = a;
  v1::Case y = b;
  for (v1::Case* item : {&x, &y}) {
    item->clear_etag();
    item->clear_update_time();
    item->clear_process_version();
    item->clear_closed();
    item->clear_stopped();
    item->clear_unanswered_since();
    item->clear_reopen_count();
    item->clear_next_target_time();
    item->clear_violated();
    item->clear_evaluate_time();
    item->clear_evaluation_error();
    item->clear_event_count();
    item->clear_unit_state();
    item->clear_work_minutes();
  }
  return !google::protobuf::util::MessageDifferencer::Equals(x, y);
}

// The hours that are stored with an item's clocks.
std::vector<std::string> HoursOf(const std::vector<v1::Milestone>& milestones) {
  std::vector<std::string> hours;
  for (const v1::Milestone& milestone : milestones)
    hours.push_back(milestone.business_hours());
  std::sort(hours.begin(), hours.end());
  hours.erase(std::unique(hours.begin(), hours.end()), hours.end());
  return hours;
}

std::string TypeOf(const v1::Transition& transition) {
  switch (transition.kind()) {
    case v1::Transition::ITEM_STOPPED:
      return "case.stopped";
    case v1::Transition::ITEM_RESUMED:
      return "case.resumed";
    case v1::Transition::MILESTONE_REOPENED:
      return "milestone.reopened";
    default:
      return absl::StrCat(
          transition.milestone().empty() ? "case." : "milestone.",
          absl::AsciiStrToLower(v1::Transition::Kind_Name(transition.kind())));
  }
}

std::string TypeOf(const v1::CaseEvent& event) {
  switch (event.event_case()) {
    case v1::CaseEvent::kInteraction:
      return "case.interaction";
    case v1::CaseEvent::kEntitlementChanged:
      return "case.entitlement_changed";
    case v1::CaseEvent::kActionApplied:
      return "case.action_applied";
    case v1::CaseEvent::kVersionMoved:
      return "case.version_moved";
    case v1::CaseEvent::kContextRefreshed:
      return "case.context_refreshed";
    case v1::CaseEvent::kWorkLogged:
      return "case.work_logged";
    case v1::CaseEvent::kMerged:
      return "case.merged";
    default:
      return "";  // told by the transitions, or by the case that changed
  }
}

v1::Event CaseEvent(absl::string_view type, const v1::Case& row) {
  v1::Event event;
  event.set_type(std::string(type));
  event.set_subject(row.name());
  event.set_resource_type("cases");
  event.set_account(row.account());
  v1::Case copy = row;
  copy.clear_description();
  event.mutable_resource()->PackFrom(copy);
  return event;
}

class Publisher {
 public:
  Publisher(Call& call, const ItemChange& change)
      : call_(call), change_(change) {}

  void Publish() {
    const absl::Time live = change_.row.has_live_from()
                                ? ToTime(change_.row.live_from())
                                : absl::InfinitePast();
    if (!change_.before.stored) {
      EmitCase("case.opened");
    } else if (change_.row.has_delete_time() !=
               change_.before.row.has_delete_time()) {
      EmitCase("case.deleted");
    } else if (ClientFieldsDiffer(change_.before.row, change_.row)) {
      EmitCase("case.updated");
    }
    for (const v1::CaseEvent& event : change_.added) {
      const std::string type = TypeOf(event);
      if (type.empty() || ToTime(event.occur_time()) < live) continue;
      v1::Event told = Base(type, change_.row.name(), "cases");
      *told.mutable_occur_time() = event.occur_time();
      v1::CaseEvent copy = event;
      if (copy.has_interaction()) copy.mutable_interaction()->clear_text();
      told.mutable_resource()->PackFrom(copy);
      call_.Emit(std::move(told));
    }
    for (const storage::TransitionRecord& record : change_.transitions) {
      if (!record.publish_time.has_value()) continue;
      const bool of_item = record.transition.milestone().empty();
      v1::Event told =
          Base(TypeOf(record.transition),
               of_item ? change_.row.name() : record.transition.milestone(),
               of_item ? "cases" : "milestones");
      *told.mutable_occur_time() = record.transition.time();
      *told.mutable_transition() = record.transition;
      call_.Emit(std::move(told));
    }
    for (const v1::Task& task : change_.tasks) {
      v1::Event told = Base("task.created", task.name(), "tasks");
      told.mutable_resource()->PackFrom(task);
      call_.Emit(std::move(told));
    }
    if (!change_.evaluated && change_.row.evaluation_error() !=
                                  change_.before.row.evaluation_error()) {
      EmitCase("case.evaluation_failed");
    }
  }

 private:
  v1::Event Base(absl::string_view type, absl::string_view subject,
                 absl::string_view collection) {
    v1::Event event;
    event.set_type(std::string(type));
    event.set_subject(std::string(subject));
    event.set_resource_type(std::string(collection));
    event.set_account(change_.row.account());
    return event;
  }
  void EmitCase(absl::string_view type) {
    v1::Event event = CaseEvent(type, change_.row);
    // It was opened when its history says so, which may be long ago.
    if (type == "case.opened")
      *event.mutable_occur_time() = change_.row.create_time();
    call_.Emit(std::move(event));
  }

  Call& call_;
  const ItemChange& change_;
};

// By which callers find it; most writes leave that alone.
absl::Status StoreTerms(storage::Transaction& tx, const ItemChange& change) {
  const v1::Case& before = change.before.row;
  if (change.before.stored &&
      before.external_id() == change.row.external_id() &&
      before.has_delete_time() == change.row.has_delete_time()) {
    return absl::OkStatus();
  }
  return KeepTerms(tx, change.before.stored ? &before : nullptr, &change.row);
}

absl::Status StoreRow(storage::Transaction& tx, ItemChange& change) {
  const storage::HiddenValues hidden =
      storage::CaseHidden(Micros(change.next_due));
  if (!change.before.stored)
    return storage::CaseTable().Insert(tx, &change.row, &hidden);
  if (ClientFieldsDiffer(change.before.row, change.row)) {
    *change.row.mutable_update_time() = ToProto(tx.now());
    return storage::CaseTable().Update(tx, &change.row, &hidden);
  }
  return storage::CaseTable().UpdateDerived(tx, change.row, &hidden);
}

// Gives the hours stored with an item this generation, whatever they are.
absl::Status StampHours(storage::Transaction& tx, const std::string& name,
                        int64_t generation) {
  absl::StatusOr<std::vector<storage::Generation>> hours =
      storage::LoadCaseHours(tx, name);
  if (!hours.ok()) return hours.status();
  for (storage::Generation& set : *hours) set.generation = generation;
  return storage::SetCaseHours(tx, name, *hours);
}

absl::Status StoreHours(storage::Transaction& tx, const ItemChange& change) {
  if (!change.evaluated) {
    return change.recalculated
               ? StampHours(tx, change.row.name(), change.generation)
               : absl::OkStatus();
  }
  const bool open = !change.row.closed() && !change.row.has_delete_time();
  std::vector<storage::Generation> hours;
  if (open) {
    for (const std::string& name : change.hours)
      hours.push_back({name, change.generation});
  }
  if (!change.before.stored) {
    return hours.empty()
               ? absl::OkStatus()
               : storage::InsertCaseHours(tx, change.row.name(), hours);
  }
  // An older generation than the true one costs at most a needless look, so
  // what is stored is touched only when the sets may differ.
  const bool was_open =
      !change.before.row.closed() && !change.before.row.has_delete_time();
  if (!change.recalculated && open == was_open &&
      HoursOf(change.before.milestones) == HoursOf(change.milestones)) {
    return absl::OkStatus();
  }
  return storage::SetCaseHours(tx, change.row.name(), hours);
}

absl::Status StoreHistory(storage::Transaction& tx, const ItemChange& change) {
  if (!change.added.empty()) {
    absl::Status status = storage::AppendCaseEvents(
        tx, change.row.name(),
        static_cast<int32_t>(change.before.events.size()) + 1, change.added);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

// Of all items: in one statement where a round trip costs.
absl::Status StoreTransitions(storage::Transaction& tx,
                              absl::Span<const ItemChange> changes) {
  std::vector<storage::ItemTransitions> added;
  for (const ItemChange& change : changes) {
    for (const auto* records : {&change.restored, &change.transitions})
      added.push_back({change.row.name(), *records});
  }
  return storage::InsertTransitions(tx, added);
}

absl::Status MarkSuperseded(storage::Transaction& tx,
                            const ItemChange& change) {
  const absl::Span<const std::string> superseded = change.superseded;
  for (size_t i = 0; i < superseded.size(); i += kKeysAtOnce) {
    absl::Status status = storage::MarkSuperseded(
        tx, change.row.name(), superseded.subspan(i, kKeysAtOnce));
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status StoreItems(Call& call, storage::Transaction& tx,
                        absl::Span<ItemChange> changes) {
  storage::IdGenerator& ids = *call.services().ids;
  const absl::Time now = call.now();
  std::vector<v1::Milestone> before;
  std::vector<v1::Milestone> after;
  std::vector<v1::Task> tasks;
  std::vector<storage::NewAction> actions;
  std::vector<storage::WakeupMove> moves;
  std::vector<storage::WakeupMove> anew;
  absl::Time earliest = absl::InfiniteFuture();
  if (absl::Status status = FollowUnits(call, tx, changes); !status.ok())
    return status;
  for (ItemChange& change : changes) {
    for (v1::Task& task : change.tasks) {
      task.set_name(absl::StrCat("tasks/", ids.Make(now)));
      *task.mutable_create_time() = ToProto(now);
      *task.mutable_update_time() = ToProto(now);
      tasks.push_back(task);
    }
    for (const v1::Action& action : change.actions) {
      actions.push_back({ids.Make(now), action, now});
    }
    if (absl::Status status = StoreTerms(tx, change); !status.ok())
      return status;
    if (absl::Status status = StoreRow(tx, change); !status.ok()) return status;
    if (absl::Status status = StoreHistory(tx, change); !status.ok())
      return status;
    if (absl::Status status = StoreHours(tx, change); !status.ok())
      return status;
    before.insert(before.end(), change.before.milestones.begin(),
                  change.before.milestones.end());
    after.insert(after.end(), change.milestones.begin(),
                 change.milestones.end());
    std::optional<absl::Time> due = change.before.next_due;
    if (change.recalculated) {
      // What the item says of its wake-up may not be so.
      for (const std::optional<absl::Time>& key : {due, change.next_due})
        anew.push_back({change.row.name(), key, std::nullopt});
      due.reset();
    }
    moves.push_back({change.row.name(), due, change.next_due});
    if (change.next_due.has_value())
      earliest = std::min(earliest, *change.next_due);
    Publisher(call, change).Publish();
  }
  if (absl::Status status = StoreTransitions(tx, changes); !status.ok())
    return status;
  for (const ItemChange& change : changes) {
    absl::Status status = MarkSuperseded(tx, change);
    if (!status.ok()) return status;
  }
  if (absl::Status status = storage::MilestoneTable().Reconcile(
          tx, absl::MakeConstSpan(before), absl::MakeConstSpan(after));
      !status.ok()) {
    return status;
  }
  for (const auto* some : {&anew, &moves}) {
    if (absl::Status status = storage::MoveWakeups(tx, *some); !status.ok())
      return status;
  }
  if (!tasks.empty()) {
    if (absl::Status status = storage::TaskTable().InsertAll(tx, &tasks);
        !status.ok()) {
      return status;
    }
  }
  if (!actions.empty()) {
    if (absl::Status status = storage::InsertActions(tx, actions, now);
        !status.ok())
      return status;
    call.Ring(call.services().actions);
  }
  if (earliest != absl::InfiniteFuture())
    call.Ring(call.services().wakeups, earliest);
  return absl::OkStatus();
}

bool Differs(const ItemChange& change) {
  using google::protobuf::util::MessageDifferencer;
  if (!change.added.empty() || !change.transitions.empty() ||
      !change.restored.empty() || change.next_due != change.before.next_due ||
      !MessageDifferencer::Equals(change.before.row, change.row) ||
      change.milestones.size() != change.before.milestones.size()) {
    return true;
  }
  std::map<absl::string_view, const v1::Milestone*> stored;
  for (const v1::Milestone& milestone : change.before.milestones)
    stored[milestone.name()] = &milestone;
  for (const v1::Milestone& milestone : change.milestones) {
    const auto found = stored.find(milestone.name());
    if (found == stored.end() ||
        !MessageDifferencer::Equals(*found->second, milestone)) {
      return true;
    }
  }
  return false;
}

absl::Status ParkItem(Call& call, storage::Transaction& tx,
                      absl::string_view name, absl::string_view why) {
  storage::HiddenValues hidden;
  absl::StatusOr<v1::Case> row =
      storage::CaseTable().Get(tx, name, storage::Lock::kForUpdate, &hidden);
  if (!row.ok()) return row.status();
  const std::optional<int64_t> due = storage::NextDueOf(hidden);
  row->set_evaluation_error(std::string(why));
  hidden = storage::CaseHidden(std::nullopt);
  absl::Status status = storage::CaseTable().UpdateDerived(tx, *row, &hidden);
  if (!status.ok()) return status;
  if (due.has_value()) {
    status = storage::MoveWakeups(
        tx, {{row->name(), absl::FromUnixMicros(*due), std::nullopt}});
    if (!status.ok()) return status;
  }
  absl::StatusOr<int64_t> generation = storage::ReadCatalogGeneration(tx);
  if (!generation.ok()) return generation.status();
  status = StampHours(tx, row->name(), *generation);
  if (!status.ok()) return status;
  call.Emit(CaseEvent("case.evaluation_failed", *row));
  return absl::OkStatus();
}

}  // namespace charter::services

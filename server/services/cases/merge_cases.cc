#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "server/services/cases/cases.h"
#include "server/services/cases/open_item.h"
#include "server/services/items/event_convert.h"
#include "server/services/items/item.h"
#include "server/services/items/units.h"
#include "server/services/shared/errors.h"
#include "storage/records/generations.h"
#include "storage/table/resource_tables.h"

namespace charter::services {
namespace {

absl::Status CheckMerge(const v1::MergeCasesRequest& request,
                        const v1::Case& row, const v1::Case& into) {
  if (into.account() != row.account()) {
    return errors::FieldInvalid("into", ErrorReason::OTHER_ACCOUNT,
                                "is a case of another account (C5)");
  }
  if (row.kind() != v1::CASE || into.kind() != v1::CASE) {
    return errors::FieldInvalid(row.kind() != v1::CASE ? "name" : "into",
                                ErrorReason::OTHER_KIND,
                                "is a work order; only cases are merged");
  }
  if (!row.merged_into().empty()) {
    return errors::StateTransitionNotAllowed(request.name(), "merged", "merged",
                                             "ReopenCase takes it out again");
  }
  if (!into.merged_into().empty()) {
    return errors::StateTransitionNotAllowed(
        request.into(), "merged", "merged into",
        "Merge into the case that it was merged into");
  }
  return absl::OkStatus();
}

// The events of a merge: it is closed, where it is open, and merged.
absl::StatusOr<std::vector<v1::CaseEvent>> MergeEvents(
    Call& call, storage::Transaction& tx, const Catalog& catalog,
    const Item& item, const v1::MergeCasesRequest& request) {
  std::vector<v1::CaseEvent> events;
  if (!item.row.closed()) {
    const std::string status =
        request.status().empty() ? "closed" : request.status();
    const std::string category = CategoryOf(catalog, status);
    if (category != "RESOLVED" && category != "CLOSED") {
      return errors::FieldInvalid("status", ErrorReason::UNKNOWN_VALUE,
                                  "is no status of category RESOLVED or "
                                  "CLOSED");
    }
    v1::CaseEvent& closed = events.emplace_back();
    closed.mutable_fields_changed()->mutable_case_()->set_status(status);
    absl::Status complete = CompleteEvent(tx, catalog, item, "", &closed);
    if (!complete.ok()) return complete;
  }
  events.emplace_back().mutable_merged()->set_into(request.into());
  for (size_t i = 0; i < events.size(); ++i) {
    absl::Status placed =
        PlaceEvent(call, item, static_cast<int>(i), "", &events[i]);
    if (!placed.ok()) return placed;
  }
  return events;
}

absl::StatusOr<v1::Case> Merge(Call& call, storage::Transaction& tx,
                               const v1::MergeCasesRequest& request) {
  const std::vector<std::string> names = {request.name(), request.into()};
  tx.Prefetch([&](storage::Transaction& ahead) {
    (void)LoadItems(ahead, names, storage::Lock::kForUpdate);
    (void)storage::ReadCatalogGeneration(ahead);
  });
  absl::StatusOr<std::vector<Item>> items =
      LoadItems(tx, names, storage::Lock::kForUpdate);
  if (!items.ok()) return items.status();
  Item* item = nullptr;
  Item* into = nullptr;
  for (Item& one : *items)
    (one.row.name() == request.name() ? item : into) = &one;
  if (item == nullptr) return errors::NotFound(request.name());
  if (item->row.has_delete_time()) return errors::Deleted(request.name());
  if (into == nullptr || into->row.has_delete_time())
    return errors::NotFound(request.into(), "into");
  if (!storage::EtagMatches(request.etag(), item->row.etag()))
    return errors::EtagMismatch(request.name());
  if (absl::Status status = CheckMerge(request, item->row, into->row);
      !status.ok()) {
    return status;
  }
  absl::StatusOr<std::shared_ptr<const Catalog>> catalog =
      call.services().catalog->Get(tx);
  if (!catalog.ok()) return catalog.status();
  absl::StatusOr<std::vector<v1::CaseEvent>> events =
      MergeEvents(call, tx, **catalog, *item, request);
  if (!events.ok()) return events.status();
  absl::StatusOr<ItemChange> change =
      SettleItem(std::move(*item), *std::move(events), **catalog, call.now());
  if (!change.ok()) return change.status();
  const v1::Case& before = change->before.row;
  change->row.set_merged_into(request.into());
  change->release_unit = true;
  if (HoldsUnit(before) && !HoldsUnit(into->row) && !into->row.closed() &&
      into->row.entitlement() == before.entitlement()) {
    change->unit_to = request.into();
  }
  absl::Status status = StoreItems(call, tx, absl::MakeSpan(&*change, 1));
  if (!status.ok()) return status;
  if (!change->unit_to.empty()) {
    into->row.set_unit_state(before.unit_state());
    status = storage::CaseTable().UpdateDerived(tx, into->row);
    if (!status.ok()) return status;
  }
  return change->row;
}

}  // namespace

absl::StatusOr<v1::Case> MergeCases(Call& call,
                                    const v1::MergeCasesRequest& request) {
  if (request.name() == request.into()) {
    return errors::FieldInvalid("into", ErrorReason::SAME,
                                "is the case itself; name another");
  }
  return call.Write<v1::Case>(
      [&](storage::Transaction& tx) { return Merge(call, tx, request); });
}

}  // namespace charter::services

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "server/services/items/event_convert.h"
#include "server/services/items/item.h"
#include "server/services/items/settlement.h"
#include "server/services/shared/errors.h"
#include "server/services/shared/time_convert.h"
#include "server/sla/clock/settle.h"

namespace charter::services {
namespace {

sla::Instant AsOf(const Item& item, absl::Time now) {
  const sla::Instant at = sla::Instant::From(now);
  return item.row.has_evaluate_time()
             ? std::max(at, ToInstant(item.row.evaluate_time()))
             : at;
}

}  // namespace

void FillRow(const sla::Evaluation& evaluation, const Catalog& catalog,
             v1::Case* row) {
  FillCase(evaluation.fields, catalog, row);
  row->set_process_version(evaluation.process);
  row->clear_next_target_time();
  row->set_violated(false);
  // Opened again, it is an item of its own.
  if (!row->closed()) row->clear_merged_into();
  std::optional<sla::Instant> target;
  for (const sla::Milestone& milestone : evaluation.milestones) {
    if (milestone.violated) row->set_violated(true);
    if (milestone.state == sla::MilestoneState::kRunning &&
        milestone.target_time && !milestone.violated &&
        (!target || *milestone.target_time < *target)) {
      target = milestone.target_time;
    }
  }
  if (target) *row->mutable_next_target_time() = ToProto(*target);
  *row->mutable_evaluate_time() = ToProto(evaluation.as_of);
}

absl::StatusOr<ItemChange> SettleItem(Item item,
                                      std::vector<v1::CaseEvent> added,
                                      const Catalog& catalog, absl::Time now) {
  sla::Instant as_of = AsOf(item, now);
  const bool created = !item.stored;
  const bool timers_due =
      item.next_due.has_value() && *item.next_due <= as_of.ToAbsl();
  std::vector<v1::CaseEvent> kept = added;
  Settlement settlement(std::move(item), catalog, now);
  // E2: what was due before this write is told on the history known until now.
  absl::Status status;
  if (!created && !added.empty() && timers_due)
    status = settlement.Settle(as_of);
  if (status.ok()) {
    for (const v1::CaseEvent& event : added) {
      as_of = std::max(as_of, ToInstant(event.occur_time()));
    }
    settlement.Append(std::move(added));
    status = settlement.Settle(as_of);
  }
  if (status.ok()) return settlement.Finish();
  const absl::Status explained = catalog.Explain(status);
  if (explained != status) return explained;
  if (created) {
    return absl::IsOutOfRange(status)
               ? errors::NoOpenTime("its hours")
               : errors::Precondition(ErrorReason::EVALUATION_FAILED, "case",
                                      status.message());
  }
  return settlement.Park(status, std::move(kept));
}

absl::StatusOr<ItemChange> RecalculateItem(Item item, const Catalog& catalog,
                                           absl::Time now) {
  const bool lost = item.transitions.empty();
  sla::Instant told = item.row.has_evaluate_time()
                          ? ToInstant(item.row.evaluate_time())
                          : sla::Instant::From(now);
  sla::Instant as_of = told;
  for (const v1::CaseEvent& event : item.events) {
    as_of = std::max(as_of, ToInstant(event.record_time()));
  }
  Settlement settlement(std::move(item), catalog, now);
  absl::Status status = lost ? settlement.Restore(told) : absl::OkStatus();
  if (status.ok()) status = settlement.Settle(as_of);
  ItemChange change = status.ok()
                          ? settlement.Finish()
                          : settlement.Park(catalog.Explain(status), {});
  change.recalculated = true;
  return change;
}

absl::StatusOr<sla::Evaluation> EvaluateItem(const Item& item,
                                             const Catalog& catalog,
                                             absl::Time as_of) {
  absl::StatusOr<sla::Settled> settled =
      sla::Settle(ToHistory(item.row, item.events, catalog), catalog.processes,
                  catalog.calendars, sla::Instant::From(as_of));
  if (!settled.ok()) return catalog.Explain(settled.status());
  return std::move(settled->evaluation);
}

}  // namespace charter::services

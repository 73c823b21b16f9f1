// Work items in memory: what is stored of them, and what a write or a timer
// makes of it. Loading and storing are in few statements, however many items.
#ifndef CHARTER_SERVER_SERVICES_ITEMS_ITEM_H_
#define CHARTER_SERVER_SERVICES_ITEMS_ITEM_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "charter/v1/case.pb.h"
#include "charter/v1/event_service.pb.h"
#include "charter/v1/milestone.pb.h"
#include "charter/v1/task.pb.h"
#include "server/services/catalog/catalog.h"
#include "server/services/shared/call.h"
#include "server/sla/clock/evaluation.h"
#include "storage/records/actions.h"
#include "storage/records/transitions.h"
#include "storage/table/table.h"

namespace charter::services {

// An item as it is stored. The history is the truth; everything else is
// computed from it (architecture.md, choice 2).
struct Item {
  v1::Case row;
  std::optional<absl::Time> next_due;  // of its wake-up
  std::vector<v1::CaseEvent>
      events;  // in the order in which they were recorded
  std::vector<v1::Milestone> milestones;
  std::vector<storage::TransitionRecord> transitions;
  bool stored = true;  // false: it is being created
};

// Loads items in order of name; those that don't exist are left out. Four
// statements.
absl::StatusOr<std::vector<Item>> LoadItems(storage::Transaction& tx,
                                            absl::Span<const std::string> names,
                                            storage::Lock lock);
// Loads and locks one for a write. NOT_FOUND also when it is deleted;
// ETAG_MISMATCH when `etag` is given and not the present one.
absl::StatusOr<Item> LoadForWrite(storage::Transaction& tx,
                                  absl::string_view name,
                                  absl::string_view etag);
// Its row and history alone: what Get, Explain and Timeline evaluate.
absl::StatusOr<Item> LoadForRead(storage::Transaction& tx,
                                 absl::string_view name);

// The name of a part of the event `field`, or of the request itself where that
// is empty.
std::string PartOf(absl::string_view field, absl::string_view part);

// Puts `event` in its place in time (E1): fills in `occur_time`, `record_time`,
// `actor` and a key where there is none. EVENT_TIME_INVALID before the item's
// creation or far ahead of the server; HISTORY_FULL. `field` names the event in
// the request; empty: the request itself says what happened.
absl::Status PlaceEvent(Call& call, const Item& item, int added_before,
                        absl::string_view field, v1::CaseEvent* event);

// What becomes of an item: the difference that is stored.
struct ItemChange {
  Item before;
  v1::Case row;
  std::optional<absl::Time> next_due;
  std::vector<v1::CaseEvent>
      added;  // to the history, those of actions included
  std::vector<v1::Milestone> milestones;
  std::vector<storage::TransitionRecord> transitions;  // new ones
  // Transitions that were told before and whose rows were lost: stored, but
  // neither told nor acted upon again.
  std::vector<storage::TransitionRecord> restored;
  std::vector<std::string> superseded;  // keys of stored ones
  std::vector<v1::Task> tasks;
  std::vector<v1::Action> actions;
  std::vector<std::string> hours;  // the sets that its clocks use
  int64_t generation = 0;          // of the catalogue it was evaluated with
  // Effect keys of actions that ran though, as it turned out, their moment
  // never came (E9).
  std::vector<std::string> stale_effects;
  bool evaluated = true;  // false: see row.evaluation_error
  // Of an item that is being opened: what its entitlement's allotment counts;
  // unspecified: it has none.
  v1::Allotment::Unit allotment_unit = v1::Allotment::UNIT_UNSPECIFIED;
  // The unit that it took of an allotment is given back, used or not (C5);
  // `unit_to`: to this item, of the same entitlement, which holds none.
  bool release_unit = false;
  std::string unit_to;
  // Everything derived is written, also what looks as it was: the hours with
  // their generation (B9) and the wake-up.
  bool recalculated = false;
};

// Settles the item on the history known until now, appends `added`, settles
// again (E2), and compares with what is stored (E9, K6). Pure: `now` is the
// call's instant. An item that cannot be evaluated keeps its last good state
// and says so in `evaluation_error` (K7); one that is being created is refused,
// and so is any whose hours or process this server cannot use
// (DEFINITION_UNUSABLE).
absl::StatusOr<ItemChange> SettleItem(Item item,
                                      std::vector<v1::CaseEvent> added,
                                      const Catalog& catalog, absl::Time now);

// Computes everything derived anew, from the history and the catalogue as it
// is now, as of the item's last evaluation; what was due since then is the
// wake-ups' (choice 3). So an item that nothing changed for stays as it is, and
// rows that were lost come back the same: milestones, transitions with their
// revisions, the wake-up, the hours, and what the row shows. Of transitions,
// publish_time alone cannot come back for those of timers: it is then the
// transition's own instant. They are taken for lost when the item has none at
// all; else a difference is a correction, and is told (E9).
absl::StatusOr<ItemChange> RecalculateItem(Item item, const Catalog& catalog,
                                           absl::Time now);

// Whether anything but the hours' generation is to be stored.
bool Differs(const ItemChange& change);

// The item as of an instant, from its history alone; nothing is stored.
// DEFINITION_UNUSABLE as in SettleItem.
absl::StatusOr<sla::Evaluation> EvaluateItem(const Item& item,
                                             const Catalog& catalog,
                                             absl::Time as_of);
// The row as the evaluation has it.
void FillRow(const sla::Evaluation& evaluation, const Catalog& catalog,
             v1::Case* row);

// Writes the changes, their units (units.h), wake-ups, tasks and actions, and
// puts what is to be published on the feed.
absl::Status StoreItems(Call& call, storage::Transaction& tx,
                        absl::Span<ItemChange> changes);

// For an item that can be neither loaded nor stored: says so on its row
// (`evaluation_error`) and on the feed, and takes away what would have a job
// try it again at once: its wake-up, and the age of its hours.
absl::Status ParkItem(Call& call, storage::Transaction& tx,
                      absl::string_view name, absl::string_view why);

}  // namespace charter::services

#endif  // CHARTER_SERVER_SERVICES_ITEMS_ITEM_H_

// How one write, timer or recalculation settles an item: private to this
// folder, see item.h.
#ifndef CHARTER_SERVER_SERVICES_ITEMS_SETTLEMENT_H_
#define CHARTER_SERVER_SERVICES_ITEMS_SETTLEMENT_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "server/services/catalog/catalog.h"
#include "server/services/items/item.h"
#include "server/sla/clock/evaluation.h"
#include "server/sla/clock/history.h"
#include "server/sla/clock/reconcile.h"

namespace charter::services {

// Gathers what the settlements of one transaction change and publish.
class Settlement {
 public:
  Settlement(Item item, const Catalog& catalog, absl::Time now);

  void Append(std::vector<v1::CaseEvent> events);
  // Evaluates as of an instant, applies what fired, and notes what differs from
  // what is stored.
  absl::Status Settle(sla::Instant as_of);

  // For an item whose transitions are gone: makes them anew, as the writes and
  // timers of the past did, each on the history that was known then (E2), with
  // their revisions. They were told through `told` and are not told again, nor
  // does anything act again. When a timer was told is not in the history: it
  // gets its own instant.
  absl::Status Restore(sla::Instant told);

  // The change; call one of them, once. Park keeps the last good state: the
  // events are recorded, and nothing is computed (K7).
  ItemChange Finish();
  ItemChange Park(const absl::Status& why, std::vector<v1::CaseEvent> added);

 private:
  // Tells the difference between what is stored and `evaluation`, at `told`.
  absl::Status Replay(sla::Instant as_of, std::optional<absl::Time> told);
  storage::TransitionRecord Record(const sla::Revision& revision,
                                   absl::Time now);
  void Publish(const sla::Revision& revision);
  void Act(const sla::Transition& firing, const v1::Transition& transition);
  void Do(const v1::MilestoneAction& action, const std::string& effect_key,
          const v1::Transition& transition);
  std::string Text(const std::string& text,
                   const v1::Transition& transition) const;

  const Catalog& catalog_;
  const absl::Time now_;
  ItemChange change_;
  sla::History history_;
  sla::Evaluation evaluation_;
  // The last revision of each key.
  std::vector<sla::StoredTransition> stored_;
  int next_number_ = 1;
};

}  // namespace charter::services

#endif  // CHARTER_SERVER_SERVICES_ITEMS_SETTLEMENT_H_

// Clocks and what happened to them, from the engine to the wire.
#ifndef CHARTER_SERVER_SERVICES_ITEMS_MILESTONE_CONVERT_H_
#define CHARTER_SERVER_SERVICES_ITEMS_MILESTONE_CONVERT_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "charter/v1/case.pb.h"
#include "charter/v1/case_service.pb.h"
#include "charter/v1/milestone.pb.h"
#include "server/services/catalog/catalog.h"
#include "server/sla/clock/evaluation.h"
#include "server/sla/clock/explain.h"
#include "server/sla/clock/reconcile.h"
#include "storage/records/transitions.h"

namespace charter::services {

// `cases/{case}/milestones/{milestone}` of the engine's id of a clock. The id's
// own marks are written so that the name needs no escaping; very long ids,
// which only cascades of actions make, by their hash.
std::string MilestoneName(absl::string_view case_name,
                          absl::string_view instance);

// The clock of that name, or null.
const sla::Milestone* FindMilestone(const sla::Evaluation& evaluation,
                                    absl::string_view case_name,
                                    absl::string_view milestone_name);

v1::Milestone ToProto(const sla::Milestone& milestone,
                      const sla::Evaluation& evaluation, const v1::Case& item,
                      const Catalog& catalog);
// All clocks of an item, in the order in which they were made.
std::vector<v1::Milestone> ToProto(const sla::Evaluation& evaluation,
                                   const v1::Case& item,
                                   const Catalog& catalog);

// What a stored row says of `now`, at which nothing happened to it since: its
// elapsed, remaining and violated (api.md on lists).
void Advance(const Catalog& catalog, absl::Time now, v1::Milestone* milestone);

v1::Transition ToProto(const sla::Transition& transition,
                       const sla::Evaluation& evaluation,
                       absl::string_view case_name);

// A row for storage, and back as Reconcile takes it. `now`: when it is
// published.
storage::TransitionRecord ToRecord(const sla::Revision& revision,
                                   const sla::Evaluation& evaluation,
                                   absl::string_view case_name, absl::Time now);
sla::StoredTransition FromRecord(const storage::TransitionRecord& record);

v1::ClockStretch ToProto(const sla::Stretch& stretch);

}  // namespace charter::services

#endif  // CHARTER_SERVER_SERVICES_ITEMS_MILESTONE_CONVERT_H_

// Which entitlement an item gets that names none: what OpenCase,
// EstimateTargets, TestAssignmentRules and ChangeEntitlement share (C6).
#ifndef CHARTER_SERVER_SERVICES_CASES_ASSIGN_ITEM_H_
#define CHARTER_SERVER_SERVICES_CASES_ASSIGN_ITEM_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "charter/v1/case.pb.h"
#include "server/services/cases/open_item.h"
#include "server/services/catalog/assignment_rules.h"
#include "server/services/catalog/catalog.h"
#include "server/services/entitlements/assign.h"

namespace charter::services {

// Asks `rules`, which are compiled for `schema`, of `item` as it is opened at
// `occur_time` by `parties`. The result points into `rules` and `parties`.
// FIELD_INVALID for a field of the item, under `case`.
absl::StatusOr<Assignment> AssignItem(const Catalog& catalog,
                                      absl::Span<const CompiledRule> rules,
                                      const AssignmentSchema& schema,
                                      const v1::Case& item,
                                      absl::Time occur_time,
                                      const Parties& parties, AskRules ask);

// The entitlement that an item, as it is now, gets when it is assigned anew at
// `at`; empty: a rule leaves it without. ENTITLEMENT_NOT_ELIGIBLE where none
// holds and no rule decides.
absl::StatusOr<std::string> AssignAgain(storage::Transaction& tx,
                                        const Catalog& catalog,
                                        const v1::Case& item, absl::Time at);

// FAILED_PRECONDITION DEFINITION_UNUSABLE when this server cannot ask a stored
// rule that is not disabled: it may be the one that decides.
absl::Status CheckRulesUsable(const Catalog& catalog);

}  // namespace charter::services

#endif  // CHARTER_SERVER_SERVICES_CASES_ASSIGN_ITEM_H_

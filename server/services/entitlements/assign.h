// Which entitlement an item gets that is opened without one, by which rule
// (C6). Values in, values out.
#ifndef CHARTER_SERVER_SERVICES_ENTITLEMENTS_ASSIGN_H_
#define CHARTER_SERVER_SERVICES_ENTITLEMENTS_ASSIGN_H_

#include <vector>

#include "absl/types/span.h"
#include "charter/v1/entitlement.pb.h"
#include "server/services/catalog/assignment_rules.h"
#include "server/sla/expression/value.h"

namespace charter::services {

// What became of one rule.
struct RuleOutcome {
  enum class Result {
    kDecides,
    kComesTooLate,  // an earlier one decided
    kConditionFalse,
    kNoEntitlement,  // no eligible one meets it
    kDisabled,
  };
  const CompiledRule* rule = nullptr;
  Result result = Result::kDisabled;
  // What it assigns, or would have; null: nothing.
  const v1::Entitlement* entitlement = nullptr;
};

struct Assignment {
  // Of those that were asked, in order.
  std::vector<RuleOutcome> outcomes;
  // The rule that decided; null: none did, and the first in rank is taken.
  const CompiledRule* rule = nullptr;
  // What the item gets; null: none.
  const v1::Entitlement* entitlement = nullptr;
};

enum class AskRules { kUntilOneDecides, kAll };

// `rules`: in order. `item`: as it is opened, without an entitlement.
// `eligible`: the entitlements that hold for it, in order of rank. The result
// points into `rules` and `eligible`.
Assignment Assign(absl::Span<const CompiledRule> rules,
                  const AssignmentSchema& schema, const sla::Record& item,
                  absl::Span<const v1::Entitlement> eligible, AskRules ask);

}  // namespace charter::services

#endif  // CHARTER_SERVER_SERVICES_ENTITLEMENTS_ASSIGN_H_

#include "server/services/entitlements/assign.h"

namespace charter::services {
namespace {

using Result = RuleOutcome::Result;

// The first in rank that meets the rule; null: none does.
const v1::Entitlement* FirstThatMeets(
    const CompiledRule& rule, const AssignmentSchema& schema,
    const sla::Record& item, absl::Span<const v1::Entitlement> eligible) {
  if (!rule.entitlement_condition.has_value())
    return eligible.empty() ? nullptr : &eligible.front();
  sla::Record record = item;
  for (const v1::Entitlement& entitlement : eligible) {
    schema.Fill(entitlement, rule.entitlement_condition->slots(), &record);
    if (rule.entitlement_condition->Evaluate(record)) return &entitlement;
  }
  return nullptr;
}

// As if no rule were before it.
RuleOutcome Ask(const CompiledRule& rule, const AssignmentSchema& schema,
                const sla::Record& item,
                absl::Span<const v1::Entitlement> eligible) {
  if (rule.disabled) return {&rule, Result::kDisabled};
  if (rule.condition.has_value() && !rule.condition->Evaluate(item))
    return {&rule, Result::kConditionFalse};
  if (rule.leave_unassigned) return {&rule, Result::kDecides};
  const v1::Entitlement* found = FirstThatMeets(rule, schema, item, eligible);
  return {&rule, found == nullptr ? Result::kNoEntitlement : Result::kDecides,
          found};
}

}  // namespace

Assignment Assign(absl::Span<const CompiledRule> rules,
                  const AssignmentSchema& schema, const sla::Record& item,
                  absl::Span<const v1::Entitlement> eligible, AskRules ask) {
  Assignment assignment;
  if (!eligible.empty()) assignment.entitlement = &eligible.front();
  for (const CompiledRule& rule : rules) {
    RuleOutcome outcome = Ask(rule, schema, item, eligible);
    if (outcome.result == Result::kDecides) {
      if (assignment.rule == nullptr) {
        assignment.rule = &rule;
        assignment.entitlement = outcome.entitlement;
      } else {
        outcome.result = Result::kComesTooLate;
      }
    }
    assignment.outcomes.push_back(outcome);
    if (ask == AskRules::kUntilOneDecides && assignment.rule != nullptr) break;
  }
  return assignment;
}

}  // namespace charter::services

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/services/cases/assign_item.h"
#include "server/services/cases/cases.h"
#include "server/services/cases/open_item.h"
#include "server/services/shared/errors.h"
#include "server/services/shared/field_mask.h"
#include "server/services/shared/time_convert.h"

namespace charter::services {
namespace {

using Outcome = v1::AssignmentRuleOutcome;

Outcome::Result ToProto(RuleOutcome::Result result) {
  switch (result) {
    case RuleOutcome::Result::kDecides:
      return Outcome::DECIDES;
    case RuleOutcome::Result::kComesTooLate:
      return Outcome::COMES_TOO_LATE;
    case RuleOutcome::Result::kConditionFalse:
      return Outcome::CONDITION_FALSE;
    case RuleOutcome::Result::kNoEntitlement:
      return Outcome::NO_ENTITLEMENT;
    case RuleOutcome::Result::kDisabled:
      return Outcome::DISABLED;
  }
  return Outcome::RESULT_UNSPECIFIED;
}

v1::TestAssignmentRulesResponse ToResponse(const Assignment& assignment) {
  v1::TestAssignmentRulesResponse response;
  for (const RuleOutcome& outcome : assignment.outcomes) {
    Outcome& told = *response.add_outcomes();
    told.set_assignment_rule(outcome.rule->name);
    told.set_display_name(outcome.rule->display_name);
    told.set_result(ToProto(outcome.result));
    if (outcome.entitlement != nullptr)
      told.set_entitlement(outcome.entitlement->name());
  }
  if (assignment.rule != nullptr)
    response.set_assignment_rule(assignment.rule->name);
  if (assignment.entitlement != nullptr)
    response.set_entitlement(assignment.entitlement->name());
  return response;
}

// The rules of the request, as they would be stored.
absl::StatusOr<std::vector<CompiledRule>> CompileAsked(
    const v1::TestAssignmentRulesRequest& request,
    const AssignmentSchema& schema) {
  std::vector<CompiledRule> rules;
  FieldViolations violations;
  for (int i = 0; i < request.rules_size(); ++i) {
    rules.push_back(CompileRule(request.rules(i), schema,
                                absl::StrCat("rules[", i, "]"), &violations));
  }
  if (!violations.empty()) return violations.ToStatus();
  SortRules(&rules);
  return rules;
}

absl::StatusOr<v1::TestAssignmentRulesResponse> Ask(
    storage::Transaction& tx, const Catalog& catalog,
    const v1::TestAssignmentRulesRequest& request, absl::Time as_of) {
  v1::Case item = request.case_();
  ClearOutputOnly(&item);
  absl::StatusOr<Parties> parties = FindParties(tx, catalog, as_of, &item);
  if (!parties.ok()) return parties.status();
  const auto ask = [&](const std::vector<CompiledRule>& rules,
                       const AssignmentSchema& schema)
      -> absl::StatusOr<v1::TestAssignmentRulesResponse> {
    absl::StatusOr<Assignment> assignment = AssignItem(
        catalog, rules, schema, item, as_of, *parties, AskRules::kAll);
    if (!assignment.ok()) return assignment.status();
    v1::TestAssignmentRulesResponse response = ToResponse(*assignment);
    *response.mutable_verification() = *parties->verification;
    // What the item is refused for once it has its entitlement.
    if (assignment->entitlement != nullptr)
      parties->entitlement = *assignment->entitlement;
    absl::Status opens = MakeOpened(*parties, catalog, as_of, &item).status();
    if (!opens.ok()) return opens;
    return response;
  };
  if (request.rules_size() > 0) {
    const AssignmentSchema schema(catalog.authoring_schema);
    absl::StatusOr<std::vector<CompiledRule>> rules =
        CompileAsked(request, schema);
    if (!rules.ok()) return rules.status();
    return ask(*rules, schema);
  }
  if (absl::Status usable = CheckRulesUsable(catalog); !usable.ok())
    return usable;
  return ask(catalog.assignment_rules, catalog.assignment_schema);
}

}  // namespace

absl::StatusOr<v1::TestAssignmentRulesResponse> TestAssignmentRules(
    Call& call, const v1::TestAssignmentRulesRequest& request) {
  if (!request.case_().entitlement().empty()) {
    return errors::FieldInvalid(
        "case.entitlement", ErrorReason::NOT_ALLOWED,
        "rules are asked of an item without one: leave it out, or ask "
        "VerifyEntitlement about it");
  }
  const absl::Time as_of =
      request.has_as_of() ? ToTime(request.as_of()) : call.now();
  absl::StatusOr<v1::TestAssignmentRulesResponse> response =
      v1::TestAssignmentRulesResponse();
  absl::Status status =
      call.Read([&](storage::Transaction& tx) -> absl::Status {
        PrefetchParties(tx, request.case_());
        absl::StatusOr<std::shared_ptr<const Catalog>> catalog =
            call.services().catalog->Get(tx);
        if (!catalog.ok()) return catalog.status();
        response = Ask(tx, **catalog, request, as_of);
        return response.status();
      });
  if (!status.ok()) return status;
  return response;
}

}  // namespace charter::services

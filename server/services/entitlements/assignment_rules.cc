#include "server/services/catalog/assignment_rules.h"

#include <memory>

#include "server/services/catalog/catalog.h"
#include "server/services/entitlements/entitlements.h"
#include "server/services/shared/errors.h"
#include "server/services/shared/resources.h"
#include "storage/records/generations.h"
#include "storage/sql/errors.h"
#include "storage/table/resource_tables.h"

namespace charter::services {
namespace {

constexpr size_t kMostRules = 200;

Resource<v1::AssignmentRule> Rules() {
  return {storage::AssignmentRuleTable(), "assignmentRules", "assignment_rule"};
}

bool SaysTheSame(const v1::AssignmentRule& a, const v1::AssignmentRule& b) {
  return a.condition() == b.condition() &&
         a.entitlement_condition() == b.entitlement_condition() &&
         a.leave_unassigned() == b.leave_unassigned();
}

auto Check(Call& call) {
  return [&call](storage::Transaction& tx, const v1::AssignmentRule* before,
                 v1::AssignmentRule& rule) -> absl::Status {
    absl::StatusOr<std::shared_ptr<const Catalog>> catalog =
        call.services().catalog->Get(tx);
    if (!catalog.ok()) return catalog.status();
    // One that does not compile any more can still be disabled.
    if (before == nullptr || !SaysTheSame(*before, rule)) {
      FieldViolations violations;
      (void)CompileRule(rule, AssignmentSchema((*catalog)->authoring_schema),
                        "assignment_rule", &violations);
      if (!violations.empty()) return violations.ToStatus();
    }
    if (before == nullptr &&
        (*catalog)->assignment_rules.size() >= kMostRules) {
      return errors::LimitReached("assignment rules", kMostRules,
                                  "delete one that is not needed, or join "
                                  "conditions by || into one rule");
    }
    // Edits wait for each other here. What the rule was checked against, and
    // how many there are, must be as it was.
    absl::StatusOr<int64_t> generation =
        storage::BumpGeneration(tx, rule.name());
    if (!generation.ok()) return generation.status();
    if (*generation == (*catalog)->generation + 1) return absl::OkStatus();
    return storage::StorageError(storage::ErrorKind::kConflict,
                                 "the catalogue changed meanwhile");
  };
}

}  // namespace

absl::StatusOr<v1::AssignmentRule> GetAssignmentRule(
    Call& call, const v1::GetAssignmentRuleRequest& request) {
  return GetResource(call, Rules(), request.name());
}

absl::StatusOr<v1::ListAssignmentRulesResponse> ListAssignmentRules(
    Call& call, const v1::ListAssignmentRulesRequest& request) {
  return ListResources(call, Rules(), request,
                       &v1::ListAssignmentRulesResponse::add_assignment_rules);
}

absl::StatusOr<v1::AssignmentRule> CreateAssignmentRule(
    Call& call, const v1::CreateAssignmentRuleRequest& request) {
  return CreateResource<v1::AssignmentRule>(
      call, Rules(), request.assignment_rule(), request.assignment_rule_id(),
      Check(call));
}

absl::StatusOr<v1::AssignmentRule> UpdateAssignmentRule(
    Call& call, const v1::UpdateAssignmentRuleRequest& request) {
  return UpdateResource<v1::AssignmentRule>(call, Rules(),
                                            request.assignment_rule(),
                                            request.update_mask(), Check(call));
}

absl::StatusOr<google::protobuf::Empty> DeleteAssignmentRule(
    Call& call, const v1::DeleteAssignmentRuleRequest& request) {
  return RemoveResource(
      call, Rules(), request,
      [](storage::Transaction& tx, const v1::AssignmentRule& rule) {
        return storage::BumpGeneration(tx, rule.name()).status();
      });
}

}  // namespace charter::services

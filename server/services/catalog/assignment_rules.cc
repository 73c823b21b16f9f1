#include "server/services/catalog/assignment_rules.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "server/sla/clock/item_schema.h"
#include "storage/table/resource_tables.h"

namespace charter::services {
namespace {

// An expression of a rule; nullopt when it is empty or wrong.
std::optional<sla::Expression> Parse(absl::string_view text,
                                     const AssignmentSchema& schema,
                                     const std::string& path,
                                     FieldViolations* violations) {
  if (text.empty()) return std::nullopt;
  absl::StatusOr<sla::Expression> parsed =
      sla::Expression::Parse(text, schema.fields(), sla::Usage::kLevel);
  if (parsed.ok()) return *std::move(parsed);
  violations->Add(path, ErrorReason::CRITERIA_SYNTAX,
                  parsed.status().message());
  return std::nullopt;
}

}  // namespace

AssignmentSchema::AssignmentSchema(const sla::Schema& item) : fields_(item) {
  const sla::Schema& filters =
      storage::EntitlementTable().binding().filter_schema();
  of_filters_.assign(item.size(), -1);
  for (int i = 0; i < filters.size(); ++i) {
    sla::Field field = filters.field(i);
    field.name = absl::StrCat("entitlement.", field.name);
    const int slot = fields_.Add(std::move(field));
    of_filters_.resize(fields_.size(), -1);
    of_filters_[slot] = i;
  }
  of_filters_[sla::ItemSlot::kEntitlement] = *filters.Find("name");
}

bool AssignmentSchema::IsOfEntitlement(int slot) const {
  return of_filters_[slot] >= 0;
}

void AssignmentSchema::Fill(const v1::Entitlement& entitlement,
                            const std::vector<int>& slots,
                            sla::Record* record) const {
  const storage::TableBinding& binding = storage::EntitlementTable().binding();
  sla::Record own;
  record->resize(fields_.size());
  for (int slot : slots) {
    const int of_filter = of_filters_[slot];
    if (of_filter < 0) continue;
    binding.ToRecord(entitlement, binding.filter_schema(), {of_filter}, &own);
    (*record)[slot] = std::move(own[of_filter]);
  }
}

CompiledRule CompileRule(const v1::AssignmentRule& rule,
                         const AssignmentSchema& schema, absl::string_view path,
                         FieldViolations* violations) {
  CompiledRule compiled;
  compiled.name = rule.name();
  compiled.display_name = rule.display_name();
  compiled.order = rule.order();
  compiled.disabled = rule.disabled();
  compiled.leave_unassigned = rule.leave_unassigned();
  const std::string condition = absl::StrCat(path, ".condition");
  compiled.condition = Parse(rule.condition(), schema, condition, violations);
  if (compiled.condition.has_value()) {
    for (int slot : compiled.condition->slots()) {
      if (!schema.IsOfEntitlement(slot)) continue;
      violations->Add(
          condition, ErrorReason::NO_ENTITLEMENT_YET,
          absl::StrCat("names `", schema.fields().field(slot).name,
                       "`, but an item has no entitlement yet when it is "
                       "asked: say it in entitlement_condition"));
    }
  }
  const std::string of_entitlement =
      absl::StrCat(path, ".entitlement_condition");
  compiled.entitlement_condition =
      Parse(rule.entitlement_condition(), schema, of_entitlement, violations);
  if (rule.leave_unassigned() && !rule.entitlement_condition().empty()) {
    violations->Add(of_entitlement, ErrorReason::CONTRADICTION,
                    "says which entitlement to take, and leave_unassigned to "
                    "take none: clear one of the two");
  }
  return compiled;
}

void SortRules(std::vector<CompiledRule>* rules) {
  std::stable_sort(rules->begin(), rules->end(),
                   [](const CompiledRule& a, const CompiledRule& b) {
                     return std::tie(a.order, a.name) <
                            std::tie(b.order, b.name);
                   });
}

}  // namespace charter::services

#include "server/services/cases/assign_item.h"

#include "server/services/items/event_convert.h"
#include "server/sla/clock/item_fields.h"

namespace charter::services {

absl::StatusOr<Assignment> AssignItem(const Catalog& catalog,
                                      absl::Span<const CompiledRule> rules,
                                      const AssignmentSchema& schema,
                                      const v1::Case& item,
                                      absl::Time occur_time,
                                      const Parties& parties, AskRules ask) {
  if (rules.empty()) return Assign(rules, schema, {}, parties.eligible, ask);
  v1::Case opened = item;
  absl::StatusOr<v1::CaseEvent> created =
      MakeCreated(parties, "", catalog, occur_time, "case", &opened);
  if (!created.ok()) return created.status();
  const sla::Event event = ToEvent(*created, 1, catalog);
  sla::ItemFields fields;
  fields.Apply(event);
  return Assign(rules, schema, fields.record(), parties.eligible, ask);
}

absl::Status CheckRulesUsable(const Catalog& catalog) {
  if (catalog.unusable.empty()) return absl::OkStatus();
  for (const CompiledRule& rule : catalog.assignment_rules) {
    if (rule.disabled) continue;
    if (absl::Status usable = catalog.CheckUsable(rule.name); !usable.ok())
      return usable;
  }
  return absl::OkStatus();
}

}  // namespace charter::services

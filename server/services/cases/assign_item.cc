#include "server/services/cases/assign_item.h"

#include "server/services/entitlements/verify.h"
#include "server/services/items/event_convert.h"
#include "server/services/items/units.h"
#include "server/services/shared/resources.h"
#include "server/services/shared/time_convert.h"
#include "server/sla/clock/item_fields.h"
#include "storage/table/resource_tables.h"

namespace charter::services {
namespace {

// `created`: the event that opens the item.
Assignment Ask(const Catalog& catalog, absl::Span<const CompiledRule> rules,
               const AssignmentSchema& schema, const v1::CaseEvent& created,
               absl::Span<const v1::Entitlement> eligible, AskRules ask) {
  const sla::Event event = ToEvent(created, 1, catalog);
  sla::ItemFields fields;
  fields.Apply(event);
  return Assign(rules, schema, fields.record(), eligible, ask);
}

// As if the item were opened with the fields that it has, without an
// entitlement.
v1::CaseEvent OpenedAgain(const Catalog& catalog, const v1::Account& account,
                          const v1::Case& item, absl::Time at) {
  v1::CaseEvent event;
  *event.mutable_occur_time() = ToProto(at);
  v1::CaseCreated& created = *event.mutable_created();
  *created.mutable_case_() = item;
  created.mutable_case_()->clear_entitlement();
  created.set_status_category(CategoryOf(catalog, item.status()));
  *created.mutable_context() = ContextOf(account, nullptr);
  return event;
}

}  // namespace

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
  return Ask(catalog, rules, schema, *created, parties.eligible, ask);
}

absl::StatusOr<std::string> AssignAgain(storage::Transaction& tx,
                                        const Catalog& catalog,
                                        const v1::Case& item, absl::Time at) {
  if (absl::Status usable = CheckRulesUsable(catalog); !usable.ok())
    return usable;
  Question question = QuestionOf(item, at);
  if (HoldsUnit(item)) question.unit_of = item.entitlement();
  tx.Prefetch([&](storage::Transaction& ahead) {
    (void)storage::AccountTable().Get(ahead, item.account());
    PrefetchVerify(ahead, question);
  });
  absl::StatusOr<v1::Account> account =
      Existing(tx, storage::AccountTable(), item.account(), "account");
  if (!account.ok()) return account.status();
  absl::StatusOr<Verdict> verdict = Verify(tx, catalog, question);
  if (!verdict.ok()) return verdict.status();
  const Assignment assignment =
      Ask(catalog, catalog.assignment_rules, catalog.assignment_schema,
          OpenedAgain(catalog, *account, item, at), verdict->eligible,
          AskRules::kUntilOneDecides);
  if (assignment.entitlement != nullptr) return assignment.entitlement->name();
  if (assignment.rule != nullptr) return std::string();
  return NoneEligible(item.account(), ToResponse(*verdict),
                      "name one in `entitlement` instead of reassign");
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

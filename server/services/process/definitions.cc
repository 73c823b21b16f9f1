#include "server/services/process/definitions.h"

#include <type_traits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/table/resource_tables.h"

namespace charter::services {
namespace {

template <typename Message>
absl::Status VisitAll(
    storage::Transaction& tx, const storage::Table<Message>& table,
    std::type_identity_t<absl::FunctionRef<absl::Status(const Message& row)>>
        visit) {
  storage::ListQuery query;
  query.page_size = storage::kMaxPageSize;
  do {
    absl::StatusOr<storage::ListPage<Message>> page = table.List(tx, query);
    if (!page.ok()) return page.status();
    for (const Message& row : page->rows) {
      if (absl::Status status = visit(row); !status.ok()) return status;
    }
    query.after = page->next;
  } while (!query.after.empty());
  return absl::OkStatus();
}

// Hours named by a definition must exist.
void CheckHoursNames(const Catalog& catalog,
                     const v1::ProcessDefinition& definition,
                     absl::string_view path, FieldViolations* violations) {
  const auto check = [&](const std::string& hours, const std::string& at) {
    if (!hours.empty() && !catalog.HasHours(hours)) {
      violations->Add(at, ErrorReason::NOT_FOUND,
                      "names no business hours that exist");
    }
  };
  check(definition.business_hours(), absl::StrCat(path, ".business_hours"));
  for (int i = 0; i < definition.milestones_size(); ++i) {
    check(definition.milestones(i).business_hours(),
          absl::StrCat(path, ".milestones[", i, "].business_hours"));
  }
}

}  // namespace

absl::StatusOr<CheckedDefinition> CheckDefinition(
    storage::Transaction& tx, const Catalog& catalog,
    const v1::ProcessDefinition& definition, absl::string_view version,
    absl::string_view name, absl::string_view path) {
  std::vector<std::string> names;
  for (const v1::MilestonePlacement& placement : definition.milestones()) {
    names.push_back(placement.milestone_type());
  }
  CheckedDefinition checked;
  if (!names.empty()) {
    absl::StatusOr<std::vector<v1::MilestoneType>> types =
        storage::MilestoneTypeTable().BatchGet(tx, names);
    if (!types.ok()) return types.status();
    checked.milestone_types = *std::move(types);
  }
  ProcessContext context;
  context.schema = &catalog.authoring_schema;
  context.status_categories = &catalog.status_categories;
  for (const v1::MilestoneType& type : checked.milestone_types) {
    context.milestone_types[type.name()] = type;
  }
  FieldViolations violations;
  CheckHoursNames(catalog, definition, path, &violations);
  checked.process =
      ToProcess(definition, version, name, context, path, &violations);
  if (!violations.empty()) return violations.ToStatus();
  return checked;
}

absl::Status ForEachDefinition(
    storage::Transaction& tx,
    absl::FunctionRef<absl::Status(const std::string& name,
                                   const v1::ProcessDefinition&)>
        visit) {
  const auto definition_of = [&](const auto& row) {
    return visit(row.name(), row.definition());
  };
  absl::Status status =
      VisitAll(tx, storage::EntitlementProcessTable(), definition_of);
  if (!status.ok()) return status;
  return VisitAll(tx, storage::EntitlementProcessVersionTable(), definition_of);
}

absl::Status CheckNoRuleSays(
    storage::Transaction& tx, absl::string_view name,
    absl::FunctionRef<bool(const std::string& expression)> says) {
  return VisitAll(
      tx, storage::AssignmentRuleTable(), [&](const v1::AssignmentRule& rule) {
        return says(rule.condition()) || says(rule.entitlement_condition())
                   ? errors::ResourceInUse(name, rule.name())
                   : absl::OkStatus();
      });
}

std::vector<std::string> ExpressionsOf(
    const v1::ProcessDefinition& definition) {
  std::vector<std::string> all = {
      definition.entry_criteria(), definition.stop_criteria(),
      definition.exit_criteria(), definition.start_field()};
  for (const v1::MilestonePlacement& placement : definition.milestones()) {
    all.push_back(placement.criteria());
    all.push_back(placement.completion_criteria());
    all.push_back(placement.pause_criteria());
    for (const v1::TargetRule& rule : placement.target_rules())
      all.push_back(rule.when());
  }
  return all;
}

}  // namespace charter::services

#include "storage/table/resource_tables.h"

namespace charter::storage {

const Table<v1::AssignmentRule>& AssignmentRuleTable() {
  static const auto* const table = new Table<v1::AssignmentRule>({
      .table = "assignment_rules",
      .renamed = {{"order", "rule_order"}, {"condition", "rule_condition"}},
      .blob = {"annotations"},
      .leads = {{}},
      .shared = true,
  });
  return *table;
}

}  // namespace charter::storage

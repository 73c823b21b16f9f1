#include "storage/table/resource_tables.h"

namespace charter::storage {

std::vector<const TableBinding*> AllTables() {
  return {&AccountTable().binding(),
          &ContactTable().binding(),
          &ProductTable().binding(),
          &AssetTable().binding(),
          &PriceBookEntryTable().binding(),
          &ServiceContractTable().binding(),
          &ContractLineItemTable().binding(),
          &ContractTemplateTable().binding(),
          &BusinessHoursTable().binding(),
          &BusinessHoursVersionTable().binding(),
          &MilestoneTypeTable().binding(),
          &ItemStatusTable().binding(),
          &AttributeDefinitionTable().binding(),
          &EntitlementProcessTable().binding(),
          &EntitlementProcessVersionTable().binding(),
          &EntitlementTable().binding(),
          &EntitlementTemplateTable().binding(),
          &ProductEntitlementTemplateTable().binding(),
          &AssignmentRuleTable().binding(),
          &EntitlementVerdictTable().binding(),
          &CaseTable().binding(),
          &MilestoneTable().binding(),
          &TaskTable().binding()};
}

}  // namespace charter::storage

#include "storage/table/resource_tables.h"

namespace charter::storage {

const Table<v1::ContractTemplate>& ContractTemplateTable() {
  static const auto* const table = new Table<v1::ContractTemplate>({
      .table = "contract_templates",
      .null_when_empty = {"external_id"},
      .blob = {"annotations", "additional_discount", "lines"},
      .leads = {{{"external_id"}}, {}},
      .unique = {{"contract_templates_external_id", "external_id"}},
  });
  return *table;
}

}  // namespace charter::storage

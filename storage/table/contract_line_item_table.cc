#include "storage/table/resource_tables.h"

namespace charter::storage {

const Table<v1::ContractLineItem>& ContractLineItemTable() {
  static const auto* const table = new Table<v1::ContractLineItem>({
      .table = "contract_line_items",
      .null_when_empty = {"external_id"},
      .blob = {"annotations", "quantity", "list_price", "unit_price",
               "discount", "subtotal", "total_price"},
      // Computed for the instant of the answer (C3).
      .not_stored = {"status"},
      .hidden = {{"next_due_us", ColumnKind::kInteger}},
      .leads = {{{"line_number"}},
                {{"external_id"}, {"account"}},
                {{"asset"}},
                {{"parent"}},
                {{"root"}},
                {{"service_contract"}},
                {{"account"}},
                {{"product"}},
                {}},
      .unique = {{"contract_line_items_external_id", "external_id"},
                 {"contract_line_items_line_number", "line_number"}},
  });
  return *table;
}

}  // namespace charter::storage

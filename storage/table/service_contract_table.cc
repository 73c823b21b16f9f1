#include "storage/table/resource_tables.h"

namespace charter::storage {

const Table<v1::ServiceContract>& ServiceContractTable() {
  static const auto* const table = new Table<v1::ServiceContract>({
      .table = "service_contracts",
      .null_when_empty = {"external_id"},
      .blob = {"annotations", "additional_discount", "tax", "shipping",
               "subtotal", "discount", "total_price", "net_price",
               "grand_total", "billing_address", "shipping_address",
               "contract_template"},
      // Computed for the instant of the answer (C3).
      .not_stored = {"status"},
      .hidden = {{"next_due_us", ColumnKind::kInteger},
                 {"last_line", ColumnKind::kInteger}},
      .leads = {{{"contract_number"}},
                {{"external_id"}, {"account"}},
                {{"parent"}},
                {{"root"}},
                {{"account"}},
                {.range = "end_date"},
                {}},
      .unique = {{"service_contracts_external_id", "external_id"},
                 {"service_contracts_contract_number", "contract_number"}},
  });
  return *table;
}

}  // namespace charter::storage

#include "storage/table/resource_tables.h"

namespace charter::storage {

const Table<v1::EntitlementVerdict>& EntitlementVerdictTable() {
  static const auto* const table = new Table<v1::EntitlementVerdict>({
      .table = "entitlement_verdicts",
      .blob = {"candidates"},
      .leads = {{{"entitlement"}}, {{"account"}}, {{"actor"}}, {}},
  });
  return *table;
}

}  // namespace charter::storage

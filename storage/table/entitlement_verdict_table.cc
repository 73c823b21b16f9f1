#include "storage/table/resource_tables.h"

namespace charter::storage {

const Table<v1::EntitlementVerdict>& EntitlementVerdictTable() {
  static const auto* const table = new Table<v1::EntitlementVerdict>({
      .table = "entitlement_verdicts",
      .renamed = {{"case", "case_name"}},
      .blob = {"candidates"},
      .leads =
          {{{"case_name"}}, {{"entitlement"}}, {{"account"}}, {{"actor"}}, {}},
  });
  return *table;
}

}  // namespace charter::storage

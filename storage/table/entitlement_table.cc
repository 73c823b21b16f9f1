#include "storage/table/resource_tables.h"

namespace charter::storage {

const Table<v1::Entitlement>& EntitlementTable() {
  static const auto* const table = new Table<v1::Entitlement>({
      .table = "entitlements",
      .null_when_empty = {"external_id"},
      .blob = {"annotations", "allotment"},
      // Computed for the instant of the answer (C3).
      .not_stored = {"status"},
      .children = {{"contacts", "entitlement_contacts", "entitlement",
                    "contact"}},
      .leads = {{{"external_id"}, {"account"}},
                {{"account"}},
                {{"process"}},
                {{"business_hours"}},
                {}},
      .unique = {{"entitlements_external_id", "external_id"}},
  });
  return *table;
}

}  // namespace charter::storage

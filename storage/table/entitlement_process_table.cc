#include "storage/table/resource_tables.h"
#include "storage/table/version_columns.h"

namespace charter::storage {

const Table<v1::EntitlementProcess>& EntitlementProcessTable() {
  static const auto* const table =
      new Table<v1::EntitlementProcess>({.table = "entitlement_processes",
                                         .ids = {"published_version"},
                                         .blob = {"annotations", "definition"},
                                         .leads = {{}},
                                         .shared = true});
  return *table;
}

const Table<v1::EntitlementProcessVersion>& EntitlementProcessVersionTable() {
  static const auto* const table = new Table<v1::EntitlementProcessVersion>(
      {.table = "entitlement_process_versions",
       .blob = {"definition", "milestone_types"},
       .hidden = VersionColumns(),
       .leads = VersionLeads(),
       .shared = true});
  return *table;
}

}  // namespace charter::storage

#include "storage/table/resource_tables.h"
#include "storage/table/version_columns.h"

namespace charter::storage {

const Table<v1::BusinessHours>& BusinessHoursTable() {
  static const auto* const table =
      new Table<v1::BusinessHours>({.table = "business_hours",
                                    .blob = {"annotations", "definition"},
                                    .leads = {{}},
                                    .shared = true});
  return *table;
}

const Table<v1::BusinessHoursVersion>& BusinessHoursVersionTable() {
  static const auto* const table =
      new Table<v1::BusinessHoursVersion>({.table = "business_hours_versions",
                                           .blob = {"definition"},
                                           .hidden = VersionColumns(),
                                           .leads = VersionLeads(),
                                           .shared = true});
  return *table;
}

}  // namespace charter::storage

#include "storage/table/resource_tables.h"

namespace charter::storage {

const Table<v1::MilestoneType>& MilestoneTypeTable() {
  static const auto* const table =
      new Table<v1::MilestoneType>({.table = "milestone_types",
                                    .blob = {"annotations"},
                                    .leads = {{}},
                                    .shared = true});
  return *table;
}

}  // namespace charter::storage

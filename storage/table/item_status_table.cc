#include "storage/table/resource_tables.h"

namespace charter::storage {

const Table<v1::ItemStatus>& ItemStatusTable() {
  static const auto* const table =
      new Table<v1::ItemStatus>({.table = "item_statuses",
                                 .blob = {"annotations"},
                                 .leads = {{}},
                                 .shared = true});
  return *table;
}

}  // namespace charter::storage

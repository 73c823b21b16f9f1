#include "storage/table/resource_tables.h"

namespace charter::storage {

const Table<v1::Product>& ProductTable() {
  static const auto* const table = new Table<v1::Product>({
      .table = "products",
      .null_when_empty = {"external_id"},
      .blob = {"annotations"},
      .leads =
          {{{"external_id"}}, {{"product_code"}}, {{"sku"}}, {{"family"}}, {}},
      .shared = true,
      .unique = {{"products_external_id", "external_id"}},
  });
  return *table;
}

}  // namespace charter::storage

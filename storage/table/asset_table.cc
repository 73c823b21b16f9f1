#include "storage/table/resource_tables.h"

namespace charter::storage {

const Table<v1::Asset>& AssetTable() {
  static const auto* const table = new Table<v1::Asset>({
      .table = "assets",
      .null_when_empty = {"external_id"},
      .blob = {"annotations", "owner", "price", "competitor_product",
               "internal", "address"},
      .leads = {{{"external_id"}, {"account"}},
                {{"serial_number"}},
                {{"parent"}},
                {{"root"}},
                {{"account"}},
                {{"product"}},
                {}},
      .unique = {{"assets_external_id", "external_id"}},
  });
  return *table;
}

}  // namespace charter::storage

#include "storage/table/resource_tables.h"

namespace charter::storage {

const Table<v1::Account>& AccountTable() {
  static const auto* const table = new Table<v1::Account>({
      .table = "accounts",
      .null_when_empty = {"external_id"},
      .blob = {"annotations", "phone", "website", "billing_address",
               "shipping_address"},
      .leads = {{{"name"}},
                {{"external_id"}},
                {{"parent"}},
                {{"tier"}},
                {{"business_hours"}},
                {}},
      .owner = "name",
      .unique = {{"accounts_external_id", "external_id"}},
  });
  return *table;
}

}  // namespace charter::storage

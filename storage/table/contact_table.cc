#include "storage/table/resource_tables.h"

namespace charter::storage {

const Table<v1::Contact>& ContactTable() {
  static const auto* const table = new Table<v1::Contact>({
      .table = "contacts",
      .null_when_empty = {"external_id"},
      .blob = {"annotations", "mobile_phone", "title", "department",
               "mailing_address"},
      .leads = {{{"external_id"}, {"account"}}, {{"email"}}, {{"account"}}, {}},
      .own_of_contact = "name = :confined_contact",
      .unique = {{"contacts_external_id", "external_id"}},
  });
  return *table;
}

}  // namespace charter::storage

#include "storage/table/resource_tables.h"

namespace charter::storage {

const Table<v1::AttributeDefinition>& AttributeDefinitionTable() {
  static const auto* const table =
      new Table<v1::AttributeDefinition>({.table = "attribute_definitions",
                                          .blob = {"annotations", "values"},
                                          .leads = {{}},
                                          .shared = true});
  return *table;
}

}  // namespace charter::storage

#include "storage/table/resource_tables.h"

namespace charter::storage {

const Table<v1::Task>& TaskTable() {
  static const auto* const table = new Table<v1::Task>({
      .table = "tasks",
      .renamed = {{"case", "case_name"}},
      .ids = {"account"},
      // An effect makes its task once (K6).
      .null_when_empty = {"effect_key"},
      .blob = {"annotations"},
      .leads = {{{"case_name"}}, {{"owner"}}, {}},
      .unique = {{"tasks_effect_key", "effect_key"}},
  });
  return *table;
}

}  // namespace charter::storage

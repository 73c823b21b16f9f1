#include "tests/storage/records/case_rows.h"

#include <vector>

namespace charter::storage {

absl::Status InsertCaseRow(Transaction& tx, absl::string_view name,
                           std::optional<absl::Time> due) {
  std::vector<absl::string_view> columns = {"name"};
  std::vector<Value> row = {name};
  for (absl::string_view text :
       {"account", "contact", "asset", "product", "entitlement", "subject",
        "description", "status", "type", "origin", "reason", "owner", "parent",
        "business_hours", "process_version", "evaluation_error"}) {
    columns.push_back(text);
    row.push_back("");
  }
  for (absl::string_view number :
       {"row_version", "kind", "priority", "closed", "stopped", "reopen_count",
        "violated", "evaluation_error_set", "event_count"}) {
    columns.push_back(number);
    row.push_back(0);
  }
  columns.push_back("next_due_us");
  row.push_back(due.has_value() ? Value(absl::ToUnixMicros(*due)) : Value());
  return tx.InsertRows("cases", columns, {row});
}

}  // namespace charter::storage

#include "server/sla/clock/item_schema.h"

#include <utility>

namespace charter::sla {

const std::vector<std::string>& StatusCategories() {
  static const auto& categories = *new std::vector<std::string>{
      "NEW", "OPEN", "WAITING_CUSTOMER", "WAITING_OTHER", "RESOLVED", "CLOSED"};
  return categories;
}

Schema MakeItemSchema(std::vector<std::string> statuses) {
  Schema schema;
  // In the order of ItemSlot.
  schema.Add({"account", Type::kString, {}});
  schema.Add({"contact", Type::kString, {}});
  schema.Add({"asset", Type::kString, {}});
  schema.Add({"product", Type::kString, {}});
  schema.Add({"entitlement", Type::kString, {}});
  schema.Add({"subject", Type::kString, {}});
  schema.Add({"description", Type::kString, {}});
  schema.Add({"status", Type::kString, std::move(statuses)});
  schema.Add({"status_category", Type::kString, StatusCategories()});
  schema.Add({"priority", Type::kNumber, {}});
  schema.Add({"type", Type::kString, {}});
  schema.Add({"origin", Type::kString, {}});
  schema.Add({"reason", Type::kString, {}});
  schema.Add({"owner", Type::kString, {}});
  schema.Add({"parent", Type::kString, {}});
  schema.Add({"business_hours", Type::kString, {}});
  schema.Add({"external_id", Type::kString, {}});
  schema.Add({"create_time", Type::kInstant, {}});
  schema.Add({"is_closed", Type::kBool, {}});
  schema.Add({"is_stopped", Type::kBool, {}});
  schema.Add({"unanswered_since", Type::kInstant, {}});
  schema.Add({"last_inbound_time", Type::kInstant, {}});
  schema.Add({"last_outbound_time", Type::kInstant, {}});
  schema.Add({"reopen_count", Type::kNumber, {}});
  return schema;
}

}  // namespace charter::sla

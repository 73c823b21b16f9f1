#include <cstdint>
#include <limits>

#include "storage/table/resource_tables.h"

namespace charter::storage {
namespace {

// In order of target; those without one come last.
Value TargetOrder(const google::protobuf::Message& message) {
  const auto& milestone = static_cast<const v1::Milestone&>(message);
  if (!milestone.has_target_time())
    return Value(std::numeric_limits<int64_t>::max());
  return Value(milestone.target_time().seconds() * 1000000 +
               milestone.target_time().nanos() / 1000);
}

}  // namespace

const Table<v1::Milestone>& MilestoneTable() {
  static const auto* const table = new Table<v1::Milestone>({
      .table = "milestones",
      .renamed = {{"case", "case_name"}},
      .ids = {"case", "account", "milestone_type", "process_version",
              "business_hours"},
      .hidden = {{"target_order", ColumnKind::kInteger, &TargetOrder}},
      .leads = {{{"case_name"}},
                {{"account"}, {"target_order"}},
                {{"state"}, {"target_order"}},
                {{"violated"}, {"target_order"}},
                {{"milestone_type"}},
                {}},
  });
  return *table;
}

}  // namespace charter::storage

// Assignment rules as clients write them, compiled.
#ifndef CHARTER_SERVER_SERVICES_CATALOG_ASSIGNMENT_RULES_H_
#define CHARTER_SERVER_SERVICES_CATALOG_ASSIGNMENT_RULES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "charter/v1/assignment_rule.pb.h"
#include "charter/v1/entitlement.pb.h"
#include "server/services/shared/errors.h"
#include "server/sla/expression/expression.h"
#include "server/sla/expression/schema.h"
#include "server/sla/expression/value.h"

namespace charter::services {

// The fields that an `entitlement_condition` may name: those of the item, and
// the entitlement's own, `entitlement.NAME`, as filters of ListEntitlements
// name them. `entitlement`, which an item has that is assigned, is its name.
class AssignmentSchema {
 public:
  AssignmentSchema() = default;
  // `item`: the schema of items, whose slots stay what they are.
  explicit AssignmentSchema(const sla::Schema& item);

  const sla::Schema& fields() const { return fields_; }
  // Whether a field in this slot says something of the entitlement.
  bool IsOfEntitlement(int slot) const;
  // Sets those of `slots` that do, in a record of an item.
  void Fill(const v1::Entitlement& entitlement, const std::vector<int>& slots,
            sla::Record* record) const;

 private:
  sla::Schema fields_;
  // By slot, the slot of the filters' schema; -1: a field of the item.
  std::vector<int> of_filters_;
};

// One rule, ready to be asked.
struct CompiledRule {
  std::string name;
  std::string display_name;
  int32_t order = 0;
  bool disabled = false;
  bool leave_unassigned = false;
  std::optional<sla::Expression> condition;              // none: always holds
  std::optional<sla::Expression> entitlement_condition;  // none: always met
};

// What is wrong with the rule is added to `violations` under `path`
// ("assignment_rule"). The result is only good when nothing was added.
CompiledRule CompileRule(const v1::AssignmentRule& rule,
                         const AssignmentSchema& schema, absl::string_view path,
                         FieldViolations* violations);

// Puts them into the order in which they are asked: by `order`, then by name.
// Those without a name stay in the order in which they were given.
void SortRules(std::vector<CompiledRule>* rules);

}  // namespace charter::services

#endif  // CHARTER_SERVER_SERVICES_CATALOG_ASSIGNMENT_RULES_H_

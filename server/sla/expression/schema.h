#ifndef CHARTER_SERVER_SLA_EXPRESSION_SCHEMA_H_
#define CHARTER_SERVER_SLA_EXPRESSION_SCHEMA_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "server/sla/expression/value.h"

namespace charter::sla {

// A field that expressions may name.
struct Field {
  std::string name;  // as an expression writes it: "priority",
                     // "attributes.site", "account.tier"
  Type type = Type::kString;
  std::vector<std::string>
      values;  // the known values of an enum or status; empty: any
};

// The names that expressions may use, each with its type and its slot in a
// Record.
class Schema {
 public:
  // Adds a field, or returns the slot of the one of that name.
  int Add(Field field);
  // The slot of a field, or nullopt.
  std::optional<int> Find(absl::string_view name) const;
  const Field& field(int slot) const { return fields_[slot]; }
  int size() const { return static_cast<int>(fields_.size()); }

 private:
  std::vector<Field> fields_;
  absl::flat_hash_map<std::string, int> slots_;
};

}  // namespace charter::sla

#endif  // CHARTER_SERVER_SLA_EXPRESSION_SCHEMA_H_

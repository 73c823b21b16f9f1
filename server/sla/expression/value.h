#ifndef CHARTER_SERVER_SLA_EXPRESSION_VALUE_H_
#define CHARTER_SERVER_SLA_EXPRESSION_VALUE_H_

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "server/sla/time.h"

namespace charter::sla {

// The types a field or a literal may have (E0, X1).
enum class Type { kString, kNumber, kBool, kDate, kInstant, kDuration };

// A value of a field; monostate is "not set". Enums and statuses are their ids
// as strings.
using Value = std::variant<std::monostate, std::string, double, bool, Date,
                           Instant, Duration>;

// Whether the field has a value.
inline bool IsSet(const Value& v) { return v.index() != 0; }

// The fields of an item at one moment, by the slot that the schema gave each.
using Record = std::vector<Value>;

}  // namespace charter::sla

#endif  // CHARTER_SERVER_SLA_EXPRESSION_VALUE_H_

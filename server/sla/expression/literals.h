#ifndef CHARTER_SERVER_SLA_EXPRESSION_LITERALS_H_
#define CHARTER_SERVER_SLA_EXPRESSION_LITERALS_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "server/sla/expression/value.h"

// The texts inside timestamp(), duration() and date(), and values as text.
namespace charter::sla {

// RFC 3339 with a zone, years 0001 to 9999, truncated to the microsecond (T1).
std::optional<Instant> ParseInstant(absl::string_view text);

// Numbers with h, m, s, ms, us or ns, as in 3h30m or -1.5h, within 10,000
// years, truncated to the microsecond.
std::optional<Duration> ParseDuration(absl::string_view text);

// YYYY-MM-DD, years 0001 to 9999.
std::optional<Date> ParseDate(absl::string_view text);

// A value that is set, as an expression writes it. Times are in UTC.
std::string ToText(const Value& value);

}  // namespace charter::sla

#endif  // CHARTER_SERVER_SLA_EXPRESSION_LITERALS_H_

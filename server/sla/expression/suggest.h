#ifndef CHARTER_SERVER_SLA_EXPRESSION_SUGGEST_H_
#define CHARTER_SERVER_SLA_EXPRESSION_SUGGEST_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace charter::sla {

// The candidate that a person who wrote `word` most likely meant: one that ends
// in ".word", or the nearest within a third of its letters (case aside), the
// first of equals. Empty when none is near.
std::string Nearest(absl::string_view word,
                    const std::vector<std::string>& candidates);

// `text` in double quotes for an error message: control characters escaped, and
// cut when it is long, so that no message grows with its input.
std::string Quoted(absl::string_view text);

}  // namespace charter::sla

#endif  // CHARTER_SERVER_SLA_EXPRESSION_SUGGEST_H_

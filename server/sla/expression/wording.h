#ifndef CHARTER_SERVER_SLA_EXPRESSION_WORDING_H_
#define CHARTER_SERVER_SLA_EXPRESSION_WORDING_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "server/sla/expression/value.h"

// The words of error messages.
namespace charter::sla {

// The candidate that a person who wrote `word` most likely meant: one that ends
// in ".word", or the nearest within a third of its letters (case aside), the
// first of equals. Empty when none is near.
std::string Nearest(absl::string_view word,
                    const std::vector<std::string>& candidates);

// `text` in double quotes for an error message: control characters escaped, and
// cut when it is long, so that no message grows with its input.
std::string Quoted(absl::string_view text);

// "; there are a, b, …": as many of the names as a message bears; of none,
// nothing.
std::string ThereAre(const std::vector<std::string>& names);

// ": did you mean "nearest"?", or nothing when `nearest` is empty.
std::string DidYouMean(absl::string_view nearest);

// "a string", "an instant" ….
absl::string_view TypeName(Type type);

// How a literal of the type is written.
absl::string_view Example(Type type);

}  // namespace charter::sla

#endif  // CHARTER_SERVER_SLA_EXPRESSION_WORDING_H_

// What an agent typed while a caller was speaking, read as what to look for.
#ifndef CHARTER_SERVER_SEARCH_QUERY_H_
#define CHARTER_SERVER_SEARCH_QUERY_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace charter::search {

// Words that a text may have.
inline constexpr size_t kMostWords = 8;

// Something that must be met, in one of these ways; those that are empty are
// none. Normal forms (terms.h), each of which may be a beginning only.
struct Clause {
  std::string word;
  std::string number;
  std::string address;
  std::vector<std::string> phones;
  // The last part of a resource's name: "4711" of `cases/4711`.
  std::string id;

  friend bool operator==(const Clause&, const Clause&) = default;
};

struct Query {
  // A text may be meant in several ways: "X 200" is two words, or one number.
  // Whoever meets every clause of one of them is found. Empty: the text has
  // neither letter nor digit.
  std::vector<std::vector<Clause>> readings;
  // How many words the text has.
  size_t words = 0;
};

Query ParseQuery(absl::string_view text);

}  // namespace charter::search

#endif  // CHARTER_SERVER_SEARCH_QUERY_H_

// Whether somebody is who an agent typed, and where to look for them.
#ifndef CHARTER_SERVER_SERVICES_DIRECTORY_CALLER_MATCH_H_
#define CHARTER_SERVER_SERVICES_DIRECTORY_CALLER_MATCH_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "server/search/query.h"
#include "server/services/shared/caller_terms.h"
#include "storage/records/search_terms.h"

namespace charter::services {

// A clause, and the words of names that are one typing error away from its.
struct Wanted {
  search::Clause clause;
  std::vector<std::string> corrections = {};
};
using Reading = std::vector<Wanted>;

// How well something is met; the better the greater.
enum class Match { kNone, kCorrected, kBegins, kWhole };

// How well a resource of this name and these terms meets a clause.
Match MatchOf(const Wanted& wanted, absl::string_view name, const Terms& terms);

// Ranges of terms with the clause that each is for; kPhrase: for two.
struct Search {
  static constexpr size_t kPhrase = SIZE_MAX;
  struct Purpose {
    size_t reading = 0;
    size_t clause = 0;
  };
  // At most so many.
  static constexpr size_t kMostRanges = 256;
  bool cut = false;  // there would have been more
  std::vector<storage::TermRange> ranges;
  std::vector<Purpose> purposes;  // of the ranges
};

// Where those are who meet one of the clauses, or two that follow each other;
// with `corrected` by a correction, else without. Within `account` unless that
// is empty.
Search SearchFor(const std::vector<Reading>& readings, bool corrected,
                 absl::string_view account);

// Adds the same for what is of an account, by those clauses alone that the
// account's own terms do not meet.
void AddSearchWithin(const std::vector<Reading>& readings,
                     absl::string_view account, const Terms& terms,
                     Search* search);

}  // namespace charter::services

#endif  // CHARTER_SERVER_SERVICES_DIRECTORY_CALLER_MATCH_H_

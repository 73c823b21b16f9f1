// Text as it is compared when a caller is looked for: a person is found however
// the agent spells it.
#ifndef CHARTER_SERVER_SEARCH_FOLD_H_
#define CHARTER_SERVER_SEARCH_FOLD_H_

#include <string>

#include "absl/strings/string_view.h"

namespace charter::search {

// UTF-8 without case and accents: Unicode's NFKC_Casefold (UAX #31), then
// without the marks that its canonical decomposition sets apart, then the
// letters of Latin that have no decomposition by their nearest: "Łukasz
// Ødegård" is "lukasz odegard", "GROẞ" and "groß" are "gross". Octets that are
// no UTF-8 are left out. Folding twice changes nothing.
std::string Fold(absl::string_view text);

}  // namespace charter::search

#endif  // CHARTER_SERVER_SEARCH_FOLD_H_

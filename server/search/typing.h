// Words with one typing error.
#ifndef CHARTER_SERVER_SEARCH_TYPING_H_
#define CHARTER_SERVER_SEARCH_TYPING_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace charter::search {

// Letters of the shortest word that is also looked for with an error: most
// shorter ones are one error away from another word.
inline constexpr int kFewestLetters = 5;

// Whether one becomes the other by one character more, one less, another one,
// or two neighbours changed about; or not at all. Characters are code points.
bool WithinOneError(absl::string_view a, absl::string_view b);

// What words within one error of each other share: the word itself and the word
// less each of its characters, each once. Words that share a shape may still be
// two errors apart, so WithinOneError decides. Empty for a word of fewer than
// kFewestLetters - 1 letters: no word that counts is within one error of it.
//
// Method: symmetric deletion, as in Garbe's SymSpell (2012). It turns the
// search for similar words into look-ups of equal ones.
std::vector<std::string> ShapesOf(absl::string_view word);

}  // namespace charter::search

#endif  // CHARTER_SERVER_SEARCH_TYPING_H_

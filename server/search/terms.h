// By which terms a caller is found. The same functions make the terms of what
// is stored and of what the agent types, so that both agree.
//
// The tables for them are in storage/migrations/*/0004_caller_search.sql: a
// search (query.h) is a range of terms that begin alike, which two engines
// answer alike, as their own full-text indexes would not.
#ifndef CHARTER_SERVER_SEARCH_TERMS_H_
#define CHARTER_SERVER_SEARCH_TERMS_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace charter::search {

// Octets of a term, which is cut there at the end of a character: what is
// longer is found by its beginning.
inline constexpr size_t kLongestTerm = 64;
// The same of a whole name.
inline constexpr size_t kLongestName = 255;
// By so many of its words a name is found.
inline constexpr size_t kMostNameForms = 16;

// The words of a name, folded: runs of letters and digits of any script, each
// once, in order of appearance. "Ann-Marie O'Hara" is ann, marie, o, hara.
std::vector<std::string> WordsOf(absl::string_view text);

// The forms by which a name is found: its words, parted by spaces, once for
// each of them with that word first and those before it last; and the same with
// words that only a sign parts written as one. So a word, or two that follow
// each other, are the beginning of a form. "Ann O'Hara" is "ann o hara", "o
// hara ann", "hara ann o" and "ohara ann".
std::vector<std::string> NameFormsOf(absl::string_view text);

// The normal form of a serial, contract or case number: its letters and digits,
// folded. "X-200/17" and "x200 17" are "x20017". Empty: it has none.
std::string NumberOf(absl::string_view text);

// The normal form of an e-mail address: folded, without spaces around it.
std::string AddressOf(absl::string_view text);

// The forms of a telephone number in any notation, the most telling first: its
// digits without a leading "+", "00", "0" or "(0)"; and of one that begins with
// "+" or "00" also without its first one, two and three digits, since a country
// code has as many. So "+43 (0)1 58801", "0043 1 58801" and "01/588 01" share
// "158801". Empty: fewer than 3 digits.
std::vector<std::string> PhoneFormsOf(absl::string_view text);

}  // namespace charter::search

#endif  // CHARTER_SERVER_SEARCH_TERMS_H_

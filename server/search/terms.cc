#include "server/search/terms.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <cstdint>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "server/search/fold.h"

namespace charter::search {
namespace {

constexpr size_t kFewestDigits = 3;
constexpr size_t kLongestCountryCode = 3;  // ITU-T E.164

// Calls `visit` with each character and whether it is a letter or a digit.
template <typename Visit>
void ForEachCharacter(absl::string_view text, const Visit& visit) {
  const auto size = static_cast<int32_t>(text.size());
  for (int32_t i = 0; i < size;) {
    const int32_t begin = i;
    UChar32 character = 0;
    U8_NEXT(text.data(), i, size, character);
    visit(text.substr(begin, i - begin),
          character >= 0 && u_isalnum(character));
  }
}

void Append(absl::string_view character, std::string* term) {
  if (term->size() + character.size() <= kLongestTerm)
    term->append(character.data(), character.size());
}

void AddOnce(std::string term, std::vector<std::string>* terms) {
  if (term.empty()) return;
  if (std::find(terms->begin(), terms->end(), term) == terms->end())
    terms->push_back(std::move(term));
}

}  // namespace

std::vector<std::string> WordsOf(absl::string_view text) {
  std::vector<std::string> words;
  std::string word;
  ForEachCharacter(Fold(text), [&](absl::string_view character, bool counts) {
    if (counts) {
      Append(character, &word);
    } else {
      AddOnce(std::exchange(word, {}), &words);
    }
  });
  AddOnce(std::move(word), &words);
  return words;
}

std::vector<std::string> NameFormsOf(absl::string_view text) {
  const std::vector<std::string> words = WordsOf(text);
  std::vector<std::string> forms;
  const auto add = [&](const std::string& first, size_t from, size_t count) {
    std::string form = first;
    for (size_t i = 0; i < count; ++i)
      absl::StrAppend(&form, " ", words[(from + i) % words.size()]);
    if (forms.size() == kMostNameForms) return;
    std::string cut;
    ForEachCharacter(form, [&](absl::string_view character, bool) {
      if (cut.size() + character.size() <= kLongestName)
        absl::StrAppend(&cut, character);
    });
    AddOnce(std::move(cut), &forms);
  };
  for (size_t i = 0; i < words.size(); ++i)
    add(words[i], i + 1, words.size() - 1);
  size_t at = 0;  // words before the token; none stands twice
  for (const absl::string_view token :
       absl::StrSplit(Fold(text), ' ', absl::SkipEmpty())) {
    const size_t parts = WordsOf(token).size();
    if (parts > 1 && at + parts <= words.size())
      add(NumberOf(token), at + parts, words.size() - parts);
    at += parts;
  }
  return forms;
}

std::string NumberOf(absl::string_view text) {
  std::string number;
  ForEachCharacter(Fold(text), [&](absl::string_view character, bool counts) {
    if (counts) Append(character, &number);
  });
  return number;
}

std::string AddressOf(absl::string_view text) {
  const std::string folded = Fold(absl::StripAsciiWhitespace(text));
  std::string address;
  ForEachCharacter(folded, [&](absl::string_view character, bool) {
    Append(character, &address);
  });
  return address;
}

std::vector<std::string> PhoneFormsOf(absl::string_view text) {
  // What is dialled only within the country, written beside its code.
  const std::string folded = absl::StrReplaceAll(Fold(text), {{"(0)", " "}});
  const absl::string_view trimmed = absl::StripAsciiWhitespace(folded);
  std::string digits;
  for (const char c : trimmed) {
    if (absl::ascii_isdigit(static_cast<unsigned char>(c))) digits += c;
  }
  const bool international =
      absl::StartsWith(trimmed, "+") || absl::StartsWith(digits, "00");
  absl::string_view rest = digits;
  while (absl::ConsumePrefix(&rest, "0")) {
  }
  std::vector<std::string> forms;
  const size_t most = international ? kLongestCountryCode : 0;
  for (size_t dropped = 0; dropped <= most; ++dropped) {
    if (rest.size() < dropped + kFewestDigits) break;
    AddOnce(std::string(rest.substr(dropped, kLongestTerm)), &forms);
  }
  return forms;
}

}  // namespace charter::search

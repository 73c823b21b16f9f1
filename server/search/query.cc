#include "server/search/query.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "server/search/fold.h"
#include "server/search/terms.h"

namespace charter::search {
namespace {

// Shorter ones would begin every other id.
constexpr size_t kShortestId = 3;

bool IsDigit(char c) {
  return absl::ascii_isdigit(static_cast<unsigned char>(c));
}

bool HasDigit(absl::string_view text) {
  return std::any_of(text.begin(), text.end(), IsDigit);
}

// Digits and what stands between them in a telephone number.
bool LooksDialled(absl::string_view token) {
  return std::all_of(token.begin(), token.end(), [](char c) {
    return IsDigit(c) || absl::StrContains(" +()/-.", c);
  });
}

std::string IdOf(absl::string_view token) {
  absl::ConsumePrefix(&token, "cases/");
  const bool fits = std::all_of(token.begin(), token.end(), [](char c) {
    return IsDigit(c) || absl::ascii_islower(static_cast<unsigned char>(c)) ||
           c == '-';
  });
  return fits && token.size() >= kShortestId ? std::string(token) : "";
}

// A token as one thing.
Clause Whole(absl::string_view token) {
  Clause clause;
  clause.number = NumberOf(token);
  clause.address = AddressOf(token);
  clause.id = IdOf(token);
  if (LooksDialled(token)) clause.phones = PhoneFormsOf(token);
  return clause;
}

void AddOnce(Clause clause, std::vector<Clause>* clauses) {
  if (std::find(clauses->begin(), clauses->end(), clause) == clauses->end())
    clauses->push_back(std::move(clause));
}

// The tokens of a text, in which the groups of a telephone number are one.
std::vector<std::string> TokensOf(absl::string_view folded) {
  std::vector<std::string> tokens;
  bool dialled = false;
  for (const absl::string_view token :
       absl::StrSplit(folded, absl::ByAnyChar(" \t\r\n"), absl::SkipEmpty())) {
    const bool dials = LooksDialled(token);
    if (dials && dialled) {
      absl::StrAppend(&tokens.back(), " ", token);
    } else {
      tokens.emplace_back(token);
    }
    dialled = dials;
  }
  return tokens;
}

// What a token may be, to be met beside the others; with `as_words` a number
// with signs in it is its words too.
void Read(const std::string& token, bool as_words,
          std::vector<Clause>* clauses) {
  const std::vector<std::string> words = WordsOf(token);
  if (words.empty()) return;
  if (absl::StrContains(token, '@')) {
    Clause address;
    address.address = AddressOf(token);
    AddOnce(std::move(address), clauses);
    return;
  }
  if (words.size() == 1 ||
      (HasDigit(token) && (!as_words || LooksDialled(token)))) {
    // Groups of digits are one number, not several addresses.
    std::string joined = token;
    joined.erase(std::remove(joined.begin(), joined.end(), ' '), joined.end());
    Clause clause = Whole(joined);
    if (words.size() == 1) clause.word = words.front();
    AddOnce(std::move(clause), clauses);
    return;
  }
  for (const std::string& word : words) {
    Clause clause;
    clause.word = word;
    AddOnce(std::move(clause), clauses);
  }
}

}  // namespace

Query ParseQuery(absl::string_view text) {
  Query query;
  query.words = WordsOf(text).size();
  const std::string folded = Fold(text);
  const std::vector<std::string> tokens = TokensOf(folded);
  const auto add = [&](std::vector<Clause> reading) {
    if (!reading.empty() &&
        std::find(query.readings.begin(), query.readings.end(), reading) ==
            query.readings.end()) {
      query.readings.push_back(std::move(reading));
    }
  };
  for (const bool as_words : {false, true}) {
    std::vector<Clause> reading;
    for (const std::string& token : tokens) Read(token, as_words, &reading);
    add(std::move(reading));
  }
  // The whole text as one number, or as one word with signs in it.
  if (query.words > 1 && (HasDigit(folded) || tokens.size() == 1) &&
      !absl::StrContains(folded, '@')) {
    Clause whole = tokens.size() == 1 ? Whole(tokens.front()) : Clause();
    whole.number = NumberOf(folded);
    whole.word = whole.number;
    add({std::move(whole)});
  }
  return query;
}

}  // namespace charter::search

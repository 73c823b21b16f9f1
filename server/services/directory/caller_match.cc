#include "server/services/directory/caller_match.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/types/span.h"

namespace charter::services {
namespace {

using storage::TermKind;
using storage::TermRange;

constexpr TermKind kNames[] = {TermKind::kAccountName, TermKind::kContactName,
                               TermKind::kContractName, TermKind::kAssetName};
// Those of what an account has.
constexpr TermKind kOfAnAccount[] = {
    TermKind::kContactName, TermKind::kContractName, TermKind::kAssetName};
// Names of whoever may call: those of two words, one of them mistyped, are
// looked for whole. What is theirs is found by either word.
constexpr TermKind kCallers[] = {TermKind::kAccountName,
                                 TermKind::kContactName};

Match Begins(absl::string_view text, absl::string_view beginning) {
  if (beginning.empty() || !absl::StartsWith(text, beginning))
    return Match::kNone;
  return text.size() == beginning.size() ? Match::kWhole : Match::kBegins;
}

Match MatchTerm(const Wanted& wanted, const storage::SearchTerm& term) {
  const search::Clause& clause = wanted.clause;
  switch (term.kind) {
    case TermKind::kNumber:
      return Begins(term.term, clause.number);
    case TermKind::kAddress:
      return Begins(term.term, clause.address);
    case TermKind::kPhone:
      // Less the digits of a country code it is another number unless whole.
      for (size_t i = 0; i < clause.phones.size(); ++i) {
        const Match match = Begins(term.term, clause.phones[i]);
        if (match == Match::kWhole || (match == Match::kBegins && i == 0))
          return match;
      }
      return Match::kNone;
    default:
      break;
  }
  // Every word of a name is the first of one of its terms.
  const absl::string_view first =
      absl::string_view(term.term).substr(0, term.term.find(' '));
  const Match match = Begins(first, clause.word);
  if (match != Match::kNone) return match;
  return std::count(wanted.corrections.begin(), wanted.corrections.end(), first)
             ? Match::kCorrected
             : Match::kNone;
}

void Add(TermRange range, Search::Purpose purpose, absl::string_view account,
         Search* search) {
  range.account = std::string(account);
  for (const TermRange& other : search->ranges) {
    if (other.kind == range.kind && other.from == range.from &&
        other.to == range.to && other.account == range.account)
      return;
  }
  if (search->ranges.size() == Search::kMostRanges) {
    search->cut = true;
    return;
  }
  search->ranges.push_back(std::move(range));
  search->purposes.push_back(purpose);
}

// `alone`: the clause is all that was typed, so that a word may be the
// beginning of an address or number too; among others it is one of a name.
void AddClause(const Wanted& wanted, absl::Span<const TermKind> names,
               bool corrected, bool alone, Search::Purpose purpose,
               absl::string_view account, Search* search) {
  for (const TermKind kind : names) {
    if (corrected) {
      for (const std::string& word : wanted.corrections)
        Add(storage::WithFirstWord(kind, word), purpose, account, search);
    } else if (!wanted.clause.word.empty()) {
      Add(storage::BeginningWith(kind, wanted.clause.word), purpose, account,
          search);
    }
  }
  if (corrected) return;
  const search::Clause& clause = wanted.clause;
  const bool word_only =
      !alone && clause.number == clause.word &&
      std::none_of(clause.word.begin(), clause.word.end(),
                   [](char c) { return c >= '0' && c <= '9'; });
  if (word_only) return;
  if (!clause.number.empty()) {
    Add(storage::BeginningWith(TermKind::kNumber, clause.number), purpose,
        account, search);
  }
  if (!clause.address.empty()) {
    Add(storage::BeginningWith(TermKind::kAddress, clause.address), purpose,
        account, search);
  }
  for (size_t i = 0; i < clause.phones.size(); ++i) {
    Add(i == 0 ? storage::BeginningWith(TermKind::kPhone, clause.phones[i])
               : storage::WithFirstWord(TermKind::kPhone, clause.phones[i]),
        purpose, account, search);
  }
}

// Names with a word of `first` before a word of `second`.
void AddPhrase(const Wanted& first, const Wanted& second, bool corrected,
               size_t reading, absl::string_view account, Search* search) {
  const auto words = [&](const Wanted& wanted) {
    std::vector<std::string> all = {wanted.clause.word};
    if (corrected)
      all.insert(all.end(), wanted.corrections.begin(),
                 wanted.corrections.end());
    return all;
  };
  if (first.clause.word.empty() || second.clause.word.empty()) return;
  const absl::Span<const TermKind> kinds =
      corrected ? absl::MakeConstSpan(kCallers) : absl::MakeConstSpan(kNames);
  const std::vector<std::string> firsts = words(first);
  const std::vector<std::string> seconds = words(second);
  for (size_t i = 0; i < firsts.size(); ++i) {
    for (size_t j = 0; j < seconds.size(); ++j) {
      // Without a correction, or with two.
      if (corrected && (i == 0) == (j == 0)) continue;
      for (const TermKind kind : kinds) {
        Add(storage::BeginningWith(kind,
                                   absl::StrCat(firsts[i], " ", seconds[j])),
            {reading, Search::kPhrase}, account, search);
      }
    }
  }
}

}  // namespace

Match MatchOf(const Wanted& wanted, absl::string_view name,
              const Terms& terms) {
  Match best = Match::kNone;
  if (absl::ConsumePrefix(&name, "cases/"))
    best = Begins(name, wanted.clause.id);
  for (const storage::SearchTerm& term : terms)
    best = std::max(best, MatchTerm(wanted, term));
  return best;
}

Search SearchFor(const std::vector<Reading>& readings, bool corrected,
                 absl::string_view account) {
  Search search;
  for (size_t r = 0; r < readings.size(); ++r) {
    const Reading& reading = readings[r];
    for (size_t c = 0; c < reading.size(); ++c)
      AddClause(reading[c], kNames, corrected, reading.size() == 1, {r, c},
                account, &search);
    for (size_t c = 1; c < reading.size(); ++c) {
      AddPhrase(reading[c - 1], reading[c], corrected, r, account, &search);
      AddPhrase(reading[c], reading[c - 1], corrected, r, account, &search);
    }
  }
  return search;
}

void AddSearchWithin(const std::vector<Reading>& readings,
                     absl::string_view account, const Terms& terms,
                     Search* search) {
  for (size_t r = 0; r < readings.size(); ++r) {
    const Reading& reading = readings[r];
    std::vector<size_t> left;
    for (size_t c = 0; c < reading.size(); ++c) {
      if (MatchOf(reading[c], account, terms) == Match::kNone)
        left.push_back(c);
    }
    if (left.size() == reading.size()) continue;  // none is of the account
    for (const size_t c : left) {
      for (const bool corrected : {false, true})
        AddClause(reading[c], kOfAnAccount, corrected, false, {r, c}, account,
                  search);
    }
  }
}

}  // namespace charter::services

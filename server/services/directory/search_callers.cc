#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "server/search/fold.h"
#include "server/search/query.h"
#include "server/search/typing.h"
#include "server/services/directory/caller_glance.h"
#include "server/services/directory/caller_match.h"
#include "server/services/directory/directory.h"
#include "server/services/shared/errors.h"
#include "server/services/shared/resources.h"
#include "storage/records/generations.h"
#include "storage/table/resource_tables.h"

namespace charter::services {
namespace {

using storage::FoundTerm;

constexpr int kDefaultCallers = 10;
constexpr int kMostCallers = 50;
// Terms of a range; within one account; cases by name.
constexpr int kMostTerms = 200;
constexpr int kMostTermsWithin = 50;
constexpr int kMostCases = 20;
// Accounts whose own are looked through.
constexpr size_t kMostAccountsWithin = 4;
// Resources that are read: of those that meet every word by what was found,
// twice as many as are shown, and where these are too few, so many of those
// that may meet the rest by what was not.
constexpr size_t kReadToShow = 2;
constexpr size_t kMostUnsure = 40;
// Words that share a shape with one that was typed, and those taken of them.
constexpr int kMostSimilar = 200;
constexpr size_t kMostCorrections = 4;

// Somebody of whom some terms were found.
struct Candidate {
  std::string account;
  Terms terms;       // found; of names each word
  std::string form;  // the first of the terms that found it
};

struct Hit {
  v1::Caller caller;
  Match match = Match::kNone;
  int order = 0;
  std::string folded;
};

// In the order in which they are shown.
int OrderOf(absl::string_view name) {
  int order = 0;
  for (const char* collection :
       {"accounts/", "contacts/", "assets/", "serviceContracts/"}) {
    if (absl::StartsWith(name, collection)) return order;
    ++order;
  }
  return order;
}

// The worst of a reading's matches is how well it is met: kNone, it is not.
// `own`, if not null, gets whether a clause is met without the account's terms.
Match MeetsAll(const Reading& reading, absl::string_view name,
               const Terms& terms, const Terms& of_account, bool* own) {
  Match worst = Match::kWhole;
  *own = false;
  for (const Wanted& wanted : reading) {
    const Match by_own = MatchOf(wanted, name, terms);
    *own |= by_own != Match::kNone;
    worst = std::min(worst, std::max(by_own, MatchOf(wanted, "", of_account)));
  }
  return worst;
}

// One search: what is found goes from the terms to the rows.
class Finder {
 public:
  // `size`: how many are shown.
  Finder(storage::Transaction& tx, const v1::SearchCallersRequest& request,
         std::vector<Reading> readings, size_t size)
      : tx_(tx),
        request_(request),
        readings_(std::move(readings)),
        size_(size) {}

  // Asks the database ahead for the first look.
  void Prefetch() {
    tx_.Prefetch([&](storage::Transaction& ahead) {
      (void)storage::ReadCatalogGeneration(ahead);
      if (!request_.account().empty())
        (void)storage::AccountTable().Get(ahead, request_.account());
      (void)storage::FindTerms(
          ahead, SearchFor(readings_, false, request_.account()).ranges,
          kMostTerms);
      (void)storage::FindCaseNames(ahead, CaseIds(), request_.account(),
                                   kMostCases);
    });
  }

  absl::Status Look(bool corrected) {
    if (corrected) {
      const absl::StatusOr<bool> found = FindCorrections();
      if (!found.ok()) return found.status();
      if (!*found) return absl::OkStatus();
    }
    absl::Status status = FindCandidates(corrected);
    if (status.ok() && request_.account().empty())
      status = LookWithinAccounts();
    return status.ok() ? ReadCandidates() : status;
  }

  size_t found() const { return hits_.size(); }

  void Fill(v1::SearchCallersResponse* response) {
    std::vector<Hit*> sorted;
    for (auto& [name, hit] : hits_) sorted.push_back(&hit);
    using Key = std::tuple<int, int, const std::string&, const std::string&>;
    const auto key = [](const Hit* hit) {
      return Key(-static_cast<int>(hit->match), hit->order, hit->folded,
                 hit->caller.name());
    };
    std::sort(sorted.begin(), sorted.end(),
              [&](const Hit* a, const Hit* b) { return key(a) < key(b); });
    if (sorted.size() > size_) {
      sorted.resize(size_);
      incomplete_ = true;
    }
    for (Hit* hit : sorted) *response->add_callers() = std::move(hit->caller);
    response->set_incomplete(incomplete_);
  }

 private:
  std::vector<std::string> CaseIds() const {
    std::set<std::string> ids;
    for (const Reading& reading : readings_) {
      for (const Wanted& wanted : reading) {
        if (!wanted.clause.id.empty()) ids.insert(wanted.clause.id);
      }
    }
    return {ids.begin(), ids.end()};
  }

  // Whether there are words that the text's may have been meant to be.
  absl::StatusOr<bool> FindCorrections() {
    std::set<std::string> shapes;
    for (const Reading& reading : readings_) {
      for (const Wanted& wanted : reading) {
        for (std::string& shape : search::ShapesOf(wanted.clause.word))
          shapes.insert(std::move(shape));
      }
    }
    if (shapes.empty()) return false;
    const absl::StatusOr<std::vector<std::string>> words = storage::FindWords(
        tx_, std::vector<std::string>(shapes.begin(), shapes.end()),
        kMostSimilar);
    if (!words.ok()) return words.status();
    bool any = false;
    for (Reading& reading : readings_) {
      for (Wanted& wanted : reading) {
        const std::string& typed = wanted.clause.word;
        for (const std::string& word : *words) {
          if (wanted.corrections.size() == kMostCorrections) break;
          // What begins with the word was found without.
          if (!typed.empty() && !absl::StartsWith(word, typed) &&
              search::WithinOneError(typed, word)) {
            wanted.corrections.push_back(word);
            any = true;
          }
        }
      }
    }
    return any;
  }

  absl::Status FindCandidates(bool corrected) {
    const Search search = SearchFor(readings_, corrected, request_.account());
    const absl::StatusOr<std::vector<FoundTerm>> found =
        storage::FindTerms(tx_, search.ranges, kMostTerms);
    if (!found.ok()) return found.status();
    AddFound(*found);
    NoteLimits(search, *found);
    if (corrected) return absl::OkStatus();
    const absl::StatusOr<std::vector<storage::CaseName>> cases =
        storage::FindCaseNames(tx_, CaseIds(), request_.account(), kMostCases);
    if (!cases.ok()) return cases.status();
    for (const storage::CaseName& one : *cases)
      candidates_[one.name].account = one.account;
    return absl::OkStatus();
  }

  void AddFound(const std::vector<FoundTerm>& found) {
    for (const FoundTerm& one : found) {
      Candidate& candidate = candidates_[one.subject];
      candidate.account = one.account;
      if (candidate.terms.empty()) candidate.form = one.term.term;
      for (const absl::string_view word : absl::StrSplit(one.term.term, ' '))
        candidate.terms.push_back({one.term.kind, std::string(word)});
    }
  }

  // A reading misses nobody of whom one of its clauses found all there are.
  void NoteLimits(const Search& search, const std::vector<FoundTerm>& found) {
    incomplete_ |= search.cut;
    std::vector<int> counts(search.ranges.size());
    for (const FoundTerm& one : found) ++counts[one.range];
    cut_.resize(readings_.size());
    for (size_t i = 0; i < counts.size(); ++i) {
      if (counts[i] == kMostTerms &&
          search.purposes[i].clause != Search::kPhrase)
        cut_[search.purposes[i].reading].insert(search.purposes[i].clause);
    }
    for (size_t r = 0; r < readings_.size(); ++r) {
      incomplete_ |= !cut_[r].empty() && cut_[r].size() == readings_[r].size();
    }
  }

  // "lee acme": whom an account has whose name was typed as well. Those that
  // meet most of the text come first.
  absl::Status LookWithinAccounts() {
    std::vector<std::tuple<int, int, std::string>> likely;
    for (const auto& [name, candidate] : candidates_) {
      if (!absl::StartsWith(name, "accounts/")) continue;
      std::pair<int, int> best = {INT32_MAX, 0};
      for (const Reading& reading : readings_) {
        std::pair<int, int> missing_and_worse = {0, 0};
        for (const Wanted& wanted : reading) {
          const Match match = MatchOf(wanted, name, candidate.terms);
          missing_and_worse.first += match == Match::kNone;
          missing_and_worse.second -= static_cast<int>(match);
        }
        best = std::min(best, missing_and_worse);
      }
      likely.emplace_back(best.first, best.second, name);
    }
    std::sort(likely.begin(), likely.end());
    Search search;
    size_t accounts = 0;
    for (const auto& [missing, worse, name] : likely) {
      const size_t before = search.ranges.size();
      AddSearchWithin(readings_, name, candidates_[name].terms, &search);
      if (search.ranges.size() == before) continue;
      if (++accounts == kMostAccountsWithin) break;
    }
    const absl::StatusOr<std::vector<FoundTerm>> found =
        storage::FindTerms(tx_, search.ranges, kMostTermsWithin);
    if (!found.ok()) return found.status();
    AddFound(*found);
    return absl::OkStatus();
  }

  // Those that meet most by what is known of them, in order of their names.
  std::vector<std::string> MostLikely() {
    struct Likely {
      int missing = 0;
      int worse = 0;
      int order = 0;
      const std::string* form = nullptr;
      const std::string* name = nullptr;
    };
    std::vector<Likely> all;
    for (const auto& [name, candidate] : candidates_) {
      if (hits_.contains(name)) continue;
      const auto account = candidates_.find(candidate.account);
      static const Terms* const none = new Terms;
      const Terms& of_account =
          account == candidates_.end() ? *none : account->second.terms;
      Likely best = {INT32_MAX, 0, OrderOf(name), &candidate.form, &name};
      for (const Reading& reading : readings_) {
        Likely one = best;
        one.missing = 0;
        one.worse = 0;
        for (const Wanted& wanted : reading) {
          const Match match = std::max(MatchOf(wanted, name, candidate.terms),
                                       MatchOf(wanted, "", of_account));
          one.missing += match == Match::kNone;
          one.worse -= static_cast<int>(match);
        }
        if (std::tie(one.missing, one.worse) <
            std::tie(best.missing, best.worse))
          best = one;
      }
      all.push_back(best);
    }
    std::sort(all.begin(), all.end(), [](const Likely& a, const Likely& b) {
      return std::tie(a.missing, a.worse, a.order, *a.form, *a.name) <
             std::tie(b.missing, b.worse, b.order, *b.form, *b.name);
    });
    std::vector<std::string> names;
    size_t sure = hits_.size();
    size_t unsure = 0;
    int cases = 0;
    for (const Likely& one : all) {
      if (one.missing == 0) {
        ++sure;
        if (names.size() >= kReadToShow * size_) {
          incomplete_ = true;
          break;
        }
      } else if (sure >= size_ || ++unsure > kMostUnsure) {
        break;
      }
      // They may be long.
      if (absl::StartsWith(*one.name, "cases/") && ++cases > kMostCases)
        continue;
      names.push_back(*one.name);
    }
    return names;
  }

  absl::Status ReadCandidates() {
    const std::vector<std::string> names = MostLikely();
    std::set<std::string> accounts;
    for (const std::string& name : names)
      accounts.insert(candidates_[name].account);
    std::map<std::string, std::vector<std::string>> by_collection;
    for (const std::string& name : names) {
      by_collection[name.substr(0, name.find('/'))].push_back(name);
    }
    const std::vector<std::string> owners(accounts.begin(), accounts.end());
    const auto read = [&](storage::Transaction& tx, auto visit) {
      absl::Status status = visit(tx, storage::AccountTable(), owners);
      if (status.ok())
        status = visit(tx, storage::ContactTable(), by_collection["contacts"]);
      if (status.ok())
        status = visit(tx, storage::AssetTable(), by_collection["assets"]);
      if (status.ok()) {
        status = visit(tx, storage::ServiceContractTable(),
                       by_collection["serviceContracts"]);
      }
      if (status.ok())
        status = visit(tx, storage::CaseTable(), by_collection["cases"]);
      return status;
    };
    tx_.Prefetch([&](storage::Transaction& ahead) {
      (void)read(ahead, [](storage::Transaction& tx, const auto& table,
                           const std::vector<std::string>& of) {
        (void)table.BatchGet(tx, of);
        return absl::OkStatus();
      });
    });
    const std::set<std::string> wanted(names.begin(), names.end());
    return read(tx_,
                [&](storage::Transaction& tx, const auto& table,
                    const std::vector<std::string>& of) -> absl::Status {
                  const auto rows = table.BatchGet(tx, of);
                  if (!rows.ok()) return rows.status();
                  for (const auto& row : *rows)
                    Take(row, wanted.contains(row.name()));
                  return absl::OkStatus();
                });
  }

  template <typename Message>
  void Take(const Message& row, bool wanted) {
    if (row.has_delete_time()) return;
    const Terms terms = TermsOf(row);
    if constexpr (std::is_same_v<Message, v1::Account>) {
      accounts_[row.name()] = {row, terms};
    }
    const auto account = accounts_.find(AccountOf(row));
    if (!wanted || account == accounts_.end()) return;
    Hit hit;
    for (const Reading& reading : readings_) {
      bool own = false;
      const Match match =
          MeetsAll(reading, row.name(), terms, account->second.terms, &own);
      if (own) hit.match = std::max(hit.match, match);
    }
    if (hit.match == Match::kNone) return;
    hit.order = OrderOf(row.name());
    v1::Caller& caller = hit.caller;
    caller.set_name(row.name());
    if constexpr (requires { row.display_name(); }) {
      caller.set_display_name(row.display_name());
    } else {
      caller.set_display_name(row.subject());
    }
    if constexpr (requires { row.contact(); })
      caller.set_contact(row.contact());
    const v1::Account& of = account->second.row;
    caller.set_account(of.name());
    caller.set_account_display_name(of.display_name());
    caller.set_account_tier(of.tier());
    caller.set_corrected(hit.match == Match::kCorrected);
    hit.folded = search::Fold(caller.display_name());
    hits_.emplace(row.name(), std::move(hit));
  }

  struct Owner {
    v1::Account row;
    Terms terms;
  };

  storage::Transaction& tx_;
  const v1::SearchCallersRequest& request_;
  std::vector<Reading> readings_;
  const size_t size_;
  std::map<std::string, Candidate> candidates_;  // by name
  std::map<std::string, Owner> accounts_;
  std::map<std::string, Hit> hits_;
  // Of each reading the clauses of which not all was looked at, in either look.
  std::vector<std::set<size_t>> cut_;
  bool incomplete_ = false;
};

absl::StatusOr<std::vector<Reading>> ReadQuery(absl::string_view text) {
  search::Query query = search::ParseQuery(text);
  if (query.readings.empty()) {
    return errors::FieldInvalid("query", ErrorReason::NO_WORD,
                                "has neither a letter nor a digit to look for");
  }
  if (query.words > search::kMostWords) {
    return errors::FieldInvalid(
        "query", ErrorReason::TOO_MANY_WORDS,
        absl::StrCat("has more than ", search::kMostWords,
                     " words; leave out the common ones"));
  }
  std::vector<Reading> readings;
  for (std::vector<search::Clause>& clauses : query.readings) {
    Reading& reading = readings.emplace_back();
    for (search::Clause& clause : clauses)
      reading.push_back({std::move(clause)});
  }
  return readings;
}

}  // namespace

absl::StatusOr<v1::SearchCallersResponse> SearchCallers(
    Call& call, const v1::SearchCallersRequest& request) {
  const absl::StatusOr<std::vector<Reading>> readings =
      ReadQuery(request.query());
  if (!readings.ok()) return readings.status();
  const int size = request.max_callers() == 0
                       ? kDefaultCallers
                       : std::min(request.max_callers(), kMostCallers);
  v1::SearchCallersResponse response;
  absl::Status status =
      call.Read([&](storage::Transaction& tx) -> absl::Status {
        response.Clear();
        Finder finder(tx, request, *readings, static_cast<size_t>(size));
        finder.Prefetch();
        if (!request.account().empty()) {
          absl::Status there = Existing(tx, storage::AccountTable(),
                                        request.account(), "account")
                                   .status();
          if (!there.ok()) return there;
        }
        absl::Status found = finder.Look(/*corrected=*/false);
        if (found.ok() && finder.found() < static_cast<size_t>(size))
          found = finder.Look(/*corrected=*/true);
        if (!found.ok()) return found;
        finder.Fill(&response);
        return response.callers().empty() ? absl::OkStatus()
                                          : FillGlance(call, tx, &response);
      });
  if (!status.ok()) return status;
  return response;
}

}  // namespace charter::services

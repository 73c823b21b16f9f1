// The terms by which callers are found (server/search/terms.h).
#ifndef CHARTER_STORAGE_RECORDS_SEARCH_TERMS_H_
#define CHARTER_STORAGE_RECORDS_SEARCH_TERMS_H_

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "storage/sql/transaction.h"

namespace charter::storage {

// Of what a term is. Numbers stand in rows: they stay.
enum class TermKind : int64_t {
  kAccountName = 1,
  kContactName = 2,
  kAssetName = 3,
  kContractName = 4,
  kNumber = 5,  // of a series, or an id in another system
  kAddress = 6,
  kPhone = 7,
};

struct SearchTerm {
  TermKind kind = TermKind::kNumber;
  std::string term;

  friend auto operator<=>(const SearchTerm&, const SearchTerm&) = default;
};

// Makes a subject's terms `before` into `after`, writing only what differs.
// `account`: whose the subject is; a subject that moves to another account is
// written whole (`before` empty after RemoveTerms).
absl::Status ReplaceTerms(Transaction& tx, absl::string_view subject,
                          absl::string_view account,
                          absl::Span<const SearchTerm> before,
                          absl::Span<const SearchTerm> after);

// Adds those that are missing: of a subject that may have some already.
struct TermRow {
  std::string subject, account;
  SearchTerm term;
};
absl::Status AddTerms(Transaction& tx, absl::Span<const TermRow> rows);

// A word and what it is found by when it is typed with an error.
struct WordShapes {
  std::string word;
  std::vector<std::string> shapes;  // the word itself is one
};
// Adds the words that are not known yet; takes no lock on those that are.
absl::Status AddWords(Transaction& tx, absl::Span<const WordShapes> words);
// Words that share one of `shapes` (1 to 1,000), at most `limit`.
absl::StatusOr<std::vector<std::string>> FindWords(
    Transaction& tx, absl::Span<const std::string> shapes, int limit);

// Terms of a kind from `from` to before `to`; of one account, or of all when it
// is empty.
struct TermRange {
  TermKind kind = TermKind::kNumber;
  std::string from, to;
  std::string account = "";
};
// All that begin with `prefix`.
TermRange BeginningWith(TermKind kind, absl::string_view prefix);
// Names that have `word` first, whole.
TermRange WithFirstWord(TermKind kind, absl::string_view word);

struct FoundTerm {
  size_t range = 0;  // by which of the ranges
  SearchTerm term;
  std::string subject, account;
};
// Of each range the first `limit`, in order of term and subject; in one
// statement, which reads no more than that.
absl::StatusOr<std::vector<FoundTerm>> FindTerms(
    Transaction& tx, absl::Span<const TermRange> ranges, int limit);

// The names of at most `limit` cases that begin with `cases/` and one of `ids`,
// with their accounts; of one account, or of all when it is empty.
struct CaseName {
  std::string name, account;
};
absl::StatusOr<std::vector<CaseName>> FindCaseNames(
    Transaction& tx, absl::Span<const std::string> ids,
    absl::string_view account, int limit);

// An open case at a glance.
struct OpenCase {
  std::string account, name, subject, status, contact, asset;
  int32_t priority = 0;
  bool violated = false;
};
// Of each account (at most 64) the newest `limit` by name.
absl::StatusOr<std::vector<OpenCase>> FindOpenCases(
    Transaction& tx, absl::Span<const std::string> accounts, int limit);

// A table whose rows are still to be given their terms (entitlements: the
// wake-ups of their ledgers), and how far that is: ListPage::next of the page
// before.
struct SearchRebuild {
  std::string collection;
  std::string place;
};
// The first, locked; with an empty collection: there is none.
absl::StatusOr<SearchRebuild> NextRebuild(Transaction& tx);
// Begins anew with the tables of these collections.
absl::Status QueueRebuilds(Transaction& tx,
                           absl::Span<const absl::string_view> collections);
// Goes on at `place`; empty: the table is done.
absl::Status MoveRebuild(Transaction& tx, absl::string_view collection,
                         absl::string_view place);

}  // namespace charter::storage

#endif  // CHARTER_STORAGE_RECORDS_SEARCH_TERMS_H_

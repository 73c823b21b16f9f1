#include "storage/records/search_terms.h"

#include <algorithm>
#include <bit>
#include <iterator>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/sql/union.h"

namespace charter::storage {
namespace {

// Behind every text that begins with it: the greatest character of UTF-8.
constexpr absl::string_view kLast = "\xf4\x8f\xbf\xbf";
// Rows of one DELETE.
constexpr size_t kDeletedAtOnce = 64;
constexpr size_t kMostAccounts = 64;
// Parts of one UNION ALL, of which SQLite takes 500.
constexpr size_t kRangesAtOnce = 128;

absl::Status DeleteTerms(Transaction& tx, absl::string_view subject,
                         absl::Span<const SearchTerm> terms) {
  for (size_t from = 0; from < terms.size(); from += kDeletedAtOnce) {
    const absl::Span<const SearchTerm> some =
        terms.subspan(from, kDeletedAtOnce);
    std::string sql = "DELETE FROM search_terms WHERE ";
    Binds binds = {{"subject", subject}};
    for (size_t i = 0; i < std::bit_ceil(some.size()); ++i) {
      const SearchTerm& term = some[std::min(i, some.size() - 1)];
      absl::StrAppend(&sql, i == 0 ? "" : " OR ", "(kind = :kind_", i,
                      " AND term = :term_", i, " AND subject = :subject)");
      binds.Add(absl::StrCat("kind_", i), static_cast<int64_t>(term.kind));
      binds.Add(absl::StrCat("term_", i), term.term);
    }
    if (absl::Status status = tx.ExecuteLater(sql, binds); !status.ok())
      return status;
  }
  return absl::OkStatus();
}

// Ranges of one account look into another index, so they come apart.
absl::Status FindSome(Transaction& tx, absl::Span<const TermRange> ranges,
                      absl::Span<const size_t> which, bool of_account,
                      int limit, std::vector<FoundTerm>* found) {
  const size_t parts = PaddedParts(which.size());
  Binds binds = {{"limit", limit}};
  for (size_t i = 0; i < parts; ++i) {
    // Those beyond are of no kind.
    const bool real = i < which.size();
    const TermRange& range = ranges[which[real ? i : 0]];
    binds.Add(absl::StrCat("range_", i), real ? which[i] : ranges.size());
    binds.Add(absl::StrCat("kind_", i),
              real ? static_cast<int64_t>(range.kind) : 0);
    binds.Add(absl::StrCat("from_", i), range.from);
    binds.Add(absl::StrCat("to_", i), range.to);
    if (of_account) binds.Add(absl::StrCat("account_", i), range.account);
  }
  const std::string sql = UnionOf(
      tx.dialect(), "range_of, kind, term, subject, account", parts,
      [&](size_t i) {
        return absl::StrCat(
            "SELECT :range_", i,
            " AS range_of, kind, term, subject, account FROM search_terms "
            "WHERE ",
            of_account ? absl::StrCat("account = :account_", i, " AND ") : "",
            "kind = :kind_", i, " AND term >= :from_", i, " AND term < :to_", i,
            " ORDER BY term, subject LIMIT :limit");
      });
  const absl::StatusOr<Rows> rows = tx.Query(sql, binds);
  if (!rows.ok()) return rows.status();
  for (const Row row : *rows) {
    found->push_back(
        {static_cast<size_t>(row.Int64(0)),
         {static_cast<TermKind>(row.Int64(1)), std::string(row.Text(2))},
         std::string(row.Text(3)),
         std::string(row.Text(4))});
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ReplaceTerms(Transaction& tx, absl::string_view subject,
                          absl::string_view account,
                          absl::Span<const SearchTerm> before,
                          absl::Span<const SearchTerm> after) {
  const std::set<SearchTerm> old(before.begin(), before.end());
  const std::set<SearchTerm> now(after.begin(), after.end());
  std::vector<SearchTerm> gone;
  std::set_difference(old.begin(), old.end(), now.begin(), now.end(),
                      std::back_inserter(gone));
  if (absl::Status status = DeleteTerms(tx, subject, gone); !status.ok())
    return status;
  std::vector<TermRow> added;
  for (const SearchTerm& term : now) {
    if (old.contains(term)) continue;
    added.push_back({std::string(subject), std::string(account), term});
  }
  return AddTerms(tx, added);
}

absl::Status AddTerms(Transaction& tx, absl::Span<const TermRow> rows) {
  std::vector<std::vector<Value>> values;
  values.reserve(rows.size());
  for (const TermRow& row : rows) {
    values.push_back({static_cast<int64_t>(row.term.kind), row.term.term,
                      row.subject, row.account});
  }
  // What stands there already may be of a job that gives rows their terms.
  return tx.InsertRowsLater("search_terms",
                            {"kind", "term", "subject", "account"}, values,
                            tx.dialect().OrIgnore("kind"));
}

absl::Status AddWords(Transaction& tx, absl::Span<const WordShapes> words) {
  if (words.empty()) return absl::OkStatus();
  std::set<std::string> unknown;
  for (const WordShapes& word : words) unknown.insert(word.word);
  Binds binds;
  const std::string list = InList(
      "shape", std::vector<Value>(unknown.begin(), unknown.end()), &binds);
  const absl::StatusOr<Rows> known =
      tx.Query(absl::StrCat("SELECT word FROM search_shapes WHERE shape IN ",
                            list, " AND word = shape"),
               binds);
  if (!known.ok()) return known.status();
  for (const Row row : *known) unknown.erase(std::string(row.Text(0)));
  std::set<std::pair<std::string, std::string>> rows;  // in order of the key
  for (const WordShapes& word : words) {
    if (!unknown.contains(word.word)) continue;
    for (const std::string& shape : word.shapes)
      rows.insert({shape, word.word});
  }
  std::vector<std::vector<Value>> values;
  for (const auto& [shape, word] : rows) values.push_back({shape, word});
  return tx.InsertRowsLater("search_shapes", {"shape", "word"}, values,
                            tx.dialect().OrIgnore("shape"));
}

absl::StatusOr<std::vector<std::string>> FindWords(
    Transaction& tx, absl::Span<const std::string> shapes, int limit) {
  Binds binds;
  const std::string list =
      InList("shape", std::vector<Value>(shapes.begin(), shapes.end()), &binds);
  binds.Add("limit", limit);
  const absl::StatusOr<Rows> rows =
      tx.Query(absl::StrCat("SELECT word FROM search_shapes WHERE shape IN ",
                            list, " LIMIT :limit"),
               binds);
  if (!rows.ok()) return rows.status();
  std::set<std::string> words;
  for (const Row row : *rows) words.emplace(row.Text(0));
  return std::vector<std::string>(words.begin(), words.end());
}

TermRange BeginningWith(TermKind kind, absl::string_view prefix) {
  return {kind, std::string(prefix), absl::StrCat(prefix, kLast)};
}

TermRange WithFirstWord(TermKind kind, absl::string_view word) {
  // Nothing but a space sorts between a word and its "!".
  return {kind, std::string(word), absl::StrCat(word, "!")};
}

absl::StatusOr<std::vector<FoundTerm>> FindTerms(
    Transaction& tx, absl::Span<const TermRange> ranges, int limit) {
  std::vector<FoundTerm> found;
  for (const bool of_account : {false, true}) {
    std::vector<size_t> which;
    for (size_t i = 0; i < ranges.size(); ++i) {
      if (ranges[i].account.empty() != of_account) which.push_back(i);
    }
    for (size_t from = 0; from < which.size(); from += kRangesAtOnce) {
      absl::Status status = FindSome(
          tx, ranges, absl::MakeConstSpan(which).subspan(from, kRangesAtOnce),
          of_account, limit, &found);
      if (!status.ok()) return status;
    }
  }
  return found;
}

absl::StatusOr<std::vector<CaseName>> FindCaseNames(
    Transaction& tx, absl::Span<const std::string> ids,
    absl::string_view account, int limit) {
  std::vector<CaseName> found;
  if (ids.empty()) return found;
  Binds binds = {{"limit", limit}};
  const size_t parts = PaddedParts(ids.size());
  for (size_t i = 0; i < parts; ++i) {
    const std::string from =
        absl::StrCat("cases/", ids[std::min(i, ids.size() - 1)]);
    binds.Add(absl::StrCat("from_", i), from);
    // Names are of ASCII, whose last letter sorts before this.
    binds.Add(absl::StrCat("to_", i), absl::StrCat(from, "~"));
  }
  if (!account.empty()) binds.Add("account", account);
  const std::string sql =
      UnionOf(tx.dialect(), "name, account", parts, [&](size_t i) {
        return absl::StrCat("SELECT name, account FROM cases WHERE ",
                            account.empty() ? "" : "account = :account AND ",
                            "name >= :from_", i, " AND name < :to_", i,
                            " ORDER BY name LIMIT :limit");
      });
  const absl::StatusOr<Rows> rows = tx.Query(sql, binds);
  if (!rows.ok()) return rows.status();
  std::set<std::string> seen;
  for (const Row row : *rows) {
    if (seen.emplace(row.Text(0)).second)
      found.push_back({std::string(row.Text(0)), std::string(row.Text(1))});
  }
  return found;
}

absl::StatusOr<std::vector<OpenCase>> FindOpenCases(
    Transaction& tx, absl::Span<const std::string> accounts, int limit) {
  std::vector<OpenCase> found;
  if (accounts.empty()) return found;
  if (accounts.size() > kMostAccounts)
    return absl::InternalError("FindOpenCases takes at most 64 accounts");
  Binds binds = {{"limit", limit}};
  const size_t parts = PaddedParts(accounts.size());
  for (size_t i = 0; i < parts; ++i) {
    // Those beyond are of nobody.
    binds.Add(absl::StrCat("account_", i),
              i < accounts.size() ? accounts[i] : "");
  }
  constexpr absl::string_view kColumns =
      "account, name, subject, status, contact, asset, priority, violated";
  const std::string sql = UnionOf(tx.dialect(), kColumns, parts, [&](size_t i) {
    return absl::StrCat("SELECT ", kColumns,
                        " FROM cases WHERE account = :account_", i,
                        " AND closed = 0 AND delete_time IS NULL ORDER BY name "
                        "DESC LIMIT :limit");
  });
  const absl::StatusOr<Rows> rows = tx.Query(sql, binds);
  if (!rows.ok()) return rows.status();
  for (const Row row : *rows) {
    OpenCase& one = found.emplace_back();
    one.account = std::string(row.Text(0));
    one.name = std::string(row.Text(1));
    one.subject = std::string(row.Text(2));
    one.status = std::string(row.Text(3));
    one.contact = std::string(row.Text(4));
    one.asset = std::string(row.Text(5));
    one.priority = static_cast<int32_t>(row.Int64(6));
    one.violated = row.Int64(7) != 0;
  }
  return found;
}

absl::StatusOr<SearchRebuild> NextRebuild(Transaction& tx) {
  const absl::StatusOr<Rows> rows =
      tx.Query(absl::StrCat("SELECT collection, place FROM "
                            "search_rebuilds ORDER BY collection LIMIT 1",
                            tx.dialect().ForUpdate()));
  if (!rows.ok()) return rows.status();
  if (rows->empty()) return SearchRebuild();
  return SearchRebuild{std::string((*rows)[0].Text(0)),
                       std::string((*rows)[0].Text(1))};
}

absl::Status QueueRebuilds(Transaction& tx,
                           absl::Span<const absl::string_view> collections) {
  std::vector<std::vector<Value>> rows;
  for (const absl::string_view collection : collections)
    rows.push_back({collection, ""});
  return tx.InsertRowsLater("search_rebuilds", {"collection", "place"}, rows,
                            tx.dialect().OrUpdate({"collection"}, {"place"}));
}

absl::Status MoveRebuild(Transaction& tx, absl::string_view collection,
                         absl::string_view place) {
  if (place.empty()) {
    return tx.ExecuteLater(
        "DELETE FROM search_rebuilds WHERE collection = :collection",
        {{"collection", collection}});
  }
  return tx.ExecuteLater(
      "UPDATE search_rebuilds SET place = :place WHERE collection = "
      ":collection",
      {{"place", place}, {"collection", collection}});
}

}  // namespace charter::storage

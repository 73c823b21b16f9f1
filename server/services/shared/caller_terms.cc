#include "server/services/shared/caller_terms.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_split.h"
#include "server/search/terms.h"
#include "server/search/typing.h"

namespace charter::services {
namespace {

using storage::TermKind;

// Words whose shapes one statement looks up.
constexpr size_t kWordsAtOnce = 500;

bool IsName(TermKind kind) {
  return kind == TermKind::kAccountName || kind == TermKind::kContactName ||
         kind == TermKind::kAssetName || kind == TermKind::kContractName;
}

void Add(TermKind kind, std::string term, Terms* terms) {
  if (term.empty()) return;
  storage::SearchTerm added = {kind, std::move(term)};
  if (std::find(terms->begin(), terms->end(), added) == terms->end())
    terms->push_back(std::move(added));
}

void AddName(TermKind kind, absl::string_view name, Terms* terms) {
  for (std::string& form : search::NameFormsOf(name))
    Add(kind, std::move(form), terms);
}

void AddPhone(absl::string_view phone, Terms* terms) {
  for (std::string& form : search::PhoneFormsOf(phone))
    Add(TermKind::kPhone, std::move(form), terms);
}

void AddNumber(absl::string_view number, Terms* terms) {
  Add(TermKind::kNumber, search::NumberOf(number), terms);
}

bool IsLong(absl::string_view word) {
  return std::count_if(word.begin(), word.end(), [](char c) {
           return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
         }) >= search::kFewestLetters;
}

// The words of names that may be typed with an error.
std::set<std::string> WordsIn(const Terms& terms) {
  std::set<std::string> words;
  for (const storage::SearchTerm& term : terms) {
    if (!IsName(term.kind)) continue;
    for (const absl::string_view word : absl::StrSplit(term.term, ' ')) {
      if (word.size() <= search::kLongestTerm && IsLong(word))
        words.emplace(word);
    }
  }
  return words;
}

absl::Status AddWords(storage::Transaction& tx,
                      const std::set<std::string>& words) {
  std::vector<storage::WordShapes> shapes;
  for (const std::string& word : words)
    shapes.push_back({word, search::ShapesOf(word)});
  for (size_t from = 0; from < shapes.size(); from += kWordsAtOnce) {
    absl::Status status = storage::AddWords(
        tx, absl::MakeConstSpan(shapes).subspan(from, kWordsAtOnce));
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace

Terms TermsOf(const v1::Account& account) {
  Terms terms;
  AddName(TermKind::kAccountName, account.display_name(), &terms);
  AddPhone(account.phone(), &terms);
  AddNumber(account.external_id(), &terms);
  return terms;
}

Terms TermsOf(const v1::Contact& contact) {
  Terms terms;
  AddName(TermKind::kContactName, contact.display_name(), &terms);
  Add(TermKind::kAddress, search::AddressOf(contact.email()), &terms);
  AddPhone(contact.phone(), &terms);
  AddPhone(contact.mobile_phone(), &terms);
  AddNumber(contact.external_id(), &terms);
  return terms;
}

Terms TermsOf(const v1::Asset& asset) {
  Terms terms;
  AddName(TermKind::kAssetName, asset.display_name(), &terms);
  AddNumber(asset.serial_number(), &terms);
  AddNumber(asset.external_id(), &terms);
  return terms;
}

Terms TermsOf(const v1::ServiceContract& contract) {
  Terms terms;
  AddName(TermKind::kContractName, contract.display_name(), &terms);
  AddNumber(contract.contract_number(), &terms);
  AddNumber(contract.external_id(), &terms);
  return terms;
}

Terms TermsOf(const v1::Case& item) {
  Terms terms;
  AddNumber(item.case_number(), &terms);
  AddNumber(item.external_id(), &terms);
  return terms;
}

absl::Status KeepTerms(storage::Transaction& tx, absl::string_view subject,
                       absl::string_view account, const Terms& before,
                       const Terms& after) {
  if (before == after) return absl::OkStatus();
  const std::set<std::string> had = WordsIn(before);
  std::set<std::string> words = WordsIn(after);
  for (const std::string& word : had) words.erase(word);
  // Reads what was asked for ahead, so before anything is written.
  absl::Status status = AddWords(tx, words);
  if (!status.ok()) return status;
  return storage::ReplaceTerms(tx, subject, account, before, after);
}

absl::Status AddMissingTerms(storage::Transaction& tx,
                             absl::Span<const storage::TermRow> rows) {
  Terms terms;
  for (const storage::TermRow& row : rows) terms.push_back(row.term);
  absl::Status status = AddWords(tx, WordsIn(terms));
  return status.ok() ? storage::AddTerms(tx, rows) : status;
}

void PrefetchWords(storage::Transaction& tx, const Terms& terms) {
  tx.Prefetch([&](storage::Transaction& ahead) {
    (void)AddWords(ahead, WordsIn(terms));
  });
}

}  // namespace charter::services

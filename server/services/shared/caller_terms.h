// By which terms each resource is found when somebody calls
// (server/search/terms.h), kept in step with its row.
//
// The standard methods (resources.h) keep them for every resource that has a
// TermsOf here. What writes such a row by itself calls KeepTerms in the same
// transaction. Terms are of rows that are not deleted.
#ifndef CHARTER_SERVER_SERVICES_SHARED_CALLER_TERMS_H_
#define CHARTER_SERVER_SERVICES_SHARED_CALLER_TERMS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "charter/v1/account.pb.h"
#include "charter/v1/asset.pb.h"
#include "charter/v1/case.pb.h"
#include "charter/v1/contact.pb.h"
#include "charter/v1/service_contract.pb.h"
#include "storage/records/search_terms.h"
#include "storage/sql/transaction.h"

namespace charter::services {

// Each once, a name's own words first.
using Terms = std::vector<storage::SearchTerm>;
Terms TermsOf(const v1::Account& account);
Terms TermsOf(const v1::Contact& contact);
Terms TermsOf(const v1::Asset& asset);
// By the contract's number, its external id and its name.
Terms TermsOf(const v1::ServiceContract& contract);
// Cases are found by their names as well, without terms.
Terms TermsOf(const v1::Case& item);

template <typename Message>
concept FoundByCallers = requires(const Message& message) {
  TermsOf(message);
};

// Whose it is: an account is its own.
template <FoundByCallers Message>
const std::string& AccountOf(const Message& message) {
  if constexpr (requires { message.account(); }) {
    return message.account();
  } else {
    return message.name();
  }
}

// Makes the terms `before` of `subject` into `after`, and lets the words of its
// names be found with a typing error. Where the words are not known to be
// unchanged it reads once; ask ahead with PrefetchWords.
absl::Status KeepTerms(storage::Transaction& tx, absl::string_view subject,
                       absl::string_view account, const Terms& before,
                       const Terms& after);

// The same for a row as it was and as it becomes; null: there was none, there
// will be none. An account that changes takes the terms along.
template <FoundByCallers Message>
absl::Status KeepTerms(storage::Transaction& tx, const Message* before,
                       const Message* after) {
  const auto terms = [](const Message* message) {
    return message == nullptr || message->has_delete_time() ? Terms()
                                                            : TermsOf(*message);
  };
  const Message& any = after == nullptr ? *before : *after;
  Terms old = terms(before);
  if (before != nullptr && AccountOf(*before) != AccountOf(any)) {
    absl::Status status =
        KeepTerms(tx, before->name(), AccountOf(*before), old, {});
    if (!status.ok()) return status;
    old.clear();
  }
  return KeepTerms(tx, any.name(), AccountOf(any), old, terms(after));
}

// The same for rows that may have their terms already: adds what is missing.
absl::Status AddMissingTerms(storage::Transaction& tx,
                             absl::Span<const storage::TermRow> rows);

// Reads ahead what KeepTerms will ask for a row that becomes `message`.
void PrefetchWords(storage::Transaction& tx, const Terms& terms);
template <typename Message>
void PrefetchWordsOf(storage::Transaction& tx, const Message& message) {
  if constexpr (FoundByCallers<Message>) PrefetchWords(tx, TermsOf(message));
}

}  // namespace charter::services

#endif  // CHARTER_SERVER_SERVICES_SHARED_CALLER_TERMS_H_

// What a caller who is a customer is confined to.
#ifndef CHARTER_STORAGE_SQL_CONFINEMENT_H_
#define CHARTER_STORAGE_SQL_CONFINEMENT_H_

#include <string>

namespace charter::storage {

// In a transaction with a confinement the resource tables (storage/table) have
// only the account's own rows, and those that belong to no account: the
// condition is part of every SELECT of theirs. Other people's rows aren't
// there, so nothing can be told of them. What is read by other means
// (storage/records) isn't confined: it hangs on a resource that is read first.
struct Confinement {
  std::string account;  // `accounts/acme`
  // `contacts/jane`: of cases and contacts only this person's own, and of
  // entitlements those that the person may use. Empty: the account's.
  std::string contact = {};

  bool operator==(const Confinement&) const = default;
};

}  // namespace charter::storage

#endif  // CHARTER_STORAGE_SQL_CONFINEMENT_H_

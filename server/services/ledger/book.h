// The ledger of an entitlement inside one write (semantics C5).
#ifndef CHARTER_SERVER_SERVICES_LEDGER_BOOK_H_
#define CHARTER_SERVER_SERVICES_LEDGER_BOOK_H_

#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "charter/v1/entitlement.pb.h"
#include "server/ledger/ledger.h"
#include "server/services/shared/call.h"
#include "storage/sql/transaction.h"
#include "storage/table/table.h"

namespace charter::services {

// An entitlement that is locked, with its ledger as of the call's instant.
struct Book {
  v1::Entitlement entitlement;
  ledger::Ledger stored;    // as the database has it
  ledger::Ledger ledger;    // as it becomes
  ledger::Entries entries;  // that make the one into the other

  // Takes what a function of server/ledger gave.
  void Add(ledger::Entries added);
  bool Counts(v1::Allotment::Unit unit) const;
  ledger::Policy policy() const;
};

// What a call will ask of which ledger: subjects by entitlement.
using Subjects = std::map<std::string, std::set<std::string>>;

// Locks the entitlements in order of name, reads their ledgers, and settles
// them at the call's instant: so what has lapsed or expired counts, whether or
// not anything wrote it down. Those that don't exist are left out. One round
// trip. Lock items before.
absl::StatusOr<std::map<std::string, Book>> OpenBooks(Call& call,
                                                      storage::Transaction& tx,
                                                      const Subjects& wanted);

// The book of an entitlement that this transaction has inserted, whose ledger
// is empty. Reads nothing.
Book NewBook(v1::Entitlement inserted);

// The same for those of `names` of which something has lapsed or expired since
// it was written, with the subjects of that alone. `lock` may leave out what
// somebody else has locked. Three statements at most.
absl::StatusOr<std::map<std::string, Book>> OpenDueBooks(
    Call& call, storage::Transaction& tx, const std::vector<std::string>& names,
    storage::Lock lock);

// Writes what was added and puts it on the feed, an event per entry:
// `ledger.grant`, `ledger.reserve`, … Brings the entitlement's own figures up
// to date, and moves the ledger's wake-up.
absl::Status CloseBook(Call& call, storage::Transaction& tx, Book* book);

// Writes the ledger's figures into the entitlement.
void FillBalance(const ledger::Ledger& ledger, v1::Entitlement* entitlement);

// The same for entitlements that were read without a lock: those of which
// something has lapsed or expired since it was written get their figures of
// `now`. Two statements when there is one, else none.
absl::Status RefreshBalances(storage::Transaction& tx, absl::Time now,
                             absl::Span<v1::Entitlement* const> entitlements);

// Whether nothing is left of an allotment that may not be overdrawn, by the
// entitlement's own figures.
bool IsExhausted(const v1::Entitlement& entitlement);

}  // namespace charter::services

#endif  // CHARTER_SERVER_SERVICES_LEDGER_BOOK_H_

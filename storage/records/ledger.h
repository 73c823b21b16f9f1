// The ledgers of allotments (semantics C5) in the database: what is left of
// each lot, what each subject holds, and the entries, which are the truth. What
// they come to stands on the entitlement's row, whose lock every writer holds.
#ifndef CHARTER_STORAGE_RECORDS_LEDGER_H_
#define CHARTER_STORAGE_RECORDS_LEDGER_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "server/ledger/ledger.h"
#include "storage/sql/transaction.h"

namespace charter::storage {

// Reads the lots that hold something, the holds that may expire, and those of
// `subjects` (at most 1,000), into `ledger`. Two statements. Its balance and
// number of entries are on the entitlement's row.
absl::Status LoadLedger(Transaction& tx, absl::string_view entitlement,
                        absl::Span<const std::string> subjects,
                        ledger::Ledger* ledger);
// The lots of several entitlements that hold something, and their holds that
// may expire: what a balance of now depends on besides the row. In `ledgers` by
// name. Two statements.
absl::Status LoadDue(Transaction& tx, absl::Span<const std::string> names,
                     std::map<std::string, ledger::Ledger>* ledgers);

// Who wrote entries, and when.
struct LedgerWriter {
  std::string actor;
  absl::Time time;
};

// Writes the difference between two states of a ledger, its new entries, and
// what the entitlement's row says of it. Nothing is sent before the next
// statement, where a round trip costs. ALREADY_EXISTS (kDuplicateKey): a
// subject has an entry of this kind.
absl::Status StoreLedger(Transaction& tx, absl::string_view entitlement,
                         const ledger::Ledger& before,
                         const ledger::Ledger& after,
                         absl::Span<const ledger::Entry> entries,
                         const LedgerWriter& writer);

struct LedgerEntryRecord {
  ledger::Entry entry;
  LedgerWriter writer;
};

// Entries in order of number, those after `after_number`; at most `limit`
// (1 to 1,000).
absl::StatusOr<std::vector<LedgerEntryRecord>> ReadLedgerEntries(
    Transaction& tx, absl::string_view entitlement, int64_t after_number,
    int limit);
// Those of one subject and kind, in order of number.
absl::StatusOr<std::vector<LedgerEntryRecord>> FindLedgerEntries(
    Transaction& tx, absl::string_view entitlement, absl::string_view subject,
    ledger::EntryKind kind);

// Units that were granted together.
struct UnitGrant {
  int64_t units = 0;
  absl::Time time;   // when they came
  absl::Time lapse;  // when they lapse or lapsed; InfiniteFuture: never
};
// The first that the entitlement was ever granted; nullopt: none.
absl::StatusOr<std::optional<UnitGrant>> FirstGrant(
    Transaction& tx, absl::string_view entitlement);

// What entries come to.
struct LedgerSum {
  int64_t count = 0;
  ledger::Balance change;
};
// By kind, of the entries that took effect in [from, to). One statement.
absl::StatusOr<std::map<ledger::EntryKind, LedgerSum>> SumLedger(
    Transaction& tx, absl::string_view entitlement, absl::Time from,
    absl::Time to);

// What the parts of a ledger come to, for the integrity check.
struct LedgerTotals {
  LedgerSum entries;
  int64_t last_number = 0;
  int64_t in_lots = 0;   // what is left in them
  ledger::Balance held;  // what subjects hold: reserved, committed
};
// Of each of `names` that has a ledger. Three statements.
absl::StatusOr<std::map<std::string, LedgerTotals>> TotalLedgers(
    Transaction& tx, absl::Span<const std::string> names);

// Removes the ledger of an entitlement that is removed for good.
absl::Status PurgeLedger(Transaction& tx, absl::string_view entitlement);

}  // namespace charter::storage

#endif  // CHARTER_STORAGE_RECORDS_LEDGER_H_

// The ledger of one allotment (semantics C5): units come in lots, are held for
// subjects, used, given back, and lapse. Pure: the caller stores what changed
// and appends the entries; every instant is an argument.
//
// What holds after each function, and the tests show:
// - the balance is the sum of all entries;
// - `available` is what the lots hold; `reserved` and `committed` are what the
//   subjects hold, each unit drawn on one lot;
// - lot 0 is the overdraft. It is negative only while no other lot holds
//   anything: what comes covers it first. Units that are given back after they
//   were covered stay in lot 0, and don't lapse;
// - what lapses or expires does so at its own instant, whenever Settle runs.
//   The other functions are for ledgers that are settled through `at`.
//
// A function that refuses changes nothing: RESOURCE_EXHAUSTED there are not so
// many units; NOT_FOUND the subject holds none; ALREADY_EXISTS it holds another
// number; FAILED_PRECONDITION its units are not where they would have to be;
// OUT_OF_RANGE more than kMostUnits.
#ifndef CHARTER_SERVER_LEDGER_LEDGER_H_
#define CHARTER_SERVER_LEDGER_LEDGER_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace charter::ledger {

// No ledger has more available.
inline constexpr int64_t kMostUnits = 1'000'000'000'000'000;
// The number of the overdraft.
inline constexpr int64_t kOverdraft = 0;

// The numbers are stored, and those of LedgerEntry.Kind on the wire.
enum class EntryKind {
  kGrant = 1,
  kReserve = 2,
  kCommit = 3,
  kRelease = 4,
  kLapse = 5,
  kAdjust = 6,
  kTransfer = 7,
};

struct Balance {
  int64_t available = 0;  // negative: overdrawn
  int64_t reserved = 0;
  int64_t committed = 0;
  bool operator==(const Balance&) const = default;
  Balance& operator+=(const Balance& other);
};

// Units that came together, and lapse together.
struct Lot {
  int64_t remaining = 0;
  absl::Time lapse = absl::InfiniteFuture();  // usable before this instant
  bool operator==(const Lot&) const = default;
};

// Units of a subject, and the lot that they came from.
struct Draw {
  int64_t lot = 0;
  int64_t units = 0;
  absl::Time lapse = absl::InfiniteFuture();  // the lot's
  bool operator==(const Draw&) const = default;
};

// The numbers are stored, and those of UnitReservation.State on the wire.
enum class HoldState { kReserved = 1, kCommitted = 2, kReleased = 3 };

// What a subject holds.
struct Hold {
  // Counts how often the subject came: a case that was moved away may come
  // back. With it an entry is unique by subject and kind.
  int64_t turn = 1;
  int64_t units = 0;
  HoldState state = HoldState::kReserved;
  absl::Time expire = absl::InfiniteFuture();  // released then, while reserved
  std::vector<Draw> draws;  // in the order of drawing; empty when released
  bool operator==(const Hold&) const = default;
};

struct Entry {
  int64_t number = 0;  // from 1, without gaps
  EntryKind kind = EntryKind::kGrant;
  std::string subject;
  int64_t turn = 1;
  int64_t units = 0;  // not negative
  Balance change;
  absl::Time effective;
  int64_t lot = 0;  // that came or lapsed; 0: none in particular
  std::string cause;
  std::string counterpart;  // of a transfer: where from or where to
  bool operator==(const Entry&) const = default;
};
using Entries = std::vector<Entry>;

struct Ledger {
  Balance balance;
  int64_t entry_count = 0;
  // By number, which is that of the entry that brought it. One that is not
  // there holds nothing.
  std::map<int64_t, Lot> lots;
  // By subject: those that may expire, and those that a call is about. The
  // functions look at no others.
  std::map<std::string, Hold> holds;
  bool operator==(const Ledger&) const = default;
};

enum class Policy { kReject, kAllowOverdraft };

// Writes down what lapsed or expired up to and at `now`, in order of its
// instants.
Entries Settle(Ledger* ledger, absl::Time now);
// When Settle next has something to do; InfiniteFuture: never.
absl::Time NextDue(const Ledger& ledger);

// A lot of `units` (at least 1), usable before `lapse`, which is after `at`.
absl::StatusOr<Entries> Grant(Ledger* ledger, absl::string_view subject,
                              int64_t units, absl::Time lapse,
                              absl::string_view cause, absl::Time at);

// Holds `units` (at least 1) for the subject, of the lots that lapse first. One
// that holds or held so many already is left as it is, without an entry;
// `again`: one that was released comes again.
absl::StatusOr<Entries> Reserve(Ledger* ledger, absl::string_view subject,
                                int64_t units, absl::Time expire, bool again,
                                Policy policy, absl::string_view cause,
                                absl::Time at);

// Uses `units` of what the subject holds (0: all) and gives back the rest, of
// the lots that lapse last. Nothing happens to one that used them already.
absl::StatusOr<Entries> Commit(Ledger* ledger, absl::string_view subject,
                               int64_t units, absl::string_view cause,
                               absl::Time at);

// Gives back what the subject holds, to the lots that it came from: what has
// lapsed meanwhile lapses. What it used is given back only with `used`. Nothing
// happens to one that gave them back already.
absl::StatusOr<Entries> Release(Ledger* ledger, absl::string_view subject,
                                bool used, absl::string_view cause,
                                absl::Time at);

// Adds a lot that doesn't lapse, or takes units (negative) of those that lapse
// first.
absl::StatusOr<Entries> Adjust(Ledger* ledger, absl::string_view subject,
                               int64_t units, Policy policy,
                               absl::string_view cause, absl::Time at);

// Moves what `subject` holds of one ledger into another, in its state: given
// back here, drawn there on the lots that lapse first. As soon as one of the
// two refuses, neither has changed.
struct Transfer {
  Entries out, in;
};
absl::StatusOr<Transfer> MoveHold(Ledger* from, absl::string_view from_name,
                                  Ledger* to, absl::string_view to_name,
                                  absl::string_view subject, Policy policy,
                                  absl::string_view cause, absl::Time at);
// Moves what `subject` holds to `other`, which holds nothing, with its draws.
absl::StatusOr<Entries> HandOver(Ledger* ledger, absl::string_view subject,
                                 absl::string_view other,
                                 absl::string_view cause, absl::Time at);
// Moves available units, which keep the instants at which they lapse.
absl::StatusOr<Transfer> MoveUnits(Ledger* from, absl::string_view from_name,
                                   Ledger* to, absl::string_view to_name,
                                   absl::string_view subject, int64_t units,
                                   absl::string_view cause, absl::Time at);

}  // namespace charter::ledger

#endif  // CHARTER_SERVER_LEDGER_LEDGER_H_

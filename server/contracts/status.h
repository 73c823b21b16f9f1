// What contracts, lines and entitlements are at an instant (C2, C3, C10).
#ifndef CHARTER_SERVER_CONTRACTS_STATUS_H_
#define CHARTER_SERVER_CONTRACTS_STATUS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "server/contracts/term.h"
#include "server/sla/time.h"

namespace charter::contracts {

// What people made of it; stored.
enum class State { kDraft, kActive, kSuspended, kCancelled };

// What people do with it.
enum class Verb { kActivate, kSuspend, kResume, kCancel };

// What it is at an instant; computed. Only kActive is in force.
enum class Status {
  kDraft,      // not activated
  kInactive,   // its first day has not come, or it has none
  kActive,     // in force
  kExpired,    // its last day has passed
  kSuspended,  // put aside by hand
  kCancelled,  // ended by hand, for good
};

// As the API spells them: "DRAFT".
absl::string_view NameOf(State state);
absl::string_view NameOf(Status status);

// The state that the verb leads to: a draft is activated, what is active is
// suspended, what is suspended is resumed, and all three can be cancelled.
// FAILED_PRECONDITION that names `state` for any other verb, also one that
// would change nothing (C10).
absl::StatusOr<State> Apply(State from, Verb verb);

// The instants at which a term begins and is over, in the zone that its dates
// are read in (C2): the start of its first day, and the start of the day after
// its last one. Absent as the dates are.
struct Window {
  std::optional<sla::Instant> from;
  std::optional<sla::Instant> to;  // the first one that is outside
};
Window WindowOf(const Term& term, const absl::TimeZone& zone);

// A state other than kActive beats the dates (C3).
Status StatusAt(State state, const Window& window, sla::Instant at);

// The first instant after `at` at which the status changes without anyone doing
// anything (C10); nullopt: never, or after the last instant there is.
std::optional<sla::Instant> NextChange(State state, const Window& window,
                                       sla::Instant at);

// A change of the status by date alone: to kActive or to kExpired.
struct DateChange {
  sla::Instant at;
  Status status;
  bool operator==(const DateChange&) const = default;
};
// Those after `after` and no later than `until`, in order (C10).
std::vector<DateChange> ChangesBetween(State state, const Window& window,
                                       sla::Instant after, sla::Instant until);

// An entitlement or line, or one of those that it hangs on.
struct Part {
  std::string name;
  State state;
  Window window;
};

struct EffectiveStatus {
  Status status;
  // Every part that isn't in force, with why; empty when `status` is kActive.
  struct Failing {
    std::string name;
    Status status;
    bool operator==(const Failing&) const = default;
  };
  std::vector<Failing> failing;
};

// `parts`: the thing itself, then what it hangs on, from near to far: an
// entitlement, its line, its contract (C3); one at least. In force when all of
// them are, else what the first one that isn't in force is.
EffectiveStatus EffectiveStatusAt(absl::Span<const Part> parts,
                                  sla::Instant at);

}  // namespace charter::contracts

#endif  // CHARTER_SERVER_CONTRACTS_STATUS_H_

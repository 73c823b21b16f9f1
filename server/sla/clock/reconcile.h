#ifndef CHARTER_SERVER_SLA_CLOCK_RECONCILE_H_
#define CHARTER_SERVER_SLA_CLOCK_RECONCILE_H_

#include <optional>
#include <string>
#include <vector>

#include "server/sla/clock/evaluation.h"

namespace charter::sla {

// A stored transition: its key (K6) and what it said.
struct StoredTransition {
  TransitionKind kind = TransitionKind::kEntered;
  std::string instance;
  std::string cause;
  int revision = 1;
  Instant instant;
  std::optional<Instant> moment;
  bool late = false;
  bool retracted = false;  // this revision says: it did not happen
  bool published = true;   // false: only stored, being before live_from (K7)
};

// A transition to store, and to publish if `publish`.
struct Revision {
  // What happened; of a retraction, what had been said before.
  Transition transition;
  int revision = 1;
  // The revision of the same key that this one corrects (E9, K5).
  std::optional<int> supersedes = std::nullopt;
  bool retraction = false;
  bool publish = true;
};

// What is to be stored after an evaluation, given what is stored: new
// transitions, those that changed as the next revision of their key, and
// retractions of those that no longer hold. Retractions come first, then the
// rest in the order in which it happened. Of `stored` the last revision of each
// key counts, in any order; those after evaluation.as_of are left alone. Once
// its answer is stored, the same evaluation gives nothing (K6).
//
// A correction is published if either what it corrects was or it is live
// itself.
std::vector<Revision> Reconcile(const std::vector<StoredTransition>& stored,
                                const Evaluation& evaluation);

// The row that `revision` becomes.
StoredTransition ToStored(const Revision& revision);

}  // namespace charter::sla

#endif  // CHARTER_SERVER_SLA_CLOCK_RECONCILE_H_

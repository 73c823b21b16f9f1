#include "server/sla/clock/reconcile.h"

#include <algorithm>
#include <tuple>

#include "absl/container/flat_hash_map.h"

namespace charter::sla {
namespace {

using Key = std::tuple<int, std::string, std::string>;

Key KeyOf(const StoredTransition& t) {
  return Key(static_cast<int>(t.kind), t.instance, t.cause);
}

Key KeyOf(const Transition& t) {
  return Key(static_cast<int>(t.kind), t.instance, t.cause);
}

bool SaysTheSame(const StoredTransition& stored, const Transition& t) {
  return !stored.retracted && stored.instant == t.instant &&
         stored.moment == t.moment && stored.late == t.late;
}

Transition FromStored(const StoredTransition& stored) {
  Transition t;
  t.kind = stored.kind;
  t.instance = stored.instance;
  t.cause = stored.cause;
  t.instant = stored.instant;
  t.moment = stored.moment;
  t.late = stored.late;
  t.live = stored.published;
  return t;
}

}  // namespace

std::vector<Revision> Reconcile(const std::vector<StoredTransition>& stored,
                                const Evaluation& evaluation) {
  struct Known {
    const StoredTransition* last = nullptr;
    bool holds = false;
  };
  absl::flat_hash_map<Key, Known> known;
  for (const StoredTransition& t : stored) {
    Known& k = known[KeyOf(t)];
    if (k.last == nullptr || k.last->revision < t.revision) k.last = &t;
  }
  std::vector<Revision> changes;
  for (const Transition& t : evaluation.transitions) {
    const auto found = known.find(KeyOf(t));
    if (found == known.end()) {
      changes.push_back({.transition = t, .publish = t.live});
      continue;
    }
    found->second.holds = true;
    const StoredTransition& last = *found->second.last;
    if (SaysTheSame(last, t)) continue;
    changes.push_back({.transition = t,
                       .revision = last.revision + 1,
                       .supersedes = last.revision,
                       .publish = t.live || last.published});
  }
  std::vector<Revision> retractions;
  for (const auto& [key, k] : known) {
    if (k.holds || k.last->retracted || k.last->instant > evaluation.as_of) {
      continue;
    }
    retractions.push_back({.transition = FromStored(*k.last),
                           .revision = k.last->revision + 1,
                           .supersedes = k.last->revision,
                           .retraction = true,
                           .publish = k.last->published});
  }
  std::sort(retractions.begin(), retractions.end(),
            [](const Revision& a, const Revision& b) {
              return std::tuple(a.transition.instant, KeyOf(a.transition)) <
                     std::tuple(b.transition.instant, KeyOf(b.transition));
            });
  changes.insert(changes.begin(), retractions.begin(), retractions.end());
  return changes;
}

StoredTransition ToStored(const Revision& revision) {
  const Transition& t = revision.transition;
  return {.kind = t.kind,
          .instance = t.instance,
          .cause = t.cause,
          .revision = revision.revision,
          .instant = t.instant,
          .moment = t.moment,
          .late = t.late,
          .retracted = revision.retraction,
          .published = revision.publish};
}

}  // namespace charter::sla

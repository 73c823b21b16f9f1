// Removes for good what nobody may read any more.
#ifndef CHARTER_SERVER_WORKERS_PURGE_H_
#define CHARTER_SERVER_WORKERS_PURGE_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "server/workers/lease_keeper.h"
#include "server/workers/worker.h"

namespace charter::workers {

// How long things are kept.
struct PurgeOptions {
  // Events of the feed: how far back a resume token reaches (W1).
  absl::Duration feed = absl::Hours(24 * 7);
  absl::Duration audit = absl::Hours(24 * 400);
  // Actions that are done: for so long their effect keys are remembered (K7).
  absl::Duration actions = absl::Hours(24 * 30);
  // From one round to the next.
  absl::Duration every = absl::Minutes(10);
};

// Answers to request ids and operations that expired, old events of the feed,
// old audit rows, actions that are done, and deleted resources whose time has
// come, items with all that is theirs. Also reads the keys of tokens again, and
// makes a new one when it is time.
class Purge : public Worker {
 public:
  Purge(services::Services& services, const PurgeOptions& options);
  ~Purge() override { Stop(); }

 private:
  // Removes at most so many; returns how many.
  using Step = std::function<absl::StatusOr<int64_t>(storage::Transaction&,
                                                     absl::Time now, int most)>;

  absl::StatusOr<absl::Time> Work(storage::Session& session,
                                  absl::Time now) override;
  void Leave(storage::Session& session) override;
  std::vector<Step> MakeSteps() const;

  const PurgeOptions options_;
  const std::vector<Step> steps_;
  LeaseKeeper lease_;
  // Of the round that is under way; at the end of steps_: none is.
  size_t step_;
  absl::Time next_round_ = absl::InfinitePast();
};

}  // namespace charter::workers

#endif  // CHARTER_SERVER_WORKERS_PURGE_H_

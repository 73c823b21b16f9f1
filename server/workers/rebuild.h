// Gives the rows of before what a migration could not: the terms by which
// callers are found, the wake-ups of ledgers, and which contracts follow on
// which.
#ifndef CHARTER_SERVER_WORKERS_REBUILD_H_
#define CHARTER_SERVER_WORKERS_REBUILD_H_

#include "server/workers/lease_keeper.h"
#include "server/workers/worker.h"

namespace charter::workers {

// Works off what QueueRebuilds (storage/records/search_terms.h) queued, as the
// migrations did that made these: table by table in small batches, each with
// its progress in one transaction, so that it goes on where it was after any
// stop, on any server. Adds what is missing; what is there and right costs a
// look. Until it is through, those whose turn is still to come are not found,
// and their ledgers record with their next change.
class Rebuild : public Worker {
 public:
  // Rows of one transaction.
  static constexpr int kBatch = 500;

  explicit Rebuild(services::Services& services);
  ~Rebuild() override { Stop(); }

 private:
  absl::StatusOr<absl::Time> Work(storage::Session& session,
                                  absl::Time now) override;
  void Leave(storage::Session& session) override;

  LeaseKeeper lease_;
  absl::Time next_round_ = absl::InfinitePast();
};

}  // namespace charter::workers

#endif  // CHARTER_SERVER_WORKERS_REBUILD_H_

// Gives rows the terms by which callers are found.
#ifndef CHARTER_SERVER_WORKERS_TERM_REBUILD_H_
#define CHARTER_SERVER_WORKERS_TERM_REBUILD_H_

#include "server/workers/lease_keeper.h"
#include "server/workers/worker.h"

namespace charter::workers {

// Works off what QueueRebuilds (storage/records/search_terms.h) queued, as the
// migration did that made the terms, for the rows of before: table by table in
// small batches, each with its progress in one transaction, so that it goes on
// where it was after any stop, on any server. Adds what is missing; what is
// there and right costs a look. Until it is through, those whose turn is still
// to come are not found.
class TermRebuild : public Worker {
 public:
  // Rows of one transaction.
  static constexpr int kBatch = 500;

  explicit TermRebuild(services::Services& services);
  ~TermRebuild() override { Stop(); }

 private:
  absl::StatusOr<absl::Time> Work(storage::Session& session,
                                  absl::Time now) override;
  void Leave(storage::Session& session) override;

  LeaseKeeper lease_;
  absl::Time next_round_ = absl::InfinitePast();
};

}  // namespace charter::workers

#endif  // CHARTER_SERVER_WORKERS_TERM_REBUILD_H_

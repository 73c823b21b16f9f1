// The jobs that compute items anew (semantics B9; AdminService.Recalculate).
#ifndef CHARTER_SERVER_WORKERS_RECALCULATION_H_
#define CHARTER_SERVER_WORKERS_RECALCULATION_H_

#include <map>
#include <string>
#include <vector>

#include "charter/v1/admin_service.pb.h"
#include "server/services/admin/recalculate.h"
#include "server/workers/lease_keeper.h"
#include "server/workers/worker.h"
#include "storage/records/operations.h"

namespace charter::workers {

// Does the operations of kind kRecalculateKind in small batches, each with its
// progress in one transaction, so that a job goes on where it was after any
// stop, on any server.
//
// A job that follows an edit of hours ends when no open item was evaluated
// before the edit. Where writes run side by side (MySQL), one that began before
// the edit committed may commit an item that is behind after all were done: so
// the last look comes when no such write can be left.
class Recalculation : public Worker {
 public:
  // Items of one transaction.
  static constexpr int kBatch = 32;
  // How long a finished operation can be read.
  static constexpr absl::Duration kKeepDone = absl::Hours(24 * 7);
  // From a job's first look to its last, at least, where writes run side by
  // side: what a write may take, and some.
  static absl::Duration LastLook() {
    return services::kLongestWrite + absl::Seconds(5);
  }

  explicit Recalculation(services::Services& services);
  ~Recalculation() override { Stop(); }

 private:
  using Scope = services::RecalculationScope;
  // What a step does with its items.
  enum class Mode {
    kCompute,
    kAlone,  // one item a transaction, since several failed together
    kPark,   // one that failed alone
    kSkip,   // one that cannot even be parked
  };

  absl::StatusOr<absl::Time> Work(storage::Session& session,
                                  absl::Time now) override;
  void Leave(storage::Session& session) override;

  // One batch of a job. Returns when to go on with it; InfiniteFuture: done.
  absl::StatusOr<absl::Time> Step(storage::Session& session, absl::Time now,
                                  const storage::OperationRecord& stored);
  absl::StatusOr<absl::Time> TryStep(storage::Session& session, absl::Time now,
                                     const Scope& scope,
                                     const storage::OperationRecord& stored,
                                     Mode mode);
  // The next items of a job; moves its cursor. None: nothing is left now.
  absl::StatusOr<std::vector<std::string>> NextItems(
      storage::Transaction& tx, const Scope& scope, int limit,
      storage::OperationRecord* record);
  // Ends a job for which nothing is left, or says when to look a last time.
  absl::StatusOr<absl::Time> TryEnd(services::Call& call,
                                    storage::Transaction& tx,
                                    const Scope& scope,
                                    const v1::RecalculateProgress& progress,
                                    const storage::OperationRecord& stored,
                                    storage::OperationRecord record);
  absl::Status Compute(services::Call& call, storage::Transaction& tx,
                       const std::vector<std::string>& names,
                       v1::RecalculateProgress* progress);

  LeaseKeeper lease_;
  // Steps of a job still to be made with one item each, by its name.
  std::map<std::string, int> careful_;
};

}  // namespace charter::workers

#endif  // CHARTER_SERVER_WORKERS_RECALCULATION_H_

// Fires what subjects are due for, with nobody calling (architecture choice 3,
// semantics K6, C10).
#ifndef CHARTER_SERVER_WORKERS_WAKEUP_WORKER_H_
#define CHARTER_SERVER_WORKERS_WAKEUP_WORKER_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "server/workers/lease_keeper.h"
#include "server/workers/worker.h"
#include "storage/records/wakeups.h"

namespace charter::workers {

// Reads due keys without locks, then fires their subjects, each as its kind
// does (wakeup_kinds.h), at most 64 a transaction: what it leads to (an item's
// transitions and actions, the events of a contract) and the next wake-up are
// written together, so that killing it at any point loses none and doubles
// none. What keeps a timer from firing twice is the subject's lock and its
// `next_due_us`; the lease "wakeups" only keeps servers from doing the same
// work.
//
// A subject that breaks its transaction is tried alone, then again after pauses
// that double, and an item is parked with `evaluation_error` at the end.
class WakeupWorker : public Worker {
 public:
  // Tries of one subject before it is parked.
  static constexpr int kMostTries = 5;
  static constexpr absl::Duration kFirstPause = absl::Milliseconds(200);

  explicit WakeupWorker(services::Services& services);
  ~WakeupWorker() override { Stop(); }

 private:
  struct Trouble {
    int tries = 0;
    absl::Time again;
  };

  absl::StatusOr<absl::Time> Work(storage::Session& session,
                                  absl::Time now) override;
  void Leave(storage::Session& session) override;

  // What is due by `now` of what was seen coming. The rest is forgotten: the
  // database is asked again.
  std::vector<storage::DueWakeup> TakeComing(absl::Time now);
  // What is due by `now` and not in trouble. `next`: when there is more.
  absl::StatusOr<std::vector<storage::DueWakeup>> ReadDue(
      storage::Session& session, absl::Time now, absl::Time* next);
  // Fires those that it could lock, in one transaction, and notes them.
  absl::Status Fire(storage::Session& session, absl::Time now,
                    const std::vector<storage::DueWakeup>& due,
                    std::vector<std::string>* fired);
  // One alone, after it failed together with others; or one that keeps coming
  // back, whose row may be of no subject (any more).
  absl::Status FireAlone(storage::Session& session, absl::Time now,
                         const storage::DueWakeup& due);
  // False: its kind has no way to put it aside.
  absl::StatusOr<bool> Park(storage::Session& session, absl::Time now,
                            const std::string& name);

  LeaseKeeper lease_;
  // What the last reading saw coming within its horizon, earliest first.
  std::vector<storage::DueWakeup> coming_;
  std::map<std::string, Trouble> trouble_;
  // Keys that the last pass could not lock, or that were of no due subject.
  std::map<std::string, absl::Time> left_;
};

}  // namespace charter::workers

#endif  // CHARTER_SERVER_WORKERS_WAKEUP_WORKER_H_

// Puts what was committed on the feed (semantics W1).
#ifndef CHARTER_SERVER_WORKERS_FEED_PUBLISHER_H_
#define CHARTER_SERVER_WORKERS_FEED_PUBLISHER_H_

#include "server/workers/lease_keeper.h"
#include "server/workers/worker.h"

namespace charter::workers {

// One server numbers the transactions of all, under the lease "feed"; another
// takes over when it goes away. Rings Services::feed.
class FeedPublisher : public Worker {
 public:
  explicit FeedPublisher(services::Services& services);
  ~FeedPublisher() override { Stop(); }

 private:
  absl::StatusOr<absl::Time> Work(storage::Session& session,
                                  absl::Time now) override;
  absl::Duration Rest() const override;
  void Leave(storage::Session& session) override;

  LeaseKeeper lease_;
  int64_t rings_ = 0;  // of the bell, when it last looked
  int published_ = 0;  // transactions of the last pass
};

}  // namespace charter::workers

#endif  // CHARTER_SERVER_WORKERS_FEED_PUBLISHER_H_

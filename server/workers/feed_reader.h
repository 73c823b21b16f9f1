// The thread behind the streams that follow the feed.
#ifndef CHARTER_SERVER_WORKERS_FEED_READER_H_
#define CHARTER_SERVER_WORKERS_FEED_READER_H_

#include "server/workers/worker.h"

namespace charter::workers {

// Pumps Services::fan_out.
class FeedReader : public Worker {
 public:
  explicit FeedReader(services::Services& services);
  ~FeedReader() override { Stop(); }

 private:
  absl::StatusOr<absl::Time> Work(storage::Session& session,
                                  absl::Time now) override;
};

}  // namespace charter::workers

#endif  // CHARTER_SERVER_WORKERS_FEED_READER_H_

#include "server/workers/feed_reader.h"

#include "server/services/events/fan_out.h"

namespace charter::workers {

// Where another server publishes, its events are found by looking.
FeedReader::FeedReader(services::Services& services)
    : Worker(services, "feed reader", &services.feed, absl::Milliseconds(50)) {}

absl::StatusOr<absl::Time> FeedReader::Work(storage::Session& session,
                                            absl::Time now) {
  return services().fan_out->Pump(session, now);
}

}  // namespace charter::workers

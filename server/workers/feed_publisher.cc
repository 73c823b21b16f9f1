#include "server/workers/feed_publisher.h"

#include <algorithm>

#include "storage/records/outbox.h"

namespace charter::workers {
namespace {

// Transactions that are numbered at once.
constexpr int kMostRows = 500;
// A pass costs as much as a few transactions in it, so under load it rests
// until there are more.
constexpr absl::Duration kRestPerTransaction = absl::Microseconds(500);
constexpr absl::Duration kLongestRest = absl::Milliseconds(8);
// For the outbox rows of other servers.
constexpr absl::Duration kLookEvery = absl::Milliseconds(50);

}  // namespace

FeedPublisher::FeedPublisher(services::Services& services)
    : Worker(services, "feed", &services.outbox, kLookEvery),
      lease_(services, "feed") {}

absl::StatusOr<absl::Time> FeedPublisher::Work(storage::Session& session,
                                               absl::Time now) {
  published_ = 0;
  const absl::StatusOr<bool> held = lease_.Hold(session, now);
  if (!held.ok()) return held.status();
  if (!*held) return lease_.due();
  services::Call call(services(), session, Info(now));
  const int64_t rings = services().outbox.rings();
  bool waits = rings != rings_;
  rings_ = rings;
  absl::Status status;
  if (!waits) {
    status = call.Read([&](storage::Transaction& tx) -> absl::Status {
      const absl::StatusOr<bool> some = storage::HasUnpublished(tx);
      if (!some.ok()) return some.status();
      waits = *some;
      return absl::OkStatus();
    });
  }
  if (!status.ok()) return status;
  if (!waits) return lease_.due();
  storage::Published published;
  status = call.Apply([&](storage::Transaction& tx) -> absl::Status {
    const absl::StatusOr<storage::Published> done =
        storage::PublishOutbox(tx, lease_.epoch(), kMostRows);
    if (!done.ok()) return done.status();
    published = *done;
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  if (!published.holds_lease) {
    lease_.Lose();
    return now + LeaseKeeper::kAskEvery;
  }
  published_ = published.transactions;
  if (published_ > 0) services().feed.Ring();
  return published.transactions == kMostRows ? now : lease_.due();
}

absl::Duration FeedPublisher::Rest() const {
  return published_ == kMostRows
             ? absl::ZeroDuration()
             : std::min(published_ * kRestPerTransaction, kLongestRest);
}

void FeedPublisher::Leave(storage::Session& session) {
  lease_.Release(session, services().clock->Now());
}

}  // namespace charter::workers

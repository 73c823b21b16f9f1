// The newest events of the feed, in memory.
#ifndef CHARTER_SERVER_SERVICES_EVENTS_RECENT_EVENTS_H_
#define CHARTER_SERVER_SERVICES_EVENTS_RECENT_EVENTS_H_

#include <cstddef>
#include <deque>
#include <vector>

#include "charter/v1/event_service.pb.h"
#include "storage/records/feed.h"

namespace charter::services {

// Whole transactions, in order, without a gap from after floor() to head().
// Not thread-safe.
class RecentEvents {
 public:
  RecentEvents(size_t most_events, size_t most_bytes)
      : most_events_(most_events), most_bytes_(most_bytes) {}

  // Forgets everything; what comes after `position` is added next.
  void StartAt(storage::FeedPosition position);
  void Stop();
  bool started() const { return started_; }

  storage::FeedPosition floor() const { return floor_; }
  // Everything up to here was added.
  storage::FeedPosition head() const { return head_; }
  // Where to read on; beyond head() when a transaction is not complete yet.
  storage::FeedPosition read_until() const { return read_until_; }

  // Adds what ReadFeed(read_until()) gave, without filter. `full`: the page was
  // full, so its last transaction may go on.
  void Add(storage::FeedPage page, bool full);
  // Lets go of the oldest beyond the limits. Events that were given out are
  // valid until then.
  void Trim();

  // Those after `position`, which is not before floor().
  std::vector<const v1::Event*> After(storage::FeedPosition position) const;

 private:
  struct Kept {
    v1::Event event;
    size_t bytes;
  };

  const size_t most_events_;
  const size_t most_bytes_;
  bool started_ = false;
  storage::FeedPosition floor_;
  storage::FeedPosition head_;
  storage::FeedPosition read_until_;
  std::deque<Kept> events_;  // those after head_ included
  size_t bytes_ = 0;
};

}  // namespace charter::services

#endif  // CHARTER_SERVER_SERVICES_EVENTS_RECENT_EVENTS_H_

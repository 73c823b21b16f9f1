#include "server/services/events/recent_events.h"

#include <algorithm>
#include <utility>

namespace charter::services {
namespace {

using storage::FeedPosition;

FeedPosition PositionOf(const v1::Event& event) {
  return {event.sequence(), event.index()};
}

}  // namespace

void RecentEvents::StartAt(FeedPosition position) {
  started_ = true;
  floor_ = head_ = read_until_ = position;
  events_.clear();
  bytes_ = 0;
}

void RecentEvents::Stop() {
  StartAt({});
  started_ = false;
}

void RecentEvents::Add(storage::FeedPage page, bool full) {
  for (v1::Event& event : page.events) {
    const size_t bytes = event.ByteSizeLong();
    bytes_ += bytes;
    events_.push_back({std::move(event), bytes});
  }
  read_until_ = page.position;
  if (!full) {
    head_ = read_until_;
  } else if (!events_.empty()) {
    // All but the last transaction, of which some may be missing.
    const FeedPosition before_last{events_.back().event.sequence() - 1,
                                   FeedPosition::kAllOfIt};
    head_ = std::max(head_, before_last);
  }
}

void RecentEvents::Trim() {
  while (!events_.empty() &&
         (events_.size() > most_events_ || bytes_ > most_bytes_)) {
    const FeedPosition oldest = PositionOf(events_.front().event);
    if (oldest > head_) return;
    floor_ = std::max(floor_, oldest);
    bytes_ -= events_.front().bytes;
    events_.pop_front();
  }
}

std::vector<const v1::Event*> RecentEvents::After(FeedPosition position) const {
  const auto from = std::partition_point(
      events_.begin(), events_.end(),
      [&](const Kept& kept) { return PositionOf(kept.event) <= position; });
  std::vector<const v1::Event*> after;
  for (auto kept = from; kept != events_.end(); ++kept) {
    if (PositionOf(kept->event) > head_) break;
    after.push_back(&kept->event);
  }
  return after;
}

}  // namespace charter::services

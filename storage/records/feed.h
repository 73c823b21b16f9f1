// The change feed: numbered events, kept for a while (semantics W1).
#ifndef CHARTER_STORAGE_RECORDS_FEED_H_
#define CHARTER_STORAGE_RECORDS_FEED_H_

#include <compare>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "charter/v1/event_service.pb.h"
#include "storage/sql/transaction.h"

namespace charter::storage {

// A place in the feed: everything up to and with this event was seen. The
// beginning is {0, kAllOfIt}.
struct FeedPosition {
  // Behind the last event of a transaction.
  static constexpr int32_t kAllOfIt = std::numeric_limits<int32_t>::max();

  int64_t sequence = 0;
  int32_t index = kAllOfIt;

  friend auto operator<=>(const FeedPosition&, const FeedPosition&) = default;
};

// What a reader wants, and may see. All that is given must hold.
struct FeedFilter {
  std::string account = {};                      // empty: of all
  std::vector<std::string> resource_types = {};  // none: all
  // None, or `*`: all; `milestone.*`: all that begin so, up to the dot.
  std::vector<std::string> event_types = {};
};

enum class FeedState {
  kOk,
  kExpired,  // events right after the position have been purged: begin at
             // `earliest`
  kAhead,    // the position is beyond the head: it is not of this database
};

struct FeedPage {
  FeedState state = FeedState::kOk;
  // In order, with `sequence` and `index`. At most the limit; a transaction may
  // be cut in two.
  std::vector<charter::v1::Event> events;
  // Read on from here. Moves on also when no event matched, so that it can be a
  // bookmark.
  FeedPosition position;
  // The newest number at the time of reading. Reached when `position.sequence`
  // is this and `position.index` is kAllOfIt.
  int64_t head_sequence = 0;
  // Right before the oldest event that is kept.
  FeedPosition earliest;
};

// The next `limit` (1 to 1,000) events after `after` that `filter` lets
// through. A filter by types looks at no more than some 10,000 events a call:
// then the page ends early with its position. Needs no snapshot.
// INVALID_ARGUMENT for an event type with a `*` elsewhere than in `GROUP.*`.
absl::StatusOr<FeedPage> ReadFeed(Transaction& tx, FeedPosition after,
                                  const FeedFilter& filter, int limit);

struct FeedBounds {
  int64_t head_sequence = 0;  // the newest number; 0: nothing was published yet
  FeedPosition earliest;      // right before the oldest event that is kept
};
absl::StatusOr<FeedBounds> ReadFeedBounds(Transaction& tx);

// Right before the first transaction with an event recorded at or after `time`;
// the head when there is none yet.
absl::StatusOr<FeedPosition> FindFeedPosition(Transaction& tx, absl::Time time);

// Removes whole transactions recorded before `cutoff`, oldest first, at most
// `limit` of them, and moves the mark of the earliest. Returns how many; repeat
// while it is `limit`. The head stays.
absl::StatusOr<int64_t> PurgeFeed(Transaction& tx, absl::Time cutoff,
                                  int limit);

}  // namespace charter::storage

#endif  // CHARTER_STORAGE_RECORDS_FEED_H_

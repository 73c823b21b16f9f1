// The streams that follow the feed (semantics W1).
#ifndef CHARTER_SERVER_SERVICES_EVENTS_FAN_OUT_H_
#define CHARTER_SERVER_SERVICES_EVENTS_FAN_OUT_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "charter/v1/event_service.pb.h"
#include "server/services/events/recent_events.h"
#include "server/services/events/selection.h"
#include "server/services/shared/services.h"
#include "server/services/shared/stream.h"
#include "storage/records/feed.h"
#include "storage/store.h"

namespace charter::services {

// One stream to be fed.
struct Watch {
  Selection selection;
  // Where it begins.
  FeedPlace place;
  // The newest number when that was found out.
  int64_t head_sequence = 0;
  // A bookmark comes when nothing else came for so long.
  absl::Duration heartbeat;
  std::shared_ptr<Stream> stream;
};

// One reader follows the feed for all streams and keeps the newest events in
// memory. A stream that is up to date is given what matches as soon as it is
// read; it holds neither thread nor session. One that isn't (it resumes, shows
// the initial state first, or its client reads slowly) reads the table a page
// at a time on the threads that run handlers, whenever its queue is short, and
// joins the others when it has caught up: it is never cut off or skipped.
//
// Thread-safe. Outlives its streams.
class FanOut {
 public:
  // Runs a job soon, on another thread, with a session; false: the server
  // stops.
  using Submit = std::function<bool(std::function<void(storage::Session&)>)>;

  struct Options {
    // The newest events that are kept in memory.
    size_t most_events = 20'000;
    size_t most_bytes = 32 << 20;
    // A stream with more bytes than this in its queue is a slow one.
    size_t slow_bytes = 256 << 10;
    // Events of one reading of the table, and cases of an initial state.
    int page = 200;
    // Messages grow no larger: only a transaction that is larger by itself is
    // cut, with tokens that point into it.
    size_t message_bytes = 1 << 20;
  };

  FanOut(Services& services, Submit submit, const Options& options);
  FanOut(Services& services, Submit submit)
      : FanOut(services, std::move(submit), Options()) {}
  FanOut(const FanOut&) = delete;
  FanOut& operator=(const FanOut&) = delete;

  // Feeds a stream from now on. Its first message comes at once.
  void Add(Watch watch);

  // The reader: reads what is new, gives it to the streams that are up to date,
  // and sends the bookmarks that are due. Call it when Services::feed rings and
  // at the time that it returned; by one thread. InfiniteFuture: when it rings.
  absl::StatusOr<absl::Time> Pump(storage::Session& session, absl::Time now);

  size_t size();

 private:
  struct Watcher;
  using WatcherPtr = std::shared_ptr<Watcher>;

  // What streams call.
  void Drained(int64_t id);
  void Ended(int64_t id);
  void ServerStops(int64_t id);

  // Pages on the handlers' threads, until the stream is up to date or slow.
  void Schedule(const WatcherPtr& watcher);  // needs the lock
  void Step(storage::Session& session, const WatcherPtr& watcher);
  absl::Status ListPage(storage::Session& session, Watcher& watcher,
                        absl::Time now);
  absl::Status ReadPage(storage::Session& session, Watcher& watcher,
                        absl::Time now);
  // Gives a stream what is in memory. Needs the lock.
  enum class Covered { kNo, kInPart, kUpToDate };
  Covered GiveRecent(Watcher& watcher, absl::Time now);

  // Reads a stretch of the feed into `recent_`; true: there is more.
  absl::StatusOr<bool> ReadOn(storage::Session& session, absl::Time now);
  // Gives what came after `before` to all who are up to date. Needs the lock.
  void Deliver(storage::FeedPosition before, absl::Time now);
  // The bookmarks that are due; when the next one is. Needs the lock.
  absl::Time Heartbeats(absl::Time now);

  // Sends events, in order, as few messages; after the last one the stream has
  // seen everything up to `seen`.
  void Send(Watcher& watcher, const std::vector<const v1::Event*>& events,
            storage::FeedPosition seen, absl::Time now);
  void Bookmark(Watcher& watcher, absl::Time now);
  // Sends it with the token of the watcher's place.
  void Write(Watcher& watcher, v1::WatchEventsResponse* message,
             absl::Time now);

  Services& services_;
  const Submit submit_;
  const Options options_;

  std::mutex mutex_;
  RecentEvents recent_;
  // The newest number that is known; for messages.
  std::atomic<int64_t> head_sequence_ = 0;
  std::map<int64_t, WatcherPtr> watchers_;
  int64_t next_id_ = 1;
};

}  // namespace charter::services

#endif  // CHARTER_SERVER_SERVICES_EVENTS_FAN_OUT_H_

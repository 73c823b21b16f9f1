// The feed without gaps, over servers that come and go.
#ifndef CHARTER_CLIENT_EVENT_STREAM_H_
#define CHARTER_CLIENT_EVENT_STREAM_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "charter/client/options.h"
#include "charter/client/retry.h"
#include "charter/client/timing.h"
#include "charter/v1/event_client.h"

namespace charter::client {

// How an EventStream keeps its connection.
struct EventStreamOptions {
  // Of each connection.
  Options call = {};
  // How often the server is asked to say that nothing happens: 100 ms to 60 s.
  absl::Duration heartbeat = absl::Seconds(5);
  // A connection that was quiet for so many heartbeats is given up for another.
  int silent_heartbeats = 3;
  // Pauses between connections; a message begins them anew. `most_attempts`: of
  // connections without a message between them.
  RetryPolicy reconnect = {};
  // Null: the machine's.
  std::shared_ptr<Timing> timing = nullptr;
  // Asked at least as often as a silent connection is given up; true ends Next
  // with CANCELLED, as a CancellationOption in `call` does. May be empty.
  std::function<bool()> cancelled = nullptr;
};

namespace internal {

// A stream that ended so is taken up again: the server went away, drained, or
// cut it; everything else tells of a mistake. `worked`: the server took the
// token until now, so that one that it refuses is waited for.
bool WorthReconnecting(const absl::Status& status, bool worked);

// Up to which transaction everything was told. A server that is older than
// `seen_sequence` does not say so: a bookmark of its counts as having told all,
// and events as having told all up to the last.
int64_t SeenBy(const v1::WatchEventsResponse& response);

}  // namespace internal

// How far behind a reader is.
struct EventLag {
  // The newest sequence number that the server told of, less the last up to
  // which it has told everything. While a server that is older than
  // `seen_sequence` works off what no filter lets through, this is too small.
  int64_t transactions = 0;
  // How long ago anything came from the server, a bookmark included.
  absl::Duration silence;
};

// One thread reads; Cancel and lag are thread-safe. Whole transactions come, in
// order, each once: after a break the stream goes on right after the last
// message that Next gave. What it cannot mend (a resume token too old, whose
// error names where the feed begins now; no permission; a bad filter) Next
// returns. A token that the server took until now and then refuses is waited
// for, as long as it takes to be replaced: see lag().silence.
class EventStream {
 public:
  // `request` says where to begin; its heartbeat is set from the options.
  EventStream(std::shared_ptr<v1::EventConnection> connection,
              v1::WatchEventsRequest request, EventStreamOptions options = {});
  ~EventStream();

  // The next events, or a bookmark: then everything up to its token was seen,
  // and the token may be kept. CANCELLED after Cancel.
  absl::StatusOr<v1::WatchEventsResponse> Next();

  // Where to go on after the last message that Next gave; empty: there was
  // none.
  const std::string& resume_token() const { return token_; }
  EventLag lag() const;
  // Connections that were made after the first.
  int64_t reconnections() const;
  // Next returns at once, now and ever after.
  void Cancel();

 private:
  void Connect();
  void Pause(absl::Duration pause);
  bool Cancelled() const;

  const std::shared_ptr<v1::EventConnection> connection_;
  const EventStreamOptions options_;
  const std::shared_ptr<Timing> timing_;
  v1::WatchEventsRequest request_;
  std::string token_;
  int failures_ = 0;      // connections since the last message
  bool refused_ = false;  // since then the server refused a token
  std::shared_ptr<ServerStream<v1::WatchEventsResponse>> stream_;

  mutable std::mutex mutex_;  // of what follows
  bool cancelled_ = false;
  std::shared_ptr<ServerStream<v1::WatchEventsResponse>> running_;
  absl::Time heard_;
  int64_t head_ = 0;
  int64_t given_ = 0;
  int64_t connections_ = 0;
};

// Makes the effect of each event exactly once, by keeping the resume token with
// the effects.
struct EventSink {
  // The token that was kept last; empty: none yet.
  std::function<absl::StatusOr<std::string>()> load;
  // Makes the effects of these events and keeps `response.resume_token()`, both
  // in one transaction of the caller's own: all or nothing.
  std::function<absl::Status(const v1::WatchEventsResponse& response)> apply;
};

// Follows the feed from where the sink is, until `cancelled` (empty: never) or
// something that cannot be mended, whose status it returns. A sink that fails
// is given the same again, unless it has kept its token after all, after a
// pause that grows; `most_failures` in a row end it.
absl::Status Follow(const std::shared_ptr<v1::EventConnection>& connection,
                    v1::WatchEventsRequest request, const EventSink& sink,
                    const std::function<bool()>& cancelled,
                    const EventStreamOptions& options = {},
                    int most_failures = 20);

}  // namespace charter::client

#endif  // CHARTER_CLIENT_EVENT_STREAM_H_

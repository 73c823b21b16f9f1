// Calls that last: server streams, and unary calls that wait for something to
// happen. Neither holds a thread or a session while it waits.
#ifndef CHARTER_SERVER_SERVICES_SHARED_STREAM_H_
#define CHARTER_SERVER_SERVICES_SHARED_STREAM_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "google/protobuf/message_lite.h"
#include "server/services/shared/bell.h"
#include "server/services/shared/principal.h"

namespace charter::services {

// One open server stream, as what feeds it sees it. Thread-safe. A streaming
// handler
//   absl::Status WatchEvents(Call& call, const WatchEventsRequest& request,
//                            std::shared_ptr<Stream> stream);
// runs once on a worker (checks, finds the place to begin), hands `stream` to a
// fan-out thread and returns OK: the stream stays open. An error closes it.
class Stream {
 public:
  virtual ~Stream() = default;

  // Serializes and sends, in order, after what is queued. False once the stream
  // has ended, and the message is dropped.
  virtual bool Write(const google::protobuf::MessageLite& message) = 0;
  // Bytes that are queued and not yet taken by the transport. A fan-out that
  // sees more than it likes stops writing to this stream and reads on from the
  // table once `on_drained` was called: a slow watcher is never cut off (W1).
  virtual size_t pending_bytes() const = 0;
  // Ends the stream after what is queued; later calls do nothing. OK, or a
  // catalogue error.
  virtual void Finish(const absl::Status& status) = 0;
  // The client went away, or Finish was called.
  virtual bool ended() const = 0;

  // Called on a thread of the transport, so quick and without blocking; set
  // before the handler returns. `on_drained`: everything queued was taken.
  // `on_end`: nothing more will be sent; called once, also after Finish.
  // `on_drain_server`: the server stops; send a last bookmark and Finish with
  // errors::Draining(). Without it the stream is finished that way for you.
  virtual void SetCallbacks(std::function<void()> on_drained,
                            std::function<void()> on_end,
                            std::function<void()> on_drain_server) = 0;
};

// What a waiting handler
//   absl::StatusOr<Poll<PullActionsResponse>> PullActions(Call&, const
//   PullActionsRequest&);
// returns: an answer, or what to wait for. It is run again, with a session,
// when the bell rings, each second in case another server did what it waits
// for, and a last time (`call.last_try()`) when the wait is over, the deadline
// near or the server stopping; then it must answer.
//   const int64_t rings = call.services().actions.rings();
//   … look; found: return Poll<R>::Answer(r) …
//   if (call.last_try()) return Poll<R>::Answer(R());
//   return Poll<R>::Wait(call.services().actions, rings, wait);
template <typename Response>
struct Poll {
  std::optional<Response> answer;
  Bell* bell = nullptr;
  // Bell::rings() before it looked, so that no ring is missed.
  int64_t rings = 0;
  // From the first run; later runs can't make it longer.
  absl::Duration wait;

  static Poll Answer(Response response) {
    Poll poll;
    poll.answer = std::move(response);
    return poll;
  }
  static Poll Wait(Bell& bell, int64_t rings, absl::Duration wait) {
    Poll poll;
    poll.bell = &bell;
    poll.rings = rings;
    poll.wait = wait;
    return poll;
  }
};

}  // namespace charter::services

#endif  // CHARTER_SERVER_SERVICES_SHARED_STREAM_H_

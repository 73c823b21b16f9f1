// Hooks for traces, metrics and logs.
#ifndef CHARTER_CLIENT_OBSERVER_H_
#define CHARTER_CLIENT_OBSERVER_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace google::protobuf {
class Message;
}

namespace charter::client {

// A call that is over.
struct CallRecord {
  absl::string_view method;  // `charter.v1.CaseService/OpenCase`
  absl::Time start;
  absl::Duration elapsed;
  int attempts = 1;
  const absl::Status& status;
  const google::protobuf::Message& request;
};

// Is told of calls on the threads that make them, so it must be quick and must
// not call back. Thread-safe.
class CallObserver {
 public:
  virtual ~CallObserver() = default;
  // An attempt ended; `pause`: how long until the next, infinite: it was the
  // last.
  virtual void OnAttempt(absl::string_view method, int attempt,
                         const absl::Status& status, absl::Duration pause) {
    (void)method, (void)attempt, (void)status, (void)pause;
  }
  // A call ended; of a stream, when it did.
  virtual void OnCall(const CallRecord& record) { (void)record; }
};

// Per channel, client or call; one is told, the first in order of precedence.
struct ObserverOption {
  using Type = std::shared_ptr<CallObserver>;
};

// Writes a line per call: method, code, reason, attempts, duration, and the
// request in short with everything redacted that may be a customer's text or a
// secret (fields that their proto marks `sensitive`, and all in messages that
// are not Charter's).
std::shared_ptr<CallObserver> CallLog(
    std::function<void(absl::string_view)> sink);

// What CallLog writes of a request.
std::string Redacted(const google::protobuf::Message& message);

// The W3C trace context that an attempt carries, as the program's tracer has
// it.
struct TraceContext {
  std::string traceparent;  // `00-…-…-01`; empty: none is sent
  std::string tracestate;
};
// Asked before each attempt, on the calling thread.
struct TraceContextOption {
  using Type = std::function<TraceContext()>;
};

}  // namespace charter::client

#endif  // CHARTER_CLIENT_OBSERVER_H_

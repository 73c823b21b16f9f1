// The path that every call takes, without the transport: identity, permission,
// deadline, validation, handler, replay of a request id, log line. Admission is
// the executor's, error details are in status.h, the audit row is written with
// the effect (services::Call).
#ifndef CHARTER_SERVER_CALL_PATH_H_
#define CHARTER_SERVER_CALL_PATH_H_

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"
#include "server/call/endpoint.h"
#include "server/call/identity.h"
#include "server/call/validator.h"
#include "server/services/shared/call.h"
#include "server/services/shared/services.h"
#include "storage/store.h"

namespace charter::call {

// The most bytes that a request may have. The transport takes somewhat more, so
// that the caller gets an error of ours.
inline constexpr size_t kMaxRequestBytes = 4 << 20;

// What the path knows of one call. Made by Enter; belongs to whoever runs the
// call at the moment.
struct Passage {
  const Endpoint* endpoint = nullptr;
  services::CallInfo info;
  std::unique_ptr<google::protobuf::Message> request;
  std::unique_ptr<google::protobuf::Message> response;
  std::chrono::steady_clock::time_point start;
  // Of a long poll: when its wait is over. max(): it has not waited yet.
  std::chrono::steady_clock::time_point wait_until =
      std::chrono::steady_clock::time_point::max();
  bool replayed = false;
};

// Thread-safe.
class CallPath {
 public:
  CallPath(services::Services& services, const Endpoints& endpoints,
           Identity& identity)
      : services_(services), endpoints_(endpoints), identity_(identity) {}

  // Prepares the requests of all methods. FAILED_PRECONDITION for a rule that
  // makes no sense.
  absl::Status Prepare();

  // Identity and permission. `deadline`: the caller's; max(): none was sent,
  // and the method's default is taken. Does not block.
  absl::Status Enter(const Endpoint& endpoint, const Presented& presented,
                     absl::string_view peer,
                     std::chrono::steady_clock::time_point deadline,
                     std::function<bool()> cancelled, Passage* passage);

  // An audit row for a call that lacked a permission. A database that doesn't
  // take it is only logged: the refusal stands.
  void AuditRefusal(const services::CallInfo& info, absl::StatusCode code,
                    storage::Session& session);

  // `size` bytes have come: MESSAGE_TOO_LARGE, or the parsed and checked
  // request. `parse` fills the message; `bytes` gives them again, to find what
  // was wrong.
  absl::Status Admit(Passage& passage, size_t size,
                     absl::FunctionRef<bool(google::protobuf::Message*)> parse,
                     absl::FunctionRef<std::string()> bytes);

  // Runs the handler of a unary method; on OK the response is there.
  absl::Status RunUnary(Passage& passage, storage::Session& session);
  // Runs a waiting handler once.
  absl::StatusOr<PollOutcome> RunPoll(Passage& passage,
                                      storage::Session& session, bool last);
  // Opens a stream.
  absl::Status RunStream(Passage& passage, storage::Session& session,
                         std::shared_ptr<services::Stream> stream);

  // Makes what goes to the caller: takes from the response what they may not
  // see. Writes the log line.
  absl::Status Leave(const Passage& passage, const absl::Status& status);

 private:
  // Runs `f` with the call, unless it is over already; nothing thrown leaves.
  template <typename F>
  auto Guarded(Passage& passage, storage::Session& session, bool last, F f)
      -> decltype(f(std::declval<services::Call&>()));
  // Answers from the request log, if it has an answer for the call that failed
  // with `failure`; else returns `failure`.
  absl::Status Replay(Passage& passage, storage::Session& session,
                      const absl::Status& failure);

  services::Services& services_;
  const Endpoints& endpoints_;
  Identity& identity_;
  Validator validator_;
};

}  // namespace charter::call

#endif  // CHARTER_SERVER_CALL_PATH_H_

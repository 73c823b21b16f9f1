// One call as its handler sees it. A handler is a plain function
//   absl::StatusOr<Response> OpenCase(Call& call, const OpenCaseRequest&
//   request);
// that runs on a worker thread with a session of its own, after identity,
// permission, admission, deadline and validation (server/call/path.h).
#ifndef CHARTER_SERVER_SERVICES_SHARED_CALL_H_
#define CHARTER_SERVER_SERVICES_SHARED_CALL_H_

#include <atomic>
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "charter/v1/event_service.pb.h"
#include "google/protobuf/message.h"
#include "server/services/shared/method.h"
#include "server/services/shared/principal.h"
#include "server/services/shared/services.h"
#include "storage/store.h"

namespace charter::services {

// A write is through or given up after so long, whatever its caller would
// wait: jobs that must see every write that began before them wait for it (B9).
inline constexpr absl::Duration kLongestWrite = absl::Seconds(30);

// What is known of a call before its handler runs.
struct CallInfo {
  const Method* method = nullptr;  // null for work without a caller
  // Who, where there is no method: "wakeups", "recalculation".
  std::string worker;
  Principal principal;
  // The call's one instant, from the Clock.
  absl::Time now;
  // When the caller stops waiting. On the monotonic clock, so that a simulated
  // Clock changes no wait. max(): never.
  std::chrono::steady_clock::time_point deadline =
      std::chrono::steady_clock::time_point::max();
  // Whether the caller went away or the server is stopping; thread-safe. Empty:
  // never.
  std::function<bool()> cancelled;
  // Made by the server, stands in the log line and in INTERNAL errors.
  std::string call_id;
  // The request's `request_id`; empty: none.
  std::string request_id;
  // SHA-256 of the request without `request_id`; needed with `request_id` only.
  std::string fingerprint;
  // The request's `name`, for the audit row; empty: it has none.
  std::string subject;
  // Where the call came from: "ipv4:10.0.0.7:4711". Empty: not by network.
  std::string peer;
  bool validate_only = false;
  // Of a long poll (server/services/shared/stream.h): answer now, even with
  // nothing.
  bool last_try = true;

  // For workers: the principal `system`, no deadline, no request id.
  static CallInfo System(absl::string_view worker, absl::Time now);
};

// Belongs to one thread. Made by the call path for each RPC, and by hand for
// work without a caller:
//   Call call(services, session, CallInfo::System("wakeups", clock.Now()));
class Call {
 public:
  Call(Services& services, storage::Session& session, CallInfo info);
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  const Principal& principal() const { return info_.principal; }
  // For what depends on more than the method: `call.Allowed("cases.update")`.
  bool Allowed(absl::string_view permission) const;
  // Null for work without a caller.
  const Method* method() const { return info_.method; }
  // The same throughout the call; whole microseconds.
  absl::Time now() const { return info_.now; }
  // What is left until the deadline; InfiniteDuration: no deadline.
  absl::Duration remaining() const;
  bool cancelled() const { return info_.cancelled && info_.cancelled(); }
  // OK, or CANCELLED or DEADLINE_EXCEEDED: for loops that compute for long.
  absl::Status Alive() const;
  const std::string& call_id() const { return info_.call_id; }
  const std::string& request_id() const { return info_.request_id; }
  bool validate_only() const { return info_.validate_only; }
  bool last_try() const { return info_.last_try; }
  Services& services() { return services_; }
  storage::Session& session() { return session_; }

  // Reads in one transaction. `snapshot`: all its statements see the same
  // moment. Returns what `body` returned, or a catalogue error for what the
  // database did.
  absl::Status Read(absl::FunctionRef<absl::Status(storage::Transaction&)> body,
                    bool snapshot = false);

  // Writes in one transaction, which also holds the request id with the
  // response, the audit rows, and the outbox row of what `body` emitted. `body`
  // may run several times (storage/store.h): what it emitted, audited and rang
  // is forgotten before each run. With validate_only everything is rolled back
  // and the request log not touched; the response is what `body` returned.
  //
  // With a request id a call writes once; a second Write is INTERNAL. Where the
  // id was used before nothing is written and the result is an error, which the
  // handler returns as it is: the call path replaces it by the stored response.
  template <typename Response>
  absl::StatusOr<Response> Write(
      absl::FunctionRef<absl::StatusOr<Response>(storage::Transaction&)> body);
  // The same without a response: for workers.
  absl::Status Apply(
      absl::FunctionRef<absl::Status(storage::Transaction&)> body);
  // Many writes in one transaction: a Write, Apply or Read that `body` comes to
  // is part of it and has none of its own, so that `body` may call handlers. It
  // must return what they refuse, which may be storage's own error. The request
  // id gets the one response.
  template <typename Response>
  absl::StatusOr<Response> WriteTogether(
      absl::FunctionRef<absl::StatusOr<Response>()> body);

  // The answer that the request id got, for the call path. It asks when a
  // handler failed, because an effect that happened makes its repetition fail
  // (ALREADY_EXISTS, ETAG_MISMATCH, or the row of the id itself). nullopt when
  // the id has none; INVALID_ARGUMENT REQUEST_ID_REUSED when it belongs to
  // another payload.
  struct Stored {
    std::string response;    // serialized
    std::string read_again;  // the resource to read instead, where it was large
  };
  absl::StatusOr<std::optional<Stored>> StoredResponse();

  // --- inside a Write ---

  // Puts an event on the feed, in the order of the calls. Needs `type`,
  // `subject`, `resource_type`, and `account` where there is one. Filled in
  // here: `index`, `record_time`, `actor`, and `occur_time` where absent.
  void Emit(v1::Event event);
  // An audit row: the resource, as it was and as it became (null: not told). A
  // call that audits nothing gets one row with the resource that its response
  // names; a worker gets none.
  void Audit(absl::string_view subject,
             const google::protobuf::Message* before = nullptr,
             const google::protobuf::Message* after = nullptr);
  // Rings `bell` after the commit.
  void Ring(Bell& bell, absl::Time when = absl::InfinitePast());

 private:
  struct Ringing {
    Bell* bell;
    absl::Time when;
  };
  struct Audited {
    std::string subject, before, after;
  };

  storage::TxOptions Options() const;
  // Runs `body` and what belongs to a write. `response` is asked after each
  // successful run of `body`; null: none.
  absl::Status RunWrite(
      absl::FunctionRef<absl::Status(storage::Transaction&)> body,
      absl::FunctionRef<const google::protobuf::Message*()> response);
  absl::Status KeepRecords(storage::Transaction& tx,
                           const google::protobuf::Message* response);
  absl::Status KeepAnswer(storage::Transaction& tx,
                          const google::protobuf::Message& response);
  // What audit rows and the request log call this work.
  std::string MethodName() const;

  Services& services_;
  storage::Session& session_;
  const CallInfo info_;
  bool request_id_used_ = false;
  // That of WriteTogether, while its body runs.
  storage::Transaction* joined_ = nullptr;
  std::vector<v1::Event> events_;
  std::vector<Audited> audited_;
  std::vector<Ringing> ringing_;
};

// --- implementation ---

template <typename Response>
absl::StatusOr<Response> Call::Write(
    absl::FunctionRef<absl::StatusOr<Response>(storage::Transaction&)> body) {
  std::optional<Response> response;
  absl::Status status = RunWrite(
      [&](storage::Transaction& tx) -> absl::Status {
        absl::StatusOr<Response> result = body(tx);
        if (!result.ok()) return result.status();
        response = *std::move(result);
        return absl::OkStatus();
      },
      [&]() -> const google::protobuf::Message* { return &*response; });
  if (!status.ok()) return status;
  return *std::move(response);
}

template <typename Response>
absl::StatusOr<Response> Call::WriteTogether(
    absl::FunctionRef<absl::StatusOr<Response>()> body) {
  return Write<Response>([&](storage::Transaction& tx) {
    joined_ = &tx;
    absl::StatusOr<Response> response = body();
    joined_ = nullptr;
    return response;
  });
}

}  // namespace charter::services

#endif  // CHARTER_SERVER_SERVICES_SHARED_CALL_H_

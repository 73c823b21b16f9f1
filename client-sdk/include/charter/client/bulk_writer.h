// Many writes, as many at once as the server likes.
//
//   client::BulkWriter<v1::CreateAccountRequest, v1::Account> writer(
//       [&](v1::CreateAccountRequest request, const client::Options& options,
//           client::Callback<v1::Account> done) {
//         directory.AsyncCreateAccount(std::move(request), std::move(done),
//                                      options);
//       });
//   for (…) writer.Add(request);
//   for (const auto& failure : writer.Finish()) …
#ifndef CHARTER_CLIENT_BULK_WRITER_H_
#define CHARTER_CLIENT_BULK_WRITER_H_

#include <algorithm>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "charter/client/awaitable.h"
#include "charter/client/observer.h"
#include "charter/client/options.h"
#include "charter/client/request.h"

namespace charter::client {

// How a BulkWriter writes.
struct BulkOptions {
  // Calls under way at first, and at most; 1 or more.
  double first = 4;
  double most = 64;
  // Of each call. Its observer is told of these calls, the channel's is not.
  Options call = {};
};

// How far it is, in requests.
struct BulkProgress {
  int64_t added = 0;
  int64_t written = 0;
  int64_t failed = 0;
  int at_once = 0;  // calls that may be under way now
};

namespace internal {

// How many calls may be under way: one more for each round that goes well, half
// when the server is short of something (additive increase, multiplicative
// decrease; Chiu and Jain, 1989), at most once for the calls that were under
// way together. Is told of all attempts, those that are repeated as well.
class BulkGate : public CallObserver {
 public:
  BulkGate(double first, double most)
      : most_(std::max(most, 1.0)), window_(std::clamp(first, 1.0, most_)) {}

  // Is told of everything, too.
  void set_next(std::shared_ptr<CallObserver> next) { next_ = std::move(next); }

  // Waits for a place.
  void Enter();
  void Leave(const absl::Status& status);
  // Waits until no call is under way.
  void WaitUntilEmpty();
  BulkProgress progress() const;

  void OnAttempt(absl::string_view method, int attempt,
                 const absl::Status& status, absl::Duration pause) override;
  void OnCall(const CallRecord& record) override;

 private:
  const double most_;
  std::shared_ptr<CallObserver> next_;
  mutable std::mutex mutex_;  // of what follows
  std::condition_variable left_;
  double window_;
  int under_way_ = 0;
  int64_t until_next_cut_ = 0;
  BulkProgress progress_;
};

}  // namespace internal

// One thread adds; progress is thread-safe.
template <typename Request, typename Response>
class BulkWriter {
 public:
  using Write =
      std::function<void(Request, const Options&, Callback<Response>)>;
  using OnWritten = std::function<void(const Request&, const Response&)>;
  // A request that was refused, or whose retries came to nothing.
  struct Failure {
    Request request;
    absl::Status status;
  };

  // `on_written` is called on threads of gRPC's, one at a time; it must not
  // Add.
  explicit BulkWriter(Write write, BulkOptions options = {},
                      OnWritten on_written = {})
      : write_(std::move(write)),
        state_(std::make_shared<State>(options.first, options.most)),
        options_(std::move(options.call)) {
    state_->on_written = std::move(on_written);
    if (const auto* next = options_.Find<ObserverOption>(); next != nullptr)
      state_->gate.set_next(*next);
    options_.Set<ObserverOption>(
        std::shared_ptr<CallObserver>(state_, &state_->gate));
  }
  // Waits for what is under way.
  ~BulkWriter() { state_->gate.WaitUntilEmpty(); }

  // Begins the write; waits while as many as may be are under way.
  void Add(Request request) {
    // A failure that is added again is then the same write.
    if constexpr (requires { request.set_request_id(""); }) {
      const std::string* id = options_.Find<RequestIdOption>();
      const bool none = id != nullptr && id->empty();
      if (request.request_id().empty() && !none)
        request.set_request_id(NewRequestId());
    }
    state_->gate.Enter();
    auto kept = std::make_shared<Request>(request);
    write_(std::move(request), options_,
           [state = state_, kept](absl::StatusOr<Response> response) {
             {
               const std::lock_guard lock(state->mutex);
               if (!response.ok()) {
                 state->failures.push_back({*kept, response.status()});
               } else if (state->on_written != nullptr) {
                 state->on_written(*kept, *response);
               }
             }
             state->gate.Leave(response.status());
           });
  }
  // Waits for all, and gives those that failed since the last time.
  std::vector<Failure> Finish() {
    state_->gate.WaitUntilEmpty();
    const std::lock_guard lock(state_->mutex);
    return std::exchange(state_->failures, {});
  }
  BulkProgress progress() const { return state_->gate.progress(); }

 private:
  // Outlives the writer while answers come.
  struct State {
    State(double first, double most) : gate(first, most) {}
    internal::BulkGate gate;
    std::mutex mutex;
    std::vector<Failure> failures;
    OnWritten on_written;
  };

  const Write write_;
  const std::shared_ptr<State> state_;
  Options options_;
};

}  // namespace charter::client

#endif  // CHARTER_CLIENT_BULK_WRITER_H_

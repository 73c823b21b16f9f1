// Calls to `co_await`. The call begins when it is awaited; the coroutine goes
// on on a thread of gRPC's, which it must not block for long.
#ifndef CHARTER_CLIENT_AWAITABLE_H_
#define CHARTER_CLIENT_AWAITABLE_H_

#include <coroutine>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "absl/status/statusor.h"

namespace charter::client {

// What an asynchronous call does with its answer.
template <typename T>
using Callback = std::function<void(absl::StatusOr<T>)>;

// An asynchronous call that a coroutine waits for: `co_await` begins it and
// gives its answer, on a thread of gRPC's.
template <typename T>
class [[nodiscard]] Awaitable {
 public:
  using Start = std::function<void(Callback<T>)>;
  explicit Awaitable(Start start) : start_(std::move(start)) {}

  // What `co_await` asks.
  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> waiting) {
    // The coroutine may go on, and destroy this, before start_ returns.
    Start start = std::move(start_);
    start([this, waiting](absl::StatusOr<T> answer) {
      answer_.emplace(std::move(answer));
      waiting.resume();
    });
  }
  absl::StatusOr<T> await_resume() { return *std::move(answer_); }

 private:
  Start start_;
  std::optional<absl::StatusOr<T>> answer_;
};

}  // namespace charter::client

#endif  // CHARTER_CLIENT_AWAITABLE_H_

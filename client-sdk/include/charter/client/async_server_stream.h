// Responses that come one by one, without a thread that waits for them:
//
//   auto books = library.CoWatchBooks(request);
//   for (;;) {
//     auto book = co_await books->Next();
//     if (!book.ok() || !book->has_value()) break;
//     …
//   }
#ifndef CHARTER_CLIENT_ASYNC_SERVER_STREAM_H_
#define CHARTER_CLIENT_ASYNC_SERVER_STREAM_H_

#include <memory>
#include <optional>
#include <utility>

#include "absl/status/statusor.h"
#include "charter/client/awaitable.h"
#include "charter/client/channel.h"
#include "charter/client/server_stream.h"

namespace charter::client {

// One response is asked for at a time; Cancel is thread-safe. Destroying it
// cancels: who still waits is called with CANCELLED.
template <typename T>
class AsyncServerStream {
 public:
  virtual ~AsyncServerStream() = default;
  // The next response; none: the server has ended the stream; a status: it
  // failed so. After the end, the same again. `done` is called once, on a
  // thread of gRPC's or on the caller's; it must not block for long.
  virtual void AsyncNext(Callback<std::optional<T>> done) = 0;
  // The same to `co_await`.
  Awaitable<std::optional<T>> Next() {
    return Awaitable<std::optional<T>>([this](Callback<std::optional<T>> done) {
      AsyncNext(std::move(done));
    });
  }
  virtual void Cancel() = 0;
};

namespace internal {

template <typename T>
class ChannelAsyncStream : public AsyncServerStream<T> {
 public:
  explicit ChannelAsyncStream(std::unique_ptr<AsyncMessageStream> stream)
      : stream_(std::move(stream)) {}

  void AsyncNext(Callback<std::optional<T>> done) override {
    auto message = std::make_shared<T>();
    stream_->Read(
        message, [message, done = std::move(done)](absl::StatusOr<bool> more) {
          if (!more.ok()) return done(std::move(more).status());
          done(*more ? std::optional<T>(std::move(*message)) : std::nullopt);
        });
  }
  void Cancel() override { stream_->Cancel(); }

 private:
  const std::unique_ptr<AsyncMessageStream> stream_;
};

// Waits on the thread that asks: what a mock gives.
template <typename T>
class WaitingStream : public AsyncServerStream<T> {
 public:
  explicit WaitingStream(std::unique_ptr<ServerStream<T>> stream)
      : stream_(std::move(stream)) {}

  void AsyncNext(Callback<std::optional<T>> done) override {
    std::optional<T> next = stream_->Read();
    if (next.has_value() || stream_->status().ok())
      return done(std::move(next));
    done(stream_->status());
  }
  void Cancel() override { stream_->Cancel(); }

 private:
  const std::unique_ptr<ServerStream<T>> stream_;
};

}  // namespace internal
}  // namespace charter::client

#endif  // CHARTER_CLIENT_ASYNC_SERVER_STREAM_H_

// Responses that come one by one.
#ifndef CHARTER_CLIENT_SERVER_STREAM_H_
#define CHARTER_CLIENT_SERVER_STREAM_H_

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "charter/client/channel.h"

namespace charter::client {

// One thread reads; Cancel is thread-safe. Destroying it cancels.
template <typename T>
class ServerStream {
 public:
  virtual ~ServerStream() = default;
  // The next response; none: nothing came within `timeout`, or, when it is
  // infinite or `ended()`, the stream is over and `status()` says how.
  virtual std::optional<T> Read(
      absl::Duration timeout = absl::InfiniteDuration()) = 0;
  virtual bool ended() const = 0;
  // How it ended; OK before.
  virtual absl::Status status() const = 0;
  virtual void Cancel() = 0;
};

namespace internal {

template <typename T>
class ChannelStream : public ServerStream<T> {
 public:
  explicit ChannelStream(std::unique_ptr<MessageStream> stream)
      : stream_(std::move(stream)) {}
  ~ChannelStream() override { stream_->Cancel(); }

  std::optional<T> Read(absl::Duration timeout) override {
    if (ended_) return std::nullopt;
    switch (stream_->Read(&message_, timeout)) {
      case MessageStream::Outcome::kMessage: {
        std::optional<T> message(std::move(message_));
        message_ = T();
        return message;
      }
      case MessageStream::Outcome::kTimeout:
        return std::nullopt;
      case MessageStream::Outcome::kEnd:
        break;
    }
    ended_ = true;
    status_ = stream_->Finish();
    return std::nullopt;
  }
  bool ended() const override { return ended_; }
  absl::Status status() const override { return status_; }
  void Cancel() override { stream_->Cancel(); }

 private:
  T message_;  // is being read, also while stream_ goes
  std::unique_ptr<MessageStream> stream_;
  bool ended_ = false;
  absl::Status status_;
};

}  // namespace internal

// A stream that gives these responses and ends so: for mocks.
template <typename T>
std::unique_ptr<ServerStream<T>> MakeServerStream(
    std::vector<T> responses, absl::Status status = absl::OkStatus()) {
  class Canned : public ServerStream<T> {
   public:
    Canned(std::vector<T> all, absl::Status end)
        : responses_(std::move(all)), end_(std::move(end)) {}
    std::optional<T> Read(absl::Duration) override {
      if (next_ < responses_.size()) return responses_[next_++];
      ended_ = true;
      return std::nullopt;
    }
    bool ended() const override { return ended_; }
    absl::Status status() const override {
      return ended_ ? end_ : absl::OkStatus();
    }
    void Cancel() override {
      next_ = responses_.size();
      end_ = absl::CancelledError("cancelled");
    }

   private:
    std::vector<T> responses_;
    size_t next_ = 0;
    bool ended_ = false;
    absl::Status end_;
  };
  return std::make_unique<Canned>(std::move(responses), std::move(status));
}

}  // namespace charter::client

#endif  // CHARTER_CLIENT_SERVER_STREAM_H_

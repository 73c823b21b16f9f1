// A feed whose messages a test writes.
#ifndef CHARTER_TESTS_CLIENT_SDK_SCRIPTED_EVENTS_H_
#define CHARTER_TESTS_CLIENT_SDK_SCRIPTED_EVENTS_H_

#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "charter/client/cancellation.h"
#include "charter/v1/event_client.h"
#include "charter/v1/mock_event_connection.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"

namespace charter::client {

// Everything that is sent is read once, by whichever stream is open. Its time
// is a test's, and nobody waits in it. Thread-safe.
class ScriptedEvents {
 public:
  ScriptedEvents() {
    using ::testing::_;
    ON_CALL(*connection_, WatchEvents(_, _))
        .WillByDefault([this](const v1::WatchEventsRequest& request,
                              const Options& options) {
          {
            const std::lock_guard lock(mutex_);
            ++opened_;
            asked_ = request;
          }
          return std::make_unique<Stream>(*this, options);
        });
  }

  std::shared_ptr<v1::EventConnection> connection() { return connection_; }

  void Send(const std::string& message) {
    v1::WatchEventsResponse response;
    if (!google::protobuf::TextFormat::ParseFromString(message, &response))
      ADD_FAILURE() << "not a message of the feed: " << message;
    Send(std::move(response));
  }
  void Send(v1::WatchEventsResponse response) {
    const std::lock_guard lock(mutex_);
    steps_.push_back(std::move(response));
    changed_.notify_all();
  }
  // The stream that reads this ends so.
  void End(absl::Status status) {
    const std::lock_guard lock(mutex_);
    steps_.push_back(std::move(status));
    changed_.notify_all();
  }
  // Waits until all was read and a reader asks for more.
  void AwaitRead() {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, std::chrono::seconds(60),
                           [this] { return steps_.empty() && waiting_ > 0; }))
      ADD_FAILURE() << "nobody reads the feed";
  }
  int opened() {
    const std::lock_guard lock(mutex_);
    return opened_;
  }
  // What the last stream was asked for.
  v1::WatchEventsRequest asked() {
    const std::lock_guard lock(mutex_);
    return asked_;
  }

 private:
  using Step = absl::StatusOr<v1::WatchEventsResponse>;

  class Stream : public ServerStream<v1::WatchEventsResponse> {
   public:
    Stream(ScriptedEvents& script, const Options& options) : script_(script) {
      const auto* given = options.Find<CancellationOption>();
      if (given == nullptr) return;
      cancellation_ = *given;
      id_ = cancellation_->OnCancel([this] { Cancel(); });
    }
    ~Stream() override {
      if (cancellation_.has_value()) cancellation_->Forget(id_);
    }

    std::optional<v1::WatchEventsResponse> Read(absl::Duration) override {
      std::unique_lock lock(script_.mutex_);
      ++script_.waiting_;
      script_.changed_.notify_all();
      script_.changed_.wait(
          lock, [this] { return cancelled_ || !script_.steps_.empty(); });
      --script_.waiting_;
      if (cancelled_) {
        status_ = absl::CancelledError("cancelled");
      } else {
        Step step = std::move(script_.steps_.front());
        script_.steps_.pop_front();
        if (step.ok()) return *std::move(step);
        status_ = step.status();
      }
      ended_ = true;
      return std::nullopt;
    }
    bool ended() const override { return ended_; }
    absl::Status status() const override { return status_; }
    void Cancel() override {
      const std::lock_guard lock(script_.mutex_);
      cancelled_ = true;
      script_.changed_.notify_all();
    }

   private:
    ScriptedEvents& script_;
    std::optional<Cancellation> cancellation_;
    uint64_t id_ = 0;
    bool cancelled_ = false;  // the script's mutex guards it
    bool ended_ = false;
    absl::Status status_;
  };

  const std::shared_ptr<::testing::NiceMock<v1::MockEventConnection>>
      connection_ =
          std::make_shared<::testing::NiceMock<v1::MockEventConnection>>();
  std::mutex mutex_;  // of what follows
  std::condition_variable changed_;
  std::deque<Step> steps_;
  v1::WatchEventsRequest asked_;
  int waiting_ = 0;
  int opened_ = 0;
};

}  // namespace charter::client

#endif  // CHARTER_TESTS_CLIENT_SDK_SCRIPTED_EVENTS_H_

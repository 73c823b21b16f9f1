#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/synchronization/notification.h"
#include "charter/client/async_server_stream.h"
#include "charter/client/cancellation.h"
#include "charter/client/status.h"
#include "charter/testing/fake_charter.h"
#include "charter/v1/directory_client.h"
#include "charter/v1/event_client.h"
#include "charter/v1/mock_event_connection.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/client-sdk/detached.h"

namespace charter::client {
namespace {

using ::testing::_;
using testing::FakeCharter;

constexpr absl::Duration kLong = absl::Seconds(60);

class AsyncStreamTest : public ::testing::Test {
 protected:
  AsyncStreamTest() {
    for (int i = 0; i < 3; ++i) {
      v1::Account account;
      account.set_display_name("Acme");
      auto created = directory_.CreateAccount(account);
      EXPECT_TRUE(created.ok()) << Describe(created.status());
      created_.push_back(created->name());
    }
    fake_.Advance(absl::ZeroDuration());
    request_.set_from_earliest(true);
  }

  FakeCharter fake_;
  v1::DirectoryClient directory_{fake_.channel()};
  v1::EventClient events_{fake_.channel()};
  v1::WatchEventsRequest request_;
  std::vector<std::string> created_;
};

TEST_F(AsyncStreamTest, ACallbackIsToldOfEachResponseAndOfTheEnd) {
  Cancellation cancellation;
  std::vector<std::string> seen;
  absl::Notification all, done;
  absl::Status status;
  events_.AsyncWatchEvents(
      request_,
      [&](const v1::WatchEventsResponse& response) {
        for (const v1::Event& event : response.events())
          seen.push_back(event.subject());
        if (seen.size() == created_.size() && !all.HasBeenNotified())
          all.Notify();
      },
      [&](absl::Status end) {
        status = std::move(end);
        done.Notify();
      },
      Options().Set<CancellationOption>(cancellation));
  ASSERT_TRUE(all.WaitForNotificationWithTimeout(kLong));
  EXPECT_FALSE(done.HasBeenNotified());
  cancellation.Cancel();
  ASSERT_TRUE(done.WaitForNotificationWithTimeout(kLong));
  EXPECT_EQ(status.code(), absl::StatusCode::kCancelled);
  EXPECT_EQ(seen, created_);
}

TEST_F(AsyncStreamTest, ACoroutineAwaitsEachResponse) {
  std::vector<std::string> seen;
  absl::Notification done;
  absl::Status status;
  const auto run = [&]() -> Detached {
    const auto stream = events_.CoWatchEvents(request_);
    while (seen.size() < created_.size()) {
      const auto response = co_await stream->Next();
      if (!response.ok() || !response->has_value()) break;
      for (const v1::Event& event : (*response)->events())
        seen.push_back(event.subject());
    }
    stream->Cancel();
    for (;;) {
      const auto response = co_await stream->Next();
      status = response.status();
      if (!response.ok() || !response->has_value()) break;
    }
    done.Notify();
  };
  run();
  ASSERT_TRUE(done.WaitForNotificationWithTimeout(kLong));
  EXPECT_EQ(seen, created_);
  EXPECT_EQ(status.code(), absl::StatusCode::kCancelled);
}

TEST_F(AsyncStreamTest, WhoWaitsIsToldWhenTheStreamIsDestroyed) {
  absl::Notification done;
  absl::Status status;
  {
    v1::WatchEventsRequest from_now;
    const auto stream = events_.CoWatchEvents(from_now);
    absl::Notification first;
    stream->AsyncNext([&](const auto&) { first.Notify(); });
    ASSERT_TRUE(first.WaitForNotificationWithTimeout(kLong));
    stream->AsyncNext(
        [&](const absl::StatusOr<std::optional<v1::WatchEventsResponse>>&
                response) {
          status = response.status();
          done.Notify();
        });
  }
  ASSERT_TRUE(done.WaitForNotificationWithTimeout(kLong));
  EXPECT_EQ(status.code(), absl::StatusCode::kCancelled);
}

TEST_F(AsyncStreamTest, AStreamThatNobodyReadsGoesWithItsOwner) {
  for (int i = 0; i < 20; ++i) (void)events_.CoWatchEvents(request_);
}

TEST_F(AsyncStreamTest, AFailureEndsItAndIsToldAgain) {
  for (const auto fault :
       {FakeCharter::Fault::kNotSent, FakeCharter::Fault::kAnswerLost}) {
    fake_.FailNext("WatchEvents", absl::UnavailableError("gone"), 1, fault);
    const auto stream = events_.CoWatchEvents(request_);
    for (int i = 0; i < 2; ++i) {
      absl::Notification done;
      stream->AsyncNext(
          [&](const absl::StatusOr<std::optional<v1::WatchEventsResponse>>&
                  response) {
            EXPECT_EQ(response.status().message(), "gone");
            done.Notify();
          });
      ASSERT_TRUE(done.WaitForNotificationWithTimeout(kLong));
    }
  }
}

// However many are there at once, the stack does not grow.
TEST(AsyncStreamOfAMockTest, GivesWhatTheMockGives) {
  constexpr int kMany = 200'000;
  auto mock = std::make_shared<v1::MockEventConnection>();
  EXPECT_CALL(*mock, WatchEvents(_, _))
      .WillOnce([](const v1::WatchEventsRequest&, const Options&) {
        return MakeServerStream(std::vector<v1::WatchEventsResponse>(kMany));
      });
  int seen = 0;
  bool done = false;
  v1::EventClient(mock).AsyncWatchEvents(
      {}, [&](const v1::WatchEventsResponse&) { ++seen; },
      [&](const absl::Status& status) {
        EXPECT_EQ(status, absl::OkStatus());
        done = true;
      });
  EXPECT_TRUE(done);
  EXPECT_EQ(seen, kMany);
}

}  // namespace
}  // namespace charter::client

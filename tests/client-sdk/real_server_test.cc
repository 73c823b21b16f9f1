// The client over real sockets: servers that are killed, stopped or hung, and
// callers who give up or go.
#include <signal.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "charter/client/async_server_stream.h"
#include "charter/client/cancellation.h"
#include "charter/client/channel.h"
#include "charter/client/credentials.h"
#include "charter/client/event_stream.h"
#include "charter/client/retry.h"
#include "charter/client/status.h"
#include "charter/v1/directory_client.h"
#include "charter/v1/event_client.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/call/identity.h"
#include "tests/support/child_server.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_server.h"

namespace charter::client {
namespace {

using ::testing::HasSubstr;

// What only a hanging test meets.
constexpr absl::Duration kLong = absl::Seconds(120);

v1::Account Named(const std::string& name) {
  v1::Account account;
  account.set_display_name(name);
  return account;
}

// charterd as a process of its own, and a way to it.
class RealServerTest : public ::testing::Test {
 protected:
  std::shared_ptr<Channel> Open(Options options = {}) {
    options.Set<EndpointOption>(server_.target());
    if (options.Find<DeadlineOption>() == nullptr)
      options.Set<DeadlineOption>(kLong);
    return Channel::Open(std::move(options));
  }
  // It takes calls and does not answer them.
  void Hang() { ASSERT_EQ(kill(server_.pid(), SIGSTOP), 0); }
  void GoOn() { ASSERT_EQ(kill(server_.pid(), SIGCONT), 0); }

  test::TempDir dir_;
  test::ChildServer server_{absl::StrCat("sqlite://", dir_.File("charter.db"))};
};

TEST_F(RealServerTest, AServerThatIsGoneIsToldAndFoundAgain) {
  v1::DirectoryClient directory(Open());
  ASSERT_TRUE(directory.CreateAccount(Named("Acme")).ok());
  server_.Kill();
  const absl::Status status =
      directory
          .CreateAccount(Named("Acme"),
                         Options().Set<RetryOption>({.most_attempts = 3}))
          .status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << status;
  EXPECT_EQ(AttemptsOf(status)->count, 3);
  EXPECT_THAT(Describe(status),
              HasSubstr("charter.v1.DirectoryService/CreateAccount"));
  server_.Start();
  const auto again = directory.CreateAccount(Named("Acme"));
  EXPECT_TRUE(again.ok()) << Describe(again.status());
}

// Writers and a reader of the feed, while the server goes and comes back.
class RestartTest : public RealServerTest,
                    public ::testing::WithParamInterface<bool> {};
INSTANTIATE_TEST_SUITE_P(All, RestartTest, ::testing::Bool(),
                         [](const auto& way) {
                           return way.param ? "Killed" : "Drained";
                         });

TEST_P(RestartTest, CallsAreDoneOnceAndTheFeedGoesOn) {
  constexpr int kWriters = 2;
  constexpr int kEach = 20;
  constexpr int kAll = kWriters * kEach;
  absl::Mutex mutex;
  std::vector<std::string> created, seen;
  std::vector<int64_t> sequences;

  std::vector<std::thread> threads;
  for (int w = 0; w < kWriters; ++w) {
    threads.emplace_back([&] {
      v1::DirectoryClient directory(Open());
      for (int i = 0; i < kEach; ++i) {
        const auto account = directory.CreateAccount(Named("Acme"));
        absl::MutexLock lock(&mutex);
        EXPECT_TRUE(account.ok()) << Describe(account.status());
        created.push_back(account.ok() ? account->name() : "");
      }
    });
  }
  Options events;
  events.Set<DeadlineOption>(absl::InfiniteDuration());
  EventStreamOptions options;
  options.heartbeat = absl::Seconds(1);
  v1::WatchEventsRequest request;
  request.set_from_earliest(true);
  EventStream stream(v1::MakeEventConnection(Open(events)), request, options);
  threads.emplace_back([&] {
    for (size_t count = 0; count < kAll;) {
      const auto response = stream.Next();
      ASSERT_TRUE(response.ok()) << Describe(response.status());
      absl::MutexLock lock(&mutex);
      for (const v1::Event& event : response->events()) {
        seen.push_back(event.subject());
        sequences.push_back(event.sequence());
      }
      count = seen.size();
    }
  });
  for (const size_t after : {kAll / 4, kAll / 2}) {
    {
      absl::MutexLock lock(&mutex);
      const auto enough = [&] { return created.size() >= after; };
      mutex.Await(absl::Condition(&enough));
    }
    if (GetParam()) {
      server_.Kill();
    } else {
      EXPECT_EQ(server_.Stop(), 0);
    }
    server_.Start();
  }
  for (std::thread& thread : threads) thread.join();

  std::vector<int64_t> dense(kAll);
  for (int i = 0; i < kAll; ++i) dense[i] = i + 1;
  EXPECT_EQ(sequences, dense);
  EXPECT_THAT(seen, ::testing::UnorderedElementsAreArray(created));
  EXPECT_GE(stream.reconnections(), 1);
  v1::ListAccountsRequest all;
  all.set_page_size(1000);
  EXPECT_EQ(v1::DirectoryClient(Open()).ListAccounts(all).ToVector()->size(),
            size_t{kAll});
}

TEST_F(RealServerTest, AMethodThatTheServerLacksIsToldWithAWayOut) {
  v1::Account answer;
  const absl::Status status = Open()->Call(
      {"/charter.v1.DirectoryService/Fly", absl::Seconds(60), true},
      v1::GetAccountRequest(), {}, &answer);
  EXPECT_EQ(status.code(), absl::StatusCode::kUnimplemented);
  EXPECT_THAT(Describe(status), HasSubstr("it is older than this client"));
}

TEST_F(RealServerTest, AServerThatStopsTellsItsStreams) {
  const auto stream =
      v1::EventClient(
          Open(Options().Set<DeadlineOption>(absl::InfiniteDuration())))
          .WatchEvents(v1::WatchEventsRequest());
  ASSERT_TRUE(stream->Read().has_value());
  EXPECT_EQ(server_.Stop(), 0);
  while (stream->Read().has_value()) {
  }
  EXPECT_EQ(stream->status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(ReasonOf(stream->status()), "DRAINING");
  EXPECT_TRUE(RetryDelayOf(stream->status()).has_value());
}

TEST_F(RealServerTest, ASlowServerMeetsTheDeadlineOnce) {
  v1::DirectoryClient directory(Open());
  ASSERT_TRUE(directory.ListAccountsPage({}).ok());
  Hang();
  const absl::Status status =
      directory
          .ListAccountsPage(
              {}, Options().Set<DeadlineOption>(absl::Milliseconds(300)))
          .status();
  EXPECT_EQ(status.code(), absl::StatusCode::kDeadlineExceeded) << status;
  EXPECT_EQ(AttemptsOf(status)->count, 1);
  GoOn();
  EXPECT_TRUE(directory.ListAccountsPage({}).ok());
}

TEST_F(RealServerTest, AStreamThatFallsSilentIsTakenUpAgain) {
  v1::DirectoryClient directory(Open());
  EventStreamOptions options;
  options.heartbeat = absl::Milliseconds(100);
  absl::Notification again;
  EventStream* watched = nullptr;
  options.cancelled = [&] {
    if (watched->reconnections() > 0 && !again.HasBeenNotified())
      again.Notify();
    return false;
  };
  v1::WatchEventsRequest request;
  request.set_from_earliest(true);
  EventStream stream(v1::MakeEventConnection(Open(Options().Set<DeadlineOption>(
                         absl::InfiniteDuration()))),
                     request, options);
  watched = &stream;
  std::vector<int64_t> seen;
  const auto read_until = [&](size_t count) {
    while (seen.size() < count) {
      const auto response = stream.Next();
      ASSERT_TRUE(response.ok()) << Describe(response.status());
      for (const v1::Event& event : response->events())
        seen.push_back(event.sequence());
    }
  };
  ASSERT_TRUE(directory.CreateAccount(Named("Acme")).ok());
  read_until(1);
  ASSERT_TRUE(directory.CreateAccount(Named("Acme")).ok());
  Hang();
  // The second may have come before the server hung.
  std::thread reader([&] {
    read_until(2);
    while (stream.reconnections() == 0) ASSERT_TRUE(stream.Next().ok());
  });
  EXPECT_TRUE(again.WaitForNotificationWithTimeout(kLong));
  GoOn();
  reader.join();
  EXPECT_EQ(seen, (std::vector<int64_t>{1, 2}));
}

TEST_F(RealServerTest, GivingUpEndsWhatAServerDoesNotAnswer) {
  Cancellation cancellation;
  const auto channel = Open(Options().Set<CancellationOption>(cancellation));
  v1::DirectoryClient directory(channel);
  ASSERT_TRUE(directory.ListAccountsPage({}).ok());
  Hang();
  absl::Status waited, called, streamed;
  std::thread waiter([&] { waited = directory.ListAccountsPage({}).status(); });
  absl::Notification call_ended, stream_ended;
  directory.AsyncListAccountsPage(
      {}, [&](const absl::StatusOr<v1::ListAccountsResponse>& page) {
        called = page.status();
        call_ended.Notify();
      });
  v1::EventClient(channel).AsyncWatchEvents(
      {}, [](const v1::WatchEventsResponse&) {},
      [&](absl::Status status) {
        streamed = std::move(status);
        stream_ended.Notify();
      });
  cancellation.Cancel();
  waiter.join();
  ASSERT_TRUE(call_ended.WaitForNotificationWithTimeout(kLong));
  ASSERT_TRUE(stream_ended.WaitForNotificationWithTimeout(kLong));
  for (const absl::Status& status : {waited, called, streamed})
    EXPECT_EQ(status.code(), absl::StatusCode::kCancelled) << status;
}

TEST_F(RealServerTest, CallsAndStreamsInFlightOutliveTheirClient) {
  constexpr int kCalls = 50;
  absl::Mutex mutex;
  int answered = 0;
  const auto count = [&](const auto&) {
    absl::MutexLock lock(&mutex);
    ++answered;
  };
  {
    const auto channel = Open();
    v1::DirectoryClient directory(channel);
    v1::EventClient events(channel);
    ASSERT_TRUE(directory.ListAccountsPage({}).ok());
    Hang();
    for (int i = 0; i < kCalls; ++i) {
      v1::CreateAccountRequest request;
      *request.mutable_account() = Named("Acme");
      directory.AsyncCreateAccount(request, count);
      // Of these, who waits is told when they go.
      events.CoWatchEvents({})->AsyncNext(count);
      (void)events.WatchEvents(v1::WatchEventsRequest());
    }
  }
  GoOn();
  absl::MutexLock lock(&mutex);
  const auto all = [&] { return answered == 2 * kCalls; };
  EXPECT_TRUE(mutex.AwaitWithTimeout(absl::Condition(&all), kLong))
      << answered << " were answered";
}

// The token that ends is refused once; the next one goes on.
TEST(TokenTest, OneThatEndsInFlightIsReplaced) {
  test::TestServerOptions options;
  const auto entry = [](const std::string& token, const std::string& more) {
    return absl::StrCat("[[token]]\nsha256 = \"", call::HashToken(token),
                        "\"\nprincipal = \"desk\"\nroles = [\"admin\"]\n",
                        more);
  };
  options.tokens =
      entry("first", "expires = 2126-01-01T00:00:00Z\n") + entry("second", "");
  test::TestServer server(options);
  int asked = 0;
  const auto channel = Channel::Open(
      Options()
          .Set<EndpointOption>(server.target())
          .Set<CredentialsOption>(
              RefreshingToken([&]() -> absl::StatusOr<ExpiringToken> {
                return ExpiringToken{++asked == 1 ? "first" : "second"};
              })));
  v1::DirectoryClient directory(channel);
  ASSERT_TRUE(directory.ListAccountsPage({}).ok());
  EXPECT_EQ(asked, 1);
  server.clock().Advance(absl::Hours(24 * 366 * 110));
  const auto page = directory.ListAccountsPage({});
  EXPECT_TRUE(page.ok()) << Describe(page.status());
  EXPECT_EQ(asked, 2);
}

}  // namespace
}  // namespace charter::client

// Servers that go, come back, forget and stumble, and callers who give up.
#include <atomic>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "charter/client/cancellation.h"
#include "charter/client/credentials.h"
#include "charter/client/event_stream.h"
#include "charter/client/observer.h"
#include "charter/client/status.h"
#include "charter/testing/fake_charter.h"
#include "charter/v1/directory_client.h"
#include "charter/v1/event_client.h"
#include "charter/v1/mock_directory_connection.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/client-sdk/detached.h"

namespace charter::client {
namespace {

using ::testing::_;
using testing::FakeCharter;
using ::testing::HasSubstr;
using ::testing::Not;

v1::Account Named(const std::string& name) {
  v1::Account account;
  account.set_display_name(name);
  return account;
}

TEST(WeatherTest, ACoroutineAwaitsCallsThatStumble) {
  FakeCharter fake;
  v1::DirectoryClient directory(fake.channel());
  fake.FailNext("*", absl::UnavailableError("busy"), 3);
  absl::Notification done;
  std::string name;
  const auto run = [&]() -> Detached {
    v1::CreateAccountRequest request;
    *request.mutable_account() = Named("Acme");
    auto created = co_await directory.CoCreateAccount(request);
    v1::GetAccountRequest get;
    if (created.ok()) get.set_name(created->name());
    auto read = co_await directory.CoGetAccount(get);
    if (read.ok()) name = read->display_name();
    done.Notify();
  };
  run();
  ASSERT_TRUE(done.WaitForNotificationWithTimeout(absl::Seconds(60)));
  EXPECT_EQ(name, "Acme");
}

TEST(WeatherTest, AMockStandsInForTheServer) {
  auto mock = std::make_shared<v1::MockDirectoryConnection>();
  v1::DirectoryClient directory(mock);
  EXPECT_CALL(*mock, GetAccount(_, _))
      .Times(2)
      .WillRepeatedly([](const v1::GetAccountRequest& request, const Options&) {
        v1::Account account = Named("Acme");
        account.set_name(request.name());
        return account;
      });
  EXPECT_EQ(directory.GetAccount("accounts/acme")->name(), "accounts/acme");
  std::string seen;
  v1::GetAccountRequest request;
  request.set_name("accounts/other");
  directory.AsyncGetAccount(request, [&](absl::StatusOr<v1::Account> account) {
    seen = account->name();
  });
  EXPECT_EQ(seen, "accounts/other");
  EXPECT_CALL(*mock, CreateAccount(_, _))
      .WillOnce([](const v1::CreateAccountRequest& create, const Options&) {
        EXPECT_EQ(create.request_id().size(), 36u);
        return Named("Acme");
      });
  EXPECT_TRUE(directory.CreateAccount(Named("Acme")).ok());
  EXPECT_CALL(*mock, CreateAccount(_, _))
      .WillOnce([](const v1::CreateAccountRequest& create, const Options&) {
        EXPECT_EQ(create.account_id(), "acme");
        return create.account();
      });
  EXPECT_TRUE(directory.CreateAccount(Named("Acme"), "acme").ok());
}

TEST(WeatherTest, ATokenThatEndsInFlightIsReplacedOnce) {
  FakeCharter fake({.tokens = "[[token]]\nsha256 = \""
                              "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6"
                              "a25fe97bf527a25b\"\nprincipal = \"desk\"\nroles "
                              "= [\"viewer\"]\n"});
  int asked = 0;
  v1::DirectoryClient directory(fake.channel(Options().Set<CredentialsOption>(
      RefreshingToken([&]() -> absl::StatusOr<ExpiringToken> {
        return ExpiringToken{++asked == 1 ? "stale" : "secret"};
      }))));
  EXPECT_TRUE(directory.ListAccountsPage({}).ok());
  EXPECT_EQ(asked, 2);
  v1::DirectoryClient wrong(fake.channel(Options().Set<CredentialsOption>(
      RefreshingToken([&]() -> absl::StatusOr<ExpiringToken> {
        return ExpiringToken{absl::StrCat("stale", ++asked)};
      }))));
  const absl::Status status = wrong.ListAccountsPage({}).status();
  EXPECT_EQ(ReasonOf(status), "TOKEN_INVALID");
  EXPECT_EQ(AttemptsOf(status)->count, 2);
}

// As a portal calls: one channel, and each with a token of their own.
TEST(WeatherTest, CallersOfOneChannelHaveTheirOwnTokens) {
  FakeCharter fake({.tokens = "[[token]]\nsha256 = \""
                              "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6"
                              "a25fe97bf527a25b\"\nprincipal = \"desk\"\nroles "
                              "= [\"viewer\"]\n"});
  const auto with = [](std::shared_ptr<Credentials> credentials) {
    return Options().Set<CredentialsOption>(std::move(credentials));
  };
  const auto channel = fake.channel(with(BearerToken("unknown")));
  v1::DirectoryClient nobody(channel),
      known(channel, with(BearerToken("secret")));
  EXPECT_EQ(ReasonOf(nobody.ListAccountsPage({}).status()), "TOKEN_INVALID");
  EXPECT_TRUE(known.ListAccountsPage({}).ok());
  // The call's before the client's, also where it is that there is none.
  EXPECT_TRUE(nobody.ListAccountsPage({}, with(BearerToken("secret"))).ok());
  EXPECT_EQ(ReasonOf(known.ListAccountsPage({}, with(nullptr)).status()),
            "TOKEN_MISSING");
  const auto stream = v1::EventClient(channel, with(BearerToken("other")))
                          .WatchEvents(v1::WatchEventsRequest());
  EXPECT_FALSE(stream->Read().has_value());
  EXPECT_EQ(ReasonOf(stream->status()), "TOKEN_INVALID");
}

TEST(WeatherTest, ACallerGivesUp) {
  FakeCharter fake;
  Cancellation cancellation;
  v1::DirectoryClient directory(
      fake.channel(), Options().Set<CancellationOption>(cancellation));
  EXPECT_TRUE(directory.CreateAccount(Named("Acme")).ok());
  auto stream = v1::EventClient(fake.channel(),
                                Options().Set<CancellationOption>(cancellation))
                    .WatchEvents(v1::WatchEventsRequest());
  std::thread canceller([&] { cancellation.Cancel(); });
  while (stream->Read().has_value()) {
  }
  EXPECT_EQ(stream->status().code(), absl::StatusCode::kCancelled);
  canceller.join();
  EXPECT_EQ(directory.CreateAccount(Named("Acme")).status().code(),
            absl::StatusCode::kCancelled);
}

TEST(WeatherTest, CallsInFlightOutliveTheirClient) {
  std::atomic<int> answered = 0;
  constexpr int kCalls = 50;
  {
    FakeCharter fake;
    {
      v1::DirectoryClient directory(fake.channel());
      for (int i = 0; i < kCalls; ++i) {
        v1::CreateAccountRequest request;
        *request.mutable_account() = Named("Acme");
        directory.AsyncCreateAccount(
            request, [&](absl::StatusOr<v1::Account>) { ++answered; });
      }
    }
    // The server goes, too: each call ends, well or not.
  }
  // gRPC answers on threads of its own.
  absl::Mutex mutex;
  absl::MutexLock lock(&mutex);
  const auto all = [&] { return answered == kCalls; };
  while (!mutex.AwaitWithTimeout(absl::Condition(&all), absl::Seconds(1))) {
  }
  EXPECT_EQ(answered, kCalls);
}

TEST(WeatherTest, SixteenThreadsShareAClient) {
  FakeCharter fake;
  const v1::DirectoryClient shared(fake.channel());
  fake.FailNext("*", absl::UnavailableError("busy"), 20);
  std::vector<std::thread> threads;
  std::atomic<int> good = 0;
  for (int t = 0; t < 16; ++t) {
    threads.emplace_back([&, t] {
      v1::DirectoryClient directory = shared;
      for (int i = 0; i < 20; ++i) {
        if (directory.CreateAccount(Named(absl::StrCat(t, " ", i))).ok())
          ++good;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(good, 320);
  v1::ListAccountsRequest all;
  all.set_page_size(1000);
  v1::DirectoryClient directory = shared;
  EXPECT_EQ(directory.ListAccounts(all).ToVector()->size(), 320u);
}

// Cut before every message, the stream gives each event once.
// CHARTER_TEST_FULL=1: 10,000 times.
TEST(WeatherTest, NoEventIsLostOrDoubledOverManyCuts) {
  const char* full = std::getenv("CHARTER_TEST_FULL");
  const int kEvents =
      full != nullptr && std::string(full) == "1" ? 10'000 : 300;
  FakeCharter fake;
  v1::DirectoryClient directory(fake.channel());
  EventStreamOptions options;
  options.timing = fake.timing();
  v1::WatchEventsRequest request;
  request.set_from_earliest(true);
  EventStream stream(v1::MakeEventConnection(fake.channel()), request, options);
  std::vector<std::string> created, seen;
  for (int i = 0; i < kEvents; ++i) {
    created.push_back(directory.CreateAccount(Named("Acme"))->name());
    fake.Advance(absl::ZeroDuration());
    fake.FailNext("WatchEvents", absl::UnavailableError("cut"), 1,
                  FakeCharter::Fault::kAnswerLost);
    while (seen.size() < created.size()) {
      const auto response = stream.Next();
      ASSERT_TRUE(response.ok()) << Describe(response.status());
      for (const v1::Event& event : response->events())
        seen.push_back(event.subject());
    }
  }
  EXPECT_EQ(seen, created);
  EXPECT_GE(stream.reconnections(), kEvents);
}

TEST(WeatherTest, ASinkThatFailsIsGivenTheSameAgain) {
  FakeCharter fake;
  v1::DirectoryClient directory(fake.channel());
  for (int i = 0; i < 5; ++i)
    ASSERT_TRUE(directory.CreateAccount(Named("Acme")).ok());
  fake.Advance(absl::ZeroDuration());
  // The caller's own transaction: effects and token, both or neither.
  std::string token;
  std::vector<int64_t> effects;
  int calls = 0;
  const EventSink sink = {
      .load = [&]() -> absl::StatusOr<std::string> { return token; },
      .apply = [&](const v1::WatchEventsResponse& response) -> absl::Status {
        if (++calls % 2 == 0) return absl::AbortedError("rolled back");
        for (const v1::Event& event : response.events())
          effects.push_back(event.sequence());
        token = response.resume_token();
        return absl::OkStatus();
      }};
  EventStreamOptions options;
  options.timing = fake.timing();
  options.heartbeat = absl::Milliseconds(100);
  v1::WatchEventsRequest request;
  request.set_from_earliest(true);
  const absl::Status end = Follow(
      v1::MakeEventConnection(fake.channel()), request, sink,
      [&] { return effects.size() >= 5 && calls > 6; }, options);
  EXPECT_EQ(end.code(), absl::StatusCode::kCancelled) << end;
  EXPECT_EQ(effects, (std::vector<int64_t>{1, 2, 3, 4, 5}));
}

TEST(WeatherTest, AFollowerCanBeStoppedWhileTheServerIsAway) {
  FakeCharter fake;
  fake.FailNext("WatchEvents", absl::UnavailableError("away"), 1'000'000);
  std::atomic<int> asked = 0;
  EventStreamOptions options;
  options.timing = fake.timing();
  const EventSink sink = {
      .load = []() -> absl::StatusOr<std::string> { return ""; },
      .apply = [](const v1::WatchEventsResponse&) { return absl::OkStatus(); }};
  EXPECT_EQ(Follow(
                v1::MakeEventConnection(fake.channel()), {}, sink,
                [&] { return ++asked > 20; }, options)
                .code(),
            absl::StatusCode::kCancelled);
  Cancellation cancellation;
  cancellation.Cancel();
  options.call.Set<CancellationOption>(cancellation);
  EventStream stream(v1::MakeEventConnection(fake.channel()), {}, options);
  EXPECT_EQ(stream.Next().status().code(), absl::StatusCode::kCancelled);
}

TEST(WeatherTest, MetadataThatHttpDoesNotTakeIsRefusedHere) {
  FakeCharter fake;
  for (const std::shared_ptr<Credentials>& credentials :
       {BearerToken("\xEF\xBB\xBFsecret"), BearerToken("a\nb")}) {
    v1::DirectoryClient directory(
        fake.channel(Options().Set<CredentialsOption>(credentials)));
    const absl::Status status = directory.ListAccountsPage({}).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(status.message()), Not(HasSubstr("secret")));
  }
  v1::DirectoryClient directory(
      fake.channel(Options().Set<MetadataOption>({{"Not-Lower-Case", "x"}})));
  EXPECT_EQ(directory.ListAccountsPage({}).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(WeatherTest, TheLogHasNothingOfACustomer) {
  std::string log;
  FakeCharter fake;
  v1::DirectoryClient directory(fake.channel(
      Options().Set<ObserverOption>(CallLog([&](absl::string_view line) {
        absl::StrAppend(&log, line, "\n");
      }))));
  fake.FailNext("CreateAccount", absl::UnavailableError("busy"));
  v1::Account account = Named("Jane Secret");
  account.set_phone("+43 1 5550100");
  (*account.mutable_annotations())["note"] = "her cat";
  account.set_tier("gold");
  ASSERT_TRUE(directory.CreateAccount(account).ok());
  EXPECT_THAT(log, HasSubstr("charter.v1.DirectoryService/CreateAccount OK "
                             "attempts=2"));
  EXPECT_THAT(log, HasSubstr("gold"));
  for (const char* secret : {"Jane", "5550100", "cat"})
    EXPECT_THAT(log, Not(HasSubstr(secret)));
}

}  // namespace
}  // namespace charter::client

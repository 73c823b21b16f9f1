// Tokens that end while a stream is open: the server refuses the next stream,
// and the credentials, which thought them good, fetch others.
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "charter/client/async_server_stream.h"
#include "charter/client/credentials.h"
#include "charter/client/event_stream.h"
#include "charter/client/status.h"
#include "charter/testing/fake_charter.h"
#include "charter/v1/directory_client.h"
#include "charter/v1/event_client.h"
#include "gtest/gtest.h"
#include "server/call/identity.h"

namespace charter::client {
namespace {

using testing::FakeCharter;

constexpr absl::Duration kLong = absl::Seconds(60);

std::string Known(const std::string& token, const std::string& principal,
                  const std::string& more = "") {
  return absl::StrCat("[[token]]\nsha256 = \"", call::HashToken(token),
                      "\"\nprincipal = \"", principal,
                      "\"\nroles = [\"agent\"]\n", more);
}

class RefusedTokenTest : public ::testing::Test {
 protected:
  RefusedTokenTest() { request_.set_from_earliest(true); }

  void CreateAccounts() {
    for (int i = 0; i < 3; ++i) {
      v1::Account account;
      account.set_display_name("Acme");
      const auto created = directory_.CreateAccount(account);
      ASSERT_TRUE(created.ok()) << Describe(created.status());
      created_.push_back(created->name());
    }
    fake_.Advance(absl::ZeroDuration());
  }
  // The follower's token ends, more happens, and its stream is cut.
  void EndTokenAndStream() {
    fake_.Advance(absl::Hours(2));
    CreateAccounts();
    fake_.FailNext("WatchEvents", absl::UnavailableError("cut"), 1,
                   FakeCharter::Fault::kAnswerLost);
  }
  void Note(const v1::WatchEventsResponse& response) {
    for (const v1::Event& event : response.events())
      seen_.push_back(event.subject());
  }

  FakeCharter fake_{
      {.start = absl::FromCivil(absl::CivilSecond(2026, 3, 2, 9, 0, 0),
                                absl::UTCTimeZone()),
       .tokens = absl::StrCat(
           Known("writes", "desk"),
           Known("first", "follower", "expires = 2026-03-02T10:00:00Z\n"),
           Known("second", "follower"))}};
  v1::DirectoryClient directory_{
      fake_.channel(Options().Set<CredentialsOption>(BearerToken("writes")))};
  // Of the follower's credentials; nothing but a refusal makes it two.
  int fetched_ = 0;
  const std::shared_ptr<Channel> channel_ =
      fake_.channel(Options().Set<CredentialsOption>(
          RefreshingToken([this]() -> absl::StatusOr<ExpiringToken> {
            return ExpiringToken{++fetched_ == 1 ? "first" : "second"};
          })));
  v1::WatchEventsRequest request_;
  std::vector<std::string> created_, seen_;
};

TEST_F(RefusedTokenTest, AnEventStreamGoesOnWithAnother) {
  EventStreamOptions options;
  options.timing = fake_.timing();
  options.heartbeat = kLong;
  options.reconnect.most_attempts = 5;
  EventStream stream(v1::MakeEventConnection(channel_), request_, options);
  const auto read = [&] {
    while (seen_.size() < created_.size()) {
      const auto response = stream.Next();
      ASSERT_TRUE(response.ok()) << Describe(response.status());
      Note(*response);
    }
  };
  CreateAccounts();
  read();
  EXPECT_EQ(fetched_, 1);
  EndTokenAndStream();
  read();
  EXPECT_EQ(seen_, created_);
  EXPECT_EQ(fetched_, 2);
  // The one that was cut, and the one that was refused.
  EXPECT_EQ(stream.reconnections(), 2);
}

// An async stream is taken up again by its caller.
TEST_F(RefusedTokenTest, TheNextAsyncStreamHasAnother) {
  v1::EventClient events(channel_);
  using Stream = AsyncServerStream<v1::WatchEventsResponse>;
  // Until everything was seen, or how it ended before.
  const auto read = [&](Stream& stream) -> absl::Status {
    while (seen_.size() < created_.size()) {
      absl::StatusOr<std::optional<v1::WatchEventsResponse>> next;
      absl::Notification done;
      stream.AsyncNext(
          [&](absl::StatusOr<std::optional<v1::WatchEventsResponse>> given) {
            next = std::move(given);
            done.Notify();
          });
      if (!done.WaitForNotificationWithTimeout(kLong)) {
        stream.Cancel();
        done.WaitForNotification();
      }
      if (!next.ok()) return next.status();
      if (!next->has_value()) return absl::OutOfRangeError("it ended");
      Note(**next);
      request_.set_resume_token((*next)->resume_token());
    }
    return absl::OkStatus();
  };
  CreateAccounts();
  const auto first = events.CoWatchEvents(request_);
  ASSERT_EQ(read(*first), absl::OkStatus());
  EXPECT_EQ(fetched_, 1);
  EndTokenAndStream();
  EXPECT_EQ(read(*first).message(), "cut");
  const auto refused = events.CoWatchEvents(request_);
  const absl::Status status = read(*refused);
  EXPECT_EQ(status.code(), absl::StatusCode::kUnauthenticated) << status;
  EXPECT_EQ(ReasonOf(status), "TOKEN_INVALID");
  EXPECT_EQ(fetched_, 1);
  const auto second = events.CoWatchEvents(request_);
  EXPECT_EQ(read(*second), absl::OkStatus());
  EXPECT_EQ(seen_, created_);
  EXPECT_EQ(fetched_, 2);
}

}  // namespace
}  // namespace charter::client

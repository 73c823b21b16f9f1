#include "charter/client/event_stream.h"

#include <memory>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/client-sdk/scripted_events.h"
#include "tests/client-sdk/turned_timing.h"

namespace charter::client {
namespace {

TEST(EventStreamTest, ItsLagIsWhatTheServerHasNotLookedAt) {
  ScriptedEvents feed;
  EventStream stream(feed.connection(), {});
  feed.Send("bookmark: true head_sequence: 90 seen_sequence: 40");
  ASSERT_TRUE(stream.Next().ok());
  EXPECT_EQ(stream.lag().transactions, 50);
  // The rest of transaction 60 comes with the next message.
  feed.Send("events { sequence: 60 } head_sequence: 90 seen_sequence: 59");
  ASSERT_TRUE(stream.Next().ok());
  EXPECT_EQ(stream.lag().transactions, 31);
  feed.Send(
      "events { sequence: 60 index: 1 } head_sequence: 91 "
      "seen_sequence: 91");
  ASSERT_TRUE(stream.Next().ok());
  EXPECT_EQ(stream.lag().transactions, 0);
}

TEST(EventStreamTest, AnInitialStateIsALagUntilItsEnd) {
  ScriptedEvents feed;
  EventStream stream(feed.connection(), {});
  feed.Send(
      "events { type: 'case.current' } head_sequence: 7 "
      "seen_sequence: 0");
  ASSERT_TRUE(stream.Next().ok());
  EXPECT_EQ(stream.lag().transactions, 7);
  feed.Send("initial_state_end: true head_sequence: 7 seen_sequence: 7");
  ASSERT_TRUE(stream.Next().ok());
  EXPECT_EQ(stream.lag().transactions, 0);
}

TEST(EventStreamTest, TheBookmarksOfAnOlderServerAreTrusted) {
  ScriptedEvents feed;
  EventStream stream(feed.connection(), {});
  feed.Send("events { sequence: 60 } head_sequence: 90");
  ASSERT_TRUE(stream.Next().ok());
  EXPECT_EQ(stream.lag().transactions, 30);
  feed.Send("bookmark: true head_sequence: 90");
  ASSERT_TRUE(stream.Next().ok());
  EXPECT_EQ(stream.lag().transactions, 0);
}

// Also when the refusal comes after an outage: the token may have been replaced
// meanwhile.
TEST(EventStreamTest, ATokenThatIsRefusedIsReplacedOnce) {
  ScriptedEvents feed;
  EventStreamOptions options;
  options.timing = std::make_shared<TurnedTiming>();
  EventStream stream(feed.connection(), {}, options);
  feed.End(absl::UnavailableError("restarts"));
  feed.End(absl::UnauthenticatedError("expired"));
  feed.Send("bookmark: true resume_token: 'a'");
  EXPECT_TRUE(stream.Next().ok());
  // It was good until now: somebody is about to replace it.
  for (int i = 0; i < 5; ++i) feed.End(absl::UnauthenticatedError("expired"));
  feed.Send("bookmark: true resume_token: 'b'");
  EXPECT_TRUE(stream.Next().ok());
  EventStream stranger(feed.connection(), {}, options);
  for (int i = 0; i < 2; ++i) feed.End(absl::UnauthenticatedError("unknown"));
  EXPECT_EQ(stranger.Next().status().code(),
            absl::StatusCode::kUnauthenticated);
}

TEST(EventStreamTest, AnEndInOrderIsNoMessage) {
  const auto connection =
      std::make_shared<::testing::NiceMock<v1::MockEventConnection>>();
  ON_CALL(*connection, WatchEvents(::testing::_, ::testing::_))
      .WillByDefault([](const v1::WatchEventsRequest&, const Options&) {
        return MakeServerStream<v1::WatchEventsResponse>({});
      });
  EventStreamOptions options;
  options.timing = std::make_shared<TurnedTiming>();
  options.reconnect.most_attempts = 2;
  EventStream stream(connection, {}, options);
  EXPECT_EQ(stream.Next().status().code(), absl::StatusCode::kUnavailable);
}

// Without a token to go on from, a new stream would begin later.
TEST(EventStreamTest, WhatASinkFailedOnIsGivenToItAgain) {
  ScriptedEvents feed;
  EventStreamOptions options;
  options.timing = std::make_shared<TurnedTiming>();
  feed.Send("events { sequence: 1 } resume_token: 'a'");
  feed.Send("events { sequence: 2 } resume_token: 'b'");
  feed.Send("events { sequence: 3 } resume_token: 'c'");
  feed.End(absl::PermissionDeniedError("no more"));
  std::string token;
  std::vector<int64_t> made, tried;
  const EventSink sink = {
      .load = [&]() -> absl::StatusOr<std::string> { return token; },
      .apply = [&](const v1::WatchEventsResponse& response) -> absl::Status {
        const int64_t sequence = response.events(0).sequence();
        tried.push_back(sequence);
        if (tried.size() == 1) return absl::UnavailableError("locked");
        made.push_back(sequence);
        token = response.resume_token();
        // The second is done, and nobody hears of it.
        return sequence == 2 ? absl::UnavailableError("gone")
                             : absl::OkStatus();
      }};
  EXPECT_EQ(Follow(feed.connection(), {}, sink, nullptr, options).code(),
            absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(tried, (std::vector<int64_t>{1, 1, 2, 3}));
  EXPECT_EQ(made, (std::vector<int64_t>{1, 2, 3}));
  EXPECT_EQ(feed.opened(), 1);
}

}  // namespace
}  // namespace charter::client

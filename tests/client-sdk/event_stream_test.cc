#include "charter/client/event_stream.h"

#include "gtest/gtest.h"
#include "tests/client-sdk/scripted_events.h"

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

}  // namespace
}  // namespace charter::client

#include "server/workers/feed_publisher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/services/directory/directory.h"
#include "tests/support/service_world.h"

namespace charter::workers {
namespace {

using storage::Engine;
using test::ServiceWorld;

class FeedPublisherTest : public testing::TestWithParam<Engine> {
 protected:
  void Write(int number) {
    world_.Do(
        &services::CreateAccount,
        test::Proto<v1::CreateAccountRequest>(absl::StrCat(
            "account_id: 'a", number, "' account { display_name: 'A' }")));
  }
  // Numbers are dense from 1 and each account is there once, in order.
  void ExpectAll(int accounts) {
    const std::vector<v1::Event> events = world_.Feed();
    ASSERT_EQ(static_cast<int>(events.size()), accounts);
    for (int i = 0; i < accounts; ++i) {
      EXPECT_EQ(events[i].sequence(), i + 1);
      EXPECT_EQ(events[i].index(), 0);
      EXPECT_EQ(events[i].subject(), absl::StrCat("accounts/a", i));
      EXPECT_EQ(events[i].type(), "account.created");
      EXPECT_EQ(events[i].actor(), "tester");
    }
  }

  ServiceWorld world_{{.engine = GetParam()}};
};
INSTANTIATE_TEST_SUITE_P(All, FeedPublisherTest,
                         testing::ValuesIn(test::kEngines), test::EngineName);

TEST_P(FeedPublisherTest, W1_EveryCommittedChangeIsOnTheFeedOnce) {
  FeedPublisher publisher(world_.services());
  for (int i = 0; i < 5; ++i) Write(i);
  const int64_t rings = world_.services().feed.rings();
  ASSERT_EQ(publisher.RunUntilIdle(), absl::OkStatus());
  EXPECT_GT(world_.services().feed.rings(), rings);
  ExpectAll(5);
  Write(5);
  ASSERT_EQ(publisher.RunUntilIdle(), absl::OkStatus());
  ASSERT_EQ(publisher.RunUntilIdle(), absl::OkStatus());
  ExpectAll(6);
  EXPECT_EQ(world_.Number("SELECT COUNT(*) FROM outbox"), 0);
}

TEST_P(FeedPublisherTest, W1_AKillAtAnyStatementLosesNoneAndDoublesNone) {
  const int lost = GetParam() == Engine::kSqlite ? 10 : 2013;
  int accounts = 0;
  int statement = 1;
  for (bool killed = true; killed; ++statement) {
    ASSERT_LT(statement, 30);
    Write(accounts++);
    Write(accounts++);
    world_.clock().Advance(LeaseKeeper::kLifetime);
    int seen = 0;
    killed = false;
    world_.SetFault([&](absl::string_view sql) {
      if (killed || sql == "ROLLBACK" || ++seen < statement) return 0;
      killed = true;
      return lost;
    });
    {
      FeedPublisher publisher(world_.services());
      publisher.RunOnce().IgnoreError();
    }
    world_.SetFault(nullptr);
    world_.clock().Advance(LeaseKeeper::kLifetime);
    FeedPublisher next(world_.services());
    ASSERT_EQ(next.RunUntilIdle(), absl::OkStatus());
    ExpectAll(accounts);
  }
  EXPECT_GE(statement, 5);
}

TEST_P(FeedPublisherTest, W1_ARingWhosePassFailedIsNotForgotten) {
  FeedPublisher publisher(world_.services());
  Write(0);
  ASSERT_EQ(publisher.RunUntilIdle(), absl::OkStatus());
  Write(1);
  const int lost = GetParam() == Engine::kSqlite ? 10 : 2013;
  world_.SetFault([lost](absl::string_view sql) {
    return absl::StartsWith(sql, "INSERT INTO feed_events") ? lost : 0;
  });
  EXPECT_FALSE(publisher.RunOnce().ok());
  world_.SetFault(nullptr);
  // Nobody rings again.
  ASSERT_EQ(publisher.RunUntilIdle(), absl::OkStatus());
  ExpectAll(2);
}

TEST_P(FeedPublisherTest, W1_AnotherServerGoesOnWithinFiveSecondsOfAKill) {
  test::Host& other = world_.AddHost();
  auto first = std::make_unique<FeedPublisher>(world_.services());
  FeedPublisher second(other.services());
  Write(0);
  ASSERT_EQ(first->RunUntilIdle(), absl::OkStatus());
  ASSERT_EQ(second.RunUntilIdle(), absl::OkStatus());
  ExpectAll(1);
  first.reset();  // without giving the lease back
  Write(1);
  const absl::Time killed = world_.now();
  while (world_.Feed().size() < 2) {
    ASSERT_LT(world_.now() - killed, absl::Seconds(5));
    const absl::StatusOr<absl::Time> next = second.RunOnce();
    ASSERT_TRUE(next.ok()) << next.status();
    world_.clock().Advance(absl::Milliseconds(100));
  }
  ExpectAll(2);
}

TEST_P(FeedPublisherTest, W1_APublisherThatLostItsLeaseChangesNothing) {
  test::Host& other = world_.AddHost();
  FeedPublisher old(world_.services());
  FeedPublisher current(other.services());
  Write(0);
  ASSERT_EQ(old.RunUntilIdle(), absl::OkStatus());
  // It sleeps, and somebody else takes over.
  world_.Execute("UPDATE leases SET expire_us = 0");
  Write(1);
  ASSERT_EQ(current.RunUntilIdle(), absl::OkStatus());
  ExpectAll(2);
  // It wakes up in the belief that the lease is its own still.
  Write(2);
  const absl::StatusOr<absl::Time> next = old.RunOnce();
  ASSERT_TRUE(next.ok()) << next.status();
  EXPECT_EQ(*next, world_.now() + LeaseKeeper::kAskEvery);
  ExpectAll(2);
  ASSERT_EQ(current.RunUntilIdle(), absl::OkStatus());
  ExpectAll(3);
}

TEST_P(FeedPublisherTest, W1_ItsThreadPublishesWhenItIsRungAndStopsInOrder) {
  FeedPublisher publisher(world_.services());
  publisher.Start();
  publisher.Start();
  for (int i = 0; i < 20; ++i) Write(i);
  while (world_.Feed().size() < 20) std::this_thread::yield();
  publisher.Stop();
  publisher.Stop();
  ExpectAll(20);
  EXPECT_EQ(world_.Number("SELECT MAX(expire_us) FROM leases"), 0);
  Write(20);
  publisher.Start();
  while (world_.Feed().size() < 21) std::this_thread::yield();
  publisher.Stop();
  ExpectAll(21);
}

}  // namespace
}  // namespace charter::workers

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/services/events/events.h"
#include "server/services/shared/errors.h"
#include "server/workers/wakeup_worker.h"
#include "tests/support/service_world.h"

namespace charter::services {
namespace {

using storage::Engine;
using test::Proto;
using test::ServiceWorld;
using testing::IsEmpty;
using testing::SizeIs;

class ActionsTest : public testing::TestWithParam<Engine> {
 protected:
  // Warnings of so many items, each an action `notify`.
  void Warn(int items) {
    world_.SetUpSupport();
    for (int i = 0; i < items; ++i) world_.Open(absl::StrCat("a", i));
    world_.clock().Advance(absl::Minutes(30));
    workers::WakeupWorker worker(world_.services());
    ASSERT_EQ(worker.RunUntilIdle(), absl::OkStatus());
  }
  Poll<v1::PullActionsResponse> TryPull(const std::string& request,
                                        bool last_try = true) {
    const auto session = world_.store().OpenSession();
    CallInfo info = world_.Info();
    info.last_try = last_try;
    Call call(world_.services(), *session, std::move(info));
    auto poll = PullActions(call, Proto<v1::PullActionsRequest>(request));
    EXPECT_TRUE(poll.ok()) << poll.status();
    return poll.ok() ? *std::move(poll) : Poll<v1::PullActionsResponse>();
  }
  std::vector<v1::Action> Pull(const std::string& request) {
    const auto poll = TryPull(request);
    EXPECT_TRUE(poll.answer.has_value());
    return {poll.answer->actions().begin(), poll.answer->actions().end()};
  }
  std::vector<std::string> Ack(const std::vector<v1::Action>& actions) {
    v1::AckActionsRequest request;
    for (const v1::Action& action : actions)
      request.add_lease_ids(action.lease_id());
    const auto response = world_.Do(&AckActions, request);
    return {response.expired_lease_ids().begin(),
            response.expired_lease_ids().end()};
  }

  ServiceWorld world_{{.engine = GetParam()}};
};
INSTANTIATE_TEST_SUITE_P(All, ActionsTest, testing::ValuesIn(test::kEngines),
                         test::EngineName);

TEST_P(ActionsTest, W2_AnActionSaysWhatToDoAndIsDoneOnceAcknowledged) {
  Warn(1);
  const std::vector<v1::Action> actions = Pull("topic: 'notify'");
  ASSERT_THAT(actions, SizeIs(1));
  const v1::Action& action = actions[0];
  EXPECT_EQ(action.topic(), "notify");
  EXPECT_EQ(action.case_(), "cases/a0");
  EXPECT_EQ(action.account(), "accounts/acme");
  EXPECT_THAT(action.recipients(), testing::ElementsAre("ann"));
  EXPECT_EQ(action.text(), "milestoneTypes/first is half used");
  EXPECT_EQ(action.transition().kind(), v1::Transition::WARNING);
  EXPECT_EQ(action.attempt(), 1);
  EXPECT_THAT(action.effect_key(), testing::StartsWith("cases/a0/"));
  EXPECT_THAT(Pull(""), IsEmpty());
  EXPECT_THAT(Ack(actions), IsEmpty());
  EXPECT_THAT(Ack(actions), IsEmpty());  // again is harmless
  world_.clock().Advance(absl::Hours(2));
  EXPECT_THAT(Pull(""), IsEmpty());
}

TEST_P(ActionsTest, W2_WhatIsNotAcknowledgedComesAgainWithItsAttempt) {
  Warn(1);
  const std::vector<v1::Action> first = Pull("lease_duration { seconds: 10 }");
  world_.clock().Advance(absl::Seconds(10));
  const std::vector<v1::Action> second = Pull("lease_duration { seconds: 10 }");
  ASSERT_THAT(second, SizeIs(1));
  EXPECT_EQ(second[0].attempt(), 2);
  EXPECT_EQ(second[0].effect_key(), first[0].effect_key());
  // The first consumer comes late: it is told, and the second one's counts.
  EXPECT_THAT(Ack(first), testing::ElementsAre(first[0].lease_id()));
  EXPECT_THAT(Ack(second), IsEmpty());
}

TEST_P(ActionsTest, W2_TwoConsumersAtOnceShareWithoutOverlap) {
  constexpr int kItems = 60;
  Warn(kItems);
  std::vector<std::set<std::string>> got(2);
  std::vector<std::thread> consumers;
  for (std::set<std::string>& mine : got) {
    consumers.emplace_back([&] {
      for (int empty = 0; empty < 3;) {
        const std::vector<v1::Action> actions = Pull("max_actions: 7");
        if (actions.empty()) ++empty;
        for (const v1::Action& action : actions)
          EXPECT_TRUE(mine.insert(action.effect_key()).second);
        EXPECT_THAT(Ack(actions), IsEmpty());
      }
    });
  }
  for (std::thread& consumer : consumers) consumer.join();
  std::set<std::string> all = got[0];
  all.insert(got[1].begin(), got[1].end());
  EXPECT_EQ(static_cast<int>(got[0].size() + got[1].size()), kItems);
  EXPECT_EQ(static_cast<int>(all.size()), kItems);
}

TEST_P(ActionsTest, W2_WhoWaitsIsWokenByTheBellAndAnsweredInTheEnd) {
  const auto poll = TryPull("wait { seconds: 30 }", /*last_try=*/false);
  EXPECT_FALSE(poll.answer.has_value());
  EXPECT_EQ(poll.wait, absl::Seconds(30));
  ASSERT_EQ(poll.bell, &world_.services().actions);
  EXPECT_EQ(poll.rings, poll.bell->rings());
  Warn(1);
  EXPECT_GT(poll.bell->rings(), poll.rings);
  EXPECT_THAT(TryPull("wait { seconds: 30 }", false).answer->actions(),
              SizeIs(1));
  EXPECT_THAT(TryPull("wait { seconds: 30 }", true).answer->actions(),
              IsEmpty());
  EXPECT_THAT(TryPull("", false).answer->actions(), IsEmpty());
}

TEST_P(ActionsTest, W2_WhatIsNoLeaseIsRefused) {
  const auto result = world_.Try(
      &AckActions, Proto<v1::AckActionsRequest>("lease_ids: 'nonsense'"));
  EXPECT_EQ(errors::ReasonOf(result.status()), "FIELD_INVALID");
}

}  // namespace
}  // namespace charter::services

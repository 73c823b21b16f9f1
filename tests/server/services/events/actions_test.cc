#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/services/events/events.h"
#include "server/services/shared/errors.h"
#include "server/services/shared/time_convert.h"
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
  v1::RejectActionResponse Reject(const v1::Action& action,
                                  const std::string& rest = "") {
    auto request = Proto<v1::RejectActionRequest>(rest);
    request.set_lease_id(action.lease_id());
    return world_.Do(&RejectAction, request);
  }
  v1::ListDeadActionsResponse Dead(const std::string& request = "") {
    return world_.Do(&ListDeadActions,
                     Proto<v1::ListDeadActionsRequest>(request));
  }
  // Of so many items, each a dead letter of the topic `notify`.
  void Kill(int items) {
    Warn(items);
    for (const v1::Action& action : Pull("max_actions: 100"))
      Reject(action, "dead: true reason: 'no such person'");
  }
  std::vector<std::string> Revive(const std::vector<std::string>& keys) {
    v1::ReviveActionsRequest request;
    *request.mutable_effect_keys() = {keys.begin(), keys.end()};
    const auto response = world_.Do(&ReviveActions, request);
    return {response.not_dead_effect_keys().begin(),
            response.not_dead_effect_keys().end()};
  }
  // Of the item `a0`.
  int64_t AuditRows() {
    return world_.Number(
        "SELECT COUNT(*) FROM audit_log WHERE subject = 'cases/a0'");
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

TEST_P(ActionsTest, W2_WhoIsStillAtWorkHoldsForLonger) {
  Warn(1);
  const std::vector<v1::Action> first = Pull("lease_duration { seconds: 10 }");
  v1::ExtendActionLeaseRequest request;
  request.add_lease_ids(first[0].lease_id());
  world_.clock().Advance(absl::Seconds(9));
  auto extended = world_.Do(&ExtendActionLease, request);
  EXPECT_THAT(extended.expired_lease_ids(), IsEmpty());
  EXPECT_EQ(ToTime(extended.lease_expire_time()),
            world_.now() + absl::Seconds(60));
  world_.clock().Advance(absl::Seconds(59));
  EXPECT_THAT(Pull(""), IsEmpty());
  world_.clock().Advance(absl::Seconds(1));
  EXPECT_THAT(Pull(""), SizeIs(1));
  extended = world_.Do(&ExtendActionLease, request);
  EXPECT_THAT(extended.expired_lease_ids(),
              testing::ElementsAre(first[0].lease_id()));
}

TEST_P(ActionsTest, W2_ARejectedActionComesAgainWithWhatWentWrong) {
  Warn(1);
  const std::vector<v1::Action> first = Pull("");
  EXPECT_FALSE(Reject(first[0], "reason: 'away'").lease_expired());
  EXPECT_THAT(Pull(""), IsEmpty());
  world_.clock().Advance(absl::Seconds(1));
  const std::vector<v1::Action> second = Pull("");
  ASSERT_THAT(second, SizeIs(1));
  EXPECT_EQ(second[0].last_failure(), "away");
  EXPECT_TRUE(Reject(first[0]).lease_expired());
  EXPECT_FALSE(Reject(second[0], "retry_delay {}").lease_expired());
  const std::vector<v1::Action> third = Pull("");
  ASSERT_THAT(third, SizeIs(1));
  EXPECT_FALSE(Reject(third[0], "uncounted: true").lease_expired());
  EXPECT_THAT(Pull(""), SizeIs(1));
}

TEST_P(ActionsTest, W2_DeadLettersAreListedAPageAtATimeAndRevived) {
  Kill(3);
  EXPECT_THAT(Pull(""), IsEmpty());
  std::vector<std::string> keys;
  std::string token;
  do {
    const auto page =
        Dead(absl::StrCat("page_size: 2 page_token: '", token, "'"));
    for (const v1::Action& action : page.actions()) {
      EXPECT_EQ(action.last_failure(), "no such person");
      EXPECT_EQ(action.attempt(), 1);
      EXPECT_FALSE(action.has_lease_expire_time());
      keys.push_back(action.effect_key());
    }
    token = page.next_page_token();
  } while (!token.empty());
  ASSERT_THAT(keys, SizeIs(3));
  EXPECT_THAT(Dead("topic: 'notify'").actions(), SizeIs(3));
  EXPECT_THAT(Dead("topic: 'tasks'").actions(), IsEmpty());
  EXPECT_THAT(Revive({keys[0], keys[1], "never"}),
              testing::ElementsAre("never"));
  EXPECT_THAT(Revive({keys[0]}), testing::ElementsAre(keys[0]));
  const std::vector<v1::Action> again = Pull("");
  ASSERT_THAT(again, SizeIs(2));
  EXPECT_EQ(again[0].attempt(), 2);
  EXPECT_THAT(Dead().actions(), SizeIs(1));
}

TEST_P(ActionsTest, W2_APageTokenIsForTheTopicThatItWasGivenFor) {
  Kill(2);
  v1::ListDeadActionsRequest request;
  request.set_page_token(Dead("page_size: 1").next_page_token());
  request.set_topic("notify");
  const auto result = world_.Try(&ListDeadActions, request);
  EXPECT_EQ(errors::ReasonOf(result.status()), "PAGE_TOKEN_INVALID");
}

TEST_P(ActionsTest, W2_WhoWaitsIsWokenByWhatIsGivenBackOrRevived) {
  Warn(1);
  const std::vector<v1::Action> first = Pull("");
  Bell& bell = world_.services().actions;
  int64_t rings = bell.rings();
  Reject(first[0]);  // a second later: nothing to wake up for
  EXPECT_EQ(bell.rings(), rings);
  world_.clock().Advance(absl::Seconds(1));
  const std::vector<v1::Action> second = Pull("");
  Reject(second[0], "uncounted: true");
  EXPECT_EQ(bell.rings(), ++rings);
  const std::vector<v1::Action> third = Pull("");
  Reject(third[0], "dead: true");  // for those who wait for dead letters
  EXPECT_EQ(bell.rings(), ++rings);
  Revive({"never"});
  EXPECT_EQ(bell.rings(), rings);
  Revive({first[0].effect_key()});
  EXPECT_EQ(bell.rings(), ++rings);
}

TEST_P(ActionsTest, W2_WhatIsRejectedOrRevivedIsAuditedWithItsItem) {
  Warn(1);
  const std::vector<v1::Action> pulled = Pull("");
  const int64_t before = AuditRows();
  Reject(pulled[0], "dead: true");
  EXPECT_EQ(AuditRows(), before + 1);
  Revive({pulled[0].effect_key(), "never"});
  EXPECT_EQ(AuditRows(), before + 2);
}

TEST_P(ActionsTest, W2_WhatIsNoLeaseIsRefused) {
  const auto extended =
      world_.Try(&ExtendActionLease,
                 Proto<v1::ExtendActionLeaseRequest>("lease_ids: 'nonsense'"));
  EXPECT_EQ(errors::ReasonOf(extended.status()), "FIELD_INVALID");
  auto rejected = world_.Try(
      &RejectAction, Proto<v1::RejectActionRequest>("lease_id: 'nonsense'"));
  EXPECT_EQ(errors::ReasonOf(rejected.status()), "FIELD_INVALID");
  rejected =
      world_.Try(&RejectAction,
                 Proto<v1::RejectActionRequest>("dead: true uncounted: true"));
  EXPECT_EQ(errors::ReasonOf(rejected.status()), "FIELD_INVALID");
  const auto result = world_.Try(
      &AckActions, Proto<v1::AckActionsRequest>("lease_ids: 'nonsense'"));
  EXPECT_EQ(errors::ReasonOf(result.status()), "FIELD_INVALID");
}

}  // namespace
}  // namespace charter::services

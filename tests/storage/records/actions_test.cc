#include "storage/records/actions.h"

#include <set>
#include <thread>

#include "absl/strings/str_cat.h"
#include "storage/records/ids.h"
#include "tests/storage/records/records_fixture.h"

namespace charter::storage {
namespace {

using charter::v1::Action;
using testing::ElementsAre;
using testing::IsEmpty;

class ActionsTest : public RecordsTest {
 protected:
  void Insert(absl::string_view effect_key, absl::string_view topic,
              double available = 0) {
    NewAction added;
    added.id = ids_.Make(At(0));
    added.action.set_effect_key(std::string(effect_key));
    added.action.set_topic(std::string(topic));
    added.action.set_text("text of " + std::string(effect_key));
    added.available_time = At(available);
    Do([&](Transaction& tx) { return InsertActions(tx, {added}, At(0)); });
  }
  std::vector<Action> Pull(absl::string_view topic, double now, int most = 10) {
    return Do([&](Transaction& tx) {
      return PullActions(tx, topic, most, absl::Seconds(60), At(now));
    });
  }
  std::vector<std::string> Ack(const std::vector<std::string>& leases,
                               double now) {
    return Do([&](Transaction& tx) { return AckActions(tx, leases, At(now)); });
  }
  std::optional<absl::Time> Next(absl::string_view topic) {
    return Do([&](Transaction& tx) { return NextActionTime(tx, topic); });
  }
  static std::vector<std::string> Keys(const std::vector<Action>& actions) {
    std::vector<std::string> keys;
    for (const Action& action : actions) keys.push_back(action.effect_key());
    return keys;
  }

  IdGenerator ids_;
};
CHARTER_CONFORMANCE(ActionsTest);

TEST_P(ActionsTest, W2_PulledUnderALeaseTheLongestAvailableFirst) {
  Insert("k2", "notify", 2);
  Insert("k1", "notify", 1);
  Insert("k3", "tasks", 3);
  EXPECT_EQ(Next("notify"), At(1));
  EXPECT_EQ(Next("none"), std::nullopt);
  EXPECT_THAT(Pull("notify", 0.5), IsEmpty());
  EXPECT_THAT(Keys(Pull("notify", 5, 1)), ElementsAre("k1"));
  const std::vector<Action> rest = Pull("", 5);
  EXPECT_THAT(Keys(rest), ElementsAre("k2", "k3"));
  EXPECT_EQ(rest[0].text(), "text of k2");
  EXPECT_EQ(rest[0].topic(), "notify");
  EXPECT_EQ(rest[0].attempt(), 1);
  EXPECT_EQ(rest[0].lease_expire_time().seconds(), absl::ToUnixSeconds(At(65)));
  EXPECT_THAT(Pull("", 5), IsEmpty());
  EXPECT_EQ(Next(""), At(65));
}

TEST_P(ActionsTest, W2_WhatNobodyAcknowledgesBecomesADeadLetter) {
  Insert("k1", "notify");
  double now = 0;
  for (int attempt = 1; attempt <= kMostAttempts; ++attempt, now += 60) {
    const std::vector<Action> pulled =
        Pull(attempt % 2 == 0 ? "" : "notify", now);
    ASSERT_EQ(pulled.size(), 1u);
    EXPECT_EQ(pulled[0].attempt(), attempt);
    EXPECT_THAT(Pull(kDeadLetters, now), IsEmpty());
  }
  Insert("k2", "notify", now);
  EXPECT_THAT(Keys(Pull("", now)), ElementsAre("k2"));
  EXPECT_EQ(Next(kDeadLetters), At(now));
  const std::vector<Action> dead = Pull(kDeadLetters, now);
  ASSERT_THAT(Keys(dead), ElementsAre("k1"));
  EXPECT_EQ(dead[0].topic(), "notify");
  EXPECT_EQ(dead[0].attempt(), kMostAttempts + 1);
  EXPECT_THAT(Pull(kDeadLetters, now), IsEmpty());
  EXPECT_THAT(Keys(Pull(kDeadLetters, now + 60)), ElementsAre("k1"));
  EXPECT_THAT(Ack({dead[0].lease_id()}, now + 60),
              ElementsAre(dead[0].lease_id()));
  const std::vector<Action> again = Pull(kDeadLetters, now + 120);
  ASSERT_EQ(again.size(), 1u);
  EXPECT_THAT(Ack({again[0].lease_id()}, now + 120), IsEmpty());
  EXPECT_THAT(Pull(kDeadLetters, now + 1000), IsEmpty());
}

TEST_P(ActionsTest, W2_AnEndedLeaseGivesTheActionToSomebodyElse) {
  Insert("k1", "notify");
  const std::string first = Pull("notify", 0)[0].lease_id();
  EXPECT_THAT(Pull("notify", 59.9), IsEmpty());
  const std::vector<Action> again = Pull("notify", 60);
  ASSERT_EQ(again.size(), 1u);
  EXPECT_EQ(again[0].attempt(), 2);
  EXPECT_NE(again[0].lease_id(), first);
  EXPECT_THAT(Ack({first}, 61), ElementsAre(first));
  EXPECT_THAT(Ack({again[0].lease_id()}, 61), IsEmpty());
  EXPECT_THAT(Pull("notify", 1000), IsEmpty());
  EXPECT_THAT(Ack({first}, 62), ElementsAre(first));  // still not this one's
}

TEST_P(ActionsTest, W2_AcknowledgingAgainOrLateIsHarmless) {
  Insert("k1", "notify");
  Insert("k2", "notify");
  const std::vector<Action> actions = Pull("notify", 0);
  const std::vector<std::string> leases = {actions[0].lease_id(),
                                           actions[1].lease_id()};
  EXPECT_THAT(Ack(leases, 500), IsEmpty());  // ended, but given to nobody
  EXPECT_THAT(Ack(leases, 501), IsEmpty());
  EXPECT_EQ(Do([](Transaction& tx) { return PurgeActions(tx, At(500), 10); }),
            0);
  EXPECT_EQ(Do([](Transaction& tx) { return PurgeActions(tx, At(501), 1); }),
            1);
  EXPECT_EQ(Do([](Transaction& tx) { return PurgeActions(tx, At(501), 10); }),
            1);
  EXPECT_THAT(Ack(leases, 502), IsEmpty());
  for (const char* wrong :
       {"", "x", "-1", "00000000000000000000000000-",
        "\xc3\xbc"
        "000000000000000000000000-1",
        "00000000000000000000000000-0", "00000000000000000000000000-01"}) {
    EXPECT_EQ(Try([&](Transaction& tx) {
                return AckActions(tx, {wrong}, At(0)).status();
              }).code(),
              absl::StatusCode::kInvalidArgument)
        << wrong;
  }
}

TEST_P(ActionsTest, K7_AnEffectKeyIsDeliveredOnce) {
  Insert("k1", "notify");
  Insert("k1", "notify");
  EXPECT_EQ(Pull("notify", 0).size(), 1u);
  Insert("k1", "notify");
  const std::vector<Action> again = Pull("notify", 60);
  ASSERT_EQ(again.size(), 1u);
  Ack({again[0].lease_id()}, 61);
  Insert("k1", "notify");  // done already
  EXPECT_THAT(Pull("notify", 1000), IsEmpty());
}

TEST_P(ActionsTest, W2_TwoWhoPullAtOnceNeverShareAnAction) {
  for (int i = 0; i < 200; ++i) Insert(absl::StrCat("k", i), "notify");
  std::vector<std::vector<Action>> pulled(4);
  std::vector<std::thread> threads;
  for (std::vector<Action>& mine : pulled) {
    threads.emplace_back([this, &mine] {
      std::unique_ptr<Session> session = store_->OpenSession();
      while (true) {
        const std::vector<Action> actions = On(*session, [](Transaction& tx) {
          return PullActions(tx, "notify", 7, absl::Seconds(60), At(1));
        });
        mine.insert(mine.end(), actions.begin(), actions.end());
        if (actions.empty()) break;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::set<std::string> keys, leases;
  size_t count = 0;
  for (const std::vector<Action>& mine : pulled) {
    count += mine.size();
    for (const Action& action : mine) {
      keys.insert(action.effect_key());
      leases.insert(action.lease_id());
    }
  }
  EXPECT_EQ(count, keys.size());
  EXPECT_EQ(leases.size(), keys.size());
  // Whoever found nothing may have seen what others held; nothing is left all
  // the same.
  EXPECT_EQ(keys.size() + Pull("notify", 1, 1000).size(), 200u);
}

}  // namespace
}  // namespace charter::storage

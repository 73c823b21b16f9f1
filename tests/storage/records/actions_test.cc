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
  // Held until `until`.
  std::vector<std::string> Extend(const std::vector<std::string>& leases,
                                  double until) {
    return Do(
        [&](Transaction& tx) { return ExtendActions(tx, leases, At(until)); });
  }
  std::optional<Rejected> Reject(const Rejection& rejection, double now) {
    return Do(
        [&](Transaction& tx) { return RejectAction(tx, rejection, At(now)); });
  }
  std::vector<DeadAction> Dead(absl::string_view topic = "",
                               const DeadPlace& after = {}, int limit = 100) {
    return Do([&](Transaction& tx) {
      return ListDeadActions(tx, topic, after, limit);
    });
  }
  std::vector<std::string> DeadKeys() {
    std::vector<std::string> keys;
    for (const DeadAction& dead : Dead())
      keys.push_back(dead.action.effect_key());
    return keys;
  }
  std::vector<std::string> Revive(const std::vector<std::string>& keys,
                                  double now) {
    return Keys(
        Do([&](Transaction& tx) { return ReviveActions(tx, keys, At(now)); }));
  }
  // A dead letter of that topic, which its only attempt was rejected for.
  std::string Kill(absl::string_view effect_key, absl::string_view topic,
                   double now) {
    Insert(effect_key, topic, now);
    const std::string lease = Pull(topic, now)[0].lease_id();
    Reject({.lease_id = lease, .reason = "no such person", .dead = true}, now);
    return lease;
  }
  // What the body does on so many sessions at once.
  template <typename Body>
  void AtOnce(int count, Body body) {
    std::vector<std::thread> threads;
    for (int i = 0; i < count; ++i) {
      threads.emplace_back([this, &body, i] {
        std::unique_ptr<Session> session = store_->OpenSession();
        body(*session, i);
      });
    }
    for (std::thread& thread : threads) thread.join();
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

TEST_P(ActionsTest, W2_WhoIsStillAtWorkHoldsForLonger) {
  Insert("k1", "notify");
  Insert("k2", "notify");
  const std::vector<Action> actions = Pull("notify", 0);
  const std::string one = actions[0].lease_id(), two = actions[1].lease_id();
  EXPECT_THAT(Extend({one}, 100), IsEmpty());
  EXPECT_THAT(Keys(Pull("notify", 60)), ElementsAre(actions[1].effect_key()));
  EXPECT_THAT(Extend({one, two}, 90), ElementsAre(two));  // somebody else's now
  EXPECT_THAT(Pull("notify", 99), IsEmpty());             // and got no shorter
  EXPECT_THAT(Keys(Pull("notify", 100)), ElementsAre(actions[0].effect_key()));
}

TEST_P(ActionsTest, W2_ALeaseThatRanOutIsTakenUpAgainWhileNobodyElseHasIt) {
  Insert("k1", "notify");
  const std::string lease = Pull("notify", 0)[0].lease_id();
  EXPECT_THAT(Extend({lease}, 200), IsEmpty());  // as if at 100
  EXPECT_THAT(Pull("notify", 199), IsEmpty());
  EXPECT_THAT(Ack({lease}, 199), IsEmpty());
  EXPECT_THAT(Extend({lease}, 300), ElementsAre(lease));  // done
  EXPECT_THAT(Extend({std::string(26, '0') + "-1"}, 300),
              ElementsAre(std::string(26, '0') + "-1"));  // never there
}

TEST_P(ActionsTest, W2_ARejectedActionComesAgainLaterEachTime) {
  Insert("k1", "notify");
  double now = 0;
  for (const double delay : {1, 2, 4, 8}) {
    const std::vector<Action> pulled = Pull("notify", now);
    ASSERT_EQ(pulled.size(), 1u) << now;
    const auto rejected = Reject({.lease_id = pulled[0].lease_id(),
                                  .reason = absl::StrCat("away at ", now)},
                                 now);
    ASSERT_TRUE(rejected.has_value());
    EXPECT_EQ(rejected->available_time, At(now + delay));
    EXPECT_THAT(Pull("notify", now + delay - 0.1), IsEmpty());
    now += delay;
    EXPECT_EQ(Next("notify"), At(now));
  }
  const std::vector<Action> last = Pull("notify", now);
  ASSERT_EQ(last.size(), 1u);
  EXPECT_EQ(last[0].attempt(), 5);
  EXPECT_EQ(last[0].last_failure(), "away at 7");
  Reject({.lease_id = last[0].lease_id(), .delay = absl::Seconds(100)}, now);
  EXPECT_EQ(Next("notify"), At(now + 100));
  EXPECT_EQ(Pull("notify", now + 100)[0].last_failure(), "away at 7");
}

TEST(RetryDelayTest, W2_DoublesUpToAnHour) {
  EXPECT_EQ(RetryDelay(0), absl::Seconds(1));
  EXPECT_EQ(RetryDelay(1), absl::Seconds(1));
  EXPECT_EQ(RetryDelay(12), absl::Seconds(2048));
  EXPECT_EQ(RetryDelay(13), absl::Hours(1));
  EXPECT_EQ(RetryDelay(1'000'000), absl::Hours(1));
}

TEST_P(ActionsTest, W2_RejectingAgainChangesNothing) {
  Insert("k1", "notify");
  const std::string lease = Pull("notify", 0)[0].lease_id();
  Reject({.lease_id = lease, .reason = "first"}, 0);
  const auto again = Reject({.lease_id = lease, .reason = "second"}, 0.5);
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->available_time, At(1));
  EXPECT_EQ(again->action.last_failure(), "first");
  // Given back is given back; but what was done after all is done.
  EXPECT_THAT(Extend({lease}, 100), ElementsAre(lease));
  EXPECT_THAT(Ack({lease}, 0.6), IsEmpty());
  EXPECT_FALSE(Reject({.lease_id = lease}, 0.7).has_value());
  EXPECT_THAT(Pull("notify", 100), IsEmpty());
}

TEST_P(ActionsTest, W2_ALeaseWhoseActionSomebodyElseHasRejectsNothing) {
  Insert("k1", "notify");
  const std::string first = Pull("notify", 0)[0].lease_id();
  const std::string second = Pull("notify", 60)[0].lease_id();
  EXPECT_FALSE(Reject({.lease_id = first, .dead = true}, 61).has_value());
  EXPECT_THAT(DeadKeys(), IsEmpty());
  EXPECT_THAT(Pull("notify", 119), IsEmpty());  // the second still holds it
  EXPECT_THAT(Ack({second}, 119), IsEmpty());
  EXPECT_FALSE(
      Reject({.lease_id = std::string(26, '0') + "-1"}, 0).has_value());
  EXPECT_EQ(Try([&](Transaction& tx) {
              return RejectAction(tx, {.lease_id = "x"}, At(0)).status();
            }).code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_P(ActionsTest, W2_TheLastAttemptsRejectionMakesItADeadLetterAtOnce) {
  Insert("k1", "notify");
  double now = 0;
  for (int attempt = 1; attempt <= kMostAttempts; ++attempt, now += 1) {
    EXPECT_THAT(DeadKeys(), IsEmpty()) << attempt;
    const std::vector<Action> pulled = Pull("notify", now);
    ASSERT_EQ(pulled.size(), 1u);
    Reject({.lease_id = pulled[0].lease_id(),
            .reason = "away",
            .delay = absl::Seconds(1)},
           now);
  }
  ASSERT_THAT(DeadKeys(), ElementsAre("k1"));
  const Action dead = Dead()[0].action;
  EXPECT_EQ(dead.attempt(), kMostAttempts);
  EXPECT_EQ(dead.last_failure(), "away");
  EXPECT_EQ(dead.lease_id(), "");
  EXPECT_EQ(Next("notify"), std::nullopt);
  EXPECT_EQ(Next(kDeadLetters), At(now - 1));  // the retry's delay is no matter
}

TEST_P(ActionsTest, W2_AnUncountedAttemptIsNone) {
  Insert("k1", "notify");
  std::set<std::string> leases;
  for (int i = 0; i < 2 * kMostAttempts; ++i) {
    const std::vector<Action> pulled = Pull("notify", i);
    ASSERT_EQ(pulled.size(), 1u) << i;
    leases.insert(pulled[0].lease_id());
    const auto rejected = Reject({.lease_id = pulled[0].lease_id(),
                                  .delay = absl::ZeroDuration(),
                                  .uncounted = true},
                                 i);
    EXPECT_EQ(rejected->available_time, At(i));
  }
  EXPECT_THAT(DeadKeys(), IsEmpty());
  EXPECT_EQ(leases.size(), 2u * kMostAttempts);  // no id comes twice
}

TEST_P(ActionsTest, W2_ARejectedDeadLetterStaysOne) {
  Kill("k1", "notify", 0);
  const std::vector<Action> held = Pull(kDeadLetters, 1);
  ASSERT_THAT(Keys(held), ElementsAre("k1"));
  EXPECT_EQ(held[0].last_failure(), "no such person");
  EXPECT_THAT(Extend({held[0].lease_id()}, 100), IsEmpty());
  EXPECT_THAT(Pull(kDeadLetters, 99), IsEmpty());
  Reject({.lease_id = held[0].lease_id(), .delay = absl::Seconds(10)}, 99);
  EXPECT_THAT(Pull("", 1000), IsEmpty());
  EXPECT_THAT(Keys(Pull(kDeadLetters, 109)), ElementsAre("k1"));
}

TEST_P(ActionsTest, W2_DeadLettersAreReadAPageAtATimeAndLeftThere) {
  for (const char* key : {"k1", "k2", "k3", "k4"})
    Kill(key, key[1] == '2' ? "tasks" : "notify", key[1] == '4' ? 5 : 1);
  Insert("alive", "notify", 1);
  std::vector<std::string> seen;
  DeadPlace after;
  for (int page = 0; page < 4; ++page) {
    const std::vector<DeadAction> dead = Dead("", after, 1);
    ASSERT_EQ(dead.size(), 1u);
    seen.push_back(dead[0].action.effect_key());
    after = dead[0].place;
  }
  EXPECT_THAT(Dead("", after, 1), IsEmpty());
  // Those that died at one instant in the order in which they came.
  EXPECT_THAT(seen, ElementsAre("k1", "k2", "k3", "k4"));
  ASSERT_EQ(Dead("tasks").size(), 1u);
  EXPECT_EQ(Dead("tasks")[0].action.effect_key(), "k2");
  EXPECT_THAT(Keys(Pull(kDeadLetters, 10)), testing::SizeIs(4));
}

TEST_P(ActionsTest, W2_RevivedIsGivenOutAnewAndNoOldLeaseIsGoodAgain) {
  const std::string old = Kill("k1", "notify", 0);
  EXPECT_THAT(Revive({"k1", "k1", "never"}, 5), ElementsAre("k1"));
  EXPECT_THAT(Revive({"k1"}, 6), IsEmpty());
  EXPECT_THAT(DeadKeys(), IsEmpty());
  EXPECT_THAT(Extend({old}, 100), ElementsAre(old));
  double now = 6;
  for (int attempt = 2; attempt <= kMostAttempts + 1; ++attempt, now += 60) {
    const std::vector<Action> pulled = Pull("notify", now);
    ASSERT_EQ(pulled.size(), 1u) << attempt;
    EXPECT_EQ(pulled[0].attempt(), attempt);
    EXPECT_EQ(pulled[0].last_failure(), "no such person");
    EXPECT_THAT(Ack({old}, now), ElementsAre(old));
  }
  EXPECT_THAT(Pull("notify", now), IsEmpty());
  EXPECT_THAT(DeadKeys(), ElementsAre("k1"));
  // Its delays begin anew as well.
  Revive({"k1"}, now);
  const std::string lease = Pull("notify", now)[0].lease_id();
  EXPECT_EQ(Reject({.lease_id = lease}, now)->available_time, At(now + 1));
}

TEST_P(ActionsTest, W2_AHeldDeadLetterIsRevivedWhenItsLeaseEnds) {
  Kill("k1", "notify", 0);
  const std::string held = Pull(kDeadLetters, 10)[0].lease_id();  // until 70
  EXPECT_THAT(Revive({"k1"}, 20), ElementsAre("k1"));
  EXPECT_THAT(Pull("", 69), IsEmpty());
  EXPECT_THAT(Extend({held}, 100), IsEmpty());
  EXPECT_THAT(Keys(Pull("", 100)), ElementsAre("k1"));
}

TEST_P(ActionsTest, W2_OfManyWhoReviveAtOnceOneDoes) {
  std::vector<std::string> keys;
  for (int i = 0; i < 20; ++i) {
    keys.push_back(absl::StrCat("k", i));
    Kill(keys.back(), "notify", 0);
  }
  std::vector<size_t> revived(4);
  AtOnce(4, [&](Session& session, int i) {
    revived[i] = On(session, [&](Transaction& tx) {
                   return ReviveActions(tx, keys, At(1));
                 }).size();
  });
  EXPECT_EQ(revived[0] + revived[1] + revived[2] + revived[3], keys.size());
  EXPECT_THAT(Pull("notify", 1, 100), testing::SizeIs(20));
}

TEST_P(ActionsTest, W2_PullRejectExtendAndAckAtOnceLoseNoAction) {
  constexpr int kActions = 100;
  for (int i = 0; i < kActions; ++i) Insert(absl::StrCat("k", i), "notify");
  std::vector<std::set<std::string>> done(4);
  AtOnce(4, [&](Session& session, int me) {
    for (int empty = 0; empty < 3;) {
      const std::vector<Action> actions = On(session, [](Transaction& tx) {
        return PullActions(tx, "notify", 7, absl::Seconds(60), At(1));
      });
      if (actions.empty()) ++empty;
      for (const Action& action : actions) {
        const std::vector<std::string> lease = {action.lease_id()};
        EXPECT_THAT(On(session,
                       [&](Transaction& tx) {
                         return ExtendActions(tx, lease, At(100));
                       }),
                    IsEmpty());
        if (action.attempt() == 1) {
          const auto back = On(session, [&](Transaction& tx) {
            return RejectAction(
                tx, {.lease_id = lease[0], .delay = absl::ZeroDuration()},
                At(1));
          });
          EXPECT_TRUE(back.has_value());
          continue;
        }
        EXPECT_THAT(
            On(session,
               [&](Transaction& tx) { return AckActions(tx, lease, At(1)); }),
            IsEmpty());
        EXPECT_TRUE(done[me].insert(action.effect_key()).second);
      }
    }
  });
  std::set<std::string> all;
  size_t count = 0;
  for (const std::set<std::string>& mine : done) {
    count += mine.size();
    all.insert(mine.begin(), mine.end());
  }
  EXPECT_EQ(count, all.size());
  // Whoever found nothing may have seen what others held.
  for (const Action& left : Pull("notify", 1, 1000))
    EXPECT_TRUE(all.insert(left.effect_key()).second);
  EXPECT_EQ(all.size(), static_cast<size_t>(kActions));
}

}  // namespace
}  // namespace charter::storage

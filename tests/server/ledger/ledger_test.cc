#include "server/ledger/ledger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <tuple>

#include "absl/status/status.h"

namespace charter::ledger {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

absl::Time Day(int day) {
  return absl::FromCivil(absl::CivilDay(2026, 1, day), absl::UTCTimeZone());
}
constexpr absl::Time kNever = absl::InfiniteFuture();

// A ledger with shorter names and what was recorded in it.
struct Account {
  Ledger ledger;
  Entries entries;
  Policy policy = Policy::kReject;

  absl::Status Keep(absl::StatusOr<Entries> added) {
    if (!added.ok()) return added.status();
    entries.insert(entries.end(), added->begin(), added->end());
    return absl::OkStatus();
  }
  absl::Status Grant(int64_t units, absl::Time lapse, absl::Time at) {
    return Keep(ledger::Grant(&ledger, "order", units, lapse, "", at));
  }
  absl::Status Reserve(const char* subject, int64_t units, absl::Time at,
                       absl::Time expire = kNever, bool again = false) {
    return Keep(ledger::Reserve(&ledger, subject, units, expire, again, policy,
                                "", at));
  }
  absl::Status Commit(const char* subject, absl::Time at, int64_t units = 0) {
    return Keep(ledger::Commit(&ledger, subject, units, "", at));
  }
  absl::Status Release(const char* subject, absl::Time at, bool used = false) {
    return Keep(ledger::Release(&ledger, subject, used, "", at));
  }
  absl::Status Adjust(int64_t units, absl::Time at) {
    return Keep(ledger::Adjust(&ledger, "by-hand", units, policy, "", at));
  }
  void Settle(absl::Time now) {
    EXPECT_TRUE(Keep(ledger::Settle(&ledger, now)).ok());
  }
  std::vector<EntryKind> Kinds() const {
    std::vector<EntryKind> kinds;
    for (const Entry& entry : entries) kinds.push_back(entry.kind);
    return kinds;
  }
};

#define EXPECT_DONE(call) EXPECT_EQ((call), absl::OkStatus())
#define EXPECT_REFUSED(call, expected) EXPECT_EQ((call).code(), expected)

TEST(LedgerTest, C5_AUnitIsReservedThenUsed) {
  Account a;
  EXPECT_DONE(a.Grant(5, kNever, Day(1)));
  EXPECT_DONE(a.Reserve("cases/1", 1, Day(2)));
  EXPECT_EQ(a.ledger.balance, (Balance{4, 1, 0}));
  EXPECT_DONE(a.Commit("cases/1", Day(3)));
  EXPECT_EQ(a.ledger.balance, (Balance{4, 0, 1}));
  EXPECT_THAT(a.Kinds(), ElementsAre(EntryKind::kGrant, EntryKind::kReserve,
                                     EntryKind::kCommit));
  EXPECT_EQ(a.entries[2].number, 3);
  EXPECT_EQ(a.entries[2].effective, Day(3));
}

TEST(LedgerTest, C5_EachKindIsRecordedOnceForASubject) {
  Account a;
  EXPECT_DONE(a.Grant(5, kNever, Day(1)));
  for (int i = 0; i < 3; ++i) EXPECT_DONE(a.Reserve("x", 2, Day(2)));
  for (int i = 0; i < 3; ++i) EXPECT_DONE(a.Commit("x", Day(3)));
  EXPECT_EQ(a.ledger.balance, (Balance{3, 0, 2}));
  EXPECT_EQ(a.ledger.entry_count, 3);
  EXPECT_REFUSED(a.Reserve("x", 1, Day(4)), absl::StatusCode::kAlreadyExists);
  EXPECT_REFUSED(a.Release("x", Day(4)), absl::StatusCode::kFailedPrecondition);
  EXPECT_DONE(a.Reserve("y", 2, Day(4)));
  for (int i = 0; i < 3; ++i) EXPECT_DONE(a.Release("y", Day(5)));
  EXPECT_REFUSED(a.Commit("y", Day(6)), absl::StatusCode::kFailedPrecondition);
  // What was given back is not held again by a repetition.
  EXPECT_DONE(a.Reserve("y", 2, Day(6)));
  EXPECT_EQ(a.ledger.balance, (Balance{3, 0, 2}));
  EXPECT_REFUSED(a.Commit("z", Day(6)), absl::StatusCode::kNotFound);
  EXPECT_REFUSED(a.Release("z", Day(6)), absl::StatusCode::kNotFound);
}

TEST(LedgerTest, C5_ADrawIsOnTheLotThatLapsesFirst) {
  Account a;
  EXPECT_DONE(a.Grant(3, kNever, Day(1)));
  EXPECT_DONE(a.Grant(3, Day(20), Day(1)));
  EXPECT_DONE(a.Grant(3, Day(10), Day(1)));
  EXPECT_DONE(a.Reserve("x", 7, Day(2)));
  EXPECT_THAT(a.ledger.holds["x"].draws,
              ElementsAre(Draw{3, 3, Day(10)}, Draw{2, 3, Day(20)},
                          Draw{1, 1, kNever}));
  // What is not used goes back to the lots that lapse last.
  EXPECT_DONE(a.Commit("x", Day(3), 4));
  EXPECT_THAT(a.ledger.holds["x"].draws,
              ElementsAre(Draw{3, 3, Day(10)}, Draw{2, 1, Day(20)}));
  EXPECT_EQ(a.ledger.balance, (Balance{5, 0, 4}));
}

TEST(LedgerTest, C5_RejectedAtZeroAndNothingHasChanged) {
  Account a;
  EXPECT_DONE(a.Grant(2, kNever, Day(1)));
  EXPECT_DONE(a.Reserve("x", 2, Day(1)));
  const Ledger before = a.ledger;
  EXPECT_REFUSED(a.Reserve("y", 1, Day(2)),
                 absl::StatusCode::kResourceExhausted);
  EXPECT_REFUSED(a.Adjust(-1, Day(2)), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(a.ledger, before);
}

TEST(LedgerTest, C5_OverdraftIsCoveredByTheNextGrant) {
  Account a;
  a.policy = Policy::kAllowOverdraft;
  EXPECT_DONE(a.Grant(1, kNever, Day(1)));
  EXPECT_DONE(a.Reserve("x", 4, Day(2)));
  EXPECT_EQ(a.ledger.balance, (Balance{-3, 4, 0}));
  EXPECT_DONE(a.Grant(5, Day(10), Day(3)));
  EXPECT_EQ(a.ledger.balance, (Balance{2, 4, 0}));
  EXPECT_EQ(a.ledger.lots[kOverdraft].remaining, 0);
  // Only what did not cover can lapse.
  a.Settle(Day(11));
  EXPECT_EQ(a.ledger.balance, (Balance{0, 4, 0}));
  EXPECT_DONE(a.Release("x", Day(12)));
  EXPECT_EQ(a.ledger.balance, (Balance{4, 0, 0}));
  EXPECT_EQ(NextDue(a.ledger), kNever);
}

TEST(LedgerTest, C5_WhatLapsesCountsAtItsInstantWheneverItIsWritten) {
  Account a;
  EXPECT_DONE(a.Grant(3, Day(10), Day(1)));
  EXPECT_DONE(a.Grant(3, Day(20), Day(1)));
  EXPECT_EQ(NextDue(a.ledger), Day(10));
  a.Settle(Day(10) - absl::Microseconds(1));
  EXPECT_EQ(a.ledger.balance.available, 6);
  a.Settle(Day(30));
  EXPECT_EQ(a.ledger.balance.available, 0);
  ASSERT_EQ(a.entries.size(), 4);
  EXPECT_EQ(a.entries[2].kind, EntryKind::kLapse);
  EXPECT_EQ(a.entries[2].effective, Day(10));
  EXPECT_EQ(a.entries[2].lot, 1);
  EXPECT_EQ(a.entries[3].effective, Day(20));
  a.Settle(Day(31));
  EXPECT_EQ(a.entries.size(), 4);
}

TEST(LedgerTest, C5_AReservationOutlivesItsLotAndItsReleaseLapses) {
  Account a;
  EXPECT_DONE(a.Grant(2, Day(10), Day(1)));
  EXPECT_DONE(a.Reserve("used", 1, Day(2)));
  EXPECT_DONE(a.Reserve("called off", 1, Day(2)));
  a.Settle(Day(11));
  EXPECT_EQ(a.ledger.balance, (Balance{0, 2, 0}));
  EXPECT_DONE(a.Commit("used", Day(12)));
  EXPECT_DONE(a.Release("called off", Day(12)));
  EXPECT_EQ(a.ledger.balance, (Balance{0, 0, 1}));
  EXPECT_EQ(a.entries.back().kind, EntryKind::kLapse);
  EXPECT_EQ(a.entries.back().effective, Day(12));
}

TEST(LedgerTest, C5_AnExpiredReservationIsGivenBackAtItsInstant) {
  Account a;
  EXPECT_DONE(a.Grant(1, Day(10), Day(1)));
  EXPECT_DONE(a.Reserve("early", 1, Day(2), Day(5)));
  EXPECT_EQ(NextDue(a.ledger), Day(5));
  a.Settle(Day(20));
  // Given back on day 5, it could lapse on day 10.
  ASSERT_EQ(a.entries.size(), 4);
  EXPECT_EQ(a.entries[2].kind, EntryKind::kRelease);
  EXPECT_EQ(a.entries[2].effective, Day(5));
  EXPECT_EQ(a.entries[3].kind, EntryKind::kLapse);
  EXPECT_EQ(a.entries[3].effective, Day(10));
  EXPECT_REFUSED(a.Commit("early", Day(20)),
                 absl::StatusCode::kFailedPrecondition);
}

TEST(LedgerTest, C5_AUsedReservationDoesNotExpire) {
  Account a;
  EXPECT_DONE(a.Grant(1, kNever, Day(1)));
  EXPECT_DONE(a.Reserve("x", 1, Day(2), Day(5)));
  EXPECT_DONE(a.Commit("x", Day(3)));
  a.Settle(Day(9));
  EXPECT_EQ(a.ledger.balance, (Balance{0, 0, 1}));
}

TEST(LedgerTest, C5_AdjustingAddsWhatDoesNotLapseAndTakesWhatLapsesFirst) {
  Account a;
  EXPECT_DONE(a.Grant(2, Day(10), Day(1)));
  EXPECT_DONE(a.Adjust(3, Day(2)));
  EXPECT_EQ(a.ledger.balance.available, 5);
  EXPECT_DONE(a.Adjust(-3, Day(2)));
  EXPECT_EQ(a.ledger.lots[1].remaining, 0);
  EXPECT_EQ(a.ledger.lots[2].remaining, 2);
  EXPECT_EQ(NextDue(a.ledger), kNever);
}

TEST(LedgerTest, C5_E11_AHoldMovesInItsState) {
  Account a, b;
  EXPECT_DONE(a.Grant(1, Day(10), Day(1)));
  EXPECT_DONE(b.Grant(1, Day(20), Day(1)));
  EXPECT_DONE(a.Reserve("cases/1", 1, Day(2)));
  EXPECT_DONE(a.Commit("cases/1", Day(3)));
  const auto move = [&](Account& from, Account& to) {
    absl::StatusOr<Transfer> moved =
        MoveHold(&from.ledger, "from", &to.ledger, "to", "cases/1",
                 Policy::kReject, "", Day(4));
    if (!moved.ok()) return moved.status();
    EXPECT_DONE(from.Keep(moved->out));
    return to.Keep(moved->in);
  };
  EXPECT_DONE(move(a, b));
  EXPECT_EQ(a.ledger.balance, (Balance{1, 0, 0}));
  EXPECT_EQ(b.ledger.balance, (Balance{0, 0, 1}));
  EXPECT_EQ(b.ledger.holds["cases/1"].draws[0].lapse, Day(20));
  EXPECT_EQ(b.entries.back().counterpart, "from");
  // Once more, and back: entries of their own, by the turn.
  EXPECT_REFUSED(move(a, b), absl::StatusCode::kFailedPrecondition);
  EXPECT_DONE(move(b, a));
  EXPECT_EQ(a.ledger.balance, (Balance{0, 0, 1}));
  EXPECT_EQ(b.ledger.balance, (Balance{1, 0, 0}));
  std::set<std::tuple<EntryKind, int64_t>> keys;
  for (const Entry& entry : a.entries)
    EXPECT_TRUE(keys.insert({entry.kind, entry.turn}).second);
}

TEST(LedgerTest, C5_AMoveThatIsRefusedChangesNeither) {
  Account a, b;
  EXPECT_DONE(a.Grant(1, kNever, Day(1)));
  EXPECT_DONE(a.Reserve("x", 1, Day(2)));
  const Ledger from = a.ledger, to = b.ledger;
  EXPECT_EQ(
      MoveHold(&a.ledger, "a", &b.ledger, "b", "x", Policy::kReject, "", Day(3))
          .status()
          .code(),
      absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(MoveUnits(&b.ledger, "b", &a.ledger, "a", "y", 1, "", Day(3))
                .status()
                .code(),
            absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(a.ledger, from);
  EXPECT_EQ(b.ledger, to);
}

TEST(LedgerTest, C5_AHandOverKeepsTheDraws) {
  Account a;
  EXPECT_DONE(a.Grant(1, Day(10), Day(1)));
  EXPECT_DONE(a.Reserve("duplicate", 1, Day(2)));
  a.Settle(Day(11));
  EXPECT_DONE(a.Keep(HandOver(&a.ledger, "duplicate", "master", "", Day(12))));
  EXPECT_EQ(a.ledger.balance, (Balance{0, 1, 0}));
  EXPECT_THAT(a.ledger.holds["duplicate"].draws, IsEmpty());
  EXPECT_THAT(a.ledger.holds["master"].draws, ElementsAre(Draw{1, 1, Day(10)}));
  EXPECT_DONE(a.Commit("master", Day(13)));
  EXPECT_REFUSED(a.Keep(HandOver(&a.ledger, "duplicate", "m", "", Day(14))),
                 absl::StatusCode::kFailedPrecondition);
}

TEST(LedgerTest, C5_MovedUnitsKeepWhenTheyLapse) {
  Account a, b;
  EXPECT_DONE(a.Grant(2, Day(10), Day(1)));
  EXPECT_DONE(a.Grant(2, Day(20), Day(1)));
  absl::StatusOr<Transfer> moved =
      MoveUnits(&a.ledger, "a", &b.ledger, "b", "rollover", 3, "", Day(2));
  ASSERT_TRUE(moved.ok()) << moved.status();
  EXPECT_EQ(a.ledger.balance.available, 1);
  EXPECT_EQ(b.ledger.balance.available, 3);
  EXPECT_DONE(b.Keep(Settle(&b.ledger, Day(10))));
  EXPECT_EQ(b.ledger.balance.available, 1);
}

TEST(LedgerTest, C5_ASubjectThatCameBackHoldsAgain) {
  Account a;
  EXPECT_DONE(a.Grant(1, kNever, Day(1)));
  EXPECT_DONE(a.Reserve("x", 1, Day(1)));
  EXPECT_DONE(a.Release("x", Day(2)));
  EXPECT_DONE(a.Reserve("x", 1, Day(3), kNever, /*again=*/true));
  EXPECT_EQ(a.ledger.holds["x"].turn, 2);
  EXPECT_EQ(a.ledger.balance, (Balance{0, 1, 0}));
}

TEST(LedgerTest, C5_NoLedgerHoldsMoreThanItsMost) {
  Account a;
  EXPECT_DONE(a.Grant(kMostUnits, kNever, Day(1)));
  EXPECT_REFUSED(a.Grant(1, kNever, Day(1)), absl::StatusCode::kOutOfRange);
  a.policy = Policy::kAllowOverdraft;
  EXPECT_DONE(a.Adjust(-kMostUnits, Day(1)));
  EXPECT_DONE(a.Reserve("x", kMostUnits, Day(1)));
  EXPECT_REFUSED(a.Reserve("y", 1, Day(1)), absl::StatusCode::kOutOfRange);
}

}  // namespace
}  // namespace charter::ledger

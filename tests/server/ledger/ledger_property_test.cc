// What must hold of any ledger, whatever happens to it in whatever order (C5).
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <tuple>

#include "server/ledger/ledger.h"

namespace charter::ledger {
namespace {

const absl::Time kStart = absl::FromUnixSeconds(1'700'000'000);
constexpr absl::Time kNever = absl::InfiniteFuture();

// Two entitlements and everything that was recorded of them.
struct World {
  Ledger ledgers[2];
  Entries entries[2];
  Policy policy = Policy::kReject;
  absl::Time now = kStart;

  void Keep(int which, const Entries& added) {
    entries[which].insert(entries[which].end(), added.begin(), added.end());
  }
  void Settle() {
    for (int i : {0, 1}) Keep(i, ledger::Settle(&ledgers[i], now));
  }
};

std::string SomeSubject() {
  return std::string(1, static_cast<char>('a' + *rc::gen::inRange(0, 6)));
}

absl::Time SomeTimeAfter(absl::Time now) {
  return *rc::gen::arbitrary<bool>()
             ? kNever
             : now + absl::Seconds(*rc::gen::inRange(1, 30));
}

// One thing that happens, on a ledger that is settled.
void Step(World& world, bool settle) {
  world.now += absl::Seconds(*rc::gen::inRange(0, 6));
  if (settle) world.Settle();
  const int which = *rc::gen::inRange(0, 2);
  Ledger& ledger = world.ledgers[which];
  const std::string subject = SomeSubject();
  const int64_t units = *rc::gen::inRange(1, 8);
  const absl::Time now = world.now;
  const Ledger before[] = {world.ledgers[0], world.ledgers[1]};
  absl::StatusOr<Entries> done = Entries();
  absl::StatusOr<Transfer> moved = Transfer();
  switch (*rc::gen::inRange(0, 9)) {
    case 0:
    case 1:
      done = Grant(&ledger, subject, units, SomeTimeAfter(now), "", now);
      break;
    case 2:
    case 3:
      done = Reserve(&ledger, subject, units, SomeTimeAfter(now),
                     *rc::gen::arbitrary<bool>(), world.policy, "", now);
      break;
    case 4:
      done = Commit(&ledger, subject, *rc::gen::inRange(0, 4), "", now);
      break;
    case 5:
      done = Release(&ledger, subject, *rc::gen::arbitrary<bool>(), "", now);
      break;
    case 6:
      done = Adjust(&ledger, subject, *rc::gen::element(-2, -1, 1, 2),
                    world.policy, "", now);
      break;
    case 7:
      moved = *rc::gen::arbitrary<bool>()
                  ? MoveHold(&ledger, "from", &world.ledgers[1 - which], "to",
                             subject, world.policy, "", now)
                  : MoveUnits(&ledger, "from", &world.ledgers[1 - which], "to",
                              subject, units, "", now);
      break;
    default:
      done = HandOver(&ledger, subject, subject + "2", "", now);
  }
  if (!done.ok() || !moved.ok()) {
    RC_ASSERT(world.ledgers[0] == before[0]);
    RC_ASSERT(world.ledgers[1] == before[1]);
    return;
  }
  world.Keep(which, *done);
  world.Keep(which, moved->out);
  world.Keep(1 - which, moved->in);
}

void Check(const World& world, const Ledger& ledger, const Entries& entries) {
  Balance sum;
  std::set<std::tuple<std::string, EntryKind, int64_t>> keys;
  absl::Time last = kStart;
  for (size_t i = 0; i < entries.size(); ++i) {
    sum += entries[i].change;
    RC_ASSERT(entries[i].number == static_cast<int64_t>(i) + 1);
    RC_ASSERT(entries[i].effective >= last);
    last = entries[i].effective;
    // A client's own subjects repeat for grants and adjustments here; whoever
    // stores them looks first.
    if (entries[i].kind == EntryKind::kReserve ||
        entries[i].kind == EntryKind::kCommit ||
        entries[i].kind == EntryKind::kLapse) {
      RC_ASSERT(
          keys.insert({entries[i].subject, entries[i].kind, entries[i].turn})
              .second);
    }
  }
  // The sum of the entries is the balance, and no unit is lost: each is in a
  // lot or with a subject.
  RC_ASSERT(ledger.balance == sum);
  RC_ASSERT(ledger.entry_count == static_cast<int64_t>(entries.size()));
  int64_t in_lots = 0, positive = 0;
  for (const auto& [number, lot] : ledger.lots) {
    in_lots += lot.remaining;
    positive += std::max<int64_t>(0, lot.remaining);
    RC_ASSERT(number == kOverdraft || lot.remaining >= 0);
  }
  RC_ASSERT(ledger.balance.available == in_lots);
  RC_ASSERT(in_lots >= 0 || positive == 0);
  Balance held;
  for (const auto& [subject, hold] : ledger.holds) {
    int64_t drawn = 0;
    for (const Draw& draw : hold.draws) drawn += draw.units;
    RC_ASSERT(drawn == (hold.state == HoldState::kReleased ? 0 : hold.units));
    (hold.state == HoldState::kCommitted ? held.committed : held.reserved) +=
        drawn;
  }
  RC_ASSERT(ledger.balance.reserved == held.reserved);
  RC_ASSERT(ledger.balance.committed == held.committed);
  if (world.policy == Policy::kReject) RC_ASSERT(ledger.balance.available >= 0);
}

void CheckBoth(const World& world) {
  for (int i : {0, 1}) Check(world, world.ledgers[i], world.entries[i]);
}

RC_GTEST_PROP(LedgerProperty, C5_SumOfEntriesIsTheBalanceAndNoUnitIsLost, ()) {
  World world;
  if (*rc::gen::arbitrary<bool>()) world.policy = Policy::kAllowOverdraft;
  const int steps = *rc::gen::inRange(1, 40);
  for (int i = 0; i < steps; ++i) {
    Step(world, /*settle=*/true);
    CheckBoth(world);
  }
}

// A wake-up that runs late, or never, changes nothing: what is written first
// settles what was due.
RC_GTEST_PROP(LedgerProperty, C5_SettlingOftenOrLateGivesTheSameEntries, ()) {
  World world;
  const int steps = *rc::gen::inRange(1, 20);
  for (int i = 0; i < steps; ++i) Step(world, /*settle=*/true);
  World often = world;
  const int seconds = *rc::gen::inRange(1, 60);
  for (int i = 0; i < seconds; ++i) {
    often.now += absl::Seconds(1);
    often.Settle();
  }
  world.now += absl::Seconds(seconds);
  world.Settle();
  for (int i : {0, 1}) {
    RC_ASSERT(world.ledgers[i] == often.ledgers[i]);
    RC_ASSERT(world.entries[i] == often.entries[i]);
    RC_ASSERT(NextDue(world.ledgers[i]) > world.now);
  }
  CheckBoth(world);
}

}  // namespace
}  // namespace charter::ledger

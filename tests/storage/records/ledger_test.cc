#include "storage/records/ledger.h"

#include "storage/sql/errors.h"
#include "tests/storage/records/records_fixture.h"

namespace charter::storage {
namespace {

using ledger::Balance;
using ledger::Entries;
using ledger::EntryKind;
using ledger::Ledger;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr char kName[] = "entitlements/e";
constexpr absl::Time kNever = absl::InfiniteFuture();

class LedgerTest : public RecordsTest {
 protected:
  Ledger Load(const std::vector<std::string>& subjects = {}) {
    Ledger loaded;
    Do([&](Transaction& tx) {
      return LoadLedger(tx, kName, subjects, &loaded);
    });
    return loaded;
  }
  absl::Status TryStore(const Ledger& before, const Ledger& after,
                        const Entries& entries) {
    return Try([&](Transaction& tx) {
      return StoreLedger(tx, kName, before, after, entries, {"ann", At(7)});
    });
  }
  // A lot of 10 that lapses at 100, of which `a` holds 3 until 50 and `b`
  // used 2.
  Ledger Make() {
    Ledger made;
    Entries all;
    const auto add = [&all](absl::StatusOr<Entries> entries) {
      ASSERT_TRUE(entries.ok()) << entries.status();
      all.insert(all.end(), entries->begin(), entries->end());
    };
    add(ledger::Grant(&made, "order", 10, At(100), "why", At(1)));
    add(ledger::Reserve(&made, "a", 3, At(50), false, ledger::Policy::kReject,
                        "", At(2)));
    add(ledger::Reserve(&made, "b", 2, kNever, false, ledger::Policy::kReject,
                        "", At(3)));
    add(ledger::Commit(&made, "b", 0, "", At(4)));
    EXPECT_OK(TryStore(Ledger(), made, all));
    return made;
  }
};
CHARTER_CONFORMANCE(LedgerTest);

TEST_P(LedgerTest, C5_WhatIsStoredComesBack) {
  const Ledger made = Make();
  Ledger all = Load({"b", "c"});
  EXPECT_EQ(all.lots, made.lots);
  EXPECT_EQ(all.holds, made.holds);
  // Without a subject, those that may expire.
  const Ledger due = Load();
  EXPECT_THAT(due.holds, SizeIs(1));
  EXPECT_EQ(due.holds.at("a"), made.holds.at("a"));
  std::map<std::string, Ledger> ledgers;
  Do([&](Transaction& tx) { return LoadDue(tx, {kName, "x"}, &ledgers); });
  EXPECT_THAT(ledgers, SizeIs(1));
  EXPECT_EQ(ledgers[kName].lots, made.lots);
  EXPECT_EQ(ledgers[kName].holds, due.holds);
}

TEST_P(LedgerTest, C5_ADifferenceIsWritten) {
  Ledger made = Make();
  const Ledger before = made;
  Entries settled = ledger::Settle(&made, At(200));
  EXPECT_OK(TryStore(before, made, settled));
  const Ledger after = Load({"a"});
  EXPECT_THAT(after.lots, IsEmpty());  // nothing is left in any
  EXPECT_EQ(after.holds.at("a").state, ledger::HoldState::kReleased);
  EXPECT_THAT(Load().holds, IsEmpty());
}

TEST_P(LedgerTest, C5_ASubjectHasOneEntryOfAKind) {
  const Ledger made = Make();
  Ledger again = made;
  absl::StatusOr<Entries> entries =
      ledger::Grant(&again, "order", 1, kNever, "", At(9));
  ASSERT_TRUE(entries.ok());
  EXPECT_EQ(KindOf(TryStore(made, again, *entries)), ErrorKind::kDuplicateKey);
  const auto found = Do([](Transaction& tx) {
    return FindLedgerEntries(tx, kName, "order", EntryKind::kGrant);
  });
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].entry.number, 1);
  EXPECT_EQ(found[0].entry.units, 10);
  EXPECT_EQ(found[0].entry.cause, "why");
  EXPECT_EQ(found[0].entry.effective, At(1));
  EXPECT_EQ(found[0].writer.actor, "ann");
  EXPECT_EQ(found[0].writer.time, At(7));
}

TEST_P(LedgerTest, C5_EntriesAreReadInOrderAndSummedByKind) {
  Make();
  const auto read = [&](int64_t after, int limit) {
    std::vector<int64_t> numbers;
    for (const LedgerEntryRecord& record : Do([&](Transaction& tx) {
           return ReadLedgerEntries(tx, kName, after, limit);
         })) {
      numbers.push_back(record.entry.number);
    }
    return numbers;
  };
  EXPECT_THAT(read(0, 3), ElementsAre(1, 2, 3));
  EXPECT_THAT(read(3, 3), ElementsAre(4));
  const auto sum = [&](absl::Time from, absl::Time to) {
    return Do([&](Transaction& tx) { return SumLedger(tx, kName, from, to); });
  };
  auto sums = sum(absl::InfinitePast(), At(3));
  EXPECT_THAT(sums, SizeIs(2));
  EXPECT_EQ(sums[EntryKind::kGrant].change, (Balance{10, 0, 0}));
  EXPECT_EQ(sums[EntryKind::kReserve].count, 1);
  sums = sum(At(3), At(5));
  EXPECT_EQ(sums[EntryKind::kReserve].change, (Balance{-2, 2, 0}));
  EXPECT_EQ(sums[EntryKind::kCommit].change, (Balance{0, -2, 2}));
}

TEST_P(LedgerTest, C5_TotalsAreOfEntriesLotsAndHolds) {
  Make();
  const auto totals = Do([](Transaction& tx) {
    return TotalLedgers(tx, {kName, "x"});
  });
  ASSERT_THAT(totals, SizeIs(1));
  const LedgerTotals& total = totals.at(kName);
  EXPECT_EQ(total.entries.count, 4);
  EXPECT_EQ(total.entries.change, (Balance{5, 3, 2}));
  EXPECT_EQ(total.last_number, 4);
  EXPECT_EQ(total.in_lots, 5);
  EXPECT_EQ(total.held, (Balance{0, 3, 2}));
  Do([](Transaction& tx) { return PurgeLedger(tx, kName); });
  EXPECT_THAT(Do([](Transaction& tx) {
                return TotalLedgers(tx, {kName, "x"});
              }),
              IsEmpty());
}

}  // namespace
}  // namespace charter::storage

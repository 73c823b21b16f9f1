#include "storage/records/leases.h"

#include "tests/storage/records/records_fixture.h"

namespace charter::storage {
namespace {

class LeasesTest : public RecordsTest {
 protected:
  std::optional<Lease> Acquire(absl::string_view owner, double now) {
    return Do([&](Transaction& tx) {
      return AcquireLease(tx, "feed", owner, absl::Seconds(10), At(now));
    });
  }
  bool Renew(Lease* lease, double now) {
    return Do([&](Transaction& tx) {
      return RenewLease(tx, lease, absl::Seconds(10), At(now));
    });
  }
};
CHARTER_CONFORMANCE(LeasesTest);

TEST_P(LeasesTest, OneHolderUntilItRunsOutThenANewEpoch) {
  const std::optional<Lease> first = Acquire("a", 0);
  ASSERT_TRUE(first.has_value());
  EXPECT_EQ(first->epoch, 1);
  EXPECT_EQ(first->expire_time, At(10));
  EXPECT_FALSE(Acquire("b", 9.999999).has_value());
  const std::optional<Lease> second = Acquire("b", 10);
  ASSERT_TRUE(second.has_value());
  EXPECT_EQ(second->epoch, 2);
  const auto holder =
      Do([](Transaction& tx) { return ReadLease(tx, "feed", At(19)); });
  ASSERT_TRUE(holder.has_value());
  EXPECT_EQ(holder->owner, "b");
  EXPECT_FALSE(Do([](Transaction& tx) {
                 return ReadLease(tx, "feed", At(20));
               }).has_value());
}

TEST_P(LeasesTest, RenewingWorksUntilSomebodyElseTookIt) {
  Lease mine = *Acquire("a", 0);
  EXPECT_TRUE(Renew(&mine, 5));
  EXPECT_EQ(mine.expire_time, At(15));
  EXPECT_FALSE(Acquire("b", 14).has_value());
  EXPECT_TRUE(Renew(&mine, 20));  // it had run out, but nobody was there
  Lease theirs = *Acquire("b", 30);
  EXPECT_FALSE(Renew(&mine, 31));
  EXPECT_EQ(mine.expire_time, At(30));
  EXPECT_TRUE(Renew(&theirs, 31));
}

TEST_P(LeasesTest, AHolderThatComesBackGetsANewEpoch) {
  Lease before = *Acquire("a", 0);
  const Lease after = *Acquire("a", 1);
  EXPECT_EQ(after.epoch, 2);
  EXPECT_FALSE(Renew(&before, 2));
}

TEST_P(LeasesTest, ReleasedIsFreeAtOnceAndALostOneIsLeftAlone) {
  const Lease mine = *Acquire("a", 0);
  Do([&](Transaction& tx) { return ReleaseLease(tx, mine); });
  const Lease theirs = *Acquire("b", 0.5);
  EXPECT_EQ(theirs.epoch, 2);
  Do([&](Transaction& tx) { return ReleaseLease(tx, mine); });
  EXPECT_FALSE(Acquire("c", 1).has_value());
}

TEST_P(LeasesTest, OthersHaveOtherNames) {
  Acquire("a", 0);
  EXPECT_TRUE(Do([](Transaction& tx) {
                return AcquireLease(tx, "wakeups/3", "b", absl::Seconds(1),
                                    At(0));
              }).has_value());
}

}  // namespace
}  // namespace charter::storage

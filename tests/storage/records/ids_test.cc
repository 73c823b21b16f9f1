#include "storage/records/ids.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "re2/re2.h"

namespace charter::storage {
namespace {

absl::Time Millis(int64_t n) { return absl::FromUnixMillis(n); }

// Fills with the same octet.
IdGenerator::RandomSource Always(uint8_t octet) {
  return [octet](absl::Span<uint8_t> out) {
    std::fill(out.begin(), out.end(), octet);
  };
}

TEST(IdGeneratorTest, IdsAreNamesAndSortByTime) {
  IdGenerator ids;
  std::string last;
  for (int64_t millis :
       {int64_t{0}, int64_t{1}, int64_t{1'700'000'000'000},
        int64_t{1'700'000'000'001}, int64_t{253402300799999}}) {
    const std::string id = ids.Make(Millis(millis));
    EXPECT_TRUE(RE2::FullMatch(id, "[a-z][a-z0-9]{25}")) << id;
    EXPECT_LT(last, id);
    last = id;
  }
}

TEST(IdGeneratorTest, EachIdIsAboveTheOneBefore) {
  // Also when the clock stands still or goes back, and the random bits run
  // over.
  IdGenerator ids(Always(0xff));
  std::string last = ids.Make(Millis(1000));
  for (int i = 0; i < 1000; ++i) {
    const std::string id = ids.Make(Millis(1000 - i));
    EXPECT_LT(last, id);
    last = id;
  }
  EXPECT_LT(last, FirstIdAt(Millis(1002)));
  EXPECT_GE(last,
            FirstIdAt(Millis(1001)));  // it ran over into the next millisecond
}

TEST(IdGeneratorTest, TheFirstIdOfAMillisecondBoundsAllOfIt) {
  EXPECT_GE(IdGenerator(Always(0)).Make(Millis(5000)), FirstIdAt(Millis(5000)));
  EXPECT_LT(IdGenerator(Always(0xff)).Make(Millis(5000)),
            FirstIdAt(Millis(5001)));
  // Within a millisecond, times have the same bound.
  EXPECT_EQ(FirstIdAt(Millis(5000)),
            FirstIdAt(Millis(5000) + absl::Microseconds(999)));
}

TEST(IdGeneratorTest, HoldsEveryBitOfTimeAndChance) {
  EXPECT_EQ(IdGenerator(Always(0)).Make(Millis(1)),
            "g0000000010000000000000000");
  EXPECT_EQ(IdGenerator(Always(0xff)).Make(Millis((int64_t{1} << 48) - 1)),
            "qzzzzzzzzzzzzzzzzzzzzzzzzz");
  std::set<std::string> seen;
  for (int bit = 0; bit < 80; ++bit) {
    IdGenerator ids([bit](absl::Span<uint8_t> out) {
      std::fill(out.begin(), out.end(), 0);
      out[bit / 8] = static_cast<uint8_t>(1 << bit % 8);
    });
    seen.insert(ids.Make(Millis(7)));
  }
  EXPECT_EQ(seen.size(), 80u);
}

TEST(IdGeneratorTest, ThreadsNeverGetTheSame) {
  IdGenerator ids;
  std::vector<std::vector<std::string>> made(4);
  std::vector<std::thread> threads;
  for (std::vector<std::string>& mine : made) {
    threads.emplace_back([&ids, &mine] {
      for (int i = 0; i < 1000; ++i) mine.push_back(ids.Make(Millis(42)));
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::set<std::string> all;
  for (const std::vector<std::string>& mine : made) {
    EXPECT_TRUE(std::is_sorted(mine.begin(), mine.end()));
    all.insert(mine.begin(), mine.end());
  }
  EXPECT_EQ(all.size(), 4000u);
}

}  // namespace
}  // namespace charter::storage

#include "storage/records/generations.h"

#include "tests/storage/records/records_fixture.h"

namespace charter::storage {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class GenerationsTest : public RecordsTest {
 protected:
  int64_t Bump(absl::string_view subject) {
    return Do([&](Transaction& tx) { return BumpGeneration(tx, subject); });
  }
  std::vector<std::string> Stale(absl::string_view hours, int64_t generation,
                                 int limit = 100) {
    return Do([&](Transaction& tx) {
      return FindStaleCases(tx, hours, generation, limit);
    });
  }
  std::vector<Generation> Hours(absl::string_view item) {
    return Do([&](Transaction& tx) { return LoadCaseHours(tx, item); });
  }
};
CHARTER_CONFORMANCE(GenerationsTest);

TEST_P(GenerationsTest, B9_EveryEditRaisesTheCatalogAndItsSubject) {
  const auto catalog = [](Transaction& tx) {
    return ReadCatalogGeneration(tx);
  };
  EXPECT_EQ(Do(catalog), 0);
  EXPECT_EQ(Bump("businessHours/a"), 1);
  EXPECT_EQ(Bump("itemStatuses/new"), 2);
  EXPECT_EQ(Bump("businessHours/a"), 3);
  EXPECT_EQ(Do(catalog), 3);
  const auto since = [](int64_t generation) {
    return [generation](Transaction& tx) {
      return ReadGenerationsSince(tx, generation);
    };
  };
  EXPECT_THAT(Do(since(0)), ElementsAre(Generation{"itemStatuses/new", 2},
                                        Generation{"businessHours/a", 3}));
  EXPECT_THAT(Do(since(2)), ElementsAre(Generation{"businessHours/a", 3}));
  EXPECT_THAT(Do(since(3)), IsEmpty());
}

TEST_P(GenerationsTest, B9_OpenItemsWithOlderHoursAreFoundInBatches) {
  Do([](Transaction& tx) {
    return InsertCaseHours(tx, "cases/1",
                           {{"businessHours/a", 1}, {"businessHours/b", 2}});
  });
  Do([](Transaction& tx) {
    return InsertCaseHours(tx, "cases/2", {{"businessHours/a", 3}});
  });
  Do([](Transaction& tx) {
    return InsertCaseHours(tx, "cases/3", {{"businessHours/a", 2}});
  });
  EXPECT_THAT(Stale("businessHours/a", 3), ElementsAre("cases/1", "cases/3"));
  EXPECT_THAT(Stale("businessHours/a", 4, 2),
              ElementsAre("cases/1", "cases/3"));
  EXPECT_THAT(Stale("businessHours/a", 1), IsEmpty());
  EXPECT_THAT(Stale("businessHours/b", 3), ElementsAre("cases/1"));
}

TEST_P(GenerationsTest, B9_AnItemsHoursAreReplacedByTheDifference) {
  const auto set = [&](std::vector<Generation> hours) {
    Do([&](Transaction& tx) { return SetCaseHours(tx, "cases/1", hours); });
    return session_->last_round_trips();
  };
  set({{"businessHours/a", 1}, {"businessHours/b", 1}});
  EXPECT_THAT(Hours("cases/1"), ElementsAre(Generation{"businessHours/a", 1},
                                            Generation{"businessHours/b", 1}));
  set({{"businessHours/b", 4}, {"businessHours/c", 4}});
  EXPECT_THAT(Hours("cases/1"), ElementsAre(Generation{"businessHours/b", 4},
                                            Generation{"businessHours/c", 4}));
  const int all = set({});
  EXPECT_THAT(Hours("cases/1"), IsEmpty());
  // Nothing to write; elsewhere that goes with the COMMIT.
  if (sqlite()) {
    EXPECT_LT(set({}), all);
  }
}

}  // namespace
}  // namespace charter::storage

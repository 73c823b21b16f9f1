// Trees of contracts and lines, and their totals (C8).
#include "server/contracts/tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "tests/server/contracts/amounts.h"

namespace charter::contracts {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Parents = std::vector<std::optional<size_t>>;

constexpr auto kNone = std::nullopt;

std::string Refusal(const absl::Status& status) {
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  return std::string(status.message());
}

TEST(TreeTest, C8_EveryNodeKnowsItsRoot) {
  // 0 under 2 under 3; 1 alone; 4 under 3.
  const auto forest = Forest::Build(Parents{2, kNone, 3, kNone, 3});
  ASSERT_TRUE(forest.ok()) << forest.status();
  EXPECT_EQ(forest->root(0), 3u);
  EXPECT_EQ(forest->root(1), 1u);
  EXPECT_EQ(forest->root(2), 3u);
  EXPECT_EQ(forest->root(3), 3u);
  EXPECT_EQ(forest->root(4), 3u);
  EXPECT_THAT(forest->top_down(), ElementsAre(1, 3, 2, 4, 0));
  EXPECT_EQ(Forest::Build({})->size(), 0u);
}

TEST(TreeTest, C8_ACycleIsRefused) {
  const std::string tail =
      "].parent: would make it its own ancestor, or hangs on such a cycle (C8)";
  EXPECT_EQ(Refusal(Forest::Build(Parents{0}).status()), "nodes[0" + tail);
  EXPECT_EQ(Refusal(Forest::Build(Parents{kNone, 2, 1}).status()),
            "nodes[1" + tail);
  EXPECT_EQ(Refusal(Forest::Build(Parents{kNone, 0, 4, 2, 3}).status()),
            "nodes[2" + tail);
}

TEST(TreeTest, C8_ATreeHasAtMost10000Nodes) {
  Parents chain = {kNone};
  while (chain.size() < 10000) chain.push_back(chain.size() - 1);
  Parents star(10000, 0);
  star[0] = kNone;
  EXPECT_TRUE(Forest::Build(chain).ok());
  EXPECT_TRUE(Forest::Build(star).ok());
  // Another tree beside it is another matter.
  star.push_back(kNone);
  EXPECT_TRUE(Forest::Build(star).ok());
  star.back() = 17;
  EXPECT_EQ(Refusal(Forest::Build(star).status()),
            "nodes[10000].parent: makes a tree of more than 10000 (C8)");
  chain.push_back(chain.size() - 1);
  EXPECT_EQ(Refusal(Forest::Build(chain).status()),
            "nodes[10000].parent: makes a tree of more than 10000 (C8)");
}

TEST(TreeTest, C8_TotalsPerTreeAndCurrency) {
  const auto forest = Forest::Build(Parents{kNone, 0, 0, 1, kNone});
  const auto totals = TreeTotals(
      *forest, std::vector<std::vector<Money>>{
                   {Euros(1)}, {Minor("USD", 5)}, {Euros(2)}, {Euros(4)}, {}});
  ASSERT_TRUE(totals.ok()) << totals.status();
  EXPECT_THAT((*totals)[0], ElementsAre(Euros(7), Minor("USD", 5)));
  EXPECT_THAT((*totals)[1], ElementsAre(Euros(4), Minor("USD", 5)));
  EXPECT_THAT((*totals)[2], ElementsAre(Euros(2)));
  EXPECT_THAT((*totals)[3], ElementsAre(Euros(4)));
  EXPECT_THAT((*totals)[4], IsEmpty());
}

TEST(TreeTest, C8_ATotalThatDoesNotFitIsRefused) {
  const auto forest = Forest::Build(Parents{1, kNone});
  const Money largest = Minor("EUR", std::numeric_limits<int64_t>::max());
  EXPECT_EQ(Refusal(TreeTotals(*forest,
                               std::vector<std::vector<Money>>{
                                   {largest}, {Minor("EUR", 1)}})
                        .status()),
            "nodes[1]: and what is below it cost more money than can be kept "
            "(C8)");
}

}  // namespace
}  // namespace charter::contracts

#include "charter/client/page_range.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace charter::client {
namespace {

using Range = PageRange<int>;

TEST(PageRangeTest, AnEmptyPageIsNotTheEnd) {
  Range range([](const std::string& token) -> absl::StatusOr<Range::Page> {
    if (token.empty()) return Range::Page{{1, 2}, "b"};
    if (token == "b") return Range::Page{{}, "c"};
    return Range::Page{{3}, ""};
  });
  const auto rows = range.ToVector();
  ASSERT_TRUE(rows.ok());
  EXPECT_EQ(*rows, (std::vector<int>{1, 2, 3}));
}

TEST(PageRangeTest, TheFirstFailureIsTheLastElement) {
  int fetched = 0;
  Range range([&](const std::string&) -> absl::StatusOr<Range::Page> {
    if (++fetched == 1) return Range::Page{{1}, "b"};
    return absl::UnavailableError("gone");
  });
  std::vector<bool> ok;
  for (const auto& row : range) ok.push_back(row.ok());
  EXPECT_EQ(ok, (std::vector<bool>{true, false}));
  EXPECT_EQ(fetched, 2);
}

TEST(PageRangeTest, FetchesAPageOnlyWhenItIsRead) {
  int fetched = 0;
  Range range([&](const std::string&) -> absl::StatusOr<Range::Page> {
    ++fetched;
    return Range::Page{{1, 2}, "more"};
  });
  EXPECT_EQ(fetched, 0);
  auto it = range.begin();
  ++it;
  EXPECT_EQ(fetched, 1);
  ++it;
  EXPECT_EQ(fetched, 2);
}

}  // namespace
}  // namespace charter::client

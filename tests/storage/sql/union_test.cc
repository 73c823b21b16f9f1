#include "storage/sql/union.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"

namespace charter::storage {
namespace {

std::string Part(size_t i) {
  return absl::StrCat("SELECT a FROM t WHERE b = :b_", i,
                      " ORDER BY a LIMIT 1");
}

TEST(Union, EachPartKeepsItsOrderAndLimit) {
  EXPECT_EQ(UnionOf(SqliteDialect(), "a", 2, Part),
            "SELECT a FROM (SELECT a FROM t WHERE b = :b_0 ORDER BY a LIMIT 1) "
            "AS part UNION ALL "
            "SELECT a FROM (SELECT a FROM t WHERE b = :b_1 ORDER BY a LIMIT 1) "
            "AS part");
  EXPECT_EQ(UnionOf(MysqlDialect(), "a", 2, Part),
            "(SELECT a FROM t WHERE b = :b_0 ORDER BY a LIMIT 1) UNION ALL "
            "(SELECT a FROM t WHERE b = :b_1 ORDER BY a LIMIT 1)");
}

TEST(Union, FewTextsExistForManyCounts) {
  EXPECT_EQ(PaddedParts(1), 1u);
  EXPECT_EQ(PaddedParts(3), 4u);
  EXPECT_EQ(PaddedParts(16), 16u);
  EXPECT_EQ(PaddedParts(17), 32u);
  EXPECT_EQ(PaddedParts(33), 48u);
  EXPECT_EQ(PaddedParts(128), 128u);
}

}  // namespace
}  // namespace charter::storage

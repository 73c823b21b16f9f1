#include "storage/mysql/mysql_errors.h"

#include <gtest/gtest.h>

namespace charter::storage::internal {
namespace {

TEST(MysqlErrorsTest, TrapS8_OnlyTheKeysNameIsTakenFromTheMessage) {
  EXPECT_EQ(MysqlDuplicateKey("Duplicate entry 'secret' for key 'PRIMARY'"),
            "PRIMARY");
  EXPECT_EQ(
      MysqlDuplicateKey("Duplicate entry 'secret' for key 'item.item_number'"),
      "item_number");
  EXPECT_EQ(MysqlDuplicateKey(
                "Duplicate entry 'x' for key 'secret' for key 'item_number'"),
            "item_number");
  EXPECT_EQ(MysqlDuplicateKey("something else"), "");
}

TEST(MysqlErrorsTest, TrapS9_KindsByNumber) {
  EXPECT_EQ(MysqlErrorKind(1213, ""), ErrorKind::kConflict);
  EXPECT_EQ(MysqlErrorKind(1062, ""), ErrorKind::kDuplicateKey);
  EXPECT_EQ(MysqlErrorKind(3819, ""), ErrorKind::kCheck);
  EXPECT_EQ(MysqlErrorKind(3024, ""), ErrorKind::kDeadline);
  EXPECT_EQ(MysqlErrorKind(2006, ""), ErrorKind::kUnavailable);
  EXPECT_EQ(MysqlErrorKind(1290, ""), ErrorKind::kReadOnly);
  EXPECT_EQ(MysqlErrorKind(1030, "Got error 28 \"No space left on device\""),
            ErrorKind::kFull);
  EXPECT_EQ(MysqlErrorKind(1030, "Got error 1"), ErrorKind::kInternal);
  EXPECT_EQ(MysqlErrorKind(1064, ""), ErrorKind::kInternal);
  EXPECT_TRUE(MysqlLinkLost(2013));
  EXPECT_FALSE(MysqlLinkLost(1317));
}

}  // namespace
}  // namespace charter::storage::internal

#include "storage/migrations/migration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"

namespace charter::storage {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr char kText[] =
    "-- oldest-binary: 2\n-- Why: more of it.\nCREATE TABLE a (b BIGINT);\n-- "
    ";;\n\nCREATE INDEX a_b\n  ON a (b)\n-- ;;\n";

TEST(MigrationFileTest, BlocksAndHeader) {
  absl::StatusOr<Migration> migration = ParseMigration("0003_more.sql", kText);
  ASSERT_TRUE(migration.ok()) << migration.status();
  EXPECT_EQ(migration->version, 3);
  EXPECT_EQ(migration->name, "more");
  EXPECT_EQ(migration->oldest_binary, 2);
  EXPECT_THAT(migration->statements,
              ElementsAre(HasSubstr("CREATE TABLE a (b BIGINT);"),
                          "\nCREATE INDEX a_b\n  ON a (b)\n"));
}

TEST(MigrationFileTest, TheChecksumIsThatOfTheFile) {
  EXPECT_EQ(
      ParseMigration("0001_a.sql", "-- oldest-binary: 1\nSELECT 1\n")->checksum,
      "1fec0704d8b68de507378eb020c668ff82881355970910cab99b5764bb03138f");
  EXPECT_NE(ParseMigration("0001_a.sql", "-- oldest-binary: 1\nSELECT 1 \n")
                ->checksum,
            ParseMigration("0001_a.sql", "-- oldest-binary: 1\nSELECT 1\n")
                ->checksum);
}

TEST(MigrationFileTest, WhatIsWrongIsNamed) {
  const std::tuple<const char*, const char*, const char*> wrong[] = {
      {"1_a.sql", kText, "NNNN_name.sql"},
      {"0001.sql", kText, "NNNN_name.sql"},
      {"0001_a.txt", kText, "NNNN_name.sql"},
      {"0000_a.sql", kText, "NNNN_name.sql"},
      {"0002_a.sql", "CREATE TABLE a (b BIGINT)", "oldest-binary"},
      {"0002_a.sql", "-- oldest-binary: x\nSELECT 1", "oldest-binary"},
      {"0001_a.sql", kText, "from 1 to the migration's own number"},
      {"0002_a.sql", "-- oldest-binary: 1\n-- nothing\n", "no statement"},
      {"0002_a.sql", "-- oldest-binary: 1\nSELECT 1\n-- ;;\n-- ;;\nSELECT 2\n",
       "a block has no statement"},
  };
  for (const auto& [name, text, what] : wrong) {
    absl::Status status = ParseMigration(name, text).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument)
        << name << text;
    EXPECT_THAT(status.ToString(), HasSubstr(what));
    EXPECT_THAT(status.ToString(), HasSubstr(name));
  }
}

TEST(MigrationSetTest, EnginesAgreeAndNumbersHaveNoGap) {
  const std::string one = "-- oldest-binary: 1\nSELECT 1\n",
                    two = "-- oldest-binary: 2\nSELECT 1\n";
  EXPECT_TRUE(ParseMigrations({{"0001_a.sql", one}, {"0002_b.sql", two}},
                              {{"0001_a.sql", one}, {"0002_b.sql", two}})
                  .ok());
  EXPECT_TRUE(ParseMigrations({}, {}).ok());
  EXPECT_THAT(ParseMigrations({{"0002_b.sql", one}}, {{"0002_b.sql", one}})
                  .status()
                  .ToString(),
              HasSubstr("gaps"));
  EXPECT_THAT(ParseMigrations({{"0001_a.sql", one}}, {}).status().ToString(),
              HasSubstr("1 for mysql but 0 for sqlite"));
  EXPECT_THAT(ParseMigrations({{"0001_a.sql", one}}, {{"0001_b.sql", one}})
                  .status()
                  .ToString(),
              HasSubstr("differ"));
}

}  // namespace
}  // namespace charter::storage

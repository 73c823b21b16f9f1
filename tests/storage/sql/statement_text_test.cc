#include "storage/sql/statement_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/sql/errors.h"
#include "storage/sql/statement_log.h"

namespace charter::storage::internal {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(StatementTextTest, NamesAndPiecesAreFound) {
  absl::StatusOr<CheckedSql> sql = CheckSql(
      "UPDATE t SET a = :a, b = :b_2 WHERE a <> :a AND c = 'it''s :not a "
      "name'");
  ASSERT_TRUE(sql.ok()) << sql.status();
  EXPECT_THAT(sql->names, ElementsAre("a", "b_2"));
  EXPECT_THAT(sql->places, ElementsAre(0, 1, 0));
  EXPECT_THAT(sql->chunks,
              ElementsAre("UPDATE t SET a = ", ", b = ", " WHERE a <> ",
                          " AND c = 'it''s :not a name'"));
  EXPECT_TRUE(sql->writes);
}

TEST(StatementTextTest, TrapS1_WhatHidesColonsIsRefused) {
  for (const char* sql : {
           "UPDATE u SET v = 9 -- note: only row one\n WHERE id = 1",
           "UPDATE u SET v = 9 /* note: all */",
           "UPDATE u SET v = 9 # note",
           "UPDATE u SET v = 9 WHERE \"a:b\" = 1",
           "UPDATE u SET v = 9 WHERE `a:b` = 1",
           "SELECT a FROM u WHERE b = ':x\\' OR c = :d",
           "SELECT a FROM u WHERE b = : x",
           "SELECT a FROM u WHERE b = :",
           "SELECT a FROM u WHERE b = ::x",
           "SELECT a FROM u WHERE b := 1",
           "SELECT a FROM u WHERE b = a:x",
           "SELECT a FROM u WHERE b = :1",
           "SELECT a FROM u WHERE b = 'open",
           "SELECT a FROM u WHERE b = ?",
           "SELECT a FROM u WHERE b = ?1",
           "SELECT a FROM u WHERE b = @x",
           "SELECT a FROM u WHERE b = $x",
       }) {
    absl::Status status = CheckSql(sql).status();
    EXPECT_EQ(KindOf(status), ErrorKind::kInternal) << sql;
    EXPECT_THAT(status.ToString(), HasSubstr("SQL refused"));
  }
}

TEST(StatementTextTest, TrapS2_OneStatementAndOnlyVerbsThatWeUse) {
  for (const char* sql :
       {"DELETE FROM a; DELETE FROM b", "DELETE FROM a;", "", " ",
        "DROP TABLE a", "(DROP TABLE a)", "CREATE TABLE a (b BIGINT)", "COMMIT",
        "PRAGMA x", "SET x = 1", "CALL x()", "(UPDATE a SET b = 1)",
        "selection"}) {
    EXPECT_FALSE(CheckSql(sql).ok()) << sql;
  }
  for (const char* sql :
       {"select 1", "SELECT\n1", "WITH x AS (SELECT 1) SELECT * FROM x",
        "EXPLAIN SELECT 1", "INSERT INTO a (b) VALUES (';--\"`')",
        "REPLACE INTO a (b) VALUES (1)", "SELECT 5 - -1", "SELECT 4 / 2"}) {
    EXPECT_TRUE(CheckSql(sql).ok()) << sql << CheckSql(sql).status();
  }
}

TEST(StatementTextTest, WritesAreKnown) {
  EXPECT_FALSE(CheckSql("SELECT updated FROM a")->writes);
  EXPECT_FALSE(CheckSql("WITH x AS (SELECT 1) SELECT * FROM x")->writes);
  EXPECT_TRUE(
      CheckSql(
          "WITH x AS (SELECT 1) DELETE FROM a WHERE b IN (SELECT * FROM x)")
          ->writes);
  EXPECT_TRUE(CheckSql("insert into a (b) values (1)")->writes);
}

TEST(StatementTextTest, TrapS1_EveryNameHasOneValueAndEveryValueAName) {
  absl::StatusOr<CheckedSql> sql =
      CheckSql("SELECT a FROM b WHERE c = :c AND d = :d AND e = :c");
  ASSERT_TRUE(sql.ok());
  std::vector<const Value*> values;
  const Binds turned = {{"d", 2}, {"c", 1}};
  ASSERT_TRUE(MatchBinds(*sql, turned, values).ok());
  EXPECT_EQ(*values[0]->integer(), 1);
  EXPECT_EQ(*values[1]->integer(), 2);
  EXPECT_THAT(MatchBinds(*sql, {{"c", 1}}, values).ToString(),
              HasSubstr("no value for :d"));
  EXPECT_THAT(
      MatchBinds(*sql, {{"c", 1}, {"d", 1}, {"e", 1}}, values).ToString(),
      HasSubstr("no place for the value :e"));
  EXPECT_THAT(
      MatchBinds(*sql, {{"c", 1}, {"d", 1}, {"c", 1}}, values).ToString(),
      HasSubstr("two values for :c"));
  EXPECT_THAT(MatchBinds(*sql, {}, values).ToString(),
              HasSubstr("no value for :c"));
}

TEST(StatementLogTest, ListsOfAnyLengthHaveOneShape) {
  EXPECT_EQ(StatementShape(
                "SELECT a FROM b WHERE c IN (:c_0, :c_1, :c_2) AND d = :d"),
            "SELECT a FROM b WHERE c IN (:c) AND d = :d");
  EXPECT_EQ(
      StatementShape("INSERT INTO t (a, b) VALUES (:a_0, :b_0), (:a_1, :b_1)"),
      "INSERT INTO t (a, b) VALUES (:a, :b)");
  EXPECT_EQ(StatementShape("INSERT INTO t (a) VALUES (:a_0), (:a_1), (:a_2) ON "
                           "CONFLICT (a) DO NOTHING"),
            "INSERT INTO t (a) VALUES (:a) ON CONFLICT (a) DO NOTHING");
  EXPECT_EQ(
      StatementShape("SELECT COUNT(*) FROM a WHERE b2 = :b2 AND c = 'x:y_1'"),
      "SELECT COUNT(*) FROM a WHERE b2 = :b2 AND c = 'x:y'");
  EXPECT_EQ(StatementShape("SELECT a FROM b WHERE c = :c_0 UNION ALL SELECT a "
                           "FROM b WHERE c = :c_1"),
            "SELECT a FROM b WHERE c = :c");
  EXPECT_EQ(StatementShape("SELECT a FROM b UNION ALL SELECT a FROM c"),
            "SELECT a FROM b UNION ALL SELECT a FROM c");
}

}  // namespace
}  // namespace charter::storage::internal

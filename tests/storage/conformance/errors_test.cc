// What goes wrong is told the same way by every engine.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/storage/conformance/fixture.h"

namespace charter::storage {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class ErrorsTest : public ConformanceTest {
 protected:
  void SetUp() override {
    ConformanceTest::SetUp();
    ASSERT_OK(Write("INSERT INTO item (id, number) VALUES ('a', 1)"));
    ASSERT_OK(
        Write("INSERT INTO child (id, item_id, due_us) VALUES ('c', 'a', 0)"));
  }
};

CHARTER_CONFORMANCE(ErrorsTest);

TEST_P(ErrorsTest, TrapS9_DuplicateKeysAreToldByTheirName) {
  absl::Status id = Write("INSERT INTO item (id, number) VALUES ('a', 2)");
  EXPECT_THAT(id, IsKind(ErrorKind::kDuplicateKey));
  EXPECT_EQ(id.code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(DuplicateKeyOf(id), "PRIMARY");
  absl::Status number = Write("INSERT INTO item (id, number) VALUES ('b', 1)");
  EXPECT_THAT(number, IsKind(ErrorKind::kDuplicateKey));
  EXPECT_EQ(DuplicateKeyOf(number), "item_number");
  absl::Status update = Write("UPDATE item SET number = 1 WHERE id = 'a'");
  EXPECT_OK(update);  // its own number is no duplicate
}

TEST_P(ErrorsTest, TrapS9_ADuplicateKeyLeavesTheTransactionOpen) {
  EXPECT_OK(session_->Write(Within(absl::Seconds(30)), [](Transaction& tx) {
    absl::Status first =
        tx.Execute("INSERT INTO item (id, number) VALUES ('b', 2)").status();
    if (!first.ok()) return first;
    absl::Status again =
        tx.Execute("INSERT INTO item (id, number) VALUES ('b', 3)").status();
    EXPECT_THAT(again, IsKind(ErrorKind::kDuplicateKey));
    return tx.Execute("INSERT INTO item (id, number) VALUES ('c', 3)").status();
  }));
  EXPECT_THAT(Lines("SELECT id, number FROM item ORDER BY id"),
              ElementsAre("a|1", "b|2", "c|3"));
}

TEST_P(ErrorsTest, TrapQ2_ForeignKeysAreEnforcedBothWays) {
  absl::Status missing = Write(
      "INSERT INTO child (id, item_id, due_us) VALUES ('d', 'nobody', 0)");
  EXPECT_THAT(missing, IsKind(ErrorKind::kForeignKey));
  EXPECT_EQ(missing.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(Write("DELETE FROM item WHERE id = 'a'"),
              IsKind(ErrorKind::kForeignKey));
}

TEST_P(ErrorsTest, ChecksAndNotNullRefuseTheRow) {
  absl::Status check =
      Write("INSERT INTO child (id, item_id, due_us) VALUES ('d', 'a', -1)");
  EXPECT_THAT(check, IsKind(ErrorKind::kCheck));
  EXPECT_EQ(check.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(Write("INSERT INTO item (id, number) VALUES ('b', NULL)"),
              IsKind(ErrorKind::kCheck));
  EXPECT_THAT(Write("INSERT INTO item (id) VALUES ('b')"),
              IsKind(ErrorKind::kCheck));
}

TEST_P(ErrorsTest, TrapS8_NoMessageHoldsAValue) {
  const std::string secret = "top-secret-title";
  const std::vector<absl::Status> errors = {
      Write("INSERT INTO item (id, number, title) VALUES (:id, 1, :title)",
            {{"id", secret}, {"title", secret}}),
      Write("INSERT INTO item (id, number, title) VALUES ('a', 9, :title)",
            {{"title", secret}}),
      Write("INSERT INTO child (id, item_id, due_us) VALUES ('d', :item, 0)",
            {{"item", secret}}),
      Write("INSERT INTO child (id, item_id, due_us) VALUES (:id, 'a', -1)",
            {{"id", secret}}),
      Write("INSERT INTO item (id, number) VALUES ('x', :number)",
            {{"number", secret}}),
      Write("SELECT nothing FROM item WHERE id = :id", {{"id", secret}}),
      Write("INSERT INTO item (id, number) VALUES (:id, 1", {{"id", secret}}),
  };
  for (const absl::Status& error : errors) {
    EXPECT_FALSE(error.ok());
    EXPECT_THAT(error.ToString(), Not(HasSubstr(secret)));
  }
}

TEST_P(ErrorsTest, ABrokenStatementIsOurOwnFault) {
  EXPECT_THAT(Write("UPDATE nowhere SET x = 1"), IsKind(ErrorKind::kInternal));
  EXPECT_THAT(Write("UPDATE item SET nothing = 1"),
              IsKind(ErrorKind::kInternal));
  EXPECT_THAT(Write("UPDATE item SET WHERE"), IsKind(ErrorKind::kInternal));
  ASSERT_OK(Write("UPDATE item SET number = 5 WHERE id = 'a'"));
}

TEST_P(ErrorsTest, AStatementThatFailedRunsAgain) {
  // The prepared form of a statement that failed is dropped, not run again.
  constexpr char kInsert[] =
      "INSERT INTO item (id, number) VALUES (:id, :number)";
  for (int i = 0; i < 3; ++i) {
    EXPECT_THAT(Write(kInsert, {{"id", "a"}, {"number", 100}}),
                IsKind(ErrorKind::kDuplicateKey));
    EXPECT_OK(
        Write(kInsert, {{"id", absl::StrCat("n", i)}, {"number", 10 + i}}));
  }
}

TEST_P(ErrorsTest, WhatIsTooBigIsRefusedAndTheSessionLives) {
  // 16 MiB go into a row, and on MariaDB into a statement.
  const size_t size = 17 << 20;
  absl::Status status = Write("UPDATE item SET body = :body WHERE id = 'a'",
                              {{"body", Bytes{std::string(size, 'x')}}});
  EXPECT_THAT(status, IsKind(ErrorKind::kTooBig));
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_OK(Write("UPDATE item SET number = 2 WHERE id = 'a'"));
}

TEST_P(ErrorsTest, TrapS6_AffectedCountsWhatWasFound) {
  constexpr char kCompareAndSet[] =
      "UPDATE item SET title = 'x' WHERE id = 'a' AND number = :number";
  EXPECT_EQ(*Affected(kCompareAndSet, {{"number", 1}}), 1);
  EXPECT_EQ(*Affected(kCompareAndSet, {{"number", 1}}), 1)
      << "it changes nothing but was found";
  EXPECT_EQ(*Affected(kCompareAndSet, {{"number", 2}}), 0);
  EXPECT_EQ(*Affected("DELETE FROM child"), 1);
  EXPECT_EQ(*Affected("DELETE FROM child"), 0);
}

TEST_P(ErrorsTest, UpsertsFollowTheDialect) {
  const Dialect& dialect = store_->dialect();
  const std::string insert =
      "INSERT INTO item (id, number, title) VALUES (:id, :number, :title) ";
  ASSERT_OK(Write(insert + dialect.OrIgnore("id"),
                  {{"id", "a"}, {"number", 7}, {"title", "ignored"}}));
  EXPECT_THAT(Lines("SELECT number, title FROM item"), ElementsAre("1|NULL"));
  const std::string update = dialect.OrUpdate({"id"}, {"number", "title"});
  ASSERT_OK(Write(insert + update,
                  {{"id", "a"}, {"number", 8}, {"title", "updated"}}));
  ASSERT_OK(
      Write(insert + update, {{"id", "b"}, {"number", 9}, {"title", "new"}}));
  EXPECT_THAT(Lines("SELECT id, number, title FROM item ORDER BY id"),
              ElementsAre("a|8|updated", "b|9|new"));
}

TEST_P(ErrorsTest, OrIgnoreDoesNotHideOtherErrors) {
  const std::string suffix = store_->dialect().OrIgnore("id");
  EXPECT_THAT(
      Write(
          "INSERT INTO child (id, item_id, due_us) VALUES ('d', 'nobody', 0) " +
          suffix),
      IsKind(ErrorKind::kForeignKey));
}

TEST_P(ErrorsTest, AReadMayNotWrite) {
  EXPECT_THAT(session_->Read(Within(absl::Seconds(30)),
                             [](Transaction& tx) {
                               return tx.Execute("DELETE FROM child").status();
                             }),
              IsKind(ErrorKind::kInternal));
  EXPECT_THAT(session_->Read(
                  Within(absl::Seconds(30)),
                  [](Transaction& tx) {
                    return tx
                        .Query("DELETE FROM child WHERE id = 'c' RETURNING id")
                        .status();
                  }),
              IsKind(ErrorKind::kInternal));
  EXPECT_EQ(Number("SELECT COUNT(*) FROM child"), 1);
}

TEST_P(ErrorsTest, TransactionsDoNotNest) {
  EXPECT_THAT(session_->Write(Within(absl::Seconds(30)),
                              [&](Transaction&) {
                                return session_->Read(Within(absl::Seconds(30)),
                                                      [](Transaction&) {
                                                        return absl::OkStatus();
                                                      });
                              }),
              IsKind(ErrorKind::kInternal));
  EXPECT_OK(Write("UPDATE item SET number = 3 WHERE id = 'a'"));
}

}  // namespace
}  // namespace charter::storage

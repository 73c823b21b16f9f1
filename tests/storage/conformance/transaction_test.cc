// The transaction verb.
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/storage/conformance/fixture.h"

namespace charter::storage {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr char kInsert[] =
    "INSERT INTO item (id, number) VALUES (:id, :number)";

class TransactionTest : public ConformanceTest {
 protected:
  // The native number of a conflict that a statement, or COMMIT, gives.
  int Conflict() const { return sqlite() ? 5 : 1213; }

  // A store whose statements `sql` give `number` the next `times` times.
  void Inject(absl::string_view sql, int number, int times,
              int max_attempts = 10) {
    left_ = times;
    StoreOptions options;
    options.max_attempts = max_attempts;
    options.inject_error = [this, sql = std::string(sql),
                            number](absl::string_view text) {
      if (text != sql || left_ == 0) return 0;
      --left_;
      return number;
    };
    Reopen(options);
  }

  int left_ = 0;
};

CHARTER_CONFORMANCE(TransactionTest);

TEST_P(TransactionTest, CommitKeepsEverything) {
  ASSERT_OK(session_->Write(Within(absl::Seconds(30)), [](Transaction& tx) {
    EXPECT_EQ(tx.now(), Noon());
    EXPECT_EQ(tx.attempt(), 1);
    EXPECT_FALSE(tx.dry_run());
    absl::Status one =
        tx.Execute(kInsert, {{"id", "a"}, {"number", 1}}).status();
    return one.ok() ? tx.Execute(kInsert, {{"id", "b"}, {"number", 2}}).status()
                    : one;
  }));
  EXPECT_THAT(Lines("SELECT id FROM item ORDER BY id"), ElementsAre("a", "b"));
}

TEST_P(TransactionTest, RollbackLeavesNothing) {
  absl::Status status =
      session_->Write(Within(absl::Seconds(30)), [](Transaction& tx) {
        EXPECT_OK(tx.Execute(kInsert, {{"id", "a"}, {"number", 1}}).status());
        return absl::NotFoundError("no such case");
      });
  EXPECT_EQ(status, absl::NotFoundError("no such case"));
  EXPECT_EQ(session_->last_attempts(), 1);
  EXPECT_THAT(Lines("SELECT id FROM item"), IsEmpty());
}

TEST_P(TransactionTest, ADryRunLeavesNothing) {
  TxOptions options = Within(absl::Seconds(30));
  options.dry_run = true;
  bool hook = false;
  ASSERT_OK(session_->Write(options, [&hook](Transaction& tx) {
    EXPECT_TRUE(tx.dry_run());
    tx.AfterCommit([&hook] { hook = true; });
    return tx.Execute(kInsert, {{"id", "a"}, {"number", 1}}).status();
  }));
  EXPECT_FALSE(hook);
  EXPECT_THAT(Lines("SELECT id FROM item"), IsEmpty());
}

TEST_P(TransactionTest, AnExceptionInTheBodyLeavesNothing) {
  EXPECT_THROW(
      session_
          ->Write(
              Within(absl::Seconds(30)),
              [](Transaction& tx) -> absl::Status {
                EXPECT_OK(
                    tx.Execute(kInsert, {{"id", "a"}, {"number", 1}}).status());
                throw std::bad_alloc();
              })
          .IgnoreError(),
      std::bad_alloc);
  EXPECT_THAT(Lines("SELECT id FROM item"), IsEmpty());
  EXPECT_OK(Write(kInsert, {{"id", "a"}, {"number", 1}}));
}

TEST_P(TransactionTest, TrapS7_AFailedTransactionLeavesNoLockBehind) {
  ASSERT_OK(Write(kInsert, {{"id", "a"}, {"number", 1}}));
  absl::Status failed =
      session_->Write(Within(absl::Seconds(30)), [](Transaction& tx) {
        EXPECT_OK(
            tx.Execute("UPDATE item SET number = 2 WHERE id = 'a'").status());
        return absl::InternalError("handler failed");
      });
  EXPECT_FALSE(failed.ok());
  std::unique_ptr<Session> other = store_->OpenSession();
  EXPECT_OK(other->Write(Within(absl::Seconds(5)), [](Transaction& tx) {
    return tx.Execute("UPDATE item SET number = number + 10 WHERE id = 'a'")
        .status();
  }));
  EXPECT_EQ(Number("SELECT number FROM item"), 11);
}

TEST_P(TransactionTest, ConflictsOfAStatementRestartTheBody) {
  Inject(kInsert, Conflict(), 3);
  int runs = 0;
  ASSERT_OK(
      session_->Write(Within(absl::Seconds(30)), [&runs](Transaction& tx) {
        EXPECT_EQ(tx.attempt(), ++runs);
        return tx.Execute(kInsert, {{"id", "a"}, {"number", 1}}).status();
      }));
  EXPECT_EQ(runs, 4);
  EXPECT_EQ(session_->last_attempts(), 4);
  EXPECT_THAT(Lines("SELECT id FROM item"), ElementsAre("a"));
}

TEST_P(TransactionTest, ConflictsOfCommitRestartTheBody) {
  Inject("COMMIT", Conflict(), 2);
  int runs = 0;
  ASSERT_OK(
      session_->Write(Within(absl::Seconds(30)), [&runs](Transaction& tx) {
        ++runs;
        return tx.Execute(kInsert, {{"id", "a"}, {"number", 1}}).status();
      }));
  EXPECT_EQ(runs, 3);
  EXPECT_THAT(Lines("SELECT id FROM item"), ElementsAre("a"));
}

TEST_P(TransactionTest, EveryKindOfConflictRestarts) {
  const std::vector<int> numbers =
      sqlite() ? std::vector<int>{5, 261, 517, 6, 262}
               : std::vector<int>{1020, 1047, 1180, 1205, 1213, 3572};
  for (int number : numbers) {
    Inject("UPDATE item SET number = 1", number, 1);
    EXPECT_OK(Write("UPDATE item SET number = 1"));
    EXPECT_EQ(session_->last_attempts(), 2) << number;
  }
}

TEST_P(TransactionTest, TheBodyRunsAtMostAsOftenAsAllowed) {
  Inject(kInsert, Conflict(), 1000, /*max_attempts=*/4);
  int runs = 0;
  absl::Status status =
      session_->Write(Within(absl::Seconds(30)), [&runs](Transaction& tx) {
        ++runs;
        return tx.Execute(kInsert, {{"id", "a"}, {"number", 1}}).status();
      });
  EXPECT_THAT(status, IsKind(ErrorKind::kConflict));
  EXPECT_EQ(status.code(), absl::StatusCode::kAborted);
  EXPECT_EQ(runs, 4);
  EXPECT_THAT(Lines("SELECT id FROM item"), IsEmpty());
}

TEST_P(TransactionTest, OtherErrorsDoNotRestart) {
  for (const absl::Status& error :
       {absl::AbortedError("etag differs"), absl::UnavailableError("elsewhere"),
        absl::InternalError("bug")}) {
    int runs = 0;
    EXPECT_EQ(session_->Write(Within(absl::Seconds(30)),
                              [&](Transaction&) {
                                ++runs;
                                return error;
                              }),
              error);
    EXPECT_EQ(runs, 1);
  }
  EXPECT_THAT(Write("UPDATE nowhere SET x = 1"), IsKind(ErrorKind::kInternal));
  EXPECT_EQ(session_->last_attempts(), 1);
}

TEST_P(TransactionTest, AConflictThatTheBodySwallowsStillRestarts) {
  Inject(kInsert, Conflict(), 1);
  ASSERT_OK(session_->Write(Within(absl::Seconds(30)), [](Transaction& tx) {
    tx.Execute(kInsert, {{"id", "a"}, {"number", 1}}).IgnoreError();
    // Nothing can be done in a transaction that is lost.
    absl::StatusOr<int64_t> later =
        tx.Execute(kInsert, {{"id", "b"}, {"number", 2}});
    EXPECT_EQ(later.ok(), tx.attempt() > 1);
    return absl::OkStatus();
  }));
  EXPECT_EQ(session_->last_attempts(), 2);
  EXPECT_THAT(Lines("SELECT id FROM item ORDER BY id"), ElementsAre("a", "b"));
}

TEST_P(TransactionTest, RestartsEndWithTheDeadline) {
  Inject(kInsert, Conflict(), 1'000'000, /*max_attempts=*/1'000'000);
  absl::Status status =
      session_->Write(Within(absl::Milliseconds(50)), [](Transaction& tx) {
        return tx.Execute(kInsert, {{"id", "a"}, {"number", 1}}).status();
      });
  EXPECT_THAT(status, IsKind(ErrorKind::kDeadline));
  EXPECT_EQ(status.code(), absl::StatusCode::kDeadlineExceeded);
}

TEST_P(TransactionTest, RestartsEndWithTheCaller) {
  Inject(kInsert, Conflict(), 1'000'000, /*max_attempts=*/1'000'000);
  TxOptions options = Within(absl::Seconds(30));
  int runs = 0;
  options.cancelled = [&runs] { return runs >= 3; };
  absl::Status status = session_->Write(options, [&runs](Transaction& tx) {
    ++runs;
    return tx.Execute(kInsert, {{"id", "a"}, {"number", 1}}).status();
  });
  EXPECT_THAT(status, IsKind(ErrorKind::kCancelled));
  EXPECT_EQ(runs, 3);
}

TEST_P(TransactionTest, ADeadlineThatHasPassedRunsNothing) {
  bool ran = false;
  EXPECT_THAT(session_->Write(Within(absl::ZeroDuration()),
                              [&ran](Transaction&) {
                                ran = true;
                                return absl::OkStatus();
                              }),
              IsKind(ErrorKind::kDeadline));
  EXPECT_FALSE(ran);
}

TEST_P(TransactionTest, WhatIsLateIsNotCommitted) {
  bool late = false;
  TxOptions options = Within(absl::Seconds(30));
  options.cancelled = [&late] { return late; };
  EXPECT_THAT(
      session_->Write(
          options,
          [&late](Transaction& tx) {
            absl::Status status =
                tx.Execute(kInsert, {{"id", "a"}, {"number", 1}}).status();
            late = true;
            return status;
          }),
      IsKind(ErrorKind::kCancelled));
  EXPECT_THAT(Lines("SELECT id FROM item"), IsEmpty());
}

TEST_P(TransactionTest, HooksRunOnceAfterTheCommit) {
  Inject("COMMIT", Conflict(), 2);
  std::vector<std::string> seen;
  ASSERT_OK(session_->Write(Within(absl::Seconds(30)), [&](Transaction& tx) {
    tx.AfterCommit([&seen, attempt = tx.attempt()] {
      seen.push_back(absl::StrCat("first of ", attempt));
    });
    tx.AfterCommit([&seen] { seen.push_back("second"); });
    EXPECT_THAT(seen, IsEmpty());
    return tx.Execute(kInsert, {{"id", "a"}, {"number", 1}}).status();
  }));
  EXPECT_THAT(seen, ElementsAre("first of 3", "second"));
  session_
      ->Write(Within(absl::Seconds(30)),
              [&](Transaction& tx) {
                tx.AfterCommit([&seen] { seen.push_back("never"); });
                return absl::NotFoundError("");
              })
      .IgnoreError();
  EXPECT_EQ(seen.size(), 2u);
}

TEST_P(TransactionTest, AnUnknownOutcomeIsToldAndNotRepeated) {
  // SQLite: an I/O error; MySQL: the link broke.
  Inject("COMMIT", sqlite() ? 10 : 2013, 1);
  int runs = 0;
  absl::Status status =
      session_->Write(Within(absl::Seconds(30)), [&runs](Transaction& tx) {
        ++runs;
        return tx.Execute(kInsert, {{"id", "a"}, {"number", 1}}).status();
      });
  EXPECT_THAT(status, IsKind(ErrorKind::kOutcomeUnknown));
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(runs, 1);
  EXPECT_OK(Write("UPDATE item SET number = 5"));
}

TEST_P(TransactionTest, TrapS12_ManyRowsGoInFewStatements) {
  std::vector<std::vector<Value>> rows;
  for (int i = 0; i < 2000; ++i)
    rows.push_back(
        {absl::StrCat("i", i), i, absl::StrCat("title ", i), Bytes{"\0\xff"}});
  rows[7][2] = nullptr;
  ASSERT_OK(
      session_->Write(Within(absl::Seconds(30)), [&rows](Transaction& tx) {
        return tx.InsertRows("item", {"id", "number", "title", "body"}, rows);
      }));
  if (!sqlite()) {
    EXPECT_LE(session_->last_round_trips(), 6);
  }
  EXPECT_THAT(Lines("SELECT COUNT(*), SUM(number) = 1999000, COUNT(title), "
                    "COUNT(DISTINCT id) FROM item"),
              ElementsAre("2000|1|1999|2000"));
  const std::string suffix = store_->dialect().OrUpdate({"id"}, {"title"});
  ASSERT_OK(session_->Write(Within(absl::Seconds(30)), [&](Transaction& tx) {
    return tx.InsertRows("item", {"id", "number", "title", "body"}, rows,
                         suffix);
  }));
  EXPECT_EQ(Number("SELECT COUNT(*) FROM item"), 2000);
  EXPECT_OK(session_->Write(Within(absl::Seconds(30)), [](Transaction& tx) {
    return tx.InsertRows("item", {"id", "number"}, {});
  }));
  EXPECT_THAT(
      session_->Write(Within(absl::Seconds(30)),
                      [](Transaction& tx) {
                        return tx.InsertRows("item", {"id", "number"}, {{"x"}});
                      }),
      IsKind(ErrorKind::kInternal));
}

TEST_P(TransactionTest, BigRowsAreSplitByTheirSize) {
  std::vector<std::vector<Value>> rows;
  for (int i = 0; i < 12; ++i)
    rows.push_back({absl::StrCat("i", i), i, std::string(900'000, 'x')});
  ASSERT_OK(
      session_->Write(Within(absl::Seconds(60)), [&rows](Transaction& tx) {
        return tx.InsertRows("item", {"id", "number", "title"}, rows);
      }));
  EXPECT_EQ(Number("SELECT SUM(LENGTH(title)) FROM item"), 10'800'000);
}

TEST_P(TransactionTest, ListsOfValues) {
  for (int i = 0; i < 9; ++i)
    ASSERT_OK(Write(kInsert, {{"id", absl::StrCat("i", i)}, {"number", i}}));
  for (int count : {1, 2, 3, 5, 8}) {
    std::vector<Value> ids;
    for (int i = 0; i < count; ++i) ids.emplace_back(absl::StrCat("i", i));
    Binds binds;
    const std::string list = InList("id", ids, &binds);
    EXPECT_EQ(
        Number(absl::StrCat("SELECT COUNT(*) FROM item WHERE id IN ", list),
               binds),
        count);
  }
}

TEST_P(TransactionTest, RoundTripsOfLikeTransactionsAreFew) {
  if (sqlite()) {
    ASSERT_OK(Write(kInsert, {{"id", "a"}, {"number", 1}}));
    EXPECT_EQ(session_->last_round_trips(), 3)
        << "BEGIN IMMEDIATE, INSERT, COMMIT";
    EXPECT_EQ(Number("SELECT COUNT(*) FROM item"), 1);
    EXPECT_EQ(session_->last_round_trips(), 3) << "BEGIN, SELECT, ROLLBACK";
    return;
  }
  ASSERT_OK(Write(kInsert, {{"id", "a"}, {"number", 1}}));
  ASSERT_OK(Write(kInsert, {{"id", "b"}, {"number", 2}}));
  EXPECT_EQ(session_->last_round_trips(), 2) << "INSERT, COMMIT";
  EXPECT_EQ(Number("SELECT COUNT(*) FROM item"), 2);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM item"), 2);
  EXPECT_EQ(session_->last_round_trips(), 1) << "SELECT";
  ASSERT_OK(Write(kInsert, {{"id", "c"}, {"number", 3}}));
  EXPECT_EQ(session_->last_round_trips(), 3)
      << "SET autocommit, INSERT, COMMIT";
  ASSERT_OK(session_->Write(Within(absl::Seconds(30)),
                            [](Transaction&) { return absl::OkStatus(); }));
  EXPECT_EQ(session_->last_round_trips(), 0);
}

TEST_P(TransactionTest, ASnapshotSeesOneMoment) {
  ASSERT_OK(Write(kInsert, {{"id", "a"}, {"number", 1}}));
  std::unique_ptr<Session> other = store_->OpenSession();
  TxOptions options = Within(absl::Seconds(30));
  options.snapshot = true;
  ASSERT_OK(session_->Read(options, [&](Transaction& tx) {
    for (int i = 0; i < 3; ++i) {
      absl::StatusOr<Rows> rows = tx.Query("SELECT COUNT(*) FROM item");
      if (!rows.ok()) return rows.status();
      EXPECT_EQ((*rows)[0].Int64(0), 1);
      EXPECT_OK(
          other->Write(Within(absl::Seconds(30)), [i](Transaction& writer) {
            return writer
                .Execute(kInsert,
                         {{"id", absl::StrCat("b", i)}, {"number", 10 + i}})
                .status();
          }));
    }
    return absl::OkStatus();
  }));
  EXPECT_EQ(Number("SELECT COUNT(*) FROM item"), 4);
  EXPECT_OK(Write(kInsert, {{"id", "z"}, {"number", 99}}));
}

TEST_P(TransactionTest, TheStatementLogHoldsWhatRan) {
  struct Log : StatementLog {
    void Record(Engine, absl::string_view sql, const Binds& binds,
                int64_t rows) override {
      lines.push_back(absl::StrCat(sql, " / ", binds.size(), " / ", rows));
    }
    std::vector<std::string> lines;
  };
  Log log;
  StoreOptions options;
  options.statement_log = &log;
  Reopen(options);
  ASSERT_OK(Write(kInsert, {{"id", "a"}, {"number", 1}}));
  EXPECT_THAT(log.lines,
              ElementsAre("BEGIN / 0 / 0", absl::StrCat(kInsert, " / 2 / 1"),
                          "COMMIT / 0 / 0"));
}

}  // namespace
}  // namespace charter::storage

// Statements that may wait for the next one or for the COMMIT.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "storage/sql/statement_log.h"
#include "tests/storage/conformance/fixture.h"

namespace charter::storage {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr char kInsert[] =
    "INSERT INTO item (id, number) VALUES (:id, :number)";
constexpr char kAll[] = "SELECT id FROM item ORDER BY id";

class LaterTest : public ConformanceTest {
 protected:
  // Writes these ids later, in one transaction, and then does `rest`.
  absl::Status Later(const std::vector<std::string>& ids,
                     std::function<absl::Status(Transaction&)> rest = nullptr,
                     bool dry_run = false) {
    TxOptions options = Within(absl::Seconds(30));
    options.dry_run = dry_run;
    return session_->Write(options, [&](Transaction& tx) {
      for (const std::string& id : ids) {
        absl::Status status =
            tx.ExecuteLater(kInsert, {{"id", id}, {"number", ++number_}});
        if (!status.ok()) return status;
      }
      return rest == nullptr ? absl::OkStatus() : rest(tx);
    });
  }

  int number_ = 100'000;  // of the next row: no two have the same
};

CHARTER_CONFORMANCE(LaterTest);

// One for them, as nothing has shown yet that the link holds, and the COMMIT.
TEST_P(LaterTest, AllOfThemTakeOneRoundTripWhereThatIsAGain) {
  ASSERT_OK(Later({"a"}));
  ASSERT_OK(Later({"b", "c", "d"}));
  EXPECT_EQ(session_->last_round_trips(), sqlite() ? 5 : 2);
  EXPECT_THAT(Lines(kAll), ElementsAre("a", "b", "c", "d"));
}

TEST_P(LaterTest, TheyGoWithTheCommitAfterAnyAnswer) {
  ASSERT_OK(Later({"a"}));
  ASSERT_OK(session_->Write(Within(absl::Seconds(30)), [](Transaction& tx) {
    EXPECT_EQ(tx.Query(kAll)->size(), 1);
    for (const char* id : {"b", "c"}) {
      absl::Status status =
          tx.ExecuteLater(kInsert, {{"id", id}, {"number", id[0]}});
      if (!status.ok()) return status;
    }
    return absl::OkStatus();
  }));
  EXPECT_EQ(session_->last_round_trips(), sqlite() ? 5 : 2);
  EXPECT_THAT(Lines(kAll), ElementsAre("a", "b", "c"));
}

TEST_P(LaterTest, TheNextStatementSeesThem) {
  EXPECT_OK(Later({"a", "b"}, [](Transaction& tx) {
    const auto rows = tx.Query(kAll);
    EXPECT_OK(rows.status());
    EXPECT_EQ(rows->size(), 2);
    EXPECT_OK(tx.ExecuteLater("UPDATE item SET number = 2 WHERE id = :id",
                              {{"id", "a"}}));
    const auto changed =
        tx.Execute("UPDATE item SET number = 3 WHERE number = 2");
    EXPECT_EQ(changed.value_or(-1), 1);
    const auto gone =
        tx.Execute("DELETE FROM item WHERE id = :id", {{"id", "nobody"}});
    EXPECT_EQ(gone.value_or(-1), 0);
    return absl::OkStatus();
  }));
  EXPECT_THAT(Lines("SELECT id, number FROM item ORDER BY id"),
              ElementsAre("a|3", "b|100002"));
}

TEST_P(LaterTest, RollingBackLeavesNothing) {
  EXPECT_THAT(
      Later({"a"},
            [](Transaction&) { return absl::NotFoundError("no such case"); }),
      absl::NotFoundError("no such case"));
  EXPECT_OK(Later({"b"}));
  EXPECT_THAT(Lines(kAll), ElementsAre("b"));
}

TEST_P(LaterTest, ARowThatIsThereIsToldWhereItIsWritten) {
  ASSERT_OK(Later({"b"}));
  EXPECT_THAT(Later({"a", "b", "c"}), IsKind(ErrorKind::kDuplicateKey));
  EXPECT_THAT(Lines(kAll), ElementsAre("b"));
  // So the lambda may have an answer to it.
  EXPECT_OK(session_->Write(Within(absl::Seconds(30)), [](Transaction& tx) {
    EXPECT_OK(tx.ExecuteLater(kInsert, {{"id", "a"}, {"number", 1}}));
    absl::Status status =
        tx.ExecuteLater(kInsert, {{"id", "b"}, {"number", 2}});
    if (KindOf(status) == ErrorKind::kDuplicateKey) {
      status = tx.ExecuteLater("UPDATE item SET number = 2 WHERE id = :id",
                               {{"id", "b"}});
    }
    return status;
  }));
  EXPECT_THAT(Lines("SELECT id, number FROM item ORDER BY id"),
              ElementsAre("a|1", "b|2"));
}

TEST_P(LaterTest, ARefusalThatIsMetAgainLaterIsNoEndlessLoop) {
  ASSERT_OK(Later({"b"}));
  int attempts = 0;
  EXPECT_THAT(Later({"a", "b"},
                    [&](Transaction& tx) {
                      ++attempts;
                      return tx.Query(kAll).status();
                    }),
              IsKind(ErrorKind::kDuplicateKey));
  EXPECT_EQ(attempts, sqlite() ? 0 : 1);  // the second ends before it
  EXPECT_THAT(Lines(kAll), ElementsAre("b"));
  EXPECT_OK(Later({"c"}));
}

TEST_P(LaterTest, ADryRunTellsOfItAndKeepsNothing) {
  ASSERT_OK(Later({"b"}));
  EXPECT_THAT(Later({"a", "b"}, nullptr, /*dry_run=*/true),
              IsKind(ErrorKind::kDuplicateKey));
  EXPECT_OK(Later({"c"}, nullptr, /*dry_run=*/true));
  EXPECT_THAT(Lines(kAll), ElementsAre("b"));
}

TEST_P(LaterTest, ARefusalOfOursComesAtOnce) {
  absl::Status at_once;
  (void)session_->Write(Within(absl::Seconds(30)), [&](Transaction& tx) {
    return at_once = tx.ExecuteLater(kInsert, {{"id", "a"}});
  });
  EXPECT_THAT(at_once, IsKind(ErrorKind::kInternal));
  EXPECT_THAT(
      session_->Read(
          Within(absl::Seconds(30)),
          [](Transaction& tx) {
            return tx.ExecuteLater(kInsert, {{"id", "a"}, {"number", 1}});
          }),
      IsKind(ErrorKind::kInternal));
  EXPECT_THAT(Lines(kAll), IsEmpty());
}

TEST_P(LaterTest, WhatIsPrefetchedTakesOneRoundTrip) {
  ASSERT_OK(Later({"a", "b"}));
  const auto one = [](Transaction& tx, absl::string_view id) {
    const auto rows =
        tx.Query("SELECT number FROM item WHERE id = :id", {{"id", id}});
    EXPECT_OK(rows.status());
    return rows->size() == 1 ? (*rows)[0].Int64(0) : 0;
  };
  for (const bool write : {false, true}) {
    const auto body = [&](Transaction& tx) {
      tx.Prefetch([&](Transaction& ahead) {
        EXPECT_EQ(one(ahead, "a"), 0);
        tx.Prefetch([&](Transaction& further) { one(further, "b"); });
        one(ahead, "nobody");
        one(ahead, "a");
      });
      EXPECT_EQ(one(tx, "b"), 100'002);
      EXPECT_EQ(one(tx, "a"), 100'001);
      EXPECT_EQ(one(tx, "nobody"), 0);
      return absl::OkStatus();
    };
    // The first of a kind may have to set up the session.
    for (int i = 0; i < 2; ++i) {
      ASSERT_OK(write ? session_->Write(Within(absl::Seconds(30)), body)
                      : session_->Read(Within(absl::Seconds(30)), body));
    }
    EXPECT_EQ(session_->last_round_trips(), sqlite() ? 5 : write ? 2 : 1);
  }
}

TEST_P(LaterTest, WhatIsPrefetchedGoesOnce) {
  ASSERT_OK(Later({"a"}));
  for (int i = 0; i < 2; ++i) {
    ASSERT_OK(session_->Read(Within(absl::Seconds(30)), [&](Transaction& tx) {
      tx.Prefetch([](Transaction& ahead) { (void)ahead.Query(kAll); });
      EXPECT_EQ(tx.Query(kAll)->size(), 1);
      EXPECT_EQ(tx.Query(kAll)->size(), 1);
      return absl::OkStatus();
    }));
  }
  EXPECT_EQ(session_->last_round_trips(), sqlite() ? 4 : 2);
  // Nobody asks for it: it is not in the way of the next transaction.
  ASSERT_OK(session_->Read(Within(absl::Seconds(30)), [&](Transaction& tx) {
    tx.Prefetch([](Transaction& ahead) { (void)ahead.Query(kAll); });
    return absl::OkStatus();
  }));
  EXPECT_OK(Later({"b"}));
  EXPECT_THAT(Lines(kAll), ElementsAre("a", "b"));
}

TEST_P(LaterTest, WhatWasPrefetchedBeforeAWriteIsReadAgain) {
  ASSERT_OK(Later({"a"}));
  for (const bool later : {true, false}) {
    for (const bool sent : {true, false}) {
      const std::string id = absl::StrCat("x", later, sent);
      int64_t before = 0;
      ASSERT_OK(
          session_->Write(Within(absl::Seconds(30)), [&](Transaction& tx) {
            before = (*tx.Query("SELECT COUNT(*) FROM item"))[0].Int64(0);
            tx.Prefetch([](Transaction& ahead) { (void)ahead.Query(kAll); });
            if (sent) (void)tx.Query("SELECT MAX(number) FROM item");
            const Binds binds = {{"id", id}, {"number", ++number_}};
            EXPECT_OK(later ? tx.ExecuteLater(kInsert, binds)
                            : tx.Execute(kInsert, binds).status());
            EXPECT_EQ(tx.Query(kAll)->size(), before + 1);
            return absl::OkStatus();
          }));
    }
  }
}

TEST_P(LaterTest, APrefetchWritesNothing) {
  ASSERT_OK(session_->Write(Within(absl::Seconds(30)), [](Transaction& tx) {
    tx.Prefetch([](Transaction& ahead) {
      EXPECT_THAT(ahead.ExecuteLater(kInsert, {{"id", "a"}, {"number", 1}}),
                  IsKind(ErrorKind::kInternal));
      EXPECT_THAT(ahead.Execute(kInsert, {{"id", "a"}, {"number", 1}}).status(),
                  IsKind(ErrorKind::kInternal));
      EXPECT_FALSE(ahead.Query("SELECT id FROM item WHERE id = :id").ok());
    });
    return absl::OkStatus();
  }));
  EXPECT_THAT(Lines(kAll), IsEmpty());
}

// T-Q1: no value gets out of its quotes.
TEST_P(LaterTest, TrapQ1_ValuesWithQuotesAndSemicolonsStayValues) {
  const std::string evil = "'; DELETE FROM item; -- \\'; DROP TABLE item; \"";
  ASSERT_OK(Later({"a", evil, "\\"}));
  EXPECT_EQ(Number("SELECT COUNT(*) FROM item"), 3);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM item WHERE id = :id", {{"id", evil}}),
            1);
}

TEST_P(LaterTest, ManyBytesGoInSeveralPackets) {
  std::vector<std::vector<Value>> rows;
  for (int i = 0; i < 40'000; ++i) rows.push_back({absl::StrCat("row", i), i});
  ASSERT_OK(Later({"a"}, [&](Transaction& tx) {
    return tx.InsertRowsLater("item", {"id", "number"}, rows);
  }));
  EXPECT_EQ(Number("SELECT COUNT(*) FROM item"), 40'001);
}

TEST_P(LaterTest, AConflictAmongThemRunsTheLambdaAgain) {
  int attempts = 0;
  int left = 1;
  StoreOptions options;
  options.inject_error = [&](absl::string_view sql) {
    if (sql != "COMMIT" || left == 0) return 0;
    --left;
    return sqlite() ? 5 : 1213;
  };
  Reopen(options);
  EXPECT_OK(Later({"a", "b"}, [&](Transaction&) {
    ++attempts;
    return absl::OkStatus();
  }));
  EXPECT_EQ(attempts, 2);
  EXPECT_THAT(Lines(kAll), ElementsAre("a", "b"));
}

TEST_P(LaterTest, TheLogTellsThemInOrderWithTheirCounts) {
  struct Log : StatementLog {
    void Record(Engine, absl::string_view sql, const Binds&,
                int64_t rows) override {
      lines.push_back(absl::StrCat(sql.substr(0, 6), " ", rows));
    }
    std::vector<std::string> lines;
  };
  Log log;
  StoreOptions options;
  options.statement_log = &log;
  Reopen(options);
  log.lines.clear();
  EXPECT_OK(Later({"a", "b"}, [](Transaction& tx) {
    return tx.ExecuteLater("UPDATE item SET number = number + 1000");
  }));
  EXPECT_THAT(log.lines, ElementsAre("BEGIN 0", "INSERT 1", "INSERT 1",
                                     "UPDATE 2", "COMMIT 0"));
  session_.reset();
  store_.reset();
}

}  // namespace
}  // namespace charter::storage

// Sessions side by side.
#include <atomic>
#include <future>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/storage/conformance/fixture.h"

namespace charter::storage {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr char kInsert[] =
    "INSERT INTO item (id, number) VALUES (:id, :number)";

// A thread that is in the middle of a transaction, which has run `sql`, until
// it is let go. (absl::Notification is not known to the thread sanitizer.)
class Holder {
 public:
  Holder(Store& store, std::string sql)
      : thread_([this, &store, sql = std::move(sql)] {
          std::unique_ptr<Session> session = store.OpenSession();
          bool told = false;
          status_ = session->Write(
              Within(absl::Seconds(60)), [this, &sql, &told](Transaction& tx) {
                absl::Status status = tx.Execute(sql).status();
                if (!told) holds_.set_value();
                told = true;
                let_go_.get_future().wait();
                return status;
              });
        }) {
    holds_.get_future().wait();
  }
  ~Holder() { LetGo().IgnoreError(); }

  absl::Status LetGo() {
    if (thread_.joinable()) {
      let_go_.set_value();
      thread_.join();
    }
    return status_;
  }

 private:
  std::promise<void> holds_, let_go_;
  absl::Status status_;
  std::thread thread_;  // last: it uses the others
};

class ConcurrencyTest : public ConformanceTest {};

CHARTER_CONFORMANCE(ConcurrencyTest);

TEST_P(ConcurrencyTest, TrapS15_EachThreadHasItsSession) {
  constexpr int kThreads = 8, kEach = 25;
  std::vector<std::thread> threads;
  std::atomic<int> failures = 0, attempts = 0;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      std::unique_ptr<Session> session = store_->OpenSession();
      for (int i = 0; i < kEach; ++i) {
        const int number = t * 1000 + i;
        failures +=
            !session
                 ->Write(Within(absl::Seconds(60)),
                         [number](Transaction& tx) {
                           return tx
                               .Execute(kInsert,
                                        {{"id", absl::StrCat("i", number)},
                                         {"number", number}})
                               .status();
                         })
                 .ok();
        attempts += session->last_attempts();
        failures +=
            !session
                 ->Read(Within(absl::Seconds(60)),
                        [number](Transaction& tx) {
                          absl::StatusOr<Rows> rows = tx.Query(
                              "SELECT id FROM item WHERE number = :number",
                              {{"number", number}});
                          if (!rows.ok()) return rows.status();
                          return rows->size() == 1 ? absl::OkStatus()
                                                   : absl::InternalError(
                                                         "own write not seen");
                        })
                 .ok();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(failures, 0);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM item"), kThreads * kEach);
  if (sqlite()) {
    EXPECT_EQ(attempts, kThreads * kEach)
        << "TrapQ3: writers queue, none gets BUSY";
  }
}

TEST_P(ConcurrencyTest, TrapM3_TrapQ1_ReadThenWriteLosesNothing) {
  ASSERT_OK(Write(kInsert, {{"id", "counter"}, {"number", 0}}));
  constexpr int kThreads = 4, kEach = 20;
  std::vector<std::thread> threads;
  std::atomic<int> failures = 0;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      std::unique_ptr<Session> session = store_->OpenSession();
      for (int i = 0; i < kEach; ++i) {
        failures +=
            !session
                 ->Write(Within(absl::Seconds(60)),
                         [](Transaction& tx) {
                           absl::StatusOr<Rows> rows = tx.Query(absl::StrCat(
                               "SELECT number FROM item WHERE id = 'counter'",
                               tx.dialect().ForUpdate()));
                           if (!rows.ok()) return rows.status();
                           return tx
                               .Execute(
                                   "UPDATE item SET number = :number WHERE id "
                                   "= 'counter'",
                                   {{"number", (*rows)[0].Int64(0) + 1}})
                               .status();
                         })
                 .ok();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(failures, 0);
  EXPECT_EQ(Number("SELECT number FROM item"), kThreads * kEach);
}

TEST_P(ConcurrencyTest, TrapM5_TwoClaimersNeverShareARow) {
  std::vector<std::vector<Value>> rows;
  for (int i = 0; i < 400; ++i) rows.push_back({absl::StrCat("i", i), i});
  ASSERT_OK(
      session_->Write(Within(absl::Seconds(30)), [&rows](Transaction& tx) {
        return tx.InsertRows("item", {"id", "number"}, rows);
      }));
  std::mutex mutex;
  std::multiset<std::string> claimed;
  std::atomic<int> failures = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      std::unique_ptr<Session> session = store_->OpenSession();
      for (bool more = true; more;) {
        std::vector<std::string> mine;
        absl::Status status =
            session->Write(Within(absl::Seconds(60)), [&](Transaction& tx) {
              mine.clear();
              absl::StatusOr<Rows> due = tx.Query(
                  absl::StrCat("SELECT id FROM item ORDER BY number LIMIT 10",
                               tx.dialect().ForUpdateSkipLocked()));
              if (!due.ok()) return due.status();
              std::vector<Value> ids;
              for (Row row : *due) {
                mine.emplace_back(row.Text(0));
                ids.emplace_back(row.Text(0));
              }
              if (ids.empty()) return absl::OkStatus();
              Binds binds;
              const std::string list = InList("id", ids, &binds);
              absl::StatusOr<int64_t> deleted = tx.Execute(
                  absl::StrCat("DELETE FROM item WHERE id IN ", list), binds);
              if (deleted.ok()) {
                EXPECT_EQ(*deleted, static_cast<int64_t>(ids.size()));
              }
              return deleted.status();
            });
        failures += !status.ok();
        more = status.ok() && !mine.empty();
        std::lock_guard<std::mutex> lock(mutex);
        claimed.insert(mine.begin(), mine.end());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(failures, 0);
  EXPECT_EQ(claimed.size(), 400u);
  EXPECT_EQ(std::set<std::string>(claimed.begin(), claimed.end()).size(), 400u);
}

TEST_P(ConcurrencyTest, TrapS14_TheDeadlineHoldsWhileWaitingForALock) {
  ASSERT_OK(Write(kInsert, {{"id", "a"}, {"number", 1}}));
  Holder holder(*store_, "UPDATE item SET number = 2 WHERE id = 'a'");
  absl::Status status =
      session_->Write(Within(absl::Milliseconds(300)), [](Transaction& tx) {
        return tx.Execute("UPDATE item SET number = 3 WHERE id = 'a'").status();
      });
  EXPECT_THAT(status, IsKind(ErrorKind::kDeadline));
  EXPECT_OK(holder.LetGo());
  EXPECT_EQ(Number("SELECT number FROM item"), 2);
  EXPECT_OK(Write("UPDATE item SET number = 4 WHERE id = 'a'"));
}

TEST_P(ConcurrencyTest, TrapS14_TheDeadlineHoldsWhileAStatementWorks) {
  std::vector<std::vector<Value>> rows;
  for (int i = 0; i < 1000; ++i) rows.push_back({absl::StrCat("i", i), i});
  ASSERT_OK(
      session_->Write(Within(absl::Seconds(30)), [&rows](Transaction& tx) {
        return tx.InsertRows("item", {"id", "number"}, rows);
      }));
  absl::Status status =
      session_->Read(Within(absl::Milliseconds(200)), [](Transaction& tx) {
        return tx
            .Query(
                "SELECT COUNT(*) FROM item a, item b, item c, item d "
                "WHERE a.number + b.number + c.number + d.number = -1")
            .status();
      });
  EXPECT_THAT(status, IsKind(ErrorKind::kDeadline));
  EXPECT_EQ(status.code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM item"), 1000)
      << "the session works on";
}

TEST_P(ConcurrencyTest, TrapM2_ALockTimeoutTakesTheWholeTransactionBack) {
  ASSERT_OK(Write(kInsert, {{"id", "a"}, {"number", 1}}));
  ASSERT_OK(Write(kInsert, {{"id", "b"}, {"number", 2}}));
  {
    Holder holder(*store_, "UPDATE item SET number = 20 WHERE id = 'b'");
    EXPECT_FALSE(
        session_
            ->Write(Within(absl::Milliseconds(300)),
                    [](Transaction& tx) {
                      absl::Status status =
                          tx.Execute(
                                "UPDATE item SET number = 10 WHERE id = 'a'")
                              .status();
                      if (!status.ok()) return status;
                      tx.Execute("UPDATE item SET number = 30 WHERE id = 'b'")
                          .IgnoreError();
                      return absl::OkStatus();
                    })
            .ok());
  }
  EXPECT_THAT(Lines("SELECT id, number FROM item ORDER BY id"),
              ElementsAre("a|1", "b|20"));
}

TEST_P(ConcurrencyTest, DeadlocksAreBrokenAndBothGetThrough) {
  ASSERT_OK(Write(kInsert, {{"id", "a"}, {"number", 1}}));
  ASSERT_OK(Write(kInsert, {{"id", "b"}, {"number", 2}}));
  std::vector<std::thread> threads;
  std::atomic<int> failures = 0;
  for (int t = 0; t < 2; ++t) {
    threads.emplace_back([&, t] {
      std::unique_ptr<Session> session = store_->OpenSession();
      const char* const order[] = {t == 0 ? "a" : "b", t == 0 ? "b" : "a"};
      for (int i = 0; i < 30; ++i) {
        failures += !session
                         ->Write(Within(absl::Seconds(60)),
                                 [&order](Transaction& tx) {
                                   for (const char* id : order) {
                                     absl::Status status =
                                         tx.Execute(
                                               "UPDATE item SET number = "
                                               "number + 10 WHERE id = :id",
                                               {{"id", id}})
                                             .status();
                                     if (!status.ok()) return status;
                                   }
                                   return absl::OkStatus();
                                 })
                         .ok();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(failures, 0);
  EXPECT_THAT(Lines("SELECT number FROM item ORDER BY id"),
              ElementsAre("601", "602"));
}

TEST_P(ConcurrencyTest, TrapM1_LookingForWhatIsNotThereBlocksNobody) {
  ASSERT_OK(Write(kInsert, {{"id", "a"}, {"number", 1}}));
  ASSERT_OK(Write(kInsert, {{"id", "z"}, {"number", 100}}));
  // SQLite has one writer anyhow: there the look is a Read.
  std::unique_ptr<Session> other = store_->OpenSession();
  auto insert = [&other] {
    return other->Write(Within(absl::Seconds(5)), [](Transaction& tx) {
      return tx.Execute(kInsert, {{"id", "m"}, {"number", 50}}).status();
    });
  };
  auto look = [&insert](Transaction& tx) {
    absl::StatusOr<Rows> rows = tx.Query(absl::StrCat(
        "SELECT id FROM item WHERE number = 49", tx.dialect().ForUpdate()));
    if (!rows.ok()) return rows.status();
    return insert();
  };
  if (sqlite()) {
    EXPECT_OK(session_->Read(Within(absl::Seconds(30)), look));
  } else {
    EXPECT_OK(session_->Write(Within(absl::Seconds(30)), look));
  }
}

TEST_P(ConcurrencyTest, WhatIsNotCommittedIsNotSeen) {
  Holder holder(*store_, "INSERT INTO item (id, number) VALUES ('a', 1)");
  EXPECT_THAT(Lines("SELECT id FROM item"), IsEmpty());
  EXPECT_OK(holder.LetGo());
  EXPECT_THAT(Lines("SELECT id FROM item"), ElementsAre("a"));
}

TEST_P(ConcurrencyTest, TrapM7_EachStatementOfAWriteSeesWhatIsCommittedBefore) {
  if (sqlite()) {
    // Nobody else can commit meanwhile: the other writer gets no turn.
    Holder holder(*store_, "INSERT INTO item (id, number) VALUES ('a', 1)");
    EXPECT_THAT(session_->Write(Within(absl::Milliseconds(100)),
                                [](Transaction&) { return absl::OkStatus(); }),
                IsKind(ErrorKind::kDeadline));
    return;
  }
  std::unique_ptr<Session> other = store_->OpenSession();
  EXPECT_OK(session_->Write(Within(absl::Seconds(30)), [&](Transaction& tx) {
    for (int seen = 0; seen < 3; ++seen) {
      absl::StatusOr<Rows> rows = tx.Query("SELECT COUNT(*) FROM item");
      if (!rows.ok()) return rows.status();
      EXPECT_EQ((*rows)[0].Int64(0), seen);
      EXPECT_OK(
          other->Write(Within(absl::Seconds(30)), [seen](Transaction& writer) {
            return writer
                .Execute(kInsert,
                         {{"id", absl::StrCat("i", seen)}, {"number", seen}})
                .status();
          }));
    }
    return absl::OkStatus();
  }));
}

}  // namespace
}  // namespace charter::storage

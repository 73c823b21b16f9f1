// Publishers and writers at the same time, and publishers that end in between
// (semantics W1).
#include <atomic>
#include <map>
#include <set>
#include <thread>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "storage/records/feed.h"
#include "storage/records/leases.h"
#include "storage/records/operations.h"
#include "storage/records/outbox.h"
#include "tests/storage/records/records_fixture.h"

namespace charter::storage {
namespace {

using charter::v1::Event;

constexpr int kWriters = 8;
constexpr int kWrites = 25;  // of each
constexpr int kSubjects = 3;

class PublisherTest : public RecordsTest {
 protected:
  Published Publish(int64_t epoch, int most = 100) {
    return Do([&](Transaction& tx) { return PublishOutbox(tx, epoch, most); });
  }
  void WriteOne(absl::string_view subject) {
    Do([&](Transaction& tx) { return WriteOutbox(tx, {EventOf(subject)}); });
  }
  std::vector<std::string> Everything() {
    std::vector<std::string> all;
    for (const char* sql :
         {"SELECT id FROM outbox ORDER BY id",
          "SELECT sequence, idx, type FROM feed_events ORDER BY sequence, idx",
          "SELECT epoch, next_sequence, last_order_us FROM feed_head"}) {
      for (std::string& line : Lines(sql)) all.push_back(std::move(line));
    }
    return all;
  }
};
CHARTER_CONFORMANCE(PublisherTest);

TEST_P(PublisherTest, W1_APublisherThatLostItsLeaseChangesNothing) {
  WriteOne("cases/a");
  Publish(1);
  Publish(3);  // the next holder, though nothing waits
  WriteOne("cases/b");
  const std::vector<std::string> before = Everything();
  const Published fenced = Publish(2);
  EXPECT_FALSE(fenced.holds_lease);
  EXPECT_EQ(fenced.transactions, 0);
  EXPECT_EQ(fenced.head_sequence, 1);
  EXPECT_EQ(Everything(), before);
  EXPECT_EQ(Publish(3).head_sequence, 2);
}

TEST_P(PublisherTest, W1_KilledAtAnyStatementItLosesAndDoublesNothing) {
  WriteOne("cases/a");
  WriteOne("cases/b");
  const std::vector<std::string> before = Everything();
  int statement = 0, kill_at = 0;
  const int killed = sqlite() ? 10 : 2013;  // an I/O error; the link is lost
  bool alive = false;
  for (kill_at = 1; !alive; ++kill_at) {
    ASSERT_LT(kill_at, 20);
    statement = 0;
    Inject([&](absl::string_view sql) {
      return sql != "ROLLBACK" && ++statement >= kill_at ? killed : 0;
    });
    const absl::Status status =
        Try([](Transaction& tx) { return PublishOutbox(tx, 1, 100).status(); });
    alive = status.ok() && statement < kill_at;
    Inject(nullptr);
    if (!alive) {
      EXPECT_FALSE(status.ok());
      EXPECT_EQ(Everything(), before) << "killed at statement " << kill_at;
    }
  }
  EXPECT_GT(kill_at, 6);
  EXPECT_EQ(Lines("SELECT sequence, idx FROM feed_events ORDER BY sequence"),
            (std::vector<std::string>{"1|0", "2|0"}));
  EXPECT_EQ(Number("SELECT COUNT(*) FROM outbox"), 0);
}

// Each write takes the lock of a subject, and leaves two events that say the
// how-manieth it is.
absl::Status WriteSubject(Transaction& tx, absl::string_view subject) {
  absl::StatusOr<std::optional<OperationRecord>> row =
      FindOperation(tx, subject, true);
  if (!row.ok()) return row.status();
  OperationRecord& record = row->value();
  int number = 0;
  if (!record.cursor.empty() && !absl::SimpleAtoi(record.cursor, &number)) {
    return absl::InternalError("not a number");
  }
  record.cursor = absl::StrCat(number + 1);
  absl::StatusOr<bool> updated = UpdateOperation(tx, &record);
  if (!updated.ok()) return updated.status();
  Event first = EventOf(subject), second = EventOf(subject);
  first.set_actor(absl::StrCat(2 * number));
  second.set_actor(absl::StrCat(2 * number + 1));
  return WriteOutbox(tx, {first, second});
}

// Reads the feed from the beginning as a watcher does, and checks it on the
// way.
class Watcher {
 public:
  void Read(Session& session) {
    FeedPage page;
    EXPECT_OK(session.Read(Within(absl::Seconds(60)), [&](Transaction& tx) {
      absl::StatusOr<FeedPage> read = ReadFeed(tx, position_, {}, 7);
      if (read.ok()) page = *std::move(read);
      return read.status();
    }));
    EXPECT_EQ(page.state, FeedState::kOk);
    for (const Event& event : page.events) {
      const bool next_index =
          event.sequence() == sequence_ && event.index() == index_ + 1;
      const bool next_sequence =
          event.sequence() == sequence_ + 1 && event.index() == 0;
      EXPECT_TRUE(next_index || next_sequence)
          << event.sequence() << "." << event.index() << " after " << sequence_
          << "." << index_;
      sequence_ = event.sequence();
      index_ = event.index();
      EXPECT_EQ(event.actor(), absl::StrCat(seen_[event.subject()]++))
          << event.subject();
      ++count_;
    }
    position_ = page.position;
  }
  int count() const { return count_; }
  int64_t sequence() const { return sequence_; }

 private:
  FeedPosition position_;
  int64_t sequence_ = 0;
  int32_t index_ = -1;
  std::map<std::string, int> seen_;
  int count_ = 0;
};

TEST_P(PublisherTest, W1_DenseAndInOrderWithWritersAndPublishersThatEnd) {
  for (int i = 0; i < kSubjects; ++i) {
    OperationRecord record;
    record.operation.set_name(absl::StrCat("operations/", i));
    Do([&](Transaction& tx) { return InsertOperation(tx, record); });
  }
  std::atomic<int> writing = kWriters;
  std::vector<std::thread> threads;
  for (int writer = 0; writer < kWriters; ++writer) {
    threads.emplace_back([&, writer] {
      std::unique_ptr<Session> session = store_->OpenSession();
      for (int i = 0; i < kWrites; ++i) {
        const std::string subject =
            absl::StrCat("operations/", (writer + i) % kSubjects);
        On(*session,
           [&](Transaction& tx) { return WriteSubject(tx, subject); });
      }
      --writing;
    });
  }
  // Two servers publish. Each takes the lease when it can, by a time that steps
  // on with every turn; it works on for a while after it has lost it, and every
  // third time it dies before the commit.
  std::atomic<int> time = 0, takeovers = 0, fenced = 0, deaths = 0;
  std::atomic<bool> drained = false;
  for (int server = 0; server < 2; ++server) {
    threads.emplace_back([&, server] {
      std::unique_ptr<Session> session = store_->OpenSession();
      const std::string owner = absl::StrCat("server-", server);
      std::optional<Lease> lease;
      for (int turn = 0; !drained; ++turn) {
        const absl::Time now = At(++time);
        if (!lease.has_value() || turn % 10 == 0) {
          auto taken = On(*session, [&](Transaction& tx) {
            return AcquireLease(tx, "feed", owner, absl::Seconds(5), now);
          });
          if (taken.has_value() &&
              (!lease.has_value() || taken->epoch > lease->epoch)) {
            lease = taken;
            ++takeovers;
          }
          if (!lease.has_value()) continue;
        }
        const bool dies = turn % 3 == 2;
        Published published;
        const absl::Status status =
            session->Write(Within(absl::Seconds(60)), [&](Transaction& tx) {
              absl::StatusOr<Published> done =
                  PublishOutbox(tx, lease->epoch, 4);
              if (!done.ok()) return done.status();
              published = *done;
              return dies ? absl::CancelledError("died before the commit")
                          : absl::OkStatus();
            });
        if (dies) {
          EXPECT_EQ(status.code(), absl::StatusCode::kCancelled)
              << status.ToString();
          ++deaths;
          continue;
        }
        EXPECT_OK(status);
        if (!published.holds_lease) {
          ++fenced;
          lease.reset();
        }
      }
    });
  }
  Watcher watcher;
  while (watcher.count() < 2 * kWriters * kWrites && !HasFailure())
    watcher.Read(*session_);
  drained = true;
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(writing, 0);
  EXPECT_EQ(watcher.count(), 2 * kWriters * kWrites);
  EXPECT_EQ(watcher.sequence(), kWriters * kWrites);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM feed_events"), 2 * kWriters * kWrites);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM outbox"), 0);
  EXPECT_GT(takeovers, 1);
  EXPECT_GT(deaths, 0);
}

}  // namespace
}  // namespace charter::storage

#include "storage/records/feed.h"

#include "absl/strings/str_cat.h"
#include "storage/records/outbox.h"
#include "tests/storage/records/records_fixture.h"

namespace charter::storage {
namespace {

using charter::v1::Event;
using testing::ElementsAre;
using testing::IsEmpty;

class FeedTest : public RecordsTest {
 protected:
  // One transaction with these events, recorded at `seconds`.
  void Write(std::vector<Event> events, double seconds = 0) {
    for (Event& event : events) {
      event.mutable_record_time()->set_seconds(
          absl::ToUnixSeconds(At(seconds)));
    }
    Do([&](Transaction& tx) { return WriteOutbox(tx, events); });
  }
  Published Publish(int64_t epoch = 1, int most = 100) {
    return Do([&](Transaction& tx) { return PublishOutbox(tx, epoch, most); });
  }
  FeedPage Read(FeedPosition after, const FeedFilter& filter = {},
                int limit = 100) {
    return Do(
        [&](Transaction& tx) { return ReadFeed(tx, after, filter, limit); });
  }
  // "sequence.index subject"
  static std::vector<std::string> Say(const FeedPage& page) {
    std::vector<std::string> lines;
    for (const Event& event : page.events) {
      lines.push_back(absl::StrCat(event.sequence(), ".", event.index(), " ",
                                   event.subject()));
    }
    return lines;
  }
};
CHARTER_CONFORMANCE(FeedTest);

TEST_P(FeedTest, W1_TransactionsAreNumberedDenselyAndReadInOrder) {
  EXPECT_FALSE(Do([](Transaction& tx) { return HasUnpublished(tx); }));
  EXPECT_EQ(Publish().transactions, 0);
  Event numbered = EventOf("cases/b");
  numbered.set_sequence(77);
  numbered.set_index(3);
  Write({EventOf("cases/a"), numbered});
  EXPECT_FALSE(Try([](Transaction& tx) {
                 absl::Status status = WriteOutbox(tx, {EventOf("cases/lost")});
                 return status.ok() ? absl::CancelledError("rolled back")
                                    : status;
               }).ok());
  Write({});
  Write({EventOf("cases/c")});
  Write({EventOf("cases/d")});
  EXPECT_TRUE(Do([](Transaction& tx) { return HasUnpublished(tx); }));
  EXPECT_THAT(Read({}).events, IsEmpty());
  Published published = Publish(1, 2);
  EXPECT_TRUE(published.holds_lease);
  EXPECT_EQ(published.transactions, 2);
  EXPECT_EQ(published.head_sequence, 2);
  EXPECT_EQ(Publish(1, 2).head_sequence, 3);
  EXPECT_FALSE(Do([](Transaction& tx) { return HasUnpublished(tx); }));

  const FeedPage page = Read({});
  EXPECT_EQ(page.state, FeedState::kOk);
  EXPECT_THAT(Say(page), ElementsAre("1.0 cases/a", "1.1 cases/b",
                                     "2.0 cases/c", "3.0 cases/d"));
  EXPECT_EQ(page.position, FeedPosition{3});
  EXPECT_EQ(page.head_sequence, 3);
  EXPECT_EQ(page.events[0].account(), "accounts/a");
}

TEST_P(FeedTest, W1_ATokenRestartsRightAfterIt) {
  Write({EventOf("cases/a"), EventOf("cases/b"), EventOf("cases/c")});
  Write({EventOf("cases/d")});
  Publish();
  FeedPage page = Read({}, {}, 2);
  EXPECT_THAT(Say(page), ElementsAre("1.0 cases/a", "1.1 cases/b"));
  EXPECT_EQ(page.position, (FeedPosition{1, 1}));
  page = Read(page.position, {}, 2);
  EXPECT_THAT(Say(page), ElementsAre("1.2 cases/c", "2.0 cases/d"));
  page = Read(page.position, {}, 2);
  EXPECT_THAT(Say(page), IsEmpty());
  EXPECT_EQ(page.position, FeedPosition{2});
  EXPECT_EQ(Read(FeedPosition{2}).position, FeedPosition{2});
}

TEST_P(FeedTest, W1_FiltersByAccountResourceTypeAndEventType) {
  Event task = EventOf("tasks/t", "task.created");
  task.set_resource_type("tasks");
  Write({EventOf("cases/a", "case.opened"),
         EventOf("cases/b", "case.updated", "accounts/b"), task});
  Write({EventOf("cases/c", "milestone.violated"),
         EventOf("cases/d", "milestone.warning"),
         EventOf("cases/e", "milestonex", "accounts/b")});
  Publish();
  const auto with = [&](FeedFilter filter) {
    const FeedPage page = Read({}, filter);
    EXPECT_EQ(page.position, FeedPosition{2});
    std::vector<std::string> subjects;
    for (const Event& event : page.events) subjects.push_back(event.subject());
    return subjects;
  };
  EXPECT_THAT(with({.account = "accounts/b"}),
              ElementsAre("cases/b", "cases/e"));
  EXPECT_THAT(with({.account = "accounts/c"}), IsEmpty());
  EXPECT_THAT(with({.resource_types = {"tasks"}}), ElementsAre("tasks/t"));
  EXPECT_THAT(with({.event_types = {"case.opened", "task.created", "none"}}),
              ElementsAre("cases/a", "tasks/t"));
  EXPECT_THAT(with({.event_types = {"milestone.*"}}),
              ElementsAre("cases/c", "cases/d"));
  EXPECT_THAT(with({.event_types = {"milestone.*", "task.*", "case.opened"}}),
              ElementsAre("cases/a", "tasks/t", "cases/c", "cases/d"));
  EXPECT_EQ(with({.event_types = {"x", "*"}}).size(), 6u);
  EXPECT_THAT(
      with({.resource_types = {"cäses"}, .event_types = {"'ü:x", "ö.*"}}),
      IsEmpty());
  for (const char* wrong : {"mile*", "a.*.b", "a.b*", "*.x", "a.b.*"}) {
    EXPECT_EQ(Try([&](Transaction& tx) {
                return ReadFeed(tx, {}, {.event_types = {wrong}}, 1).status();
              }).code(),
              absl::StatusCode::kInvalidArgument)
        << wrong;
  }
  EXPECT_THAT(with({.account = "accounts/a",
                    .resource_types = {"cases"},
                    .event_types = {"case.*"}}),
              ElementsAre("cases/a"));
}

TEST_P(FeedTest, W1_ARareTypeMovesOnWithoutLookingAtEverything) {
  // 12 transactions of 1,000 events each, one rare event at the very end.
  for (int i = 0; i < 12; ++i) {
    std::vector<Event> events(1000, EventOf("cases/a"));
    if (i == 11) events.back().set_type("rare");
    Write(std::move(events));
  }
  while (Publish(1, 3).transactions > 0) {
  }
  // Without an account a stretch is one of transactions; the whole feed lies in
  // one.
  EXPECT_THAT(Read({}, {.event_types = {"rare"}}).events.size(), 1u);
  FeedPage page = Read({}, {.account = "accounts/a", .event_types = {"rare"}});
  EXPECT_EQ(page.events.size(), 1u);
  // As if the feed were long: all sequence numbers are a thousand apart.
  ASSERT_OK(ConformanceTest::Write(
      "UPDATE feed_events SET sequence = sequence * 1000"));
  ASSERT_OK(
      ConformanceTest::Write("UPDATE feed_head SET next_sequence = 12001"));
  page = Read({}, {.event_types = {"rare"}});
  EXPECT_THAT(page.events, IsEmpty());
  EXPECT_EQ(page.position, FeedPosition{10000});
  EXPECT_EQ(Read(page.position, {.event_types = {"rare"}}).events.size(), 1u);
  page = Read({}, {.account = "accounts/a", .event_types = {"rare"}});
  EXPECT_THAT(page.events, IsEmpty());
  EXPECT_EQ(page.position, FeedPosition{10000});
  page =
      Read(page.position, {.account = "accounts/a", .event_types = {"rare"}});
  EXPECT_EQ(page.events.size(), 1u);
  EXPECT_EQ(page.position, FeedPosition{12000});
}

TEST_P(FeedTest, W1_APlaceIsFoundByTimeThoughRecordTimesCross) {
  Write({EventOf("cases/a")}, 10);
  Write({EventOf("cases/b")}, 30);  // of a server whose clock is ahead
  Write({EventOf("cases/c")}, 20);
  Write({EventOf("cases/d")}, 40);
  Publish();
  const auto at = [&](double seconds) {
    return Do(
        [&](Transaction& tx) { return FindFeedPosition(tx, At(seconds)); });
  };
  EXPECT_EQ(at(0), FeedPosition{0});
  EXPECT_EQ(at(10), FeedPosition{0});
  EXPECT_EQ(at(20), FeedPosition{1});  // from b on: c is at 20
  EXPECT_EQ(at(30), FeedPosition{1});
  EXPECT_EQ(at(31), FeedPosition{3});
  EXPECT_EQ(at(41), FeedPosition{4});
}

TEST_P(FeedTest, W1_AnExpiredTokenIsToldTheEarliest) {
  for (int i = 1; i <= 6; ++i)
    Write({EventOf(absl::StrCat("cases/c", i)), EventOf("cases/x")}, i);
  Publish();
  const auto purge = [&](double cutoff, int limit) {
    return Do(
        [&](Transaction& tx) { return PurgeFeed(tx, At(cutoff), limit); });
  };
  EXPECT_EQ(purge(1, 100), 0);
  EXPECT_EQ(purge(4, 2), 2);
  EXPECT_EQ(purge(4, 2), 1);
  EXPECT_EQ(purge(4, 2), 0);
  const FeedPage expired = Read({});
  EXPECT_EQ(expired.state, FeedState::kExpired);
  EXPECT_EQ(expired.earliest, FeedPosition{3});
  EXPECT_EQ(expired.head_sequence, 6);
  EXPECT_THAT(expired.events, IsEmpty());
  EXPECT_EQ(Read({3, 0}).state, FeedState::kExpired);
  FeedPage page = Read(expired.earliest, {}, 1);
  EXPECT_EQ(page.state, FeedState::kOk);
  EXPECT_THAT(Say(page), ElementsAre("4.0 cases/c4"));
  EXPECT_EQ(Read({4, 0}, {}, 1).state, FeedState::kOk);

  // All of it: numbers go on.
  EXPECT_EQ(purge(100, 100), 3);
  EXPECT_EQ(Read(FeedPosition{6}).state, FeedState::kOk);
  EXPECT_EQ(Read(FeedPosition{7}).state, FeedState::kAhead);
  Write({EventOf("cases/new")}, 100);
  EXPECT_EQ(Publish().head_sequence, 7);
  EXPECT_THAT(Say(Read(FeedPosition{6})), ElementsAre("7.0 cases/new"));
  const FeedBounds bounds =
      Do([](Transaction& tx) { return ReadFeedBounds(tx); });
  EXPECT_EQ(bounds.head_sequence, 7);
  EXPECT_EQ(bounds.earliest, FeedPosition{6});
}

TEST_P(FeedTest, W1_APurgeBetweenTwoStatementsOfAReaderIsNoticed) {
  for (int i = 1; i <= 4; ++i) Write({EventOf(absl::StrCat("cases/c", i))}, i);
  Publish();
  if (sqlite()) return;  // a transaction sees one moment
  std::unique_ptr<Session> other = store_->OpenSession();
  bool purged = false;
  Inject([&](absl::string_view sql) {
    if (!purged && absl::string_view(sql).find("FROM feed_events") !=
                       absl::string_view::npos) {
      purged = true;
      On(*other, [](Transaction& tx) { return PurgeFeed(tx, At(3), 10); });
    }
    return 0;
  });
  EXPECT_EQ(Read({}).state, FeedState::kExpired);
  EXPECT_TRUE(purged);
}

}  // namespace
}  // namespace charter::storage

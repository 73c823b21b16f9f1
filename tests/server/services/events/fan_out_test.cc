#include "server/services/events/fan_out.h"

#include <atomic>
#include <thread>

#include "tests/server/services/events/watch_fixture.h"

namespace charter::services {
namespace {

// Small, so that a few events fill pages, messages and memory.
class FanOutTest : public WatchTest {
 protected:
  FanOutTest()
      : WatchTest({.most_events = 12,
                   .most_bytes = 1 << 20,
                   .slow_bytes = 3000,
                   .page = 3,
                   .message_bytes = 1500}) {}

  std::vector<std::string> All() { return EventsOf(world_.Feed()); }
};
INSTANTIATE_TEST_SUITE_P(All, FanOutTest, testing::ValuesIn(test::kEngines),
                         test::EngineName);

TEST_P(FanOutTest, W1_ResumingAtAnyMessageLosesNoneAndDoublesNone) {
  const StreamPtr live = Watch("");
  SetUpHistory(6);
  Publish();
  const StreamPtr from_table = Watch("from_earliest: true");
  Feed();
  const std::vector<std::string> all = All();
  EXPECT_GT(all.size(), 30u);
  EXPECT_EQ(EventsOf(live->all()), all);
  EXPECT_EQ(EventsOf(from_table->all()), all);
  EXPECT_GT(from_table->all().size(), 10u);
  for (const StreamPtr& stream : {live, from_table}) {
    Messages seen;
    for (const v1::WatchEventsResponse& message : stream->all()) {
      seen.push_back(message);
      const StreamPtr resumed = Resume(message.resume_token());
      Feed();
      std::vector<std::string> events = EventsOf(seen);
      for (const std::string& event : EventsOf(resumed->all()))
        events.push_back(event);
      EXPECT_EQ(events, all) << "resumed after message " << seen.size();
      resumed->Cancel();
    }
  }
}

TEST_P(FanOutTest, W1_MessagesHoldWholeTransactionsUnlessOneIsTooLarge) {
  SetUpHistory(6);
  Publish();
  const StreamPtr stream = Watch("from_earliest: true");
  Feed();
  int64_t last = 0;
  size_t bytes_of_last = 0;
  for (const v1::WatchEventsResponse& message : stream->all()) {
    if (message.events().empty()) continue;
    if (message.events(0).sequence() == last) {
      EXPECT_GT(bytes_of_last + message.events(0).ByteSizeLong(), 1500u)
          << "transaction " << last << " was cut without need";
    }
    last = message.events().rbegin()->sequence();
    bytes_of_last = 0;
    for (const v1::Event& event : message.events()) {
      if (event.sequence() == last) bytes_of_last += event.ByteSizeLong();
    }
  }
}

// What a message says to have seen, it and those before it have told; of later
// transactions at most the first is told in part.
TEST_P(FanOutTest, W1_MessagesSayHowFarTheyHaveSeen) {
  const std::vector<std::string> filters = {
      "", "filter { account: 'accounts/acme' }",
      "filter { event_types: 'milestone.*' event_types: 'case.opened' }",
      "filter { resource_types: 'accounts' event_types: 'case.opened' }"};
  std::vector<StreamPtr> streams;
  for (const std::string& filter : filters) streams.push_back(Watch(filter));
  SetUpHistory(6);
  Publish();
  for (const std::string& filter : filters)
    streams.push_back(Watch(filter + " from_earliest: true"));
  Feed();
  const int64_t head = world_.Feed().back().sequence();
  int behind = 0;
  for (const StreamPtr& stream : streams) {
    // A heartbeat later everyone has caught up.
    world_.clock().Advance(absl::Minutes(1));
    Feed();
    const Messages messages = stream->all();
    int64_t last = 0;
    for (const v1::WatchEventsResponse& message : messages) {
      ASSERT_TRUE(message.has_seen_sequence());
      const int64_t seen = message.seen_sequence();
      EXPECT_GE(seen, last);
      EXPECT_LE(seen, message.head_sequence());
      for (const v1::Event& event : message.events()) {
        EXPECT_GT(event.sequence(), last) << "was seen before";
        EXPECT_LE(event.sequence(), seen + 1);
      }
      last = seen;
      if (seen < message.head_sequence()) ++behind;
    }
    EXPECT_EQ(last, head);
  }
  EXPECT_GT(behind, 0) << "nobody had anything to catch up with";
}

TEST_P(FanOutTest, W1_ABookmarkOfABacklogSaysThatThereIsMore) {
  SetUpHistory(6);
  Publish();
  // The first page ends within a transaction.
  const StreamPtr stream = Watch(
      "from_earliest: true filter { event_types: 'milestone.*' event_types: "
      "'case.opened' }");
  ASSERT_TRUE(world_.host().RunJob());
  const Messages messages = stream->all();
  ASSERT_FALSE(messages.empty());
  EXPECT_LT(messages.back().seen_sequence(), messages.back().head_sequence());
}

TEST_P(FanOutTest, W1_PagesOfTheListAndAWatchContinueEachOther) {
  SetUpHistory(3);
  Publish();
  const std::vector<std::string> all = All();
  for (int size : {1, 2, 7}) {
    std::vector<std::string> seen;
    v1::ListEventsRequest request;
    request.set_page_size(size);
    while (true) {
      const v1::ListEventsResponse page = world_.Do(&ListEvents, request);
      ASSERT_FALSE(page.resume_token().empty());
      request.set_resume_token(page.resume_token());
      if (page.events().empty()) break;
      for (const std::string& event : EventsOf(std::vector<v1::Event>(
               page.events().begin(), page.events().end()))) {
        seen.push_back(event);
      }
      const StreamPtr rest = Resume(page.resume_token());
      Feed();
      std::vector<std::string> together = seen;
      for (const std::string& event : EventsOf(rest->all()))
        together.push_back(event);
      EXPECT_EQ(together, all);
      rest->Cancel();
    }
    EXPECT_EQ(seen, all);
  }
}

TEST_P(FanOutTest, W1_ASlowWatcherIsNeitherCutOffNorSkipped) {
  const StreamPtr slow = Watch("");
  const StreamPtr quick = Watch("");
  slow->Hold();
  world_.SetUpSupport();
  size_t most_pending = 0;
  for (int i = 0; i < 12; ++i) {
    world_.Open(absl::StrCat("a", i));
    Publish();
    most_pending = std::max(most_pending, slow->pending_bytes());
  }
  EXPECT_EQ(EventsOf(quick->all()), All());
  EXPECT_LT(EventsOf(slow->all()).size(), All().size());
  EXPECT_LT(most_pending, 3000u + 5000u);
  EXPECT_FALSE(slow->ended());
  // It reads a little, then stops again, then reads all.
  slow->Drain();
  slow->Hold();
  Feed();
  EXPECT_LT(EventsOf(slow->all()).size(), All().size());
  while (slow->pending_bytes() > 0) {
    slow->Drain();
    Feed();
  }
  EXPECT_EQ(EventsOf(slow->all()), All());
  // And is with the others again.
  world_.Open("last");
  ASSERT_EQ(publisher_.RunUntilIdle(), absl::OkStatus());
  ASSERT_EQ(reader_.RunUntilIdle(), absl::OkStatus());
  EXPECT_EQ(EventsOf(slow->all()), All());
}

// The reader looks again when the one that it did not count on is due.
TEST_P(FanOutTest, W1_AWatcherThatCatchesUpWhileTheReaderLooksIsNotForgotten) {
  const StreamPtr first = Watch("");
  const std::string token = first->Take()[0].resume_token();
  first->Cancel();
  Feed();
  AddAccount("a");
  Publish();
  const StreamPtr resumed = Resume(token, "heartbeat_interval { seconds: 2 }");
  const absl::StatusOr<absl::Time> next = reader_.RunOnce();
  ASSERT_TRUE(next.ok()) << next.status();
  absl::Time due = *next;
  const int64_t id = world_.services().feed.Listen(
      [&](absl::Time when) { due = std::min(due, when); });
  world_.host().RunJobs();
  world_.services().feed.Forget(id);
  EXPECT_EQ(EventsOf(resumed->Take()).size(), 1u);
  EXPECT_LE(due, world_.clock().Now() + absl::Seconds(2));
}

TEST_P(FanOutTest, W1_TheInitialStateComesFirstAndThenWhatChangedSince) {
  world_.SetUpSupport();
  for (int i = 0; i < 250; ++i) world_.Open(absl::StrCat("a", 100 + i));
  Publish();
  const std::string request =
      "filter { resource_types: 'cases' } send_initial_state: true";
  const StreamPtr stream = Watch(request);
  ASSERT_TRUE(world_.host().RunJob());  // one page
  world_.Do(&CloseCase, Proto<v1::CloseCaseRequest>("name: 'cases/a100'"));
  Publish();
  Feed();
  const Messages messages = stream->all();
  std::vector<std::string> state;
  std::vector<std::string> changes;
  bool ended = false;
  for (const v1::WatchEventsResponse& message : messages) {
    for (const v1::Event& event : message.events()) {
      EXPECT_EQ(event.type() == "case.current", !ended);
      (ended ? changes : state).push_back(event.subject());
    }
    if (message.initial_state_end()) {
      EXPECT_FALSE(ended);
      ended = true;
    }
    // What was not listed yet is not told.
    EXPECT_EQ(message.seen_sequence() > 0, ended);
  }
  EXPECT_TRUE(ended);
  EXPECT_THAT(state, SizeIs(250));
  EXPECT_EQ(state.front(), "cases/a100");
  EXPECT_EQ(state.back(), "cases/a349");
  EXPECT_THAT(changes, testing::Contains("cases/a100"));
  // Cut off in the middle, it goes on there.
  ASSERT_FALSE(messages[0].initial_state_end());
  const StreamPtr resumed = Resume(messages[0].resume_token(), request);
  Feed();
  std::vector<std::string> rest;
  for (const v1::WatchEventsResponse& message : resumed->all()) {
    for (const v1::Event& event : message.events()) {
      if (event.type() == "case.current") rest.push_back(event.subject());
    }
  }
  EXPECT_EQ(rest, std::vector<std::string>(
                      state.begin() + messages[0].events_size(), state.end()));
  // After its end the token is one like any other.
  const StreamPtr later = Resume(messages.back().resume_token(), request);
  Feed();
  for (const v1::WatchEventsResponse& message : later->all())
    EXPECT_FALSE(message.initial_state_end());
}

TEST_P(FanOutTest, W1_WatchersThatComeAndGoWhileMuchHappensMissNothing) {
  world_.SetUpSupport();
  std::atomic<bool> stop = false;
  std::thread jobs([&] {
    while (!stop) {
      if (!world_.host().RunJob()) std::this_thread::yield();
    }
  });
  publisher_.Start();
  reader_.Start();
  std::thread writer([&] {
    for (int i = 0; i < 60; ++i) {
      world_.Open(absl::StrCat("a", i));
      AddAccount(absl::StrCat("b", i));
    }
  });
  // Each stream is left at some message, and resumed there.
  std::vector<std::thread> watchers;
  std::vector<Messages> seen(3);
  for (size_t w = 0; w < seen.size(); ++w) {
    watchers.emplace_back([&, w] {
      std::string token;
      bool last = false;
      for (size_t round = 1; !last; ++round) {
        const StreamPtr stream =
            token.empty() ? Watch("from_earliest: true") : Resume(token);
        size_t taken = 0;
        while (taken < round % 7 + 1 && !last) {
          for (const v1::WatchEventsResponse& message : stream->Take()) {
            if (taken++ >= round % 7 + 1) break;
            seen[w].push_back(message);
            token = message.resume_token();
            for (const v1::Event& event : message.events())
              last = last || event.subject() == "accounts/b59";
          }
          std::this_thread::yield();
        }
        stream->Cancel();
      }
    });
  }
  writer.join();
  for (std::thread& watcher : watchers) watcher.join();
  reader_.Stop();
  publisher_.Stop();
  stop = true;
  jobs.join();
  for (const Messages& messages : seen) EXPECT_EQ(EventsOf(messages), All());
}

}  // namespace
}  // namespace charter::services

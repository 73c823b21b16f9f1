// Streams of the feed in a world without threads.
#ifndef CHARTER_TESTS_SERVER_SERVICES_EVENTS_WATCH_FIXTURE_H_
#define CHARTER_TESTS_SERVER_SERVICES_EVENTS_WATCH_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/services/cases/cases.h"
#include "server/services/directory/directory.h"
#include "server/services/events/events.h"
#include "server/services/events/fan_out.h"
#include "server/services/shared/errors.h"
#include "server/workers/feed_publisher.h"
#include "server/workers/feed_reader.h"
#include "tests/support/service_world.h"

namespace charter::services {

using storage::Engine;
using test::FakeStream;
using test::Proto;
using test::ServiceWorld;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using Messages = std::vector<v1::WatchEventsResponse>;
using StreamPtr = std::shared_ptr<FakeStream>;

// "SEQUENCE.INDEX TYPE SUBJECT" of the events of some messages.
inline std::vector<std::string> EventsOf(const Messages& messages) {
  std::vector<std::string> events;
  for (const v1::WatchEventsResponse& message : messages) {
    for (const v1::Event& event : message.events()) {
      events.push_back(absl::StrCat(event.sequence(), ".", event.index(), " ",
                                    event.type(), " ", event.subject()));
    }
  }
  return events;
}

inline std::vector<std::string> EventsOf(const std::vector<v1::Event>& events) {
  v1::WatchEventsResponse message;
  for (const v1::Event& event : events) *message.add_events() = event;
  return EventsOf(Messages{message});
}

class WatchTest : public testing::TestWithParam<Engine> {
 protected:
  explicit WatchTest(FanOut::Options options = {})
      : world_({.engine = GetParam(), .fan_out = options}),
        publisher_(world_.services()),
        reader_(world_.services()) {}

  absl::Status TryWatch(const v1::WatchEventsRequest& request, StreamPtr stream,
                        CallInfo info) {
    const auto session = world_.store().OpenSession();
    Call call(world_.services(), *session, std::move(info));
    return WatchEvents(call, request, std::move(stream));
  }
  StreamPtr Watch(const v1::WatchEventsRequest& request) {
    auto stream = std::make_shared<FakeStream>();
    EXPECT_EQ(TryWatch(request, stream, world_.Info()), absl::OkStatus());
    return stream;
  }
  StreamPtr Watch(const std::string& request) {
    return Watch(Proto<v1::WatchEventsRequest>(request));
  }
  StreamPtr Resume(const std::string& token, const std::string& request = "") {
    auto resumed = Proto<v1::WatchEventsRequest>(request);
    resumed.set_resume_token(token);
    return Watch(resumed);
  }
  // Publishes what was committed, and gives it to the streams.
  void Publish() {
    ASSERT_EQ(publisher_.RunUntilIdle(), absl::OkStatus());
    Feed();
  }
  void Feed() {
    do {
      world_.host().RunJobs();
      ASSERT_EQ(reader_.RunUntilIdle(), absl::OkStatus());
    } while (world_.host().RunJob());
  }
  void AddAccount(const std::string& id) {
    world_.Do(&CreateAccount,
              Proto<v1::CreateAccountRequest>(absl::StrCat(
                  "account_id: '", id, "' account { display_name: 'A' }")));
  }
  // Cases are several events each: they are opened and their clocks start.
  void SetUpHistory(int cases) {
    world_.SetUpSupport();
    for (int i = 0; i < cases; ++i) {
      world_.Open(absl::StrCat("a", i));
      AddAccount(absl::StrCat("b", i));
    }
  }

  ServiceWorld world_;
  workers::FeedPublisher publisher_;
  workers::FeedReader reader_;
};

}  // namespace charter::services

#endif  // CHARTER_TESTS_SERVER_SERVICES_EVENTS_WATCH_FIXTURE_H_

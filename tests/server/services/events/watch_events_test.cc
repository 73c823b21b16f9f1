#include <set>

#include "google/rpc/error_details.pb.h"
#include "server/services/shared/time_convert.h"
#include "server/workers/purge.h"
#include "tests/server/services/events/watch_fixture.h"

namespace charter::services {
namespace {

class WatchEventsTest : public WatchTest {};
INSTANTIATE_TEST_SUITE_P(All, WatchEventsTest,
                         testing::ValuesIn(test::kEngines), test::EngineName);

TEST_P(WatchEventsTest, W1_TheFirstMessageComesAtOnceAndChangesAsTheyCommit) {
  AddAccount("before");
  Publish();
  const StreamPtr stream = Watch("");
  Messages messages = stream->Take();
  ASSERT_THAT(messages, SizeIs(1));
  EXPECT_TRUE(messages[0].bookmark());
  EXPECT_THAT(messages[0].events(), IsEmpty());
  EXPECT_FALSE(messages[0].resume_token().empty());
  EXPECT_EQ(messages[0].head_sequence(), 1);

  AddAccount("after");
  Publish();
  messages = stream->Take();
  EXPECT_THAT(EventsOf(messages),
              ElementsAre("2.0 account.created accounts/after"));
  ASSERT_THAT(messages, SizeIs(1));
  EXPECT_FALSE(messages[0].bookmark());
  EXPECT_EQ(messages[0].head_sequence(), 2);
}

TEST_P(WatchEventsTest, W1_WatchesFilterByAccountCollectionAndType) {
  const StreamPtr of_account = Watch("filter { account: 'accounts/b0' }");
  const StreamPtr of_types =
      Watch("filter { event_types: 'milestone.*' event_types: 'case.opened' }");
  const StreamPtr of_collections = Watch(
      "filter { resource_types: 'milestones' resource_types: 'entitlements' }");
  SetUpHistory(2);
  Publish();
  EXPECT_THAT(EventsOf(of_account->Take()),
              ElementsAre(testing::EndsWith("account.created accounts/b0")));
  std::multiset<std::string> types;
  std::multiset<std::string> collections;
  for (const auto& message : of_types->Take())
    for (const v1::Event& event : message.events()) types.insert(event.type());
  for (const auto& message : of_collections->Take()) {
    for (const v1::Event& event : message.events())
      collections.insert(event.resource_type());
  }
  EXPECT_EQ(types.count("case.opened"), 2u);
  EXPECT_EQ(types.count("milestone.started"), 4u);
  EXPECT_EQ(types.size(), 6u);
  EXPECT_EQ(collections.count("milestones"), 4u);
  EXPECT_EQ(collections.count("entitlements"), 1u);
  EXPECT_EQ(collections.size(), 5u);
}

// A filter selects the same from the table, when one resumes, as from memory.
TEST_P(WatchEventsTest, W1_AFilterSelectsTheSameFromTableAndMemory) {
  const std::vector<std::string> filters = {
      "",
      "filter { account: 'accounts/acme' }",
      "filter { event_types: 'milestone.*' }",
      "filter { event_types: '*' }",
      "filter { event_types: 'case.opened' account: 'accounts/acme' }",
      "filter { resource_types: 'accounts' event_types: 'account.created' }",
      "filter { resource_types: 'accounts' event_types: 'case.opened' }"};
  std::vector<StreamPtr> live;
  for (const std::string& filter : filters) live.push_back(Watch(filter));
  SetUpHistory(3);
  Publish();
  for (size_t i = 0; i < filters.size(); ++i) {
    const StreamPtr late = Watch(filters[i] + " from_earliest: true");
    Feed();
    EXPECT_EQ(EventsOf(late->Take()), EventsOf(live[i]->Take())) << filters[i];
  }
}

TEST_P(WatchEventsTest, W1_QuietStreamsGetBookmarksAlsoWhereNothingMatched) {
  const std::string request =
      "filter { account: 'accounts/quiet' } heartbeat_interval { seconds: 2 }";
  const StreamPtr stream = Watch(request);
  EXPECT_THAT(stream->Take(), SizeIs(1));
  for (int i = 0; i < 3; ++i) AddAccount(absl::StrCat("b", i));
  Publish();
  EXPECT_THAT(stream->Take(), IsEmpty());
  world_.clock().Advance(absl::Seconds(2) - absl::Microseconds(1));
  Feed();
  EXPECT_THAT(stream->Take(), IsEmpty());
  world_.clock().Advance(absl::Microseconds(1));
  Feed();
  const Messages messages = stream->Take();
  ASSERT_THAT(messages, SizeIs(1));
  EXPECT_TRUE(messages[0].bookmark());
  EXPECT_EQ(messages[0].head_sequence(), 3);
  // It is good though everything before it was removed.
  world_.clock().Advance(absl::Hours(24 * 7) + absl::Seconds(1));
  workers::Purge purge(world_.services(), workers::PurgeOptions());
  ASSERT_EQ(purge.RunUntilIdle(), absl::OkStatus());
  AddAccount("quiet");
  Publish();
  const StreamPtr resumed = Resume(messages[0].resume_token(), request);
  Feed();
  EXPECT_THAT(EventsOf(resumed->Take()),
              ElementsAre("4.0 account.created accounts/quiet"));
}

TEST_P(WatchEventsTest, W1_AnExpiredTokenNamesTheEarliestOne) {
  const StreamPtr stream = Watch("");
  const std::string token = stream->Take()[0].resume_token();
  AddAccount("a");
  Publish();
  world_.clock().Advance(absl::Hours(24 * 7) + absl::Seconds(1));
  AddAccount("b");
  Publish();
  workers::Purge purge(world_.services(), workers::PurgeOptions());
  ASSERT_EQ(purge.RunUntilIdle(), absl::OkStatus());
  v1::WatchEventsRequest request;
  request.set_resume_token(token);
  const absl::Status status =
      TryWatch(request, std::make_shared<FakeStream>(), world_.Info());
  EXPECT_EQ(status.code(), absl::StatusCode::kOutOfRange);
  EXPECT_EQ(errors::ReasonOf(status), "RESUME_TOKEN_EXPIRED");
  std::string earliest;
  status.ForEachPayload([&](absl::string_view, const absl::Cord& payload) {
    google::rpc::ErrorInfo info;
    if (info.ParseFromString(std::string(payload)) &&
        info.metadata().contains("earliestToken")) {
      earliest = info.metadata().at("earliestToken");
    }
  });
  const StreamPtr again = Resume(earliest);
  Feed();
  EXPECT_THAT(EventsOf(again->Take()),
              ElementsAre("2.0 account.created accounts/b"));
  v1::ListEventsRequest list;
  list.set_resume_token(token);
  EXPECT_EQ(errors::ReasonOf(world_.Try(&ListEvents, list).status()),
            "RESUME_TOKEN_EXPIRED");
}

TEST_P(WatchEventsTest, W1_ATokenServesItsCallerAndFilterAlone) {
  const StreamPtr stream = Watch("filter { account: 'accounts/a' }");
  v1::WatchEventsRequest request;
  request.set_resume_token(stream->Take()[0].resume_token());
  const auto reason = [&](const CallInfo& info) {
    return errors::ReasonOf(
        TryWatch(request, std::make_shared<FakeStream>(), info));
  };
  EXPECT_EQ(reason(world_.Info()), "PAGE_TOKEN_INVALID");
  request.mutable_filter()->set_account("accounts/a");
  EXPECT_EQ(reason(world_.Info()), "");
  CallInfo other = world_.Info();
  other.principal.name = "somebody else";
  EXPECT_EQ(reason(other), "PAGE_TOKEN_INVALID");
  request.set_resume_token(request.resume_token() + "A");
  EXPECT_EQ(reason(world_.Info()), "PAGE_TOKEN_INVALID");
}

TEST_P(WatchEventsTest, W1_OnlyWhatTheCallerMaySeeComes) {
  CallInfo info = world_.Info();
  info.principal.permissions = std::make_shared<PermissionSet>(
      std::vector<std::string>{"cases.get", "events.watch"});
  const auto live = std::make_shared<FakeStream>();
  ASSERT_EQ(TryWatch({}, live, info), absl::OkStatus());
  SetUpHistory(2);
  Publish();
  const auto late = std::make_shared<FakeStream>();
  ASSERT_EQ(TryWatch(Proto<v1::WatchEventsRequest>("from_earliest: true"), late,
                     info),
            absl::OkStatus());
  Feed();
  const std::vector<std::string> seen = EventsOf(live->Take());
  EXPECT_EQ(EventsOf(late->Take()), seen);
  EXPECT_THAT(seen, testing::Not(IsEmpty()));
  EXPECT_THAT(seen,
              testing::Each(testing::ContainsRegex(" (case|milestone)\\.")));
  EXPECT_EQ(errors::ReasonOf(TryWatch(Proto<v1::WatchEventsRequest>(
                                          "filter { resource_types: 'tasks' }"),
                                      std::make_shared<FakeStream>(), info)),
            "PERMISSION_MISSING");
  info.principal.permissions =
      std::make_shared<PermissionSet>(std::vector<std::string>{"events.watch"});
  EXPECT_EQ(
      errors::ReasonOf(TryWatch({}, std::make_shared<FakeStream>(), info)),
      "PERMISSION_MISSING");
}

TEST_P(WatchEventsTest, W1_AStreamBeginsAtATime) {
  for (int i = 0; i < 4; ++i) {
    AddAccount(absl::StrCat("a", i));
    Publish();
    world_.clock().Advance(absl::Minutes(1));
  }
  v1::WatchEventsRequest request;
  *request.mutable_start_time() = ToProto(world_.now() - absl::Minutes(2));
  const StreamPtr stream = Watch(request);
  Feed();
  EXPECT_THAT(EventsOf(stream->Take()),
              ElementsAre("3.0 account.created accounts/a2",
                          "4.0 account.created accounts/a3"));
}

TEST_P(WatchEventsTest, AServerThatStopsSaysSoAfterALastBookmark) {
  const StreamPtr stream = Watch("");
  stream->Take();
  AddAccount("a");
  Publish();
  stream->Take();
  stream->StopServer();
  const Messages messages = stream->Take();
  ASSERT_THAT(messages, SizeIs(1));
  EXPECT_TRUE(messages[0].bookmark());
  EXPECT_EQ(errors::ReasonOf(stream->final_status()), "DRAINING");
  EXPECT_EQ(world_.services().fan_out->size(), 0u);
  AddAccount("b");
  Publish();
  const StreamPtr resumed = Resume(messages[0].resume_token());
  Feed();
  EXPECT_THAT(EventsOf(resumed->Take()),
              ElementsAre("2.0 account.created accounts/b"));
}

TEST_P(WatchEventsTest, AClientThatGoesAwayIsForgotten) {
  const StreamPtr gone = Watch("");
  const StreamPtr stays = Watch("");
  EXPECT_EQ(world_.services().fan_out->size(), 2u);
  gone->Cancel();
  EXPECT_EQ(world_.services().fan_out->size(), 1u);
  stays->Take();
  AddAccount("a");
  Publish();
  EXPECT_THAT(stays->Take(), SizeIs(1));
  EXPECT_THAT(gone->all(), SizeIs(1));
}

TEST_P(WatchEventsTest, WrongRequestsAreRefused) {
  const auto violations = [&](const std::string& request) {
    return std::string(TryWatch(Proto<v1::WatchEventsRequest>(request),
                                std::make_shared<FakeStream>(), world_.Info())
                           .message());
  };
  EXPECT_THAT(violations("heartbeat_interval { nanos: 99000000 }"),
              testing::HasSubstr("heartbeat_interval"));
  EXPECT_THAT(violations("filter { event_types: 'case.o*' }"),
              testing::HasSubstr("filter.event_types[0]"));
  EXPECT_THAT(violations("filter { resource_types: 'nothing' }"),
              testing::HasSubstr("filter.resource_types[0]"));
}

}  // namespace
}  // namespace charter::services

// Two servers of one database, of which one goes for good.
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "charter/client/channel.h"
#include "charter/client/credentials.h"
#include "charter/client/event_stream.h"
#include "charter/client/retry.h"
#include "charter/client/status.h"
#include "charter/v1/directory_client.h"
#include "charter/v1/event_client.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/child_server.h"
#include "tests/support/mariadb_server.h"

namespace charter::client {
namespace {

// True: it is killed; else it drains.
class FailoverTest : public ::testing::TestWithParam<bool> {};
INSTANTIATE_TEST_SUITE_P(All, FailoverTest, ::testing::Bool(),
                         [](const auto& way) {
                           return way.param ? "Killed" : "Drained";
                         });

TEST_P(FailoverTest, AnotherServerAnswersCallsAndGoesOnWithTheFeed) {
  constexpr int kCalls = 20;
  const std::string database = test::MariadbServer::Shared().CreateDatabase();
  test::ChildServer first(database), second(database);
  const auto open = [&] {
    return Channel::Open(
        Options()
            .Set<EndpointOption>(
                absl::StrCat("ipv4:", first.target(), ",", second.target()))
            // Both are of this machine: a token may go there.
            .Set<CredentialsOption>(BearerToken("of no use here"))
            .Set<DeadlineOption>(absl::Seconds(120)));
  };
  v1::DirectoryClient directory(open());
  std::set<std::string> created, seen;
  const auto create = [&] {
    v1::Account account;
    account.set_display_name("Acme");
    const auto made = directory.CreateAccount(account);
    ASSERT_TRUE(made.ok()) << Describe(made.status());
    EXPECT_TRUE(created.insert(made->name()).second);
  };
  EventStreamOptions options;
  options.call.Set<DeadlineOption>(absl::InfiniteDuration());
  options.heartbeat = absl::Seconds(1);
  v1::WatchEventsRequest request;
  request.set_from_earliest(true);
  EventStream stream(v1::MakeEventConnection(open()), request, options);
  int64_t sequence = 0;
  const auto read = [&] {
    while (seen.size() < created.size()) {
      const auto response = stream.Next();
      ASSERT_TRUE(response.ok()) << Describe(response.status());
      for (const v1::Event& event : response->events()) {
        EXPECT_EQ(event.sequence(), ++sequence);
        EXPECT_TRUE(seen.insert(event.subject()).second);
      }
    }
  };

  for (int i = 0; i < kCalls; ++i) create();
  read();
  EXPECT_EQ(stream.reconnections(), 0);
  if (GetParam()) {
    first.Kill();
  } else {
    EXPECT_EQ(first.Stop(), 0);
  }
  for (int i = 0; i < kCalls; ++i) create();
  read();
  EXPECT_EQ(seen, created);
  EXPECT_GE(stream.reconnections(), 1);
}

}  // namespace
}  // namespace charter::client

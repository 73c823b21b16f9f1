#include "server/workers/purge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/services/cases/cases.h"
#include "server/services/directory/directory.h"
#include "server/services/entitlements/entitlements.h"
#include "server/services/shared/resources.h"
#include "server/workers/feed_publisher.h"
#include "server/workers/wakeup_worker.h"
#include "storage/records/operations.h"
#include "tests/support/service_world.h"

namespace charter::workers {
namespace {

using storage::Engine;
using test::Proto;
using test::ServiceWorld;

class PurgeTest : public testing::TestWithParam<Engine> {
 protected:
  int64_t Count(const std::string& table) {
    return world_.Number("SELECT COUNT(*) FROM " + table);
  }
  void Run() {
    Purge purge(world_.services(), PurgeOptions());
    ASSERT_EQ(purge.RunUntilIdle(), absl::OkStatus());
  }

  ServiceWorld world_{{.engine = GetParam()}};
};
INSTANTIATE_TEST_SUITE_P(All, PurgeTest, testing::ValuesIn(test::kEngines),
                         test::EngineName);

TEST_P(PurgeTest, ADeletedItemGoesWithAllThatIsItsOwn) {
  world_.SetUpSupport();
  world_.Open("a");
  world_.Open("b");
  world_.clock().Advance(absl::Hours(5));
  WakeupWorker worker(world_.services());
  ASSERT_EQ(worker.RunUntilIdle(), absl::OkStatus());
  EXPECT_EQ(Count("tasks"), 2);
  world_.Do(&services::DeleteCase,
            Proto<v1::DeleteCaseRequest>("name: 'cases/a'"));
  world_.clock().Advance(services::kKeepDeleted - absl::Seconds(1));
  Run();
  EXPECT_EQ(Count("cases"), 2);
  world_.clock().Advance(absl::Seconds(1));
  Run();
  EXPECT_EQ(world_.Lines("SELECT name FROM cases"),
            std::vector<std::string>{"cases/b"});
  for (const char* table :
       {"milestones", "transitions", "case_events", "case_hours", "tasks"}) {
    EXPECT_EQ(Count(absl::StrCat(table, " WHERE case_name = 'cases/a'")), 0)
        << table;
    EXPECT_GT(Count(absl::StrCat(table, " WHERE case_name = 'cases/b'")), 0)
        << table;
  }
  EXPECT_EQ(Count("wakeups WHERE subject = 'cases/a'"), 0);
}

TEST_P(PurgeTest, DeletedResourcesGoWhenTheirTimeHasCome) {
  world_.SetUpSupport();
  world_.Do(&services::CreateContact,
            Proto<v1::CreateContactRequest>(
                "contact_id: 'ann' contact { account: 'accounts/acme' "
                "display_name: 'Ann' }"));
  world_.Do(&services::DeleteContact,
            Proto<v1::DeleteContactRequest>("name: 'contacts/ann'"));
  world_.Do(&services::DeleteEntitlement,
            Proto<v1::DeleteEntitlementRequest>("name: 'entitlements/gold'"));
  Run();
  EXPECT_EQ(Count("contacts"), 1);
  EXPECT_EQ(Count("entitlements"), 1);
  world_.clock().Advance(services::kKeepDeleted);
  Run();
  EXPECT_EQ(Count("contacts"), 0);
  EXPECT_EQ(Count("entitlements"), 0);
  EXPECT_EQ(Count("accounts"), 1);
}

TEST_P(PurgeTest, W1_TheFeedIsKeptForSevenDaysAndTheHeadStays) {
  for (int day = 0; day < 10; ++day) {
    world_.Do(&services::CreateAccount,
              Proto<v1::CreateAccountRequest>(absl::StrCat(
                  "account_id: 'a", day, "' account { display_name: 'A' }")));
    FeedPublisher publisher(world_.services());
    ASSERT_EQ(publisher.RunUntilIdle(), absl::OkStatus());
    world_.clock().Advance(absl::Hours(24));
  }
  Run();
  // It is day 10: day 3 is seven days ago to the microsecond.
  EXPECT_EQ(world_.Lines("SELECT sequence FROM feed_events ORDER BY sequence"),
            (std::vector<std::string>{"4", "5", "6", "7", "8", "9", "10"}));
  EXPECT_EQ(world_.Number("SELECT next_sequence FROM feed_head"), 11);
}

TEST_P(PurgeTest, WhatExpiredGoesAndItsKeysAreChanged) {
  world_.Execute(absl::StrCat(
      "INSERT INTO request_log (principal, method, request_id, fingerprint, "
      "response, read_again, expire_us) VALUES ('p', 'm', 'r', "
      "X'00000000000000000000000000000000000000000000000000000000000000aa', "
      "X'', '', ",
      absl::ToUnixMicros(world_.now() + absl::Hours(24)), ")"));
  Run();
  EXPECT_EQ(Count("request_log"), 1);
  EXPECT_EQ(Count("token_keys"), 1);
  world_.clock().Advance(absl::Hours(24 * 9));
  Run();
  EXPECT_EQ(Count("request_log"), 0);
  EXPECT_EQ(Count("token_keys"), 2);
}

TEST_P(PurgeTest, ARoundComesWhenItsTimeHasCome) {
  Purge purge(world_.services(), {.every = absl::Minutes(10)});
  absl::StatusOr<absl::Time> next = purge.RunOnce();
  while (next.ok() && *next <= world_.now()) next = purge.RunOnce();
  ASSERT_TRUE(next.ok()) << next.status();
  EXPECT_EQ(*next, world_.now() + absl::Minutes(10));
  EXPECT_EQ(*purge.RunOnce(), world_.now() + absl::Minutes(10));
}

}  // namespace
}  // namespace charter::workers

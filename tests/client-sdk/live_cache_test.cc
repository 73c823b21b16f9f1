#include "charter/client/live_cache.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/synchronization/notification.h"
#include "charter/client/status.h"
#include "charter/testing/fake_charter.h"
#include "charter/v1/directory_client.h"
#include "charter/v1/entitlement_client.h"
#include "charter/v1/entitlement_fields.h"
#include "charter/v1/event_client.h"
#include "gtest/gtest.h"

namespace charter::client {
namespace {

using testing::FakeCharter;

class LiveCacheTest : public ::testing::Test {
 protected:
  v1::Account Create(const std::string& name) {
    v1::Account account;
    account.set_display_name(name);
    auto created = directory_.CreateAccount(account);
    EXPECT_TRUE(created.ok()) << Describe(created.status());
    return *std::move(created);
  }
  std::unique_ptr<LiveCache<v1::Account>> Cache() {
    return std::make_unique<LiveCache<v1::Account>>(
        v1::MakeEventConnection(fake_.channel()), "accounts",
        [this] { return directory_.ListAccounts(); }, LiveCacheOptions(),
        [this](const std::string& name, const v1::Account* account) {
          absl::MutexLock lock(&mutex_);
          seen_.emplace_back(name,
                             account == nullptr ? "" : account->display_name());
        });
  }
  // Publishes what happened, and waits until the cache was told of so many
  // changes.
  void AwaitChanges(size_t count) {
    fake_.Advance(absl::ZeroDuration());
    absl::MutexLock lock(&mutex_);
    const auto enough = [&] { return seen_.size() >= count; };
    EXPECT_TRUE(
        mutex_.AwaitWithTimeout(absl::Condition(&enough), absl::Seconds(60)));
  }

  FakeCharter fake_;
  v1::DirectoryClient directory_{fake_.channel()};
  absl::Mutex mutex_;
  std::vector<std::pair<std::string, std::string>> seen_;
};

TEST_F(LiveCacheTest, HoldsWhatThereIsAndFollowsIt) {
  const v1::Account first = Create("First");
  fake_.Advance(absl::ZeroDuration());
  const auto cache = Cache();
  ASSERT_TRUE(cache->WaitUntilReady(absl::Seconds(60)).ok());
  EXPECT_EQ(cache->size(), 1u);
  EXPECT_EQ((*cache->Get(first.name()))->display_name(), "First");
  const v1::Account second = Create("Second");
  AwaitChanges(1);
  EXPECT_EQ((*cache->Get(second.name()))->display_name(), "Second");
  ASSERT_TRUE(directory_.DeleteAccount(first.name()).ok());
  AwaitChanges(2);
  EXPECT_FALSE(cache->Get(first.name())->has_value());
  EXPECT_EQ(cache->Find([](const v1::Account&) { return true; })->size(), 1u);
}

// What is used of an allotment is told with an entry of the ledger, under the
// entitlement's name: the entitlement stays.
TEST_F(LiveCacheTest, EventsOfOtherMessagesLeaveTheRow) {
  const std::string account = Create("Acme").name();
  v1::EntitlementClient entitlements(fake_.channel());
  v1::CreateEntitlementRequest create;
  create.mutable_entitlement()->set_account(account);
  create.mutable_entitlement()->set_display_name("Ten");
  create.mutable_entitlement()->mutable_allotment()->set_unit(
      v1::Allotment::CASES);
  create.mutable_entitlement()->mutable_start_date()->set_year(2026);
  create.mutable_entitlement()->mutable_start_date()->set_month(1);
  create.mutable_entitlement()->mutable_start_date()->set_day(1);
  const auto made = entitlements.CreateEntitlement(create);
  ASSERT_TRUE(made.ok()) << Describe(made.status());
  fake_.Advance(absl::ZeroDuration());
  absl::Notification renamed;
  LiveCache<v1::Entitlement> cache(
      v1::MakeEventConnection(fake_.channel()), "entitlements",
      [&] { return entitlements.ListEntitlements(); }, LiveCacheOptions(),
      [&](const std::string&, const v1::Entitlement* entitlement) {
        if (entitlement != nullptr && entitlement->display_name() == "Renamed")
          renamed.Notify();
      });
  ASSERT_TRUE(cache.WaitUntilReady(absl::Seconds(60)).ok());
  v1::GrantUnitsRequest grant;
  grant.set_name(made->name());
  grant.set_units(10);
  grant.set_subject("start");
  const auto granted = entitlements.GrantUnits(grant);
  ASSERT_TRUE(granted.ok()) << Describe(granted.status());
  v1::Entitlement other = *made;
  other.set_display_name("Renamed");
  other.clear_etag();
  const v1::EntitlementFields f;
  ASSERT_TRUE(entitlements.UpdateEntitlement(other, {f.display_name()}).ok());
  fake_.Advance(absl::ZeroDuration());
  ASSERT_TRUE(renamed.WaitForNotificationWithTimeout(absl::Seconds(60)));
  EXPECT_TRUE(cache.Get(made->name())->has_value());
}

TEST_F(LiveCacheTest, GoesOnWhereItWasAfterTheFeedIsCut) {
  const auto cache = Cache();
  ASSERT_TRUE(cache->WaitUntilReady(absl::Seconds(60)).ok());
  fake_.FailNext("WatchEvents", absl::UnavailableError("cut"), 3,
                 FakeCharter::Fault::kAnswerLost);
  for (const char* name : {"A", "B", "C"}) Create(name);
  AwaitChanges(3);
  EXPECT_EQ(cache->size(), 3u);
}

TEST_F(LiveCacheTest, SaysWhatItCannotVouchFor) {
  const auto cache = Cache();
  ASSERT_TRUE(cache->WaitUntilReady(absl::Seconds(60)).ok());
  EXPECT_EQ(cache->Get("accounts/x", -absl::Seconds(1)).status().code(),
            absl::StatusCode::kUnavailable);
}

TEST_F(LiveCacheTest, AFailureThatNothingMendsIsTold) {
  fake_.FailNext("ListAccounts", absl::PermissionDeniedError("not yours"));
  const auto cache = Cache();
  EXPECT_EQ(cache->WaitUntilReady(absl::Seconds(60)).code(),
            absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(cache->Get("accounts/x").status().code(),
            absl::StatusCode::kPermissionDenied);
}

}  // namespace
}  // namespace charter::client

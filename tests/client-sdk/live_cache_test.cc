#include "charter/client/live_cache.h"

#include <string>
#include <utility>
#include <vector>

#include "charter/client/status.h"
#include "charter/testing/fake_charter.h"
#include "charter/v1/directory_client.h"
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

#include "charter/client/live_cache.h"

#include <atomic>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/synchronization/notification.h"
#include "charter/client/status.h"
#include "charter/testing/fake_charter.h"
#include "charter/v1/case_client.h"
#include "charter/v1/case_fields.h"
#include "charter/v1/directory_client.h"
#include "charter/v1/entitlement_client.h"
#include "charter/v1/entitlement_fields.h"
#include "charter/v1/event_client.h"
#include "gtest/gtest.h"
#include "tests/client-sdk/scripted_events.h"
#include "tests/client-sdk/turned_timing.h"
#include "tests/client-sdk/with_reason.h"

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
        [this](const Options& with) { return directory_.ListAccounts(with); },
        [this](const std::string& name, const Options& with) {
          return directory_.GetAccount(name, with);
        },
        LiveCacheOptions(),
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
// entitlement's name.
TEST_F(LiveCacheTest, RowsFollowEventsThatCarryAPartOfThem) {
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
  absl::Notification granted;
  LiveCache<v1::Entitlement> cache(
      v1::MakeEventConnection(fake_.channel()), "entitlements",
      [&](const Options& with) { return entitlements.ListEntitlements(with); },
      [&](const std::string& name, const Options& with) {
        return entitlements.GetEntitlement(name, with);
      },
      LiveCacheOptions(),
      [&](const std::string& name, const v1::Entitlement* entitlement) {
        EXPECT_EQ(name, made->name());
        ASSERT_NE(entitlement, nullptr);
        EXPECT_EQ(entitlement->units_available(), 10);
        granted.Notify();
      });
  ASSERT_TRUE(cache.WaitUntilReady(absl::Seconds(60)).ok());
  v1::GrantUnitsRequest grant;
  grant.set_name(made->name());
  grant.set_units(10);
  grant.set_subject("start");
  const auto given = entitlements.GrantUnits(grant);
  ASSERT_TRUE(given.ok()) << Describe(given.status());
  fake_.Advance(absl::ZeroDuration());
  ASSERT_TRUE(granted.WaitForNotificationWithTimeout(absl::Seconds(60)));
  EXPECT_EQ((*cache.Get(made->name()))->units_available(), 10);
}

// Events of cases leave out what customers wrote.
TEST_F(LiveCacheTest, RowsKeepTheTextsThatEventsLeaveOut) {
  const std::string account = Create("Acme").name();
  v1::CaseClient cases(fake_.channel());
  v1::Case phone;
  phone.set_account(account);
  phone.set_subject("No dial tone");
  phone.set_description("since Monday");
  const auto opened = cases.OpenCase(phone);
  ASSERT_TRUE(opened.ok()) << Describe(opened.status());
  fake_.Advance(absl::ZeroDuration());
  absl::Notification changed;
  LiveCache<v1::Case> cache(
      v1::MakeEventConnection(fake_.channel()), "cases",
      [&](const Options& with) {
        return cases.ListCases(v1::ListCasesRequest(), with);
      },
      [&](const std::string& name, const Options& with) {
        return cases.GetCase(name, with);
      },
      LiveCacheOptions(),
      [&](const std::string&, const v1::Case*) { changed.Notify(); });
  ASSERT_TRUE(cache.WaitUntilReady(absl::Seconds(60)).ok());
  v1::Case other = opened->case_();
  other.set_subject("No sound");
  other.clear_etag();
  const v1::CaseFields f;
  ASSERT_TRUE(cases.UpdateCase(other, {f.subject()}).ok());
  fake_.Advance(absl::ZeroDuration());
  ASSERT_TRUE(changed.WaitForNotificationWithTimeout(absl::Seconds(60)));
  const v1::Case row = **cache.Get(other.name());
  EXPECT_EQ(row.subject(), "No sound");
  EXPECT_EQ(row.description(), "since Monday");
}

// A cache of accounts over a feed, a list and a Get that a test writes.
class ScriptedCacheTest : public ::testing::Test {
 protected:
  using Rows = PageRange<v1::Account>;

  std::unique_ptr<LiveCache<v1::Account>> Cache() {
    LiveCacheOptions options;
    options.stream.timing = timing_;
    auto cache = std::make_unique<LiveCache<v1::Account>>(
        feed_.connection(), "accounts",
        [this](const Options&) {
          ++lists_;
          return Rows([](const std::string&) {
            Rows::Page page;
            page.rows.resize(1);
            page.rows[0].set_name("accounts/listed");
            return page;
          });
        },
        [this](const std::string&, const Options&) {
          if (while_reading_ != nullptr) while_reading_();
          return read_;
        },
        options);
    feed_.Send("bookmark: true head_sequence: 10 seen_sequence: 10");
    EXPECT_TRUE(cache->WaitUntilReady(absl::Seconds(60)).ok());
    feed_.AwaitRead();
    return cache;
  }

  ScriptedEvents feed_;
  const std::shared_ptr<TurnedTiming> timing_ =
      std::make_shared<TurnedTiming>();
  std::atomic<int> lists_ = 0;
  absl::StatusOr<v1::Account> read_ = absl::NotFoundError("");
  std::function<void()> while_reading_;
};

TEST_F(ScriptedCacheTest, ARowThatIsGoneWhenItIsReadLeaves) {
  const auto cache = Cache();
  EXPECT_EQ(cache->size(), 1u);
  feed_.Send(
      "events { sequence: 11 type: 'account.seen' subject: "
      "'accounts/listed' } head_sequence: 11 seen_sequence: 11");
  feed_.AwaitRead();
  EXPECT_EQ(cache->size(), 0u);
}

TEST_F(ScriptedCacheTest, WhatCannotBeReadIsListedAnew) {
  const auto cache = Cache();
  read_ = absl::UnavailableError("away");
  feed_.Send(
      "events { sequence: 11 type: 'account.seen' subject: "
      "'accounts/listed' } head_sequence: 11 seen_sequence: 11");
  feed_.Send("bookmark: true head_sequence: 11 seen_sequence: 11");
  feed_.AwaitRead();
  EXPECT_EQ(lists_, 2);
  EXPECT_EQ(cache->size(), 1u);
}

// Fresh is what the server has looked at to the end, whatever it tells
// meanwhile.
TEST_F(ScriptedCacheTest, ABacklogDoesNotMakeItFresh) {
  const auto cache = Cache();
  const auto renews = [&](const std::string& message) {
    timing_->Pass(absl::Seconds(1));
    feed_.Send(message);
    feed_.AwaitRead();
    return cache->staleness() == absl::ZeroDuration();
  };
  EXPECT_FALSE(renews("bookmark: true head_sequence: 20 seen_sequence: 12"));
  EXPECT_FALSE(
      renews("events { sequence: 20 type: 'account.created' subject: "
             "'accounts/a' } head_sequence: 20 seen_sequence: 19"));
  EXPECT_TRUE(renews("bookmark: true head_sequence: 20 seen_sequence: 20"));
}

// A message that came while nobody looked says nothing of the present.
TEST_F(ScriptedCacheTest, WhatItWasTooBusyToReadDoesNotMakeItFresh) {
  const auto cache = Cache();
  while_reading_ = [this] {
    feed_.Send("bookmark: true head_sequence: 11 seen_sequence: 11");
    timing_->Pass(absl::Seconds(60));
  };
  feed_.Send(
      "events { sequence: 11 type: 'account.seen' subject: "
      "'accounts/listed' } head_sequence: 11 seen_sequence: 11");
  feed_.AwaitRead();
  EXPECT_EQ(cache->staleness(), absl::Seconds(60));
  timing_->Pass(absl::Seconds(1));
  feed_.Send("bookmark: true head_sequence: 11 seen_sequence: 11");
  feed_.AwaitRead();
  EXPECT_EQ(cache->staleness(), absl::ZeroDuration());
}

// The caller says how old is too old.
TEST_F(ScriptedCacheTest, VouchesForNothingOlderThanWanted) {
  const auto cache = Cache();
  const auto all = [](const v1::Account&) { return true; };
  timing_->Pass(absl::Seconds(30));
  EXPECT_TRUE(cache->Get("accounts/listed", absl::Seconds(30)).ok());
  EXPECT_EQ(cache->Find(all, absl::Seconds(30))->size(), 1u);
  timing_->Pass(absl::Seconds(1));
  EXPECT_EQ(cache->Get("accounts/listed", absl::Seconds(30)).status().code(),
            absl::StatusCode::kUnavailable);
  EXPECT_EQ(cache->Find(all, absl::Seconds(30)).status().code(),
            absl::StatusCode::kUnavailable);
  EXPECT_TRUE(cache->Get("accounts/listed").ok());
  feed_.Send("bookmark: true head_sequence: 10 seen_sequence: 10");
  feed_.AwaitRead();
  timing_->Pass(absl::Seconds(1));
  feed_.Send("bookmark: true head_sequence: 10 seen_sequence: 10");
  feed_.AwaitRead();
  EXPECT_TRUE(cache->Get("accounts/listed", absl::Seconds(30)).ok());
}

// The feed has gone on further than it keeps.
TEST_F(ScriptedCacheTest, APlaceThatIsTooOldIsListedAnew) {
  const auto cache = Cache();
  feed_.End(
      WithReason(absl::OutOfRangeError("too old"), "RESUME_TOKEN_EXPIRED"));
  feed_.Send("bookmark: true head_sequence: 99 seen_sequence: 99");
  feed_.AwaitRead();
  EXPECT_EQ(lists_, 2);
  EXPECT_TRUE(cache->Get("accounts/listed").ok());
}

// Its calls end with it, however long their server takes.
TEST(LiveCacheEndTest, GoesWhileItsListHangs) {
  using Rows = PageRange<v1::Account>;
  ScriptedEvents feed;
  absl::Notification asked;
  auto cache = std::make_unique<LiveCache<v1::Account>>(
      feed.connection(), "accounts",
      [&](const Options& with) {
        absl::Notification given_up;
        const Cancellation cancellation = *with.Find<CancellationOption>();
        const uint64_t id = cancellation.OnCancel([&] { given_up.Notify(); });
        asked.Notify();
        given_up.WaitForNotification();
        cancellation.Forget(id);
        return Rows([](const std::string&) { return Rows::Page(); });
      },
      [](const std::string&, const Options&) -> absl::StatusOr<v1::Account> {
        return absl::NotFoundError("");
      });
  feed.Send("bookmark: true head_sequence: 1 seen_sequence: 1");
  asked.WaitForNotification();
  cache.reset();
}

// As after a backup was restored: the place is of another history.
TEST_F(ScriptedCacheTest, ATokenThatTheServerDoesNotKnowIsListedAnew) {
  const auto cache = Cache();
  feed_.End(
      WithReason(absl::InvalidArgumentError("not mine"), "PAGE_TOKEN_INVALID"));
  feed_.Send("bookmark: true head_sequence: 3 seen_sequence: 3");
  feed_.AwaitRead();
  EXPECT_EQ(lists_, 2);
  EXPECT_TRUE(cache->Get("accounts/listed").ok());
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

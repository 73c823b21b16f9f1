#include "charter/testing/fake_charter.h"

#include <string>
#include <vector>

#include "charter/client/event_stream.h"
#include "charter/client/read_modify_write.h"
#include "charter/client/status.h"
#include "charter/v1/account_fields.h"
#include "charter/v1/case_client.h"
#include "charter/v1/directory_client.h"
#include "charter/v1/event_client.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace charter {
namespace {

using testing::FakeCharter;

v1::Account Named(const std::string& name) {
  v1::Account account;
  account.set_display_name(name);
  return account;
}

TEST(FakeCharterTest, ServesCallsWithoutAPort) {
  FakeCharter fake;
  v1::DirectoryClient directory(fake.channel());
  v1::CreateAccountRequest create;
  create.set_account_id("acme");
  *create.mutable_account() = Named("Acme");
  const auto created = directory.CreateAccount(create);
  ASSERT_TRUE(created.ok()) << client::Describe(created.status());
  EXPECT_EQ(created->name(), v1::AccountName("acme").text());
  const auto read = directory.GetAccount(v1::AccountName("acme"));
  ASSERT_TRUE(read.ok()) << client::Describe(read.status());
  EXPECT_EQ(read->display_name(), "Acme");
  const auto none = directory.GetAccount(v1::AccountName("nobody"));
  EXPECT_EQ(none.status().code(), absl::StatusCode::kNotFound);
}

TEST(FakeCharterTest, AWriteWhoseAnswerIsLostIsDoneOnce) {
  FakeCharter fake;
  v1::DirectoryClient directory(fake.channel());
  fake.FailNext("CreateAccount", absl::UnavailableError("gone"), 2,
                FakeCharter::Fault::kAnswerLost);
  const auto created = directory.CreateAccount(Named("Acme"));
  ASSERT_TRUE(created.ok()) << client::Describe(created.status());
  const auto all = directory.ListAccounts().ToVector();
  ASSERT_TRUE(all.ok());
  EXPECT_EQ(all->size(), 1u);
}

TEST(FakeCharterTest, ListsWalkPagesAndFilterByTypedFields) {
  FakeCharter fake;
  v1::DirectoryClient directory(fake.channel());
  for (int i = 0; i < 7; ++i) {
    v1::Account account = Named("Acme");
    account.set_tier(i % 2 == 0 ? "gold" : "silver");
    ASSERT_TRUE(directory.CreateAccount(account).ok());
  }
  v1::ListAccountsRequest pages;
  pages.set_page_size(2);
  int seen = 0;
  for (const auto& account : directory.ListAccounts(pages)) {
    ASSERT_TRUE(account.ok()) << client::Describe(account.status());
    ++seen;
  }
  EXPECT_EQ(seen, 7);
  const v1::AccountFields account;
  const auto gold = directory.ListAccounts(account.tier() == "gold").ToVector();
  ASSERT_TRUE(gold.ok()) << client::Describe(gold.status());
  EXPECT_EQ(gold->size(), 4u);
}

TEST(FakeCharterTest, ReadModifyWriteTakesTheOtherWriterIntoAccount) {
  FakeCharter fake;
  v1::DirectoryClient directory(fake.channel());
  const std::string name = directory.CreateAccount(Named("Acme"))->name();
  const v1::AccountFields f;
  int tries = 0;
  const auto written = client::ReadModifyWrite(
      [&] { return directory.GetAccount(name); },
      [&](v1::Account& account) {
        if (++tries == 1) {
          v1::Account other = account;
          other.set_region("north");
          EXPECT_TRUE(directory.UpdateAccount(other, {f.region()}).ok());
        }
        account.set_tier("gold");
        return absl::OkStatus();
      },
      [&](v1::Account account) {
        return directory.UpdateAccount(std::move(account), {f.tier()});
      });
  ASSERT_TRUE(written.ok()) << client::Describe(written.status());
  EXPECT_EQ(tries, 2);
  EXPECT_EQ(written->region(), "north");
  EXPECT_EQ(written->tier(), "gold");
}

TEST(FakeCharterTest, AStreamThatIsCutGoesOnWithoutLossOrDouble) {
  FakeCharter fake;
  v1::DirectoryClient directory(fake.channel());
  v1::WatchEventsRequest request;
  request.set_from_earliest(true);
  client::EventStream stream(v1::MakeEventConnection(fake.channel()), request);
  std::vector<std::string> created;
  for (int i = 0; i < 20; ++i)
    created.push_back(directory.CreateAccount(Named("Acme"))->name());
  fake.Advance(absl::ZeroDuration());
  fake.FailNext("WatchEvents", absl::UnavailableError("cut"), 5,
                FakeCharter::Fault::kAnswerLost);
  std::vector<std::string> seen;
  while (seen.size() < created.size()) {
    const auto response = stream.Next();
    ASSERT_TRUE(response.ok()) << client::Describe(response.status());
    for (const v1::Event& event : response->events())
      seen.push_back(event.subject());
  }
  EXPECT_EQ(seen, created);
  EXPECT_EQ(stream.reconnections(), 5);
}

TEST(FakeCharterTest, ASlowServerTakesTheFakesTimeAndEndsAtDeadlines) {
  FakeCharter fake;
  const v1::DirectoryClient directory(fake.channel());
  const absl::Time begun = fake.now();
  fake.Delay("CreateAccount", absl::Milliseconds(300));
  ASSERT_TRUE(directory.CreateAccount(Named("Slow")).ok());
  ASSERT_TRUE(directory.ListAccountsPage({}).ok());
  EXPECT_EQ(fake.now() - begun, absl::Milliseconds(300));

  const auto within = [&](absl::Duration deadline) {
    return directory
        .CreateAccount(Named("Late"),
                       client::Options().Set<client::DeadlineOption>(deadline))
        .status()
        .code();
  };
  fake.Delay("CreateAccount", absl::Seconds(60));
  EXPECT_EQ(within(absl::Seconds(30)), absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(within(absl::Seconds(600)), absl::StatusCode::kOk);
  // Without one of the caller's, the method's own.
  fake.Delay("CreateAccount", absl::Hours(24));
  const absl::Time asked = fake.now();
  const absl::Status status = directory.CreateAccount(Named("Late")).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(client::AttemptsOf(status)->count, 1);
  EXPECT_LE(fake.now() - asked, absl::Minutes(1));
  int accounts = 0;
  for (const auto& account : directory.ListAccounts())
    accounts += account.ok() ? 1 : 0;
  EXPECT_EQ(accounts, 2);  // the late ones that were too late are not there
  fake.Delay("CreateAccount", absl::ZeroDuration());
  EXPECT_TRUE(directory.CreateAccount(Named("Quick")).ok());
}

TEST(FakeCharterTest, AsynchronousCallsAnswerToo) {
  FakeCharter fake;
  v1::DirectoryClient directory(fake.channel());
  absl::Mutex mutex;
  std::optional<absl::StatusOr<v1::Account>> answer;
  v1::CreateAccountRequest request;
  *request.mutable_account() = Named("Acme");
  fake.FailNext("CreateAccount", absl::UnavailableError("gone"), 2);
  directory.AsyncCreateAccount(request, [&](absl::StatusOr<v1::Account> got) {
    absl::MutexLock lock(&mutex);
    answer.emplace(std::move(got));
  });
  absl::MutexLock lock(&mutex);
  mutex.Await(absl::Condition(
      +[](std::optional<absl::StatusOr<v1::Account>>* got) {
        return got->has_value();
      },
      &answer));
  EXPECT_TRUE((*answer).ok()) << client::Describe(answer->status());
}

}  // namespace
}  // namespace charter

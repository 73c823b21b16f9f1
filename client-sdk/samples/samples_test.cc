// Runs the samples; how a test is written is shown by test_with_fake.cc.
#include "samples.h"

#include <sqlite3.h>

#include "absl/strings/str_cat.h"
#include "charter/client/status.h"
#include "charter/testing/fake_charter.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "seed.h"

namespace samples {
namespace {

namespace v1 = charter::v1;
using charter::client::ActionWorkerProgress;
using charter::client::Describe;
using charter::testing::FakeCharter;
using testing::HasSubstr;

class SamplesTest : public testing::Test {
 protected:
  SamplesTest() { Seed(fake_); }

  FakeCharter fake_;
  v1::DirectoryClient directory_{fake_.channel()};
  v1::EntitlementClient entitlements_{fake_.channel()};
  v1::CaseClient cases_{fake_.channel()};
};

TEST_F(SamplesTest, VerifyCaller) {
  const auto caller = VerifyCaller(directory_, entitlements_, "01 5550100");
  ASSERT_TRUE(caller.ok()) << Describe(caller.status());
  EXPECT_EQ(caller->caller.name(), "contacts/ann");
  EXPECT_EQ(caller->entitlement, "entitlements/acme-gold");
  EXPECT_EQ(VerifyCaller(directory_, entitlements_, "zzyzx").status().code(),
            absl::StatusCode::kNotFound);
  ASSERT_TRUE(entitlements_.SuspendEntitlement("entitlements/acme-gold").ok());
  const absl::Status refused =
      VerifyCaller(directory_, entitlements_, "ann").status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kPermissionDenied);
  EXPECT_THAT(std::string(refused.message()), HasSubstr("Gold: SUSPENDED"));
}

TEST_F(SamplesTest, OpenTicketAgainGivesTheSameCase) {
  const Ticket ticket = {"4711", "accounts/acme", "It is on fire"};
  const auto first = OpenTicket(cases_, ticket);
  ASSERT_TRUE(first.ok()) << Describe(first.status());
  const auto again = OpenTicket(cases_, ticket);
  ASSERT_TRUE(again.ok()) << Describe(again.status());
  EXPECT_EQ(again->name(), first->name());
  EXPECT_EQ(again->case_number(), first->case_number());
}

class KeepCasesTest : public SamplesTest {
 protected:
  KeepCasesTest() { sqlite3_open(":memory:", &database_); }
  ~KeepCasesTest() override { sqlite3_close(database_); }

  void Open(const std::string& number) {
    const auto opened = OpenTicket(cases_, {number, "accounts/acme", "?"});
    ASSERT_TRUE(opened.ok()) << Describe(opened.status());
    fake_.Advance(absl::ZeroDuration());  // publishes
  }
  // What is in the table.
  std::vector<std::string> Rows() {
    std::vector<std::string> rows;
    sqlite3_exec(
        database_, "SELECT name || ' ' || status FROM cases ORDER BY name",
        [](void* to, int, char** columns, char**) {
          static_cast<std::vector<std::string>*>(to)->push_back(columns[0]);
          return 0;
        },
        &rows, nullptr);
    return rows;
  }
  // Until the table is as expected.
  absl::Status KeepUntil(const std::vector<std::string>& expected) {
    charter::client::EventStreamOptions options;
    options.timing = fake_.timing();
    return KeepCases(
        v1::MakeEventConnection(fake_.channel()), database_,
        [&] { return Rows() == expected; }, options);
  }

  sqlite3* database_ = nullptr;
};

TEST_F(KeepCasesTest, ThroughLostAnswersAndTransactionsThatFail) {
  Open("1");
  Open("2");
  fake_.FailNext("WatchEvents", absl::UnavailableError("cut"), 2,
                 FakeCharter::Fault::kAnswerLost);
  EXPECT_EQ(KeepUntil({}).code(), absl::StatusCode::kCancelled);
  int refusals = 2;
  sqlite3_commit_hook(
      database_,
      [](void* left) { return --*static_cast<int*>(left) >= 0 ? 1 : 0; },
      &refusals);
  EXPECT_EQ(KeepUntil({"cases/ticket-1 new", "cases/ticket-2 new"}).code(),
            absl::StatusCode::kCancelled);
  EXPECT_LT(refusals, 0);
}

TEST_F(KeepCasesTest, GoesOnWhereItWas) {
  Open("1");
  EXPECT_EQ(KeepUntil({"cases/ticket-1 new"}).code(),
            absl::StatusCode::kCancelled);
  // What it has told of already is not told again: this row stays away.
  sqlite3_exec(database_, "DELETE FROM cases", nullptr, nullptr, nullptr);
  Open("2");
  ASSERT_TRUE(cases_.DeleteCase("cases/ticket-2").ok());
  Open("3");
  EXPECT_EQ(KeepUntil({"cases/ticket-3 new"}).code(),
            absl::StatusCode::kCancelled);
}

class ReactToViolationOnceTest : public SamplesTest {
 protected:
  ReactToViolationOnceTest() {
    sqlite3_open(":memory:", &database_);
    pages_ = *PagesIn(database_);
  }
  ~ReactToViolationOnceTest() override { sqlite3_close(database_); }

  // Nobody answers the case in time.
  void Miss(const std::string& id) {
    v1::OpenCaseRequest request;
    request.set_case_id(id);
    request.mutable_case_()->set_account("accounts/acme");
    request.mutable_case_()->set_subject("It is on fire");
    const auto opened = cases_.OpenCase(request);
    ASSERT_TRUE(opened.ok()) << Describe(opened.status());
    fake_.Advance(absl::Hours(4));
  }
  // Works until so many actions are acknowledged.
  void WorkUntilDone(int64_t count) {
    const auto worker =
        PageOnViolation(v1::MakeEventConnection(fake_.channel()), pages_,
                        {.timing = fake_.virtual_timing()});
    const auto enough = [count](const ActionWorkerProgress& progress) {
      return progress.done == count;
    };
    for (int i = 0; i < 1000; ++i) {
      if (worker->WaitUntil(enough, absl::Milliseconds(50))) break;
      fake_.Advance(absl::Seconds(1));  // what failed comes again by then
    }
    EXPECT_TRUE(worker->Stop(absl::Seconds(10)).ok());
    EXPECT_EQ(worker->progress().done, count);
  }
  std::vector<std::string> Pages() {
    std::vector<std::string> pages;
    sqlite3_exec(
        database_, "SELECT milestone FROM pages ORDER BY milestone",
        [](void* to, int, char** columns, char**) {
          static_cast<std::vector<std::string>*>(to)->push_back(columns[0]);
          return 0;
        },
        &pages, nullptr);
    return pages;
  }

  sqlite3* database_ = nullptr;
  charter::client::EffectSink pages_;
};

TEST_F(ReactToViolationOnceTest, PagesForEachMissedMilestone) {
  Miss("one");
  Miss("two");
  WorkUntilDone(2);
  EXPECT_EQ(Pages(), (std::vector<std::string>{
                         "cases/one/milestones/first-response~1",
                         "cases/two/milestones/first-response~1"}));
}

TEST_F(ReactToViolationOnceTest, KilledBeforeTheAcknowledgementItPagesOnce) {
  Miss("one");
  const auto pulled =
      v1::EventClient(fake_.channel()).PullActions("pager");  // and then killed
  ASSERT_EQ(pulled->actions_size(), 1);
  ASSERT_TRUE(pages_.make(pulled->actions(0)).ok());
  fake_.Advance(absl::Minutes(1));
  WorkUntilDone(1);
  EXPECT_EQ(Pages().size(), 1u);
}

TEST_F(ReactToViolationOnceTest, ATransactionThatFailsPagesLater) {
  Miss("one");
  int refusals = 2;
  sqlite3_commit_hook(
      database_,
      [](void* left) { return --*static_cast<int*>(left) >= 0 ? 1 : 0; },
      &refusals);
  WorkUntilDone(1);
  EXPECT_LT(refusals, 0);
  EXPECT_EQ(Pages().size(), 1u);
}

TEST_F(SamplesTest, ImportAccountsSaysWhatWasRefusedAndCanBeRepeated) {
  std::vector<v1::Account> accounts(100);
  for (size_t i = 0; i < accounts.size(); ++i) {
    accounts[i].set_external_id(absl::StrCat(i));
    if (i != 13) accounts[i].set_display_name(absl::StrCat("Account ", i));
  }
  fake_.FailNext("CreateAccount", absl::UnavailableError("busy"), 10);
  for (int time = 0; time < 2; ++time) {
    const auto refused = ImportAccounts(directory_, accounts);
    ASSERT_EQ(refused.size(), 1u);
    EXPECT_EQ(refused[0].external_id, "13");
    EXPECT_THAT(refused[0].why, HasSubstr("account.display_name"));
  }
  EXPECT_EQ(directory_.ListAccounts().ToVector()->size(), 100u);  // and Acme
}

}  // namespace
}  // namespace samples

// Repeated requests, dry runs, and what belongs to its caller alone.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "charter/client/credentials.h"
#include "charter/client/status.h"
#include "charter/v1/admin_client.h"
#include "charter/v1/calendar_service.grpc.pb.h"
#include "charter/v1/directory_service.grpc.pb.h"
#include "google/longrunning/operations_client.h"
#include "server/call/identity.h"
#include "tests/support/test_server.h"

namespace charter::test {
namespace {

using grpc::StatusCode;
using v1::DirectoryService;

// Two callers who may do the same.
std::string Tokens() {
  std::string text;
  for (const char* name : {"ann", "bob"}) {
    absl::StrAppend(&text, "[[token]]\nsha256 = \"", call::HashToken(name),
                    "\"\nprincipal = \"", name, "\"\nroles = [\"manager\"]\n");
  }
  return text;
}

class ReplayTest : public testing::TestWithParam<Database> {
 protected:
  static void TearDownTestSuite() { servers_.Clear(); }

  // Ids and request ids that no other test has.
  v1::CreateAccountRequest Create(const std::string& id,
                                  const std::string& request_id) {
    v1::CreateAccountRequest request;
    request.mutable_account()->set_display_name("Acme");
    if (!id.empty()) request.set_account_id(Own(id));
    if (!request_id.empty()) request.set_request_id(Own(request_id));
    return request;
  }
  std::string Own(const std::string& id) const {
    return absl::StrCat(id, "-", test_);
  }

  grpc::Status Send(const v1::CreateAccountRequest& request,
                    v1::Account* account, const std::string& token = "ann") {
    return server_.Stub<DirectoryService>()->CreateAccount(
        NewContext(token).get(), request, account);
  }

  static inline SharedServers servers_;
  static inline int tests_ = 0;
  const int test_ = ++tests_;
  TestServer& server_ = servers_.Get(GetParam(), {.tokens = Tokens()});
};
INSTANTIATE_TEST_SUITE_P(All, ReplayTest, testing::ValuesIn(kDatabases),
                         testing::PrintToStringParamName());

TEST_P(ReplayTest, ARepeatedRequestGetsTheFirstAnswer) {
  v1::Account first, second;
  ASSERT_TRUE(Send(Create("acme", "r-1"), &first).ok());
  const std::string after_first = server_.HashOfAllTables();
  server_.clock().Advance(absl::Hours(1));
  const grpc::Status status = Send(Create("acme", "r-1"), &second);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(first.SerializeAsString(), second.SerializeAsString());
  EXPECT_EQ(server_.HashOfAllTables(), after_first);
}

TEST_P(ReplayTest, TheServersOwnIdIsTheSameAgain) {
  v1::Account first, second;
  ASSERT_TRUE(Send(Create("", "r-1"), &first).ok());
  ASSERT_TRUE(Send(Create("", "r-1"), &second).ok());
  EXPECT_EQ(first.name(), second.name());
  ASSERT_TRUE(Send(Create("", "r-2"), &second).ok());
  EXPECT_NE(first.name(), second.name());
}

TEST_P(ReplayTest, AnotherPayloadIsRefused) {
  v1::Account account;
  ASSERT_TRUE(Send(Create("acme", "r-1"), &account).ok());
  const std::string before = server_.HashOfAllTables();
  for (const char* id : {"other", "acme"}) {
    v1::CreateAccountRequest request = Create(id, "r-1");
    request.mutable_account()->set_tier("gold");
    const grpc::Status status = Send(request, &account);
    EXPECT_EQ(status.error_code(), StatusCode::INVALID_ARGUMENT);
    EXPECT_EQ(ReasonOf(status), "REQUEST_ID_REUSED");
    EXPECT_EQ(ViolationsOf(status), "request_id REQUEST_ID_REUSED");
  }
  EXPECT_EQ(server_.HashOfAllTables(), before);
}

TEST_P(ReplayTest, WithoutAnIdTheSecondIsAnother) {
  v1::Account account;
  ASSERT_TRUE(Send(Create("acme", ""), &account).ok());
  EXPECT_EQ(Send(Create("acme", ""), &account).error_code(),
            StatusCode::ALREADY_EXISTS);
}

TEST_P(ReplayTest, AnIdIsForgottenAfterADay) {
  v1::Account account;
  ASSERT_TRUE(Send(Create("", "r-1"), &account).ok());
  server_.clock().Advance(absl::Hours(24));
  v1::CreateAccountRequest other = Create("", "r-1");
  other.mutable_account()->set_tier("gold");
  EXPECT_TRUE(Send(other, &account).ok());
}

TEST_P(ReplayTest, FailuresAreNotKept) {
  v1::Account account;
  ASSERT_TRUE(Send(Create("acme", "r-1"), &account).ok());
  EXPECT_EQ(Send(Create("acme", "r-2"), &account).error_code(),
            StatusCode::ALREADY_EXISTS);
  // So the id may be used again, with another payload.
  EXPECT_TRUE(Send(Create("other", "r-2"), &account).ok());
}

TEST_P(ReplayTest, ADryRunChangesNothingAndKeepsNoId) {
  const std::string before = server_.HashOfAllTables();
  v1::CreateAccountRequest request = Create("acme", "r-1");
  request.set_validate_only(true);
  v1::Account account;
  ASSERT_TRUE(Send(request, &account).ok());
  EXPECT_EQ(account.name(), "accounts/" + Own("acme"));
  EXPECT_EQ(server_.HashOfAllTables(), before);
  request.set_validate_only(false);
  request.mutable_account()->set_tier("gold");
  EXPECT_TRUE(Send(request, &account).ok());
}

TEST_P(ReplayTest, AStaleEtagIsRefusedButARepetitionIsNot) {
  v1::Account account;
  ASSERT_TRUE(Send(Create("acme", ""), &account).ok());
  v1::UpdateAccountRequest update;
  *update.mutable_account() = account;
  update.mutable_account()->set_tier("gold");
  update.mutable_update_mask()->add_paths("tier");
  update.set_request_id(Own("u-1"));
  auto stub = server_.Stub<DirectoryService>();
  v1::Account changed, again;
  ASSERT_TRUE(
      stub->UpdateAccount(NewContext("ann").get(), update, &changed).ok());
  EXPECT_NE(changed.etag(), account.etag());
  // The etag is stale by now, through this very request.
  ASSERT_TRUE(
      stub->UpdateAccount(NewContext("ann").get(), update, &again).ok());
  EXPECT_EQ(again.SerializeAsString(), changed.SerializeAsString());
  update.set_request_id(Own("u-2"));
  const grpc::Status stale =
      stub->UpdateAccount(NewContext("ann").get(), update, &again);
  EXPECT_EQ(stale.error_code(), StatusCode::ABORTED);
  EXPECT_EQ(ReasonOf(stale), "ETAG_MISMATCH");
}

TEST_P(ReplayTest, ALargeAnswerIsReadAgain) {
  v1::CreateBusinessHoursRequest request;
  request.set_business_hours_id(Own("large"));
  request.set_request_id(Own("h-1"));
  auto* hours = request.mutable_business_hours();
  hours->set_display_name("Large");
  auto* definition = hours->mutable_definition();
  definition->set_time_zone("Europe/Vienna");
  auto* weekly = definition->add_weekly();
  weekly->set_day(google::type::MONDAY);
  weekly->set_start("09:00");
  weekly->set_end("17:00");
  for (int i = 0; i < 900; ++i) {
    auto* holiday = definition->add_holidays();
    holiday->set_display_name(std::string(100, 'x'));
    holiday->mutable_date()->set_year(2026 + i / 300);
    holiday->mutable_date()->set_month(1 + i % 12);
    holiday->mutable_date()->set_day(1 + i / 12 % 25);
  }
  ASSERT_GT(request.ByteSizeLong(), 70000u);
  auto stub = server_.Stub<v1::CalendarService>();
  v1::BusinessHours first, second;
  grpc::Status status =
      stub->CreateBusinessHours(NewContext("ann").get(), request, &first);
  ASSERT_TRUE(status.ok()) << status.error_message();
  const std::string before = server_.HashOfAllTables();
  status = stub->CreateBusinessHours(NewContext("ann").get(), request, &second);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(first.SerializeAsString(), second.SerializeAsString());
  EXPECT_EQ(server_.HashOfAllTables(), before);
}

TEST_P(ReplayTest, PrincipalsHaveIdsOfTheirOwn) {
  v1::Account of_ann, of_bob;
  ASSERT_TRUE(Send(Create("", "r-1"), &of_ann, "ann").ok());
  ASSERT_TRUE(Send(Create("", "r-1"), &of_bob, "bob").ok());
  EXPECT_NE(of_ann.name(), of_bob.name());
}

TEST_P(ReplayTest, PageTokensServeTheirOwnerAlone) {
  auto stub = server_.Stub<DirectoryService>();
  v1::Account account;
  for (const char* id : {"a", "b", "c"}) {
    ASSERT_TRUE(Send(Create(id, ""), &account).ok());
  }
  v1::ListAccountsRequest list;
  list.set_page_size(2);
  v1::ListAccountsResponse page;
  ASSERT_TRUE(stub->ListAccounts(NewContext("ann").get(), list, &page).ok());
  ASSERT_FALSE(page.next_page_token().empty());
  list.set_page_token(page.next_page_token());
  const auto reason = [&](const char* token) {
    return ReasonOf(stub->ListAccounts(NewContext(token).get(), list, &page));
  };
  const std::string before = server_.HashOfAllTables();
  EXPECT_EQ(reason("bob"), "PAGE_TOKEN_INVALID");
  EXPECT_EQ(server_.HashOfAllTables(), before);
  list.set_show_deleted(true);
  EXPECT_EQ(reason("ann"), "PAGE_TOKEN_INVALID");
  list.set_show_deleted(false);
  EXPECT_EQ(reason("ann"), "");
  EXPECT_GE(page.accounts_size(), 1);
  server_.clock().Advance(absl::Hours(24) + absl::Seconds(1));
  EXPECT_EQ(reason("ann"), "PAGE_TOKEN_INVALID");
  list.set_page_token(absl::StrCat(list.page_token(), "A"));
  EXPECT_EQ(reason("ann"), "PAGE_TOKEN_INVALID");
}

TEST_P(ReplayTest, ARecalculationIsQueuedOnceAndCanBeCancelled) {
  const auto channel =
      server_.Client(client::Options().Set<client::CredentialsOption>(
          client::BearerToken("ann")));
  v1::AdminClient admin(channel);
  v1::RecalculateRequest request;
  request.set_request_id(Own("r-1"));
  const auto first = admin.Recalculate(request);
  ASSERT_TRUE(first.ok()) << first.status();
  const auto second = admin.Recalculate(request);
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(first->name(), second->name());
  v1::RecalculateProgress progress;
  ASSERT_TRUE(first->metadata().UnpackTo(&progress));
  EXPECT_EQ(progress.cause(), "asked for");

  google::longrunning::OperationsClient operations(channel);
  const auto all =
      operations.ListOperations(google::longrunning::ListOperationsRequest())
          .ToVector();
  ASSERT_TRUE(all.ok()) << all.status();
  ASSERT_EQ(all->size(), 1u);
  EXPECT_EQ(all->front().name(), first->name());
  EXPECT_EQ(
      client::ReasonOf(operations.DeleteOperation(first->name()).status()),
      "STATE_TRANSITION_NOT_ALLOWED");
  EXPECT_TRUE(operations.CancelOperation(first->name()).ok());
  google::longrunning::WaitOperationRequest wait;
  wait.set_name(first->name());
  wait.mutable_timeout()->set_nanos(1000000);
  const auto waited = operations.WaitOperation(wait);
  ASSERT_TRUE(waited.ok()) << waited.status();
  EXPECT_FALSE(waited->done());
  request.set_case_("cases/none");
  request.set_request_id(Own("r-2"));
  EXPECT_EQ(client::ReasonOf(admin.Recalculate(request).status()),
            "RESOURCE_NOT_FOUND");
}

}  // namespace
}  // namespace charter::test

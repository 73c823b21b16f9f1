// What options may say where, and what they do not reach.
#include "charter/client/options.h"

#include <memory>
#include <string>
#include <utility>

#include "charter/client/channel.h"
#include "charter/client/credentials.h"
#include "charter/client/retry.h"
#include "charter/client/status.h"
#include "charter/testing/fake_charter.h"
#include "charter/v1/case_client.h"
#include "charter/v1/contract_client.h"
#include "charter/v1/directory_client.h"
#include "charter/v1/event_client.h"
#include "charter/v1/mock_case_connection.h"
#include "charter/v1/mock_contract_connection.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace charter::client {
namespace {

using ::testing::_;
using testing::FakeCharter;
using ::testing::HasSubstr;

v1::Account Named(const std::string& name) {
  v1::Account account;
  account.set_display_name(name);
  return account;
}

const Options kDry = Options().Set<ValidateOnlyOption>(true);

TEST(OptionsTest, ADryRunIsAskedOfEveryRequestThatCanBe) {
  auto cases = std::make_shared<v1::MockCaseConnection>();
  EXPECT_CALL(*cases, RecordEvents(_, _))
      .WillOnce([](const v1::RecordEventsRequest& request, const Options&) {
        EXPECT_TRUE(request.validate_only());
        return v1::RecordEventsResponse();
      });
  EXPECT_TRUE(
      v1::CaseClient(cases, kDry).RecordEvents(v1::RecordEventsRequest()).ok());
  auto contracts = std::make_shared<v1::MockContractConnection>();
  EXPECT_CALL(*contracts, BatchRenewContracts(_, _))
      .WillOnce(
          [](const v1::BatchRenewContractsRequest& request, const Options&) {
            EXPECT_TRUE(request.validate_only());
            return v1::BatchRenewContractsResponse();
          });
  v1::BatchRenewContractsRequest renew;
  EXPECT_TRUE(
      v1::ContractClient(contracts).BatchRenewContracts(renew, kDry).ok());
}

TEST(OptionsTest, WhatCannotBeADryRunIsNotSentAsOne) {
  FakeCharter fake;
  v1::EventClient events(fake.channel(), kDry);
  const absl::Status refused =
      events.PullActions(v1::PullActionsRequest()).status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(refused.message()), HasSubstr("ValidateOnlyOption"));
  // What changes nothing is asked all the same.
  EXPECT_TRUE(events.ListDeadActionsPage({}).ok());
  v1::DirectoryClient directory(fake.channel(kDry));
  EXPECT_EQ(directory.ListAccountsPage({}).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(OptionsTest, WhatIsOfTheChannelIsRefusedElsewhere) {
  FakeCharter fake;
  v1::DirectoryClient directory(fake.channel(),
                                Options().Set<TlsOption>(Tls()));
  const absl::Status refused = directory.ListAccountsPage({}).status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(refused.message()), HasSubstr("TlsOption"));
  EXPECT_EQ(v1::DirectoryClient(
                Channel::Open(Options().Set<GrpcChannelOption>(nullptr)))
                .ListAccountsPage({})
                .status()
                .code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(OptionsTest, ADeadlineOfTheChannelIsOfCallsAndNotOfStreams) {
  FakeCharter fake;
  const auto hurried =
      fake.channel(Options().Set<DeadlineOption>(absl::Minutes(10)));
  fake.Delay("*", absl::Minutes(11));
  EXPECT_EQ(v1::DirectoryClient(hurried).ListAccountsPage({}).status().code(),
            absl::StatusCode::kDeadlineExceeded);
  const auto stream =
      v1::EventClient(hurried).WatchEvents(v1::WatchEventsRequest());
  EXPECT_TRUE(stream->Read().has_value()) << stream->status();
}

// A connection fills in nothing: what the server could not tell from a
// repetition is not repeated.
TEST(OptionsTest, AWriteWithoutAnIdIsNotRepeated) {
  FakeCharter fake;
  const auto directory = v1::MakeDirectoryConnection(fake.channel());
  const auto lose = [&] {
    fake.FailNext("CreateAccount", absl::UnavailableError("lost"), 1,
                  FakeCharter::Fault::kAnswerLost);
  };
  v1::CreateAccountRequest request;
  *request.mutable_account() = Named("Acme");
  lose();
  const absl::Status lost = directory->CreateAccount(request, {}).status();
  EXPECT_EQ(lost.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(AttemptsOf(lost)->count, 1);
  // Who says that there is to be none can tell by the name.
  request.set_account_id("acme");
  lose();
  EXPECT_EQ(
      directory->CreateAccount(request, Options().Set<RequestIdOption>(""))
          .status()
          .code(),
      absl::StatusCode::kAlreadyExists);
  request.set_account_id("other");
  request.set_request_id("5f0c6c35-6d2b-4a3c-9d0e-0f1f5c0e7a11");
  lose();
  EXPECT_TRUE(directory->CreateAccount(request, {}).ok());
}

// Not a developer's own.
TEST(OptionsTest, TheFakeAsksNoTokenFileOfTheEnvironment) {
  ASSERT_EQ(setenv("CHARTER_TOKEN_FILE", "/nonexistent/token", 1), 0);
  FakeCharter fake;
  EXPECT_TRUE(v1::DirectoryClient(fake.channel()).ListAccountsPage({}).ok());
  unsetenv("CHARTER_TOKEN_FILE");
}

}  // namespace
}  // namespace charter::client

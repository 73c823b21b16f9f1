#include "charter/client/bulk_writer.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "charter/client/status.h"
#include "charter/testing/fake_charter.h"
#include "charter/v1/directory_client.h"
#include "gtest/gtest.h"

namespace charter::client {
namespace {

using internal::BulkGate;

TEST(BulkGateTest, GrowsByOneARoundAndIsHalvedOncePerTrouble) {
  BulkGate gate(4, 8);
  for (int i = 0; i < 4; ++i) gate.Enter();
  for (int i = 0; i < 4; ++i) gate.Leave(absl::OkStatus());
  EXPECT_EQ(gate.progress().at_once, 4);  // 4 and a bit
  for (int i = 0; i < 40; ++i) {
    gate.Enter();
    gate.Leave(absl::OkStatus());
  }
  EXPECT_EQ(gate.progress().at_once, 8);
  for (int i = 0; i < 8; ++i) gate.Enter();
  for (int i = 0; i < 8; ++i)
    gate.OnAttempt("m", 1, absl::UnavailableError("busy"), absl::Seconds(1));
  EXPECT_EQ(gate.progress().at_once, 4);
  gate.OnAttempt("m", 1, absl::InvalidArgumentError("no"),
                 absl::InfiniteDuration());
  EXPECT_EQ(gate.progress().at_once, 4);
  for (int i = 0; i < 8; ++i) gate.Leave(absl::InvalidArgumentError("no"));
  EXPECT_EQ(gate.progress().failed, 8);
}

TEST(BulkWriterTest, WritesAllAndGivesBackWhatWasRefused) {
  testing::FakeCharter fake;
  v1::DirectoryClient directory(fake.channel());
  fake.FailNext("CreateAccount", absl::UnavailableError("busy"), 5);
  using Writer = BulkWriter<v1::CreateAccountRequest, v1::Account>;
  Writer writer([&](v1::CreateAccountRequest request, const Options& options,
                    Callback<v1::Account> done) {
    directory.AsyncCreateAccount(std::move(request), std::move(done), options);
  });
  for (int i = 0; i < 100; ++i) {
    v1::CreateAccountRequest request;
    request.set_account_id(absl::StrCat("a", i));
    if (i % 10 != 3) request.mutable_account()->set_display_name("A");
    writer.Add(request);
  }
  const auto failures = writer.Finish();
  EXPECT_EQ(failures.size(), 10u);
  for (const Writer::Failure& failure : failures) {
    EXPECT_EQ(ReasonOf(failure.status), "FIELD_INVALID");
    EXPECT_EQ(failure.request.account_id().back(), '3');
  }
  EXPECT_EQ(writer.progress().written, 90);
  EXPECT_EQ(writer.progress().added, 100);
  v1::ListAccountsRequest all;
  all.set_page_size(1000);
  EXPECT_EQ(directory.ListAccounts(all).ToVector()->size(), 90u);
}

}  // namespace
}  // namespace charter::client

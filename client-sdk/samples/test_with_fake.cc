// How a program that uses Charter is tested: with Charter itself, in the
// process of the test, on a clock that the test turns.
#include "absl/time/time.h"
#include "charter/client/status.h"
#include "charter/testing/fake_charter.h"
#include "charter/v1/case_client.h"
#include "charter/v1/milestone_fields.h"
#include "gtest/gtest.h"
#include "samples.h"
#include "seed.h"

namespace v1 = charter::v1;
using charter::client::Describe;
using charter::testing::FakeCharter;

class TicketTest : public testing::Test {
 protected:
  TicketTest() { samples::Seed(fake_); }

  FakeCharter fake_;
  v1::CaseClient cases_{fake_.channel()};
  const samples::Ticket ticket_ = {"4711", "accounts/acme", "It is on fire"};
};

// Hours pass in no time, and everything due in them happens at its instant.
TEST_F(TicketTest, IsLateFourHoursAfterNobodyAnswered) {
  const auto opened = samples::OpenTicket(cases_, ticket_);
  ASSERT_TRUE(opened.ok()) << Describe(opened.status());
  const absl::Time due = fake_.now() + absl::Hours(4);
  fake_.Advance(absl::Hours(24));
  const v1::MilestoneFields milestone;
  const auto clocks =
      cases_.ListMilestones(milestone.case_() == opened->name()).ToVector();
  ASSERT_TRUE(clocks.ok()) << Describe(clocks.status());
  ASSERT_EQ(clocks->size(), 1u);
  EXPECT_TRUE(clocks->front().violated());
  EXPECT_EQ(clocks->front().violation_time().seconds(),
            absl::ToUnixSeconds(due));
}

// Trouble strikes where the test says: here the server opens the case, and its
// answer is lost, twice.
TEST_F(TicketTest, IsOneCaseThoughAnswersGetLost) {
  fake_.FailNext("OpenCase", absl::UnavailableError("gone"), 2,
                 FakeCharter::Fault::kAnswerLost);
  const auto opened = samples::OpenTicket(cases_, ticket_);
  ASSERT_TRUE(opened.ok()) << Describe(opened.status());
  EXPECT_EQ(cases_.ListCases().ToVector()->size(), 1u);
}

// A server that stays away: the client gives up, with no time passed.
TEST_F(TicketTest, IsGivenUpWhenTheServerStaysAway) {
  fake_.FailNext("*", absl::UnavailableError("away"), 1'000'000);
  EXPECT_EQ(samples::OpenTicket(cases_, ticket_).status().code(),
            absl::StatusCode::kUnavailable);
}

// What the program makes of a refusal.
TEST_F(TicketTest, IsRefusedWithoutAnEntitlement) {
  v1::DirectoryClient directory(fake_.channel());
  v1::Account account;
  account.set_display_name("Nobody's customer");
  const auto other = directory.CreateAccount(account);
  ASSERT_TRUE(other.ok()) << Describe(other.status());
  EXPECT_EQ(
      samples::OpenTicket(cases_, {"1", other->name(), "?"}).status().code(),
      absl::StatusCode::kFailedPrecondition);
}

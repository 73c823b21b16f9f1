// The desk against Charter in this process, on a clock that the test turns.
#include "desk.h"

#include <string>

#include "charter/client/status.h"
#include "charter/testing/fake_charter.h"
#include "charter/v1/process_client.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"

namespace v1 = charter::v1;
using charter::client::Describe;
using charter::testing::FakeCharter;

template <typename Message>
Message Parse(const std::string& text) {
  Message message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message));
  return message;
}

class DeskTest : public testing::Test {
 protected:
  DeskTest() {
    v1::ProcessClient process(fake_.channel());
    Must(process.CreateMilestoneType(Parse<v1::CreateMilestoneTypeRequest>(
        "milestone_type_id: 'first-response' milestone_type { recurrence: NONE "
        "}")));
    Must(process.CreateEntitlementProcess(
        Parse<v1::CreateEntitlementProcessRequest>(R"pb(
          entitlement_process_id: "gold"
          entitlement_process {
            definition {
              milestones {
                key: "first-response"
                milestone_type: "milestoneTypes/first-response"
                target { seconds: 10800 }
                completion_criteria: "has(last_outbound_time)"
              }
            }
          })pb")));
    Must(process.PublishVersion("entitlementProcesses/gold"));
    v1::DirectoryClient directory(fake_.channel());
    Must(directory.CreateAccount(Parse<v1::CreateAccountRequest>(
        "account_id: 'acme' account { display_name: 'Acme Printing' }")));
    Must(directory.CreateContact(Parse<v1::CreateContactRequest>(
        "contact_id: 'ann' contact { account: 'accounts/acme' display_name: "
        "'Ann Fischer' phone: '+43 1 5550100' }")));
    v1::EntitlementClient entitlements(fake_.channel());
    Must(
        entitlements.CreateEntitlement(Parse<v1::CreateEntitlementRequest>(R"pb(
          entitlement {
            account: "accounts/acme"
            display_name: "Gold"
            process: "entitlementProcesses/gold"
            start_date { year: 2026 month: 1 day: 1 }
          })pb")));
  }

  template <typename Answer>
  void Must(const Answer& answer) {
    ASSERT_TRUE(answer.ok()) << Describe(answer.status());
  }

  FakeCharter fake_;
  Desk desk_{fake_.channel()};
};

TEST_F(DeskTest, AnsweredInTime) {
  const auto opened = desk_.TakeCall("01 5550100", "The printer is on fire");
  ASSERT_TRUE(opened.ok()) << Describe(opened.status());
  EXPECT_EQ(opened->contact(), "contacts/ann");
  fake_.Advance(absl::Hours(2));
  Must(absl::StatusOr<bool>(desk_.Answered(opened->name()).ok()));
  fake_.Advance(absl::Hours(48));
  const auto clocks = desk_.Clocks(opened->name());
  ASSERT_TRUE(clocks.ok()) << Describe(clocks.status());
  ASSERT_EQ(clocks->size(), 1u);
  EXPECT_EQ(clocks->front().state(), v1::Milestone::COMPLETED);
  EXPECT_FALSE(clocks->front().violated());
}

TEST_F(DeskTest, ForgottenForFourHours) {
  const auto opened = desk_.TakeCall("fischer ann", "The printer is on fire");
  ASSERT_TRUE(opened.ok()) << Describe(opened.status());
  const absl::Time start = fake_.now();
  fake_.Advance(absl::Hours(4));
  const auto clocks = desk_.Clocks(opened->name());
  ASSERT_TRUE(clocks.ok()) << Describe(clocks.status());
  ASSERT_EQ(clocks->size(), 1u);
  EXPECT_TRUE(clocks->front().violated());
  EXPECT_EQ(clocks->front().violation_time().seconds(),
            absl::ToUnixSeconds(start + absl::Hours(3)));
}

TEST_F(DeskTest, AServerThatStumblesOpensOneCase) {
  fake_.FailNext("OpenCase", absl::UnavailableError("gone"), 3,
                 FakeCharter::Fault::kAnswerLost);
  Must(desk_.TakeCall("ann", "The printer is on fire"));
  v1::CaseClient cases(fake_.channel());
  EXPECT_EQ(cases.ListCases().ToVector()->size(), 1u);
}

TEST_F(DeskTest, NobodyIsCalledSo) {
  EXPECT_EQ(desk_.TakeCall("zzyzx", "?").status().code(),
            absl::StatusCode::kNotFound);
}

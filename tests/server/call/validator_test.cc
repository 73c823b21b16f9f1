#include "server/call/validator.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "absl/strings/str_cat.h"
#include "charter/v1/calendar_service.pb.h"
#include "charter/v1/case_service.pb.h"
#include "charter/v1/directory_service.pb.h"
#include "charter/v1/event_service.pb.h"
#include "charter/v1/process_service.pb.h"
#include "google/protobuf/descriptor.h"
#include "google/rpc/error_details.pb.h"

namespace charter::call {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// "field REASON" of each violation.
std::vector<std::string> Violations(const google::protobuf::Message& request) {
  Validator validator;
  EXPECT_TRUE(validator.Prepare(*request.GetDescriptor()).ok());
  const absl::Status status = validator.Check(request);
  std::vector<std::string> violations;
  if (status.ok()) return violations;
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  google::rpc::BadRequest bad;
  EXPECT_TRUE(bad.ParseFromString(std::string(
      *status.GetPayload("type.googleapis.com/google.rpc.BadRequest"))));
  for (const auto& violation : bad.field_violations()) {
    violations.push_back(
        absl::StrCat(violation.field(), " ", violation.reason()));
  }
  return violations;
}

v1::CreateAccountRequest GoodCreate() {
  v1::CreateAccountRequest request;
  request.mutable_account()->set_display_name("Acme");
  return request;
}

TEST(ValidatorTest, TheRequestsOfABatchAreCheckedLikeRequests) {
  v1::BatchCreateAccountsRequest batch;
  EXPECT_THAT(Violations(batch), ElementsAre("requests REQUIRED"));
  *batch.add_requests() = GoodCreate();
  EXPECT_THAT(Violations(batch), IsEmpty());
  batch.add_requests()->set_account_id("Not An Id");
  batch.add_requests()->mutable_account()->set_parent("contacts/ann");
  EXPECT_THAT(Violations(batch),
              ElementsAre("requests[1].account REQUIRED",
                          "requests[1].account_id BAD_FORMAT",
                          "requests[2].account.display_name REQUIRED",
                          "requests[2].account.parent BAD_NAME"));
  for (int i = 0; i < 1000; ++i) *batch.add_requests() = GoodCreate();
  EXPECT_THAT(Violations(batch), ElementsAre("requests TOO_MANY"));
  v1::BatchGetAccountsRequest names;
  EXPECT_THAT(Violations(names), ElementsAre("names REQUIRED"));
  names.add_names("contacts/ann");
  EXPECT_THAT(Violations(names), ElementsAre("names[0] BAD_NAME"));
}

TEST(ValidatorTest, EveryRequestTypeOfTheProtosCanBePrepared) {
  Validator validator;
  for (const char* file :
       {"charter/v1/calendar_service.proto", "charter/v1/case_service.proto",
        "charter/v1/contract_service.proto",
        "charter/v1/directory_service.proto", "charter/v1/event_service.proto",
        "charter/v1/process_service.proto"}) {
    const auto* descriptor =
        google::protobuf::DescriptorPool::generated_pool()->FindFileByName(
            file);
    ASSERT_NE(descriptor, nullptr);
    for (int m = 0; m < descriptor->service(0)->method_count(); ++m) {
      const absl::Status status =
          validator.Prepare(*descriptor->service(0)->method(m)->input_type());
      EXPECT_TRUE(status.ok()) << status;
    }
  }
}

TEST(ValidatorTest, GoodRequestsPass) {
  EXPECT_THAT(Violations(GoodCreate()), IsEmpty());
  v1::ListAccountsRequest list;
  EXPECT_THAT(Violations(list), IsEmpty());
}

TEST(ValidatorTest, AllViolationsAtOnce) {
  v1::CreateAccountRequest request;
  request.set_account_id("Bad_Id");
  request.set_request_id("with space");
  request.mutable_account()->set_business_hours("cases/1");
  EXPECT_THAT(Violations(request),
              ElementsAre("account.display_name REQUIRED",
                          "account.business_hours BAD_NAME",
                          "account_id BAD_FORMAT", "request_id BAD_FORMAT"));
}

TEST(ValidatorTest, RequiredMessagesAndNames) {
  EXPECT_THAT(Violations(v1::CreateAccountRequest()),
              ElementsAre("account REQUIRED"));
  EXPECT_THAT(Violations(v1::GetAccountRequest()),
              ElementsAre("name REQUIRED"));
  v1::GetAccountRequest get;
  get.set_name("accounts/");
  EXPECT_THAT(Violations(get), ElementsAre("name BAD_NAME"));
}

TEST(ValidatorTest, TheNameOfWhatIsCreatedIsIgnored) {
  v1::CreateAccountRequest request = GoodCreate();
  request.mutable_account()->set_name("whatever");
  EXPECT_THAT(Violations(request), IsEmpty());
}

TEST(ValidatorTest, AnUpdateNeedsANameAndOnlyWhatItsMaskWrites) {
  v1::UpdateAccountRequest request;
  request.mutable_account();
  EXPECT_THAT(Violations(request), ElementsAre("account.name REQUIRED"));
  request.mutable_account()->set_name("accounts/acme");
  EXPECT_THAT(Violations(request), IsEmpty());
  request.mutable_update_mask()->add_paths("tier");
  EXPECT_THAT(Violations(request), IsEmpty());
  request.mutable_update_mask()->add_paths("display_name");
  EXPECT_THAT(Violations(request),
              ElementsAre("account.display_name REQUIRED"));
  request.mutable_update_mask()->clear_paths();
  request.mutable_update_mask()->add_paths("*");
  EXPECT_THAT(Violations(request),
              ElementsAre("account.display_name REQUIRED"));
}

TEST(ValidatorTest, ChangedFieldsOfAnEventAreAnUpdateWithoutAName) {
  v1::RecordEventsRequest request;
  auto* recorded = request.add_events();
  recorded->set_case_("cases/1");
  auto* changed = recorded->mutable_event()->mutable_fields_changed();
  changed->mutable_case_()->set_priority(1);
  EXPECT_THAT(Violations(request), IsEmpty());
}

TEST(ValidatorTest, OutputOnlyFieldsAreNotLookedAt) {
  v1::CreateAccountRequest request = GoodCreate();
  request.mutable_account()->mutable_create_time()->set_seconds(
      std::numeric_limits<int64_t>::max());
  EXPECT_THAT(Violations(request), IsEmpty());
}

TEST(ValidatorTest, NegativePageSizeIsRefused) {
  v1::ListAccountsRequest request;
  request.set_page_size(-1);
  EXPECT_THAT(Violations(request), ElementsAre("page_size OUT_OF_RANGE"));
}

TEST(ValidatorTest, TextsHaveALength) {
  v1::CreateAccountRequest request = GoodCreate();
  request.mutable_account()->set_display_name(std::string(255, 'x'));
  request.mutable_account()->set_tier(std::string(65, 'x'));
  EXPECT_THAT(Violations(request), ElementsAre("account.tier TOO_LONG"));
  request.mutable_account()->set_tier(std::string("a\0b", 3));
  EXPECT_THAT(Violations(request), ElementsAre("account.tier BAD_CHARACTER"));
}

TEST(ValidatorTest, MapsAndListsHaveALimit) {
  v1::CreateAccountRequest request = GoodCreate();
  for (int i = 0; i < 65; ++i) {
    (*request.mutable_account()->mutable_annotations())[absl::StrCat(i)] = "x";
  }
  EXPECT_THAT(Violations(request), ElementsAre("account.annotations TOO_MANY"));
}

TEST(ValidatorTest, MapKeysAndValuesAreChecked) {
  v1::CreateAccountRequest request = GoodCreate();
  (*request.mutable_account()->mutable_annotations())["k"] =
      std::string(2000, 'x');
  EXPECT_THAT(Violations(request),
              ElementsAre("account.annotations[0].value TOO_LONG"));
}

TEST(ValidatorTest, T1_InstantsBeyondTheYearsAreRefused) {
  v1::AddBusinessTimeRequest request;
  request.set_business_hours("businessHours/always");
  request.mutable_time()->set_seconds(253402300800);
  request.mutable_duration()->set_seconds(60);
  EXPECT_THAT(Violations(request), ElementsAre("time OUT_OF_RANGE"));
  request.mutable_time()->set_seconds(0);
  request.mutable_time()->set_nanos(-1);
  EXPECT_THAT(Violations(request), ElementsAre("time OUT_OF_RANGE"));
}

TEST(ValidatorTest, DurationsHaveTheirLimits) {
  v1::PullActionsRequest request;
  request.mutable_lease_duration()->set_seconds(0);
  request.mutable_wait()->set_seconds(31);
  request.set_max_actions(101);
  EXPECT_THAT(Violations(request),
              ElementsAre("max_actions OUT_OF_RANGE",
                          "lease_duration OUT_OF_RANGE", "wait OUT_OF_RANGE"));
  request.Clear();
  request.mutable_wait()->set_seconds(1);
  request.mutable_wait()->set_nanos(-1);
  EXPECT_THAT(Violations(request), ElementsAre("wait OUT_OF_RANGE"));
}

TEST(ValidatorTest, EnumsHaveKnownValues) {
  v1::CreateItemStatusRequest request;
  request.mutable_item_status()->set_display_name("Waiting");
  request.mutable_item_status()->set_category(
      static_cast<v1::ItemStatus::Category>(99));
  EXPECT_THAT(Violations(request),
              ElementsAre("item_status.category UNKNOWN_VALUE"));
  request.mutable_item_status()->clear_category();
  EXPECT_THAT(Violations(request),
              ElementsAre("item_status.category REQUIRED"));
}

TEST(ValidatorTest, ElementsOfListsHaveTheirPath) {
  v1::RecordEventsRequest request;
  request.add_events()->set_case_("cases/1");
  request.add_events()->mutable_event()->mutable_interaction();
  EXPECT_THAT(Violations(request),
              ElementsAre("events[0].event REQUIRED", "events[1].case REQUIRED",
                          "events[1].event.interaction.direction REQUIRED",
                          "events[1].event.interaction.author REQUIRED"));
}

TEST(ValidatorTest, ViolationsAreBoundedAndRepeatNoText) {
  v1::RecordEventsRequest request;
  for (int i = 0; i < 500; ++i) {
    auto* recorded = request.add_events();
    recorded->set_case_("customer's secret");
    recorded->mutable_event();
  }
  Validator validator;
  ASSERT_TRUE(validator.Prepare(*request.GetDescriptor()).ok());
  const absl::Status status = validator.Check(request);
  EXPECT_THAT(status.ToString(), Not(HasSubstr("secret")));
  EXPECT_EQ(Violations(request).size(), 100u);
}

TEST(BadUtf8Test, NamesTheField) {
  v1::RecordEventsRequest request;
  request.add_events()->set_case_("cases/1");
  auto* event = request.add_events()->mutable_event();
  event->set_key("k");
  event->mutable_interaction()->set_text("caf\xc3\xa9");
  std::string bytes = request.SerializeAsString();
  EXPECT_EQ(FindBadUtf8(bytes, *request.GetDescriptor()), std::nullopt);
  const size_t accent = bytes.find("\xc3\xa9");
  bytes.replace(accent, 2, "\xe9!");
  EXPECT_FALSE(request.ParseFromString(bytes));
  EXPECT_EQ(FindBadUtf8(bytes, *request.GetDescriptor()),
            "events[1].event.interaction.text");
  EXPECT_EQ(FindBadUtf8("\xff\xff", *request.GetDescriptor()), std::nullopt);
}

}  // namespace
}  // namespace charter::call

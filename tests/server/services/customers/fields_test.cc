// Which fields are told to whom.
#include <gmock/gmock.h>

#include <string>

#include "charter/v1/contact.pb.h"
#include "server/call/hidden_fields.h"
#include "tests/server/services/customers/caller.h"

namespace charter::services {
namespace {

using testing::HasSubstr;
using testing::Not;

class FieldsTest : public CustomersTest {};
INSTANTIATE_TEST_SUITE_P(All, FieldsTest, testing::ValuesIn(test::kEngines),
                         test::EngineName);

std::string Keys(const Json& object) {
  std::string keys;
  for (const auto& [key, value] : object.items())
    keys += (keys.empty() ? "" : " ") + key;
  return keys;
}

// A new field of these is internal, or is added here by somebody who thought
// about who reads it.
TEST_P(FieldsTest, CustomersSeeThePublicFieldsOnly) {
  const Json row =
      Do("acme", "CaseService/GetCase", {{"name", "cases/acme-1"}});
  EXPECT_EQ(
      Keys(row),
      "account case_number contact create_time entitlement etag external_id "
      "kind name priority status subject update_time");
  EXPECT_EQ(Do("acme", "CaseService/ListCases", Json::object())["cases"].size(),
            2u);
  EXPECT_EQ(
      Keys(Do("acme", "CaseService/ListCases", Json::object())["cases"][0]),
      Keys(row));
  EXPECT_EQ(
      Keys(Do("acme", "EntitlementService/GetEntitlement",
              {{"name", "entitlements/acme"}})),
      "account create_time display_name effective_status etag external_id "
      "name start_date state status update_time");
  EXPECT_EQ(Keys(Do("acme", "DirectoryService/GetContact",
                    {{"name", "contacts/ann"}})),
            "account create_time display_name email etag name phone "
            "update_time");
  EXPECT_EQ(Keys(Do("acme", "DirectoryService/GetProduct",
                    {{"name", "products/press"}})),
            "create_time display_name etag name update_time");
  EXPECT_EQ(Keys(Do("acme", "ContractService/GetServiceContract",
                    {{"name", "serviceContracts/acme"}})),
            "account contract_number create_time currency_code discount "
            "display_name etag grand_total line_count name net_price "
            "start_date state status subtotal total_price update_time");
  EXPECT_EQ(Keys(Do("acme", "ContractService/GetContractLineItem",
                    {{"name", "contractLineItems/acme"}})),
            "account asset create_time etag line_number list_price name "
            "product root service_contract status subtotal total_price "
            "unit_price update_time");
  // One of us sees them.
  EXPECT_THAT(
      Keys(Do("desk", "CaseService/GetCase", {{"name", "cases/acme-1"}})),
      HasSubstr("next_target_time"));
}

TEST_P(FieldsTest, OpeningACaseTellsNoClock) {
  const Json opened =
      Do("acme", "CaseService/OpenCase",
         {{"case", {{"account", "accounts/acme"}, {"subject", "help"}}}});
  EXPECT_EQ(Keys(opened), "case verification");
  EXPECT_FALSE(opened["case"].contains("next_target_time"));
}

TEST_P(FieldsTest, AFilterCannotAskForWhatIsNotSeen) {
  for (const char* filter :
       {"violated", "owner == 'desk'", "account == 'accounts/acme' && stopped",
        "evaluation_error_set", "attributes.severity == 'x'"}) {
    SCOPED_TRACE(filter);
    EXPECT_NE(Refused("acme", "CaseService/ListCases", {{"filter", filter}}),
              "OK");
  }
  EXPECT_EQ(
      Refused("acme", "CaseService/ListCases", {{"filter", "status == 'new'"}}),
      "OK");
  EXPECT_EQ(Refused("blind", "DirectoryService/ListContacts",
                    {{"filter", "email == 'ann@example.com' && phone != ''"}}),
            "FIELD_INVALID");
}

TEST_P(FieldsTest, WhatIsNotSeenIsNotWritten) {
  EXPECT_EQ(
      Refused("acme", "CaseService/OpenCase",
              {{"case", {{"account", "accounts/acme"}, {"owner", "me"}}}}),
      "FIELD_INVALID");
  EXPECT_EQ(Refused("acme", "CaseService/OpenCase",
                    {{"occur_time", "2026-01-01T00:00:00Z"},
                     {"case", {{"account", "accounts/acme"}}}}),
            "FIELD_INVALID");
  EXPECT_EQ(Refused("acme", "CaseService/OpenCase",
                    {{"record_verdict", true},
                     {"case", {{"account", "accounts/acme"}}}}),
            "FIELD_INVALID");
  EXPECT_EQ(Refused("boss", "DirectoryService/UpdateContact",
                    {{"contact", {{"name", "contacts/ann"}}},
                     {"update_mask", "annotations"}}),
            "FIELD_INVALID");
  EXPECT_EQ(
      Refused("boss", "DirectoryService/UpdateContact",
              {{"contact", {{"name", "contacts/ann"}, {"display_name", "Ann"}}},
               {"update_mask", "*"}}),
      "FIELD_INVALID");
  Do("boss", "DirectoryService/UpdateContact",
     {{"contact", {{"name", "contacts/ann"}, {"display_name", "Ann"}}}});
  const Json contact =
      Do("desk", "DirectoryService/GetContact", {{"name", "contacts/ann"}});
  EXPECT_EQ(contact["display_name"], "Ann");
  EXPECT_EQ(contact["annotations"]["note"], "difficult");
}

TEST_P(FieldsTest, ADeploymentHidesFieldsFromARole) {
  EXPECT_FALSE(
      Do("blind", "DirectoryService/GetContact", {{"name", "contacts/ann"}})
          .contains("phone"));
  EXPECT_THAT(
      Do("blind", "DirectoryService/ListContacts", Json::object()).dump(),
      Not(HasSubstr("5880")));
  EXPECT_THAT(
      Do("admin", "DirectoryService/ListContacts", Json::object()).dump(),
      HasSubstr("5880"));
  EXPECT_EQ(Refused("blind", "DirectoryService/UpdateContact",
                    {{"contact", {{"name", "contacts/ann"}, {"phone", "1"}}}}),
            "FIELD_INVALID");
}

TEST(HiddenFieldsTest, PackedMessagesAreLookedInto) {
  v1::Contact contact;
  contact.set_name("contacts/ann");
  contact.set_phone("1");
  v1::Event event;
  event.mutable_resource()->PackFrom(contact);
  call::Hide(*call::FieldsNamed({"Contact.phone"}), &event);
  v1::Contact told;
  ASSERT_TRUE(event.resource().UnpackTo(&told));
  EXPECT_EQ(told.name(), "contacts/ann");
  EXPECT_EQ(told.phone(), "");
  event.mutable_resource()->set_type_url("type.example.com/no.Such");
  call::Hide(*call::FieldsNamed({"Contact.phone"}), &event);
  EXPECT_EQ(event.resource().value(), "");
}

TEST(HiddenFieldsTest, AMisspeltFieldIsRefused) {
  EXPECT_FALSE(call::FieldsNamed({"Contact.fone"}).ok());
  EXPECT_FALSE(call::FieldsNamed({"phone"}).ok());
  EXPECT_TRUE(call::FieldsNamed({"Contact.phone", "Case.owner"}).ok());
}

}  // namespace
}  // namespace charter::services

#include "charter/client/resource_name.h"

#include <string>

#include "charter/v1/account_fields.h"
#include "charter/v1/business_hours_fields.h"
#include "charter/v1/case_service.pb.h"
#include "gtest/gtest.h"

namespace charter::v1 {
namespace {

TEST(ResourceNameTest, IsMadeAndReadBack) {
  const AccountName name("acme");
  EXPECT_EQ(name.text(), "accounts/acme");
  EXPECT_EQ(*AccountName::Parse("accounts/acme"), name);
  for (const char* wrong :
       {"", "accounts", "accounts/", "accounts/a/b", "contacts/acme"}) {
    EXPECT_EQ(AccountName::Parse(wrong).status().code(),
              absl::StatusCode::kInvalidArgument)
        << wrong;
  }
}

TEST(ResourceNameTest, GoesWhereTextGoes) {
  Case item;
  item.set_account(AccountName("acme").text());
  const std::string text = AccountName("acme").text();
  EXPECT_EQ(item.account(), text);
  const AccountName name("acme");
  const absl::string_view view = name;
  EXPECT_EQ(view, text);
}

TEST(ResourceNameTest, OfTwoLevels) {
  const BusinessHoursVersionName name("day", "3");
  EXPECT_EQ(name.text(), "businessHours/day/versions/3");
}

}  // namespace
}  // namespace charter::v1

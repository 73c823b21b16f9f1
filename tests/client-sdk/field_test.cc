#include "charter/client/field.h"

#include <string>
#include <type_traits>
#include <vector>

#include "charter/v1/account_fields.h"
#include "charter/v1/contact_fields.h"
#include "charter/v1/entitlement_fields.h"
#include "charter/v1/milestone_fields.h"
#include "charter/v1/task_fields.h"
#include "gtest/gtest.h"

namespace charter {
namespace {

TEST(FieldTest, FiltersAreExpressionsOfTheServer) {
  const v1::EntitlementFields e;
  EXPECT_EQ((e.account() == "accounts/acme").text(),
            "account == \"accounts/acme\"");
  EXPECT_EQ((e.state() == v1::Entitlement::ACTIVE).text(),
            "state == \"ACTIVE\"");
  EXPECT_EQ((e.end_date() < absl::CivilDay(2027, 1, 2)).text(),
            "end_date < date(\"2027-01-02\")");
  EXPECT_EQ((e.create_time() >= absl::FromUnixMillis(1500)).text(),
            "create_time >= timestamp(\"1970-01-01T00:00:01.5Z\")");
  EXPECT_EQ(
      (e.display_name().StartsWith("G\"old\\") || !e.asset().Has()).text(),
      "(display_name.startsWith(\"G\\\"old\\\\\")) || (!(has(asset)))");
  const v1::MilestoneFields m;
  EXPECT_EQ((m.remaining() < absl::ZeroDuration()).text(),
            "remaining < duration(\"0s\")");
  const std::vector<std::string> accounts = {"a", "b"};
  EXPECT_EQ(e.account().In(accounts).text(), "account in [\"a\", \"b\"]");
  EXPECT_EQ(e.account().In({"a", "b"}).text(), "account in [\"a\", \"b\"]");
}

TEST(FieldTest, MasksTakeFieldsOfTheirResourceOnly) {
  const v1::AccountFields account;
  const client::Mask<v1::Account> mask = {account.display_name(),
                                          account.tier()};
  EXPECT_EQ(mask.paths(), (std::vector<std::string>{"display_name", "tier"}));
  static_assert(!std::is_convertible_v<decltype(v1::ContactFields().email()),
                                       client::Path<v1::Account>>);
  static_assert(std::is_convertible_v<decltype(account.tier()),
                                      client::Path<v1::Account>>);
}

TEST(FieldTest, NamesThatAreKeywordsInCppKeepTheirNameInTheProto) {
  EXPECT_EQ(v1::TaskFields().case_().path(), "case");
}

}  // namespace
}  // namespace charter

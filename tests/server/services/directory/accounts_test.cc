#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "tests/server/services/directory/directory_fixture.h"

namespace charter::services {
namespace {

using test::Proto;

class AccountTreeTest : public DirectoryTest {
 protected:
  absl::Status Create(const std::string& id, const std::string& parent) {
    return world_
        .Try(&CreateAccount,
             Proto<v1::CreateAccountRequest>(absl::StrCat(
                 "account_id: '", id, "' account { display_name: 'B' parent: '",
                 parent, "' }")))
        .status();
  }
  absl::Status Update(const std::string& account) {
    return world_
        .Try(&UpdateAccount, Proto<v1::UpdateAccountRequest>(
                                 absl::StrCat("account { ", account, " }")))
        .status();
  }
  absl::Status Delete(const std::string& id) {
    return world_
        .Try(&DeleteAccount, Proto<v1::DeleteAccountRequest>(
                                 absl::StrCat("name: 'accounts/", id, "'")))
        .status();
  }
};
INSTANTIATE_TEST_SUITE_P(All, AccountTreeTest,
                         testing::ValuesIn(test::kEngines), test::EngineName);

TEST_P(AccountTreeTest, BranchesAreListedByTheirHead) {
  ASSERT_EQ(Create("north", "accounts/acme"), absl::OkStatus());
  ASSERT_EQ(Create("south", "accounts/acme"), absl::OkStatus());
  const v1::ListAccountsResponse branches = world_.Do(
      &ListAccounts,
      Proto<v1::ListAccountsRequest>("filter: \"parent == 'accounts/acme'\""));
  ASSERT_EQ(branches.accounts_size(), 2);
  EXPECT_EQ(branches.accounts(0).name(), "accounts/north");
  EXPECT_EQ(branches.accounts(1).name(), "accounts/south");
}

TEST_P(AccountTreeTest, AnAccountIsNotBelowItself) {
  ASSERT_EQ(Create("north", "accounts/acme"), absl::OkStatus());
  ASSERT_EQ(Create("city", "accounts/north"), absl::OkStatus());
  for (const char* below : {"acme", "north", "city"}) {
    EXPECT_THAT(Update(absl::StrCat("name: 'accounts/acme' parent: 'accounts/",
                                    below, "'")),
                IsRefusal("FIELD_INVALID", "account.parent: "))
        << below;
  }
  EXPECT_THAT(Create("self", "accounts/self"),
              IsRefusal("FIELD_INVALID", "account.parent: "));
  EXPECT_THAT(Create("lost", "accounts/none"),
              IsRefusal("RESOURCE_NOT_FOUND", "account.parent: "));
  EXPECT_EQ(Update("name: 'accounts/city' parent: 'accounts/other'"),
            absl::OkStatus());
  EXPECT_EQ(Update("name: 'accounts/acme' parent: 'accounts/city'"),
            absl::OkStatus());
}

TEST_P(AccountTreeTest, AHeadStaysWhileItHasBranches) {
  ASSERT_EQ(Create("head", ""), absl::OkStatus());
  ASSERT_EQ(Create("branch", "accounts/head"), absl::OkStatus());
  EXPECT_THAT(Delete("head"), IsRefusal("RESOURCE_IN_USE", "accounts/branch"));
  EXPECT_EQ(Delete("branch"), absl::OkStatus());
  EXPECT_EQ(Delete("head"), absl::OkStatus());
  EXPECT_THAT(Create("late", "accounts/head"),
              IsRefusal("RESOURCE_NOT_FOUND", "account.parent: "));
}

}  // namespace
}  // namespace charter::services

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "tests/server/services/directory/directory_fixture.h"

namespace charter::services {
namespace {

using test::Proto;

class ContactTest : public DirectoryTest {
 protected:
  absl::Status Create(const std::string& id, const std::string& account,
                      const std::string& more = "") {
    return world_
        .Try(&CreateContact,
             Proto<v1::CreateContactRequest>(absl::StrCat(
                 "contact_id: '", id, "' contact { display_name: 'C' ",
                 "account: '", account, "' ", more, " }")))
        .status();
  }
  absl::Status Update(const std::string& id, const std::string& changes) {
    return world_
        .Try(&UpdateContact,
             Proto<v1::UpdateContactRequest>(absl::StrCat(
                 "contact { name: 'contacts/", id, "' ", changes, " }")))
        .status();
  }
};
INSTANTIATE_TEST_SUITE_P(All, ContactTest, testing::ValuesIn(test::kEngines),
                         test::EngineName);

TEST_P(ContactTest, AnExternalIdIsOnceInAnAccount) {
  const std::string id = "external_id: 'K 1'";
  ASSERT_EQ(Create("one", "accounts/acme", id), absl::OkStatus());
  ASSERT_EQ(Create("two", "accounts/acme"), absl::OkStatus());
  const int64_t before = world_.Number("SELECT COUNT(*) FROM contacts");
  EXPECT_THAT(Create("three", "accounts/acme", id),
              IsRefusal("RESOURCE_ALREADY_EXISTS", "external_id"));
  EXPECT_EQ(world_.Number("SELECT COUNT(*) FROM contacts"), before);
  EXPECT_THAT(Update("two", id),
              IsRefusal("RESOURCE_ALREADY_EXISTS", "external_id"));
  EXPECT_EQ(world_.Number("SELECT COUNT(*) FROM contacts WHERE external_id = "
                          "'K 1'"),
            1);
  EXPECT_EQ(Update("one", id + " display_name: 'D'"), absl::OkStatus());
  // Ids are compared as they are, and another account has its own.
  EXPECT_EQ(Update("two", "external_id: 'k 1'"), absl::OkStatus());
  EXPECT_EQ(Create("theirs", "accounts/other", id), absl::OkStatus());
}

}  // namespace
}  // namespace charter::services

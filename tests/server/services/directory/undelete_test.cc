// What was deleted comes back as it was, if what it names is still there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "server/services/admin/admin.h"
#include "server/services/shared/time_convert.h"
#include "server/workers/feed_publisher.h"
#include "server/workers/purge.h"
#include "tests/server/services/directory/directory_fixture.h"

namespace charter::services {
namespace {

using test::Proto;

class UndeleteTest : public DirectoryTest {
 protected:
  template <typename Message, typename Request>
  absl::StatusOr<Message> Try(
      absl::StatusOr<Message> (*handler)(Call&, const Request&),
      const std::string& name, const std::string& etag = "") {
    Request request;
    request.set_name(name);
    if constexpr (requires { request.set_etag(etag); }) request.set_etag(etag);
    return world_.Try(handler, request);
  }
  template <typename Message, typename Request>
  Message Do(absl::StatusOr<Message> (*handler)(Call&, const Request&),
             const std::string& name) {
    absl::StatusOr<Message> done = Try(handler, name);
    EXPECT_TRUE(done.ok()) << done.status();
    return done.ok() ? *std::move(done) : Message();
  }
  int Found(const std::string& words) {
    v1::SearchCallersRequest request;
    request.set_query(words);
    return world_.Do(&SearchCallers, request).callers_size();
  }
};
INSTANTIATE_TEST_SUITE_P(All, UndeleteTest, testing::ValuesIn(test::kEngines),
                         test::EngineName);

TEST_P(UndeleteTest, WhatComesBackIsAsItWasFoundToldAndAudited) {
  const v1::Contact before = world_.Do(
      &CreateContact,
      Proto<v1::CreateContactRequest>(
          "contact_id: 'kim' contact { account: 'accounts/acme' display_name: "
          "'Kim Walker' email: 'kim@acme.example' external_id: 'K' }"));
  EXPECT_EQ(Found("walker"), 1);
  Do(&DeleteContact, "contacts/kim");
  EXPECT_EQ(Found("walker"), 0);
  world_.clock().Advance(absl::Hours(24 * 29));
  const v1::Contact back = Do(&UndeleteContact, "contacts/kim");
  v1::Contact expected = before;
  expected.set_etag(back.etag());
  *expected.mutable_update_time() = ToProto(world_.now());
  EXPECT_EQ(back.SerializeAsString(), expected.SerializeAsString());
  EXPECT_NE(back.etag(), before.etag());
  EXPECT_EQ(Found("kim@acme"), 1);
  EXPECT_EQ(Found("walker"), 1);
  EXPECT_EQ(world_
                .Do(&ListContacts, Proto<v1::ListContactsRequest>(
                                       "filter: \"external_id == 'K'\""))
                .contacts_size(),
            1);

  workers::FeedPublisher publisher(world_.services());
  ASSERT_EQ(publisher.RunUntilIdle(), absl::OkStatus());
  const v1::Event last = world_.Feed().back();
  EXPECT_EQ(last.type(), "contact.undeleted");
  EXPECT_EQ(last.account(), "accounts/acme");
  v1::ListAuditEntriesRequest of_it;
  of_it.set_subject("contacts/kim");
  const auto audited = world_.Do(&ListAuditEntries, of_it);
  bool told = false;
  for (const v1::AuditEntry& entry : audited.audit_entries()) {
    v1::Contact was, became;
    if (!entry.before().UnpackTo(&was) || !entry.after().UnpackTo(&became))
      continue;
    told |= was.has_delete_time() && !became.has_delete_time();
  }
  EXPECT_TRUE(told) << audited.ShortDebugString();
  // It is not removed when it would have been.
  world_.clock().Advance(absl::Hours(24 * 2));
  workers::Purge purge(world_.services(), workers::PurgeOptions());
  ASSERT_EQ(purge.RunUntilIdle(), absl::OkStatus());
  EXPECT_TRUE(Try(&GetContact, "contacts/kim").ok());
}

TEST_P(UndeleteTest, WhatIsThereOrGoneForGoodIsRefused) {
  EXPECT_THAT(Try(&UndeleteContact, "contacts/ann").status(),
              IsRefusal("RESOURCE_ALREADY_EXISTS", "not deleted"));
  EXPECT_THAT(Try(&UndeleteContact, "contacts/none").status(),
              IsRefusal("RESOURCE_NOT_FOUND", "contacts/none"));
  const v1::Contact deleted = Do(&DeleteContact, "contacts/ann");
  EXPECT_THAT(Try(&UndeleteContact, "contacts/ann", "\"7-x\"").status(),
              IsRefusal("ETAG_MISMATCH", "contacts/ann"));
  // Until its purge_time, whether or not it is removed by then.
  world_.clock().Set(ToTime(deleted.purge_time()) - absl::Microseconds(1));
  EXPECT_TRUE(Try(&UndeleteContact, "contacts/ann", deleted.etag()).ok());
  world_.clock().Set(ToTime(Do(&DeleteContact, "contacts/ann").purge_time()));
  EXPECT_TRUE(Try(&GetContact, "contacts/ann").ok());
  EXPECT_THAT(Try(&UndeleteContact, "contacts/ann").status(),
              IsRefusal("RESOURCE_NOT_FOUND", "contacts/ann"));
}

TEST_P(UndeleteTest, ADryRunBringsNothingBack) {
  Do(&DeleteContact, "contacts/ann");
  const auto session = world_.store().OpenSession();
  CallInfo info = world_.Info();
  info.validate_only = true;
  Call call(world_.services(), *session, info);
  const auto shown = UndeleteContact(
      call, Proto<v1::UndeleteContactRequest>("name: 'contacts/ann'"));
  ASSERT_TRUE(shown.ok()) << shown.status();
  EXPECT_FALSE(shown->has_delete_time());
  EXPECT_TRUE(Do(&GetContact, "contacts/ann").has_delete_time());
}

TEST_P(UndeleteTest, WhatItNamedBeforeMayBeRetiredByNow) {
  world_.Do(&services::CreateProduct,
            Proto<v1::CreateProductRequest>(
                "product_id: 'old' product { display_name: "
                "'Old' }"));
  world_.Do(&services::CreateAsset,
            Proto<v1::CreateAssetRequest>(
                "asset_id: 'old' asset { account: 'accounts/acme' "
                "display_name: 'Old' product: 'products/old' }"));
  Do(&services::DeleteAsset, "assets/old");
  world_.Do(&services::UpdateProduct,
            Proto<v1::UpdateProductRequest>(
                "product { name: 'products/old' retired: true serialized: true "
                "}"));
  EXPECT_EQ(Do(&services::UndeleteAsset, "assets/old").product(),
            "products/old");
}

TEST_P(UndeleteTest, C1_WhatItNamesMustStillBeThere) {
  world_.Do(&CreateAccount,
            Proto<v1::CreateAccountRequest>(
                "account_id: 'head' account { display_name: 'H' }"));
  world_.Do(&CreateAccount,
            Proto<v1::CreateAccountRequest>(
                "account_id: 'branch' account { display_name: 'B' parent: "
                "'accounts/head' }"));
  world_.Do(&CreateContact,
            Proto<v1::CreateContactRequest>(
                "contact_id: 'bea' contact { account: 'accounts/branch' "
                "display_name: 'Bea' }"));
  Do(&DeleteContact, "contacts/bea");
  Do(&DeleteAccount, "accounts/branch");
  Do(&DeleteAccount, "accounts/head");
  EXPECT_THAT(Try(&UndeleteContact, "contacts/bea").status(),
              IsRefusal("RESOURCE_NOT_FOUND", "contact.account: "));
  EXPECT_THAT(Try(&UndeleteAccount, "accounts/branch").status(),
              IsRefusal("RESOURCE_NOT_FOUND", "account.parent: "));
  // From the top down.
  Do(&UndeleteAccount, "accounts/head");
  Do(&UndeleteAccount, "accounts/branch");
  Do(&UndeleteContact, "contacts/bea");
  EXPECT_THAT(Try(&DeleteAccount, "accounts/head").status(),
              IsRefusal("RESOURCE_IN_USE", "accounts/branch"));
}

TEST_P(UndeleteTest, AnAssetComesBackIntoItsTreeWithItsProduct) {
  CreateAsset("whole");
  CreateAsset("part",
              "parent: 'assets/whole' product: 'products/printer' contact: "
              "'contacts/ann' serial_number: 'S-1' ");
  Do(&DeleteAsset, "assets/part");
  // Meanwhile the whole became a part itself.
  CreateAsset("site");
  ASSERT_TRUE(TryUpdate("whole", "parent: 'assets/site'").ok());
  EXPECT_EQ(Do(&UndeleteAsset, "assets/part").root(), "assets/site");
  EXPECT_EQ(Found("s1"), 1);

  Do(&DeleteAsset, "assets/part");
  Do(&DeleteProduct, "products/printer");
  EXPECT_THAT(Try(&UndeleteAsset, "assets/part").status(),
              IsRefusal("RESOURCE_NOT_FOUND", "asset.product: "));
  EXPECT_FALSE(Do(&UndeleteProduct, "products/printer").has_delete_time());
  Do(&DeleteContact, "contacts/ann");
  EXPECT_THAT(Try(&UndeleteAsset, "assets/part").status(),
              IsRefusal("RESOURCE_NOT_FOUND", "asset.contact: "));
  Do(&UndeleteContact, "contacts/ann");
  // The whole went to another account without it.
  world_.Do(&TransferAsset,
            Proto<v1::TransferAssetRequest>(
                "name: 'assets/whole' account: 'accounts/other'"));
  EXPECT_THAT(Try(&UndeleteAsset, "assets/part").status(),
              IsRefusal("FIELD_INVALID", "asset.parent: "));
}

}  // namespace
}  // namespace charter::services

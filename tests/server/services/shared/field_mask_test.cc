#include "server/services/shared/field_mask.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "charter/v1/account.pb.h"
#include "charter/v1/case.pb.h"
#include "charter/v1/entitlement_process.pb.h"
#include "charter/v1/item_status.pb.h"
#include "server/services/shared/errors.h"

namespace charter::services {
namespace {

using google::protobuf::FieldMask;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

FieldMask Mask(std::initializer_list<const char*> paths) {
  FieldMask mask;
  for (const char* path : paths) mask.add_paths(path);
  return mask;
}

v1::Account Stored() {
  v1::Account account;
  account.set_name("accounts/acme");
  account.set_etag("\"1\"");
  account.set_display_name("Acme");
  account.set_tier("gold");
  account.mutable_create_time()->set_seconds(1);
  (*account.mutable_annotations())["color"] = "red";
  (*account.mutable_annotations())["size"] = "big";
  return account;
}

TEST(FieldMaskTest, AbsentMaskWritesTheFieldsThatAreSet) {
  v1::Account update;
  update.set_name("accounts/acme");
  update.set_etag("\"1\"");
  update.set_region("vienna");
  update.mutable_create_time()->set_seconds(99);
  v1::Account account = Stored();
  EXPECT_THAT(*ApplyUpdate(FieldMask(), update, &account),
              ElementsAre("region"));
  EXPECT_EQ(account.region(), "vienna");
  EXPECT_EQ(account.tier(), "gold");
  EXPECT_EQ(account.create_time().seconds(), 1);
}

TEST(FieldMaskTest, StarReplacesEverythingThatClientsCanWrite) {
  v1::Account update;
  update.set_display_name("New");
  v1::Account account = Stored();
  ASSERT_TRUE(ApplyUpdate(Mask({"*"}), update, &account).ok());
  EXPECT_EQ(account.display_name(), "New");
  EXPECT_EQ(account.tier(), "");
  EXPECT_THAT(account.annotations(), IsEmpty());
  EXPECT_EQ(account.name(), "accounts/acme");
  EXPECT_EQ(account.etag(), "\"1\"");
  EXPECT_EQ(account.create_time().seconds(), 1);
}

TEST(FieldMaskTest, NamedButUnsetFieldIsCleared) {
  v1::Account account = Stored();
  ASSERT_TRUE(ApplyUpdate(Mask({"tier"}), v1::Account(), &account).ok());
  EXPECT_EQ(account.tier(), "");
  EXPECT_EQ(account.display_name(), "Acme");
}

TEST(FieldMaskTest, MapsAreReplacedAsAWholeOrByKey) {
  v1::Account update;
  (*update.mutable_annotations())["color"] = "blue";
  v1::Account account = Stored();
  ASSERT_TRUE(ApplyUpdate(Mask({"annotations.color", "annotations.size"}),
                          update, &account)
                  .ok());
  EXPECT_EQ(account.annotations().size(), 1u);
  EXPECT_EQ(account.annotations().at("color"), "blue");

  account = Stored();
  ASSERT_TRUE(ApplyUpdate(Mask({"annotations"}), update, &account).ok());
  EXPECT_EQ(account.annotations().size(), 1u);
}

TEST(FieldMaskTest, OneCustomFieldOfACaseCanBeChanged) {
  v1::Case stored, update;
  (*stored.mutable_attributes())["vip"].set_bool_value(false);
  (*stored.mutable_attributes())["floor"].set_number_value(3);
  (*update.mutable_attributes())["vip"].set_bool_value(true);
  ASSERT_TRUE(ApplyUpdate(Mask({"attributes.vip"}), update, &stored).ok());
  EXPECT_TRUE(stored.attributes().at("vip").bool_value());
  EXPECT_EQ(stored.attributes().at("floor").number_value(), 3);
}

TEST(FieldMaskTest, ListsAreReplacedNotAppended) {
  v1::EntitlementProcess stored, update;
  stored.mutable_definition()->add_milestones()->set_key("a");
  stored.mutable_definition()->add_milestones()->set_key("b");
  update.mutable_definition()->add_milestones()->set_key("c");
  ASSERT_TRUE(
      ApplyUpdate(Mask({"definition.milestones"}), update, &stored).ok());
  ASSERT_EQ(stored.definition().milestones_size(), 1);
  EXPECT_EQ(stored.definition().milestones(0).key(), "c");
}

TEST(FieldMaskTest, UnknownPathsAreRefusedByName) {
  for (const char* path : {"tire", "tier.x", "annotations.", "create_time.x"}) {
    v1::Account account = Stored();
    const auto result = ApplyUpdate(Mask({path}), v1::Account(), &account);
    EXPECT_EQ(errors::ReasonOf(result.status()), "FIELD_MASK_INVALID") << path;
    EXPECT_THAT(std::string(result.status().message()), HasSubstr(path));
  }
}

TEST(FieldMaskTest, PathIntoAListIsRefused) {
  v1::EntitlementProcess stored;
  const auto result = ApplyUpdate(Mask({"definition.milestones.key"}),
                                  v1::EntitlementProcess(), &stored);
  EXPECT_EQ(errors::ReasonOf(result.status()), "FIELD_MASK_INVALID");
}

TEST(FieldMaskTest, StarStandsAlone) {
  v1::Account account = Stored();
  EXPECT_EQ(
      errors::ReasonOf(
          ApplyUpdate(Mask({"*", "tier"}), v1::Account(), &account).status()),
      "FIELD_MASK_INVALID");
}

TEST(FieldMaskTest, OutputOnlyAndIdentityAreIgnoredBesideOthers) {
  v1::Account update;
  update.set_name("accounts/other");
  update.mutable_create_time()->set_seconds(99);
  update.set_tier("silver");
  v1::Account account = Stored();
  EXPECT_THAT(*ApplyUpdate(Mask({"name", "create_time", "etag", "tier"}),
                           update, &account),
              ElementsAre("tier"));
  EXPECT_EQ(account.name(), "accounts/acme");
  EXPECT_EQ(account.create_time().seconds(), 1);
}

TEST(FieldMaskTest, AMaskOfNothingThatClientsWriteIsRefusedByName) {
  v1::Case update;
  update.set_violated(true);
  for (const auto& mask :
       {Mask({"violated"}), Mask({"violated", "etag", "name"})}) {
    v1::Case item;
    const auto result = ApplyUpdate(mask, update, &item);
    EXPECT_EQ(errors::ReasonOf(result.status()), "FIELD_MASK_INVALID");
    EXPECT_THAT(std::string(result.status().message()), HasSubstr("violated"));
    EXPECT_FALSE(item.violated());
  }
  // Without a mask it is no mistake to send back what was read.
  v1::Case item;
  EXPECT_THAT(*ApplyUpdate(FieldMask(), update, &item), IsEmpty());
}

TEST(FieldMaskTest, ImmutableFieldsKeepTheirValue) {
  v1::ItemStatus stored, same, other;
  stored.set_category(v1::ItemStatus::OPEN);
  same.set_category(v1::ItemStatus::OPEN);
  other.set_category(v1::ItemStatus::CLOSED);
  EXPECT_TRUE(ApplyUpdate(Mask({"category"}), same, &stored).ok());
  const auto refused = ApplyUpdate(Mask({"category"}), other, &stored);
  EXPECT_EQ(errors::ReasonOf(refused.status()), "FIELD_INVALID");
  EXPECT_THAT(std::string(refused.status().message()),
              testing::StartsWith("item_status.category: "));
  EXPECT_EQ(stored.category(), v1::ItemStatus::OPEN);
}

TEST(FieldMaskTest, ClearOutputOnlyLeavesWhatClientsWrite) {
  v1::Account account = Stored();
  ClearOutputOnly(&account);
  EXPECT_FALSE(account.has_create_time());
  EXPECT_EQ(account.display_name(), "Acme");
}

}  // namespace
}  // namespace charter::services

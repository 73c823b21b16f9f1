// What a customer has, and what it may name.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/workers/feed_publisher.h"
#include "tests/server/services/directory/directory_fixture.h"

namespace charter::services {
namespace {

using test::Proto;
using testing::ElementsAre;

constexpr char kAcme[] = "account: 'accounts/acme' ";

class AssetTest : public DirectoryTest {
 protected:
  // The names that a list gives for a filter.
  std::vector<std::string> Listed(const std::string& filter) {
    v1::ListAssetsRequest request;
    request.set_filter(filter);
    const v1::ListAssetsResponse listed = world_.Do(&ListAssets, request);
    std::vector<std::string> names;
    for (const v1::Asset& asset : listed.assets())
      names.push_back(asset.name());
    return names;
  }
};
INSTANTIATE_TEST_SUITE_P(All, AssetTest, testing::ValuesIn(test::kEngines),
                         test::EngineName);

TEST_P(AssetTest, ItIsFoundByWhatItIsAndWhoseItIs) {
  CreateAsset("press", "product: 'products/printer' serial_number: 'X-1'");
  CreateAsset("tray", "parent: 'assets/press' external_id: 'e1'");
  CreateAsset("spare");
  EXPECT_THAT(Listed("product == 'products/printer'"),
              ElementsAre("assets/press"));
  EXPECT_THAT(Listed("serial_number == 'X-1'"), ElementsAre("assets/press"));
  // Numbers are compared octet by octet.
  EXPECT_THAT(Listed("serial_number == 'x-1'"), ElementsAre());
  EXPECT_THAT(Listed("serial_number == 'X-1 '"), ElementsAre());
  EXPECT_THAT(Listed("parent == 'assets/press'"), ElementsAre("assets/tray"));
  EXPECT_THAT(Listed("root == 'assets/press'"),
              ElementsAre("assets/press", "assets/tray"));
  EXPECT_THAT(Listed("external_id == 'e1' && account == 'accounts/acme'"),
              ElementsAre("assets/tray"));
  EXPECT_THAT(Listed("account == 'accounts/acme'"),
              ElementsAre("assets/press", "assets/spare", "assets/tray"));
}

TEST_P(AssetTest, C1_WhatItNamesIsItsAccounts) {
  CreateAsset("press");
  EXPECT_THAT(TryAsset(absl::StrCat(kAcme, "contact: 'contacts/oto'")).status(),
              IsRefusal("FIELD_INVALID", "asset.contact: "));
  EXPECT_THAT(
      TryAsset("account: 'accounts/other' parent: 'assets/press'").status(),
      IsRefusal("FIELD_INVALID", "asset.parent: "));
  EXPECT_THAT(TryUpdate("press", "contact: 'contacts/oto'").status(),
              IsRefusal("FIELD_INVALID", "asset.contact: "));
  EXPECT_THAT(TryUpdate("press", "account: 'accounts/other'").status(),
              IsRefusal("FIELD_INVALID", "asset.account: "));
  EXPECT_EQ(TryUpdate("press", "contact: 'contacts/ann'")->contact(),
            "contacts/ann");
}

TEST_P(AssetTest, WhatItNamesIsThereUnderThatVeryName) {
  for (const char* wrong :
       {"product: 'products/Printer'", "contact: 'contacts/ANN'",
        "parent: 'assets/none'"}) {
    EXPECT_THAT(TryAsset(absl::StrCat(kAcme, wrong)).status(),
                IsRefusal("RESOURCE_NOT_FOUND", "asset."))
        << wrong;
  }
  EXPECT_THAT(TryAsset("account: 'accounts/none'").status(),
              IsRefusal("RESOURCE_NOT_FOUND", "asset.account: "));
}

TEST_P(AssetTest, ExternalIdsAreUniqueWithinAnAccount) {
  CreateAsset("one", "external_id: 'x'");
  EXPECT_THAT(TryAsset(absl::StrCat(kAcme, "external_id: 'x'")).status(),
              IsRefusal("RESOURCE_ALREADY_EXISTS", "external_id"));
  // Another account learns nothing of it.
  EXPECT_TRUE(TryAsset("account: 'accounts/other' external_id: 'x'").ok());
}

TEST_P(AssetTest, ASerializedProductDemandsASerialNumber) {
  const std::string laptop = absl::StrCat(kAcme, "product: 'products/laptop' ");
  EXPECT_THAT(TryAsset(laptop).status(),
              IsRefusal("FIELD_INVALID", "asset.serial_number: "));
  EXPECT_TRUE(TryAsset(absl::StrCat(laptop, "serial_number: '1'")).ok());
  // What was there before the product became so stays, and can be changed.
  CreateAsset("old", "product: 'products/printer'");
  CreateAsset("numbered", "product: 'products/printer' serial_number: '2'");
  world_.Do(&UpdateProduct, Proto<v1::UpdateProductRequest>(
                                "product { name: 'products/printer' "
                                "serialized: true }"));
  EXPECT_TRUE(TryUpdate("old", "status: 'installed'").ok());
  EXPECT_THAT(
      world_
          .Try(&UpdateAsset, Proto<v1::UpdateAssetRequest>(
                                 "asset { name: 'assets/numbered' } "
                                 "update_mask { paths: 'serial_number' }"))
          .status(),
      IsRefusal("FIELD_INVALID", "asset.serial_number: "));
}

TEST_P(AssetTest, ARetiredProductIsNotNamedAnew) {
  CreateAsset("old", "product: 'products/printer'");
  CreateAsset("none");
  world_.Do(&UpdateProduct,
            Proto<v1::UpdateProductRequest>(
                "product { name: 'products/printer' retired: true }"));
  const std::string printer = "product: 'products/printer'";
  EXPECT_THAT(TryAsset(absl::StrCat(kAcme, printer)).status(),
              IsRefusal("PRODUCT_RETIRED", "asset.product: "));
  EXPECT_THAT(TryUpdate("none", printer).status(),
              IsRefusal("PRODUCT_RETIRED", "asset.product: "));
  EXPECT_TRUE(TryUpdate("old", absl::StrCat(printer, " quantity: 2")).ok());
}

TEST_P(AssetTest, DatesAreDatesAndDoNotContradict) {
  EXPECT_THAT(
      TryAsset(
          absl::StrCat(kAcme, "purchase_date { year: 2025 month: 2 day: 29 }"))
          .status(),
      IsRefusal("FIELD_INVALID", "asset.purchase_date: "));
  const std::string installed =
      absl::StrCat(kAcme, "install_date { year: 2025 month: 3 day: 2 } ");
  const std::string last = "usage_end_date { year: 2025 month: 3 day: ";
  EXPECT_THAT(TryAsset(absl::StrCat(installed, last, "1 }")).status(),
              IsRefusal("FIELD_INVALID", "asset.usage_end_date: "));
  absl::StatusOr<v1::Asset> one_day =
      TryAsset(absl::StrCat(installed, last, "2 }"));
  ASSERT_TRUE(one_day.ok()) << one_day.status();
  EXPECT_EQ(one_day->usage_end_date().day(), 2);
}

TEST_P(AssetTest, C8_ItsPriceIsMoneyOfWholeMinorUnits) {
  const auto priced = [&](const std::string& price) {
    return TryAsset(absl::StrCat(kAcme, "price { ", price, " }"));
  };
  EXPECT_THAT(priced("currency_code: 'EUR' units: 1 nanos: 1").status(),
              IsRefusal("FIELD_INVALID", "asset.price"));
  EXPECT_THAT(priced("currency_code: 'EUR' units: -1").status(),
              IsRefusal("FIELD_INVALID", "asset.price: "));
  EXPECT_THAT(priced("units: 1").status(),
              IsRefusal("FIELD_INVALID", "asset.price"));
  absl::StatusOr<v1::Asset> kept = priced(
      "currency_code: 'EUR' units: 9 nanos: 990000000 } owner: 'ann' "
      "competitor_product: true internal: true address: 'Gasse 1\\n1010 "
      "Wien' annotations { key: 'a' value: 'b'");
  ASSERT_TRUE(kept.ok()) << kept.status();
  const v1::Asset asset = world_.Do(
      &services::GetAsset,
      Proto<v1::GetAssetRequest>(absl::StrCat("name: '", kept->name(), "'")));
  EXPECT_EQ(asset.price().nanos(), 990000000);
  EXPECT_EQ(asset.owner(), "ann");
  EXPECT_TRUE(asset.competitor_product());
  EXPECT_TRUE(asset.internal());
  EXPECT_EQ(asset.address(), "Gasse 1\n1010 Wien");
}

TEST_P(AssetTest, AnEtagThatIsNotTheNewestIsRefused) {
  const v1::Asset created = CreateAsset("press");
  const std::string etag = absl::StrCat("etag: '", created.etag(), "' ");
  EXPECT_TRUE(TryUpdate("press", absl::StrCat(etag, "status: 'on'")).ok());
  EXPECT_THAT(TryUpdate("press", absl::StrCat(etag, "status: 'off'")).status(),
              IsRefusal("ETAG_MISMATCH", "assets/press"));
  EXPECT_EQ(GetAsset("press")->status(), "on");
}

TEST_P(AssetTest, DeletedItIsReadAndNoLongerNamedOrListed) {
  CreateAsset("press");
  CreateAsset("tray", "parent: 'assets/press'");
  const auto remove = [&](const std::string& id) {
    return world_
        .Try(&DeleteAsset, Proto<v1::DeleteAssetRequest>(
                               absl::StrCat("name: 'assets/", id, "'")))
        .status();
  };
  EXPECT_THAT(remove("press"), IsRefusal("RESOURCE_IN_USE", "assets/tray"));
  EXPECT_EQ(remove("tray"), absl::OkStatus());
  EXPECT_EQ(remove("press"), absl::OkStatus());
  EXPECT_TRUE(GetAsset("press")->has_purge_time());
  EXPECT_THAT(Listed("account == 'accounts/acme'"), ElementsAre());
  EXPECT_THAT(TryAsset(absl::StrCat(kAcme, "parent: 'assets/press'")).status(),
              IsRefusal("RESOURCE_NOT_FOUND", "asset.parent: "));
  EXPECT_THAT(TryUpdate("press", "status: 'on'").status(),
              IsRefusal("RESOURCE_NOT_FOUND", "is deleted"));
}

TEST_P(AssetTest, AnAccountWithAssetsStays) {
  world_.Do(&CreateAccount,
            Proto<v1::CreateAccountRequest>(
                "account_id: 'bare' account { display_name: 'B' }"));
  const std::string asset =
      TryAsset("account: 'accounts/bare'").value_or(v1::Asset()).name();
  const auto remove = Proto<v1::DeleteAccountRequest>("name: 'accounts/bare'");
  EXPECT_THAT(world_.Try(&DeleteAccount, remove).status(),
              IsRefusal("RESOURCE_IN_USE", asset));
  v1::DeleteAssetRequest remove_asset;
  remove_asset.set_name(asset);
  world_.Do(&DeleteAsset, remove_asset);
  world_.Do(&DeleteAccount, remove);
}

TEST_P(AssetTest, W1_EachChangeIsOnTheFeedWithItsAccount) {
  CreateAsset("press");
  ASSERT_TRUE(TryUpdate("press", "status: 'on'").ok());
  world_.Do(&DeleteAsset,
            Proto<v1::DeleteAssetRequest>("name: 'assets/press'"));
  workers::FeedPublisher publisher(world_.services());
  ASSERT_EQ(publisher.RunUntilIdle(), absl::OkStatus());
  std::vector<std::string> types;
  for (const v1::Event& event : world_.Feed()) {
    if (event.subject() != "assets/press") continue;
    types.push_back(event.type());
    EXPECT_EQ(event.account(), "accounts/acme");
    EXPECT_EQ(event.resource_type(), "assets");
    EXPECT_TRUE(event.resource().Is<v1::Asset>());
  }
  EXPECT_THAT(types,
              ElementsAre("asset.created", "asset.updated", "asset.deleted"));
}

}  // namespace
}  // namespace charter::services

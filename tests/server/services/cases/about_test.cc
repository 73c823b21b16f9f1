// What a case is about: an asset and a product that there are.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/services/cases/cases.h"
#include "server/services/directory/directory.h"
#include "server/services/shared/errors.h"
#include "tests/support/service_world.h"

namespace charter::services {
namespace {

using test::Proto;
using test::ServiceWorld;

class AboutTest : public testing::TestWithParam<storage::Engine> {
 protected:
  void SetUp() override {
    world_.SetUpSupport();
    world_.Do(&CreateAccount,
              Proto<v1::CreateAccountRequest>(
                  "account_id: 'other' account { display_name: 'O' }"));
    for (const char* product : {"printer", "laptop"}) {
      world_.Do(&CreateProduct, Proto<v1::CreateProductRequest>(absl::StrCat(
                                    "product_id: '", product,
                                    "' product { display_name: 'P' }")));
    }
    for (const char* asset :
         {"asset_id: 'press' asset { account: 'accounts/acme' product: "
          "'products/printer'",
          "asset_id: 'bare' asset { account: 'accounts/acme'",
          "asset_id: 'theirs' asset { account: 'accounts/other'"}) {
      world_.Do(&CreateAsset, Proto<v1::CreateAssetRequest>(
                                  absl::StrCat(asset, " display_name: 'A' }")));
    }
  }
  absl::StatusOr<v1::Case> Open(const std::string& fields) {
    auto opened = world_.Try(
        &OpenCase, Proto<v1::OpenCaseRequest>(absl::StrCat(
                       "case { account: 'accounts/acme' ", fields, "}")));
    if (!opened.ok()) return opened.status();
    return opened->case_();
  }
  absl::StatusOr<v1::Case> Update(const v1::Case& item,
                                  const std::string& fields,
                                  const std::string& more = "") {
    return world_.Try(&UpdateCase, Proto<v1::UpdateCaseRequest>(absl::StrCat(
                                       "case { name: '", item.name(), "' ",
                                       fields, "} ", more)));
  }
  static void ExpectRefusal(const absl::Status& status,
                            const std::string& reason,
                            const std::string& words) {
    EXPECT_EQ(errors::ReasonOf(status), reason) << status;
    EXPECT_TRUE(absl::StrContains(status.message(), words)) << status;
  }

  ServiceWorld world_{{.engine = GetParam()}};
};
INSTANTIATE_TEST_SUITE_P(All, AboutTest, testing::ValuesIn(test::kEngines),
                         test::EngineName);

TEST_P(AboutTest, AnAssetBringsItsProductWhereNoneIsNamed) {
  EXPECT_EQ(Open("asset: 'assets/press'")->product(), "products/printer");
  EXPECT_EQ(Open("asset: 'assets/press' product: 'products/laptop'")->product(),
            "products/laptop");
  EXPECT_EQ(Open("asset: 'assets/bare'")->product(), "");
  EXPECT_EQ(Open("product: 'products/laptop'")->product(), "products/laptop");
}

TEST_P(AboutTest, C1_WhatIsNamedIsThereAndTheAccounts) {
  ExpectRefusal(Open("asset: 'assets/theirs'").status(), "FIELD_INVALID",
                "case.asset: ");
  ExpectRefusal(Open("asset: 'assets/PRESS'").status(), "RESOURCE_NOT_FOUND",
                "case.asset: ");
  ExpectRefusal(Open("product: 'products/none'").status(), "RESOURCE_NOT_FOUND",
                "case.product: ");
  const v1::Case item = *Open("");
  ExpectRefusal(Update(item, "asset: 'assets/theirs'").status(),
                "FIELD_INVALID", "case.asset: ");
  ExpectRefusal(Update(item, "asset: 'assets/none'").status(),
                "RESOURCE_NOT_FOUND", "case.asset: ");
  ExpectRefusal(Update(item, "product: 'products/none'").status(),
                "RESOURCE_NOT_FOUND", "case.product: ");
  const v1::Case after = world_.Do(
      &GetCase,
      Proto<v1::GetCaseRequest>(absl::StrCat("name: '", item.name(), "'")));
  EXPECT_EQ(after.asset(), "");
  EXPECT_EQ(after.event_count(), item.event_count());
}

TEST_P(AboutTest, AnExternalIdIsOnceInAnAccount) {
  const std::string id = "external_id: 'E 1'";
  const v1::Case item = *Open(id);
  ExpectRefusal(Open(id).status(), "RESOURCE_ALREADY_EXISTS", "external_id");
  const v1::Case second = *Open("");
  ExpectRefusal(Update(second, id).status(), "RESOURCE_ALREADY_EXISTS",
                "external_id");
  const auto recorded = world_.Do(
      &RecordEvents,
      Proto<v1::RecordEventsRequest>(absl::StrCat(
          "events { case: '", second.name(),
          "' event { key: 'k' fields_changed { case { ", id, " } } } }")));
  EXPECT_EQ(recorded.results(0).status().code(), 6) << "ALREADY_EXISTS";
  const v1::Case after = world_.Do(
      &GetCase,
      Proto<v1::GetCaseRequest>(absl::StrCat("name: '", second.name(), "'")));
  EXPECT_EQ(after.external_id(), "");
  EXPECT_EQ(after.event_count(), second.event_count());
  EXPECT_TRUE(Update(item, id + " priority: 1").ok());
  EXPECT_EQ(
      world_
          .Do(&OpenCase, Proto<v1::OpenCaseRequest>(
                             "case { account: 'accounts/other' " + id + " }"))
          .case_()
          .external_id(),
      "E 1");
}

TEST_P(AboutTest, AnAssetNamedLaterBringsItsProductToo) {
  const v1::Case item = *Open("");
  EXPECT_EQ(Update(item, "asset: 'assets/press'")->product(),
            "products/printer");
  const v1::Case told = *Open("product: 'products/laptop'");
  EXPECT_EQ(Update(told, "asset: 'assets/press'")->product(),
            "products/laptop");
  const v1::Case cleared =
      *Update(told, "", "update_mask { paths: 'product' paths: 'asset' }");
  EXPECT_EQ(cleared.product(), "");
  EXPECT_EQ(cleared.asset(), "");
}

TEST_P(AboutTest, WhatItNamesAlreadyMayBeDeleted) {
  const v1::Case item = *Open("asset: 'assets/bare'");
  world_.Do(&DeleteAsset, Proto<v1::DeleteAssetRequest>("name: 'assets/bare'"));
  absl::StatusOr<v1::Case> updated =
      Update(item, "asset: 'assets/bare' priority: 1");
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_EQ(updated->asset(), "assets/bare");
  ExpectRefusal(Open("asset: 'assets/bare'").status(), "RESOURCE_NOT_FOUND",
                "case.asset: ");
}

}  // namespace
}  // namespace charter::services

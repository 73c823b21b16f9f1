#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "server/services/shared/resources.h"
#include "server/workers/purge.h"
#include "tests/server/services/directory/directory_fixture.h"

namespace charter::services {
namespace {

using test::Proto;

class ProductTest : public DirectoryTest {};
INSTANTIATE_TEST_SUITE_P(All, ProductTest, testing::ValuesIn(test::kEngines),
                         test::EngineName);

TEST_P(ProductTest, ItIsFoundByItsCodes) {
  world_.Do(&CreateProduct, Proto<v1::CreateProductRequest>(R"pb(
    product_id: "x200"
    product {
      display_name: "X200"
      product_code: "X-200"
      sku: "4711"
      family: "Printers"
      external_id: "e1"
      end_of_life_date { year: 2031 month: 12 day: 31 }
    })pb"));
  for (const char* filter :
       {"product_code == 'X-200'", "sku == '4711'", "family == 'Printers'",
        "external_id == 'e1'", "end_of_life_date == date('2031-12-31')"}) {
    v1::ListProductsRequest request;
    request.set_filter(filter);
    const v1::ListProductsResponse page = world_.Do(&ListProducts, request);
    ASSERT_EQ(page.products_size(), 1) << filter;
    EXPECT_EQ(page.products(0).name(), "products/x200");
  }
}

TEST_P(ProductTest, BadOnesAreRefused) {
  const auto refused = [&](const std::string& product) {
    return world_
        .Try(&CreateProduct, Proto<v1::CreateProductRequest>(absl::StrCat(
                                 "product { display_name: 'P' ", product, "}")))
        .status();
  };
  EXPECT_THAT(refused("end_of_life_date { year: 2026 month: 13 day: 1 }"),
              IsRefusal("FIELD_INVALID", "product.end_of_life_date: "));
  EXPECT_THAT(refused("end_of_life_date { year: 2026 }"),
              IsRefusal("FIELD_INVALID", "product.end_of_life_date: "));
  EXPECT_EQ(refused("external_id: 'x'"), absl::OkStatus());
  EXPECT_THAT(refused("external_id: 'x'"),
              IsRefusal("RESOURCE_ALREADY_EXISTS", "external_id"));
}

TEST_P(ProductTest, ItStaysWhileAssetsNameItAndGoesWithTheOthersThen) {
  CreateAsset("press", "product: 'products/printer'");
  const auto remove =
      Proto<v1::DeleteProductRequest>("name: 'products/printer'");
  EXPECT_THAT(world_.Try(&DeleteProduct, remove).status(),
              IsRefusal("RESOURCE_IN_USE", "assets/press"));
  world_.Do(&DeleteAsset,
            Proto<v1::DeleteAssetRequest>("name: 'assets/press'"));
  world_.Do(&DeleteProduct, remove);
  const auto count = [&](const std::string& table) {
    return world_.Number(absl::StrCat("SELECT COUNT(*) FROM ", table));
  };
  for (int i = 0; i < 2; ++i) {
    workers::Purge purge(world_.services(), workers::PurgeOptions());
    ASSERT_EQ(purge.RunUntilIdle(), absl::OkStatus());
    EXPECT_EQ(count("products"), 2 - i);
    EXPECT_EQ(count("assets"), 1 - i);
    world_.clock().Advance(kKeepDeleted);
  }
}

}  // namespace
}  // namespace charter::services

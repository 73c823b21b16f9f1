#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "server/services/contracts/contracts.h"
#include "tests/server/services/directory/directory_fixture.h"

namespace charter::services {
namespace {

using test::Proto;

class PriceBookEntryTest : public DirectoryTest {
 protected:
  // An entry of the printer; `money` is its unit_price.
  absl::StatusOr<v1::PriceBookEntry> Try(const std::string& id,
                                         const std::string& book,
                                         const std::string& money) {
    return world_.Try(
        &CreatePriceBookEntry,
        Proto<v1::CreatePriceBookEntryRequest>(absl::StrCat(
            "price_book_entry_id: '", id,
            "' price_book_entry { product: 'products/printer' price_book: '",
            book, "' unit_price { ", money, " } }")));
  }
  absl::Status Reprice(const std::string& id, const std::string& money) {
    return world_
        .Try(&UpdatePriceBookEntry,
             Proto<v1::UpdatePriceBookEntryRequest>(
                 absl::StrCat("price_book_entry { name: 'priceBookEntries/", id,
                              "' unit_price { ", money, " } }")))
        .status();
  }
  absl::Status Delete(const std::string& id) {
    return world_
        .Try(&DeletePriceBookEntry,
             Proto<v1::DeletePriceBookEntryRequest>(
                 absl::StrCat("name: 'priceBookEntries/", id, "'")))
        .status();
  }
};
INSTANTIATE_TEST_SUITE_P(All, PriceBookEntryTest,
                         testing::ValuesIn(test::kEngines), test::EngineName);

TEST_P(PriceBookEntryTest, OnePriceForEachProductBookAndCurrency) {
  const std::string euros = "currency_code: 'EUR' units: 100";
  ASSERT_TRUE(Try("a", "standard", euros).ok());
  EXPECT_TRUE(Try("b", "partners", euros).ok());
  EXPECT_TRUE(Try("c", "standard", "currency_code: 'USD' units: 100").ok());
  EXPECT_THAT(Try("d", "standard", euros).status(),
              IsRefusal("RESOURCE_ALREADY_EXISTS", "priceBookEntries/a"));
  // A deleted one gives its place to another.
  EXPECT_EQ(Delete("a"), absl::OkStatus());
  EXPECT_TRUE(Try("d", "standard", euros).ok());
  EXPECT_EQ(Delete("d"), absl::OkStatus());
}

TEST_P(PriceBookEntryTest, C8_APriceIsMoneyOfWholeMinorUnits) {
  const auto refused = [&](const std::string& money) {
    return Try("x", "standard", money).status();
  };
  const std::string at = "price_book_entry.unit_price";
  EXPECT_THAT(refused("currency_code: 'EUR' nanos: 5000000"),
              IsRefusal("FIELD_INVALID", absl::StrCat(at, ": ")));
  EXPECT_THAT(refused("currency_code: 'JPY' nanos: 500000000"),
              IsRefusal("FIELD_INVALID", absl::StrCat(at, ": ")));
  EXPECT_THAT(refused("currency_code: 'EUR' units: -1"),
              IsRefusal("FIELD_INVALID", absl::StrCat(at, ": ")));
  EXPECT_THAT(refused("units: 1"),
              IsRefusal("FIELD_INVALID", absl::StrCat(at, ".currency_code: ")));
  EXPECT_THAT(refused("currency_code: 'EUR' units: 1 nanos: -1"),
              IsRefusal("FIELD_INVALID", absl::StrCat(at, ".nanos: ")));
  absl::StatusOr<v1::PriceBookEntry> fils =
      Try("fils", "standard", "currency_code: 'KWD' units: 1 nanos: 5000000");
  ASSERT_TRUE(fils.ok()) << fils.status();
  const v1::PriceBookEntry read = world_.Do(
      &GetPriceBookEntry,
      Proto<v1::GetPriceBookEntryRequest>("name: 'priceBookEntries/fils'"));
  EXPECT_EQ(read.unit_price().units(), 1);
  EXPECT_EQ(read.unit_price().nanos(), 5000000);
  EXPECT_TRUE(Try("free", "standard", "currency_code: 'EUR'").ok());
}

TEST_P(PriceBookEntryTest, ThePriceChangesAndItsCurrencyDoesNot) {
  ASSERT_TRUE(Try("a", "standard", "currency_code: 'EUR' units: 1").ok());
  EXPECT_EQ(Reprice("a", "currency_code: 'EUR' units: 2"), absl::OkStatus());
  EXPECT_THAT(Reprice("a", "currency_code: 'USD' units: 2"),
              IsRefusal("FIELD_INVALID", "currency_code: "));
  EXPECT_THAT(
      world_
          .Try(&UpdatePriceBookEntry,
               Proto<v1::UpdatePriceBookEntryRequest>(
                   "price_book_entry { name: 'priceBookEntries/a' price_book: "
                   "'other' }"))
          .status(),
      IsRefusal("FIELD_INVALID", "price_book_entry.price_book: "));
}

TEST_P(PriceBookEntryTest, ItsProductIsThereAndStays) {
  world_.Do(&UpdateProduct,
            Proto<v1::UpdateProductRequest>(
                "product { name: 'products/printer' retired: true }"));
  const std::string euro = "currency_code: 'EUR' units: 1";
  EXPECT_THAT(Try("a", "standard", euro).status(),
              IsRefusal("PRODUCT_RETIRED", "price_book_entry.product: "));
  world_.Do(&UpdateProduct, Proto<v1::UpdateProductRequest>(
                                "product { name: 'products/printer' } "
                                "update_mask { paths: 'retired' }"));
  ASSERT_TRUE(Try("a", "standard", euro).ok());
  const auto remove =
      Proto<v1::DeleteProductRequest>("name: 'products/printer'");
  EXPECT_THAT(world_.Try(&DeleteProduct, remove).status(),
              IsRefusal("RESOURCE_IN_USE", "priceBookEntries/a"));
  EXPECT_EQ(Delete("a"), absl::OkStatus());
  world_.Do(&DeleteProduct, remove);
  EXPECT_THAT(Try("b", "standard", euro).status(),
              IsRefusal("RESOURCE_NOT_FOUND", "price_book_entry.product: "));
}

}  // namespace
}  // namespace charter::services

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/server/services/batches/batches_fixture.h"

namespace charter::services {
namespace {

using test::Proto;

class BatchGetTest : public BatchesTest {
 protected:
  // Creates what the requests ask for, reads it in the opposite order, and
  // expects what the single Get says.
  template <typename Create, typename CreateResponse, typename GetMany,
            typename GetManyResponse, typename Get, typename Message>
  void CreateAndRead(
      absl::StatusOr<CreateResponse> (*create)(Call&, const Create&),
      const google::protobuf::RepeatedPtrField<Message>& (
          CreateResponse::*created)() const,
      absl::StatusOr<GetManyResponse> (*get_many)(Call&, const GetMany&),
      const google::protobuf::RepeatedPtrField<Message>& (
          GetManyResponse::*got)() const,
      absl::StatusOr<Message> (*get)(Call&, const Get&),
      const std::vector<std::string>& requests) {
    SCOPED_TRACE(Message::descriptor()->name());
    const CreateResponse response =
        world_.Do(create, BatchOf<Create>(requests));
    std::vector<std::string> names;
    for (const Message& one : (response.*created)())
      names.push_back(one.name());
    ASSERT_EQ(names.size(), requests.size());
    // Contracts begin and end by themselves.
    world_.clock().Advance(absl::Hours(24 * 40));
    std::reverse(names.begin(), names.end());
    const GetManyResponse all = world_.Do(get_many, Named<GetMany>(names));
    ASSERT_EQ((all.*got)().size(), static_cast<int>(names.size()));
    for (size_t i = 0; i < names.size(); ++i) {
      Get one;
      one.set_name(names[i]);
      EXPECT_EQ((all.*got)()[static_cast<int>(i)].DebugString(),
                world_.Do(get, one).DebugString());
    }
    names.insert(names.begin() + 1,
                 absl::StrCat(names[0].substr(0, names[0].find('/')), "/none"));
    EXPECT_THAT(world_.Try(get_many, Named<GetMany>(names)).status(),
                IsRefusal("RESOURCE_NOT_FOUND",
                          absl::StrCat("names[1]: ", names[1], " does not")));
    names[1] = names[0];
    EXPECT_THAT(world_.Try(get_many, Named<GetMany>(names)).status(),
                IsRefusal("FIELD_INVALID", "names[1]: is named before"));
  }
};
INSTANTIATE_TEST_SUITE_P(All, BatchGetTest, testing::ValuesIn(test::kEngines),
                         test::EngineName);

TEST_P(BatchGetTest, EveryKindIsReadAsByItsOwnGet) {
  CreateAndRead(&BatchCreateAccounts,
                &v1::BatchCreateAccountsResponse::accounts, &BatchGetAccounts,
                &v1::BatchGetAccountsResponse::accounts, &GetAccount,
                {"account_id: 'b' account { display_name: 'B' }",
                 "account_id: 'a' account { display_name: 'A' }"});
  CreateAndRead(&BatchCreateContacts,
                &v1::BatchCreateContactsResponse::contacts, &BatchGetContacts,
                &v1::BatchGetContactsResponse::contacts, &GetContact,
                {"contact { account: 'accounts/acme' display_name: 'B' }",
                 "contact { account: 'accounts/other' display_name: 'A' }"});
  CreateAndRead(&BatchCreateProducts,
                &v1::BatchCreateProductsResponse::products, &BatchGetProducts,
                &v1::BatchGetProductsResponse::products, &GetProduct,
                {"product_id: 'x' product { display_name: 'B' }",
                 "product { display_name: 'A' }"});
  CreateAndRead(&BatchCreateAssets, &v1::BatchCreateAssetsResponse::assets,
                &BatchGetAssets, &v1::BatchGetAssetsResponse::assets,
                &services::GetAsset,
                {"asset { account: 'accounts/acme' display_name: 'B' }",
                 "asset { account: 'accounts/other' display_name: 'A' }"});
  CreateAndRead(
      &BatchCreatePriceBookEntries,
      &v1::BatchCreatePriceBookEntriesResponse::price_book_entries,
      &BatchGetPriceBookEntries,
      &v1::BatchGetPriceBookEntriesResponse::price_book_entries,
      &GetPriceBookEntry,
      {"price_book_entry { product: 'products/x' unit_price { currency_code: "
       "'EUR' units: 1 } }",
       "price_book_entry { product: 'products/x' unit_price { currency_code: "
       "'USD' units: 1 } }"});
  CreateAndRead(
      &BatchCreateServiceContracts,
      &v1::BatchCreateServiceContractsResponse::service_contracts,
      &BatchGetServiceContracts,
      &v1::BatchGetServiceContractsResponse::service_contracts,
      &GetServiceContract,
      {"service_contract_id: 'sub' service_contract { account: "
       "'accounts/acme' display_name: 'B' currency_code: 'EUR' }",
       "service_contract { account: 'accounts/acme' display_name: 'A' "
       "currency_code: 'EUR' parent: 'serviceContracts/sub' }"});
  CreateAndRead(
      &BatchCreateContractLineItems,
      &v1::BatchCreateContractLineItemsResponse::contract_line_items,
      &BatchGetContractLineItems,
      &v1::BatchGetContractLineItemsResponse::contract_line_items,
      &GetContractLineItem,
      {"contract_line_item { service_contract: 'serviceContracts/sub' "
       "price_book_entry: 'priceBookEntries/std' }",
       "contract_line_item { service_contract: 'serviceContracts/sub' "
       "price_book_entry: 'priceBookEntries/std' asset: 'assets/a' }"});
  CreateAndRead(
      &BatchCreateEntitlements,
      &v1::BatchCreateEntitlementsResponse::entitlements, &BatchGetEntitlements,
      &v1::BatchGetEntitlementsResponse::entitlements, &GetEntitlement,
      {"entitlement { account: 'accounts/acme' display_name: 'E' start_date { "
       "year: 2001 month: 1 day: 1 } service_contract: "
       "'serviceContracts/sub' }",
       "draft: true entitlement { account: 'accounts/other' display_name: 'E' "
       "start_date { year: 2001 month: 1 day: 1 } }"});
}

// What is computed is so for now, not for when it was written.
TEST_P(BatchGetTest, C3_AStatusIsThatOfTheCallsInstant) {
  const absl::CivilDay today =
      absl::ToCivilDay(world_.now(), absl::UTCTimeZone());
  world_.Do(&BatchCreateEntitlements,
            BatchOf<v1::BatchCreateEntitlementsRequest>({absl::StrCat(
                "entitlement_id: 'e' entitlement { account: 'accounts/acme' "
                "display_name: 'E' ",
                Day("start_date", 2001, 1, 1),
                Day("end_date", static_cast<int>(today.year()), today.month(),
                    today.day()),
                "}")}));
  const auto status = [&] {
    return world_
        .Do(&BatchGetEntitlements,
            Named<v1::BatchGetEntitlementsRequest>({"entitlements/e"}))
        .entitlements(0)
        .status();
  };
  EXPECT_EQ(status(), v1::Entitlement::ACTIVE);
  world_.clock().Advance(absl::Hours(72));
  EXPECT_EQ(status(), v1::Entitlement::EXPIRED);
}

TEST_P(BatchGetTest, ADeletedOneIsFoundAsGetFindsIt) {
  world_.Do(&DeleteContact,
            Proto<v1::DeleteContactRequest>("name: 'contacts/oto'"));
  const v1::BatchGetContactsResponse response = world_.Do(
      &BatchGetContacts,
      Named<v1::BatchGetContactsRequest>({"contacts/oto", "contacts/ann"}));
  EXPECT_TRUE(response.contacts(0).has_delete_time());
  EXPECT_FALSE(response.contacts(1).has_delete_time());
}

TEST_P(BatchGetTest, AThousandAreOneStatement) {
  const v1::BatchCreateContactsResponse created =
      world_.Do(&BatchCreateContacts, Contacts(std::vector<std::string>(1000)));
  v1::BatchGetContactsRequest request;
  for (const v1::Contact& contact : created.contacts())
    request.add_names(contact.name());
  const auto session = world_.store().OpenSession();
  Call call(world_.services(), *session, world_.Info());
  const auto all = BatchGetContacts(call, request);
  ASSERT_TRUE(all.ok()) << all.status();
  EXPECT_EQ(all->SerializeAsString(), created.SerializeAsString());
  EXPECT_LE(session->last_round_trips(), 3);
}

}  // namespace
}  // namespace charter::services

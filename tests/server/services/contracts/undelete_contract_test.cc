// Contracts, lines, prices and templates that were deleted come back.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/services/entitlements/entitlements.h"
#include "server/services/shared/time_convert.h"
#include "server/workers/feed_publisher.h"
#include "server/workers/wakeup_worker.h"
#include "tests/server/services/contracts/contracts_fixture.h"

namespace charter::services {
namespace {

using test::Proto;
using testing::ElementsAre;

class UndeleteContractTest : public ContractsTest {
 protected:
  template <typename Message, typename Request>
  absl::StatusOr<Message> Try(
      absl::StatusOr<Message> (*handler)(Call&, const Request&),
      const std::string& name) {
    Request request;
    request.set_name(name);
    return world_.Try(handler, request);
  }
  template <typename Message, typename Request>
  Message Do(absl::StatusOr<Message> (*handler)(Call&, const Request&),
             const std::string& name) {
    absl::StatusOr<Message> done = Try(handler, name);
    EXPECT_TRUE(done.ok()) << done.status();
    return done.ok() ? *std::move(done) : Message();
  }
  void SetDay(int year, int month, int day) {
    world_.clock().Set(
        absl::FromCivil(absl::CivilDay(year, month, day), absl::UTCTimeZone()));
  }
  // What the feed says of a resource.
  std::vector<std::string> News(const std::string& name) {
    workers::FeedPublisher publisher(world_.services());
    EXPECT_EQ(publisher.RunUntilIdle(), absl::OkStatus());
    std::vector<std::string> types;
    for (const v1::Event& event : world_.Feed())
      if (event.subject() == name) types.push_back(event.type());
    return types;
  }
};
INSTANTIATE_TEST_SUITE_P(All, UndeleteContractTest,
                         testing::ValuesIn(test::kEngines), test::EngineName);

TEST_P(UndeleteContractTest, C8_ALineCountsAgain) {
  CreateContract("c", "additional_discount: '10'");
  CreateLine("l", "c", "asset: 'assets/a' quantity: '3' discount: '5'");
  CreateLine("m", "c");
  const v1::ServiceContract before = GetContract("c");
  const v1::ContractLineItem line = GetLine("l");
  ASSERT_EQ(DeleteLine("l"), absl::OkStatus());
  EXPECT_EQ(Text(GetContract("c").subtotal()), "EUR 100.00");
  const auto back = Do(&UndeleteContractLineItem, "contractLineItems/l");
  EXPECT_EQ(back.line_number(), line.line_number());
  EXPECT_EQ(Text(back.total_price()), "EUR 285.00");
  EXPECT_EQ(back.root(), line.root());
  const v1::ServiceContract after = GetContract("c");
  EXPECT_EQ(after.line_count(), before.line_count());
  EXPECT_EQ(Text(after.subtotal()), Text(before.subtotal()));
  EXPECT_EQ(Text(after.grand_total()), Text(before.grand_total()));
  // Numbers go on.
  EXPECT_EQ(CreateLine("n", "c").line_number(), after.contract_number() + "-3");
  EXPECT_THAT(Try(&UndeleteContractLineItem, "contractLineItems/l").status(),
              IsRefusal("RESOURCE_ALREADY_EXISTS", "not deleted"));
}

TEST_P(UndeleteContractTest, C8_ALineMustFitIntoItsContractAsItIsNow) {
  const auto refused = [&] {
    return Try(&UndeleteContractLineItem, "contractLineItems/l").status();
  };
  CreateContract("c", Day("start_date", 2026, 1, 1) + "term_months: 12");
  CreateLine("l", "c", "asset: 'assets/a'" + Day("end_date", 2026, 12, 31));
  ASSERT_EQ(DeleteLine("l"), absl::OkStatus());
  // Its contract became shorter.
  ASSERT_TRUE(TryUpdateContract("c", "term_months: 6").ok());
  EXPECT_THAT(refused(), IsRefusal("FIELD_INVALID", "end_date: "));
  ASSERT_TRUE(TryUpdateContract("c", "term_months: 12").ok());
  // Its asset is on another line.
  CreateLine("other", "c", "asset: 'assets/a'");
  EXPECT_THAT(refused(), IsRefusal("FIELD_INVALID", "contractLineItems/other"));
  ASSERT_EQ(DeleteLine("other"), absl::OkStatus());
  // Its contract is of another price book.
  ASSERT_TRUE(TryUpdateContract("c", "price_book: 'partners'").ok());
  EXPECT_THAT(refused(), IsRefusal("FIELD_INVALID", "price book"));
  ASSERT_TRUE(TryUpdateContract("c", "", "price_book").ok());
  // Its asset went to another account.
  world_.Do(&TransferAsset, Proto<v1::TransferAssetRequest>(
                                "name: 'assets/a' account: 'accounts/other'"));
  EXPECT_THAT(refused(), IsRefusal("FIELD_INVALID", "another account"));
  world_.Do(&TransferAsset, Proto<v1::TransferAssetRequest>(
                                "name: 'assets/a' account: 'accounts/acme'"));
  // Its contract is gone, and is cancelled in the end.
  Do(&DeleteServiceContract, "serviceContracts/c");
  EXPECT_THAT(refused(), IsRefusal("RESOURCE_NOT_FOUND",
                                   "contract_line_item.service_contract: "));
  Do(&UndeleteServiceContract, "serviceContracts/c");
  EXPECT_EQ(refused(), absl::OkStatus());
  ASSERT_EQ(DeleteLine("l"), absl::OkStatus());
  world_.Do(&CancelContract,
            Proto<v1::CancelContractRequest>("name: 'serviceContracts/c'"));
  EXPECT_THAT(refused(),
              IsRefusal("STATE_TRANSITION_NOT_ALLOWED", "CANCELLED"));
}

TEST_P(UndeleteContractTest, C10_WhatFellDueWhileItWasDeletedIsToldThen) {
  SetDay(2025, 12, 15);
  CreateContract("c", Day("start_date", 2026, 1, 1) + "term_months: 1");
  world_.Do(&ActivateContract,
            Proto<v1::ActivateContractRequest>("name: 'serviceContracts/c'"));
  const v1::ServiceContract before = GetContract("c");
  Do(&DeleteServiceContract, "serviceContracts/c");
  SetDay(2026, 1, 2);
  workers::WakeupWorker worker(world_.services());
  ASSERT_EQ(worker.RunUntilIdle(), absl::OkStatus());
  const auto back = Do(&UndeleteServiceContract, "serviceContracts/c");
  EXPECT_EQ(back.status(), v1::ServiceContract::ACTIVE);
  EXPECT_EQ(back.contract_number(), before.contract_number());
  EXPECT_EQ(ToTime(back.activation_time()),
            absl::FromCivil(absl::CivilDay(2026, 1, 1), absl::UTCTimeZone()));
  EXPECT_THAT(
      News("serviceContracts/c"),
      ElementsAre("service_contract.created", "service_contract.activated",
                  "service_contract.deleted", "service_contract.started",
                  "service_contract.undeleted"));
  // And it waits for its end again.
  SetDay(2026, 2, 1);
  ASSERT_EQ(worker.RunUntilIdle(), absl::OkStatus());
  EXPECT_EQ(News("serviceContracts/c").back(), "service_contract.expired");
}

TEST_P(UndeleteContractTest, C9_AContractHasOneSuccessor) {
  CreateContract("c", Day("start_date", 2026, 1, 1) + "term_months: 12");
  world_.Do(&ActivateContract,
            Proto<v1::ActivateContractRequest>("name: 'serviceContracts/c'"));
  const auto renew = [&](const std::string& id) {
    return world_
        .Do(&RenewContract,
            Proto<v1::RenewContractRequest>(absl::StrCat(
                "name: 'serviceContracts/c' service_contract_id: '", id, "'")))
        .name();
  };
  EXPECT_EQ(renew("first"), "serviceContracts/first");
  Do(&DeleteServiceContract, "serviceContracts/first");
  Do(&UndeleteServiceContract, "serviceContracts/first");
  EXPECT_EQ(renew("second"), "serviceContracts/first");
  Do(&DeleteServiceContract, "serviceContracts/first");
  EXPECT_EQ(renew("second"), "serviceContracts/second");
  EXPECT_THAT(Try(&UndeleteServiceContract, "serviceContracts/first").status(),
              IsRefusal("RENEWED_ANEW", "serviceContracts/second"));
}

TEST_P(UndeleteContractTest, C9_ASuccessorThatWasDeletedIsNoneForEntitlements) {
  CreateContract("c", Day("start_date", 2026, 1, 1) + "term_months: 12");
  world_.Do(&ActivateContract,
            Proto<v1::ActivateContractRequest>("name: 'serviceContracts/c'"));
  world_.Do(
      &CreateEntitlement,
      Proto<v1::CreateEntitlementRequest>(absl::StrCat(
          "entitlement_id: 'e' entitlement { account: 'accounts/acme' "
          "display_name: 'E' service_contract: 'serviceContracts/c' ",
          Day("start_date", 2026, 1, 1), Day("end_date", 2026, 12, 31), "}")));
  const auto renew = [&](const std::string& id) {
    world_.Do(
        &RenewContract,
        Proto<v1::RenewContractRequest>(absl::StrCat(
            "name: 'serviceContracts/c' service_contract_id: '", id, "'")));
    return Do(&GetEntitlement, "entitlements/e").renewed_to();
  };
  const std::string first = renew("first");
  ASSERT_NE(first, "");
  Do(&DeleteEntitlement, first);
  Do(&DeleteServiceContract, "serviceContracts/first");
  const std::string second = renew("second");
  EXPECT_NE(second, first);
  EXPECT_EQ(Do(&GetEntitlement, second).service_contract(),
            "serviceContracts/second");
}

TEST_P(UndeleteContractTest, C1_AContractNeedsWhatItNames) {
  CreateContract("top");
  CreateContract("c", "parent: 'serviceContracts/top' contact: 'contacts/ann'");
  Do(&DeleteServiceContract, "serviceContracts/c");
  Do(&DeleteServiceContract, "serviceContracts/top");
  EXPECT_THAT(Try(&UndeleteServiceContract, "serviceContracts/c").status(),
              IsRefusal("RESOURCE_NOT_FOUND", "service_contract.parent: "));
  Do(&UndeleteServiceContract, "serviceContracts/top");
  Do(&DeleteContact, "contacts/ann");
  EXPECT_THAT(Try(&UndeleteServiceContract, "serviceContracts/c").status(),
              IsRefusal("RESOURCE_NOT_FOUND", "service_contract.contact: "));
  Do(&UndeleteContact, "contacts/ann");
  EXPECT_EQ(Do(&UndeleteServiceContract, "serviceContracts/c").root(),
            "serviceContracts/top");
}

TEST_P(UndeleteContractTest, PricesAndTemplatesComeBack) {
  for (const char* entry : {"std", "usd", "small", "part"})
    Do(&DeletePriceBookEntry, absl::StrCat("priceBookEntries/", entry));
  Do(&DeleteProduct, "products/printer");
  EXPECT_THAT(Try(&UndeletePriceBookEntry, "priceBookEntries/std").status(),
              IsRefusal("RESOURCE_NOT_FOUND", "price_book_entry.product: "));
  Do(&UndeleteProduct, "products/printer");
  EXPECT_EQ(
      Do(&UndeletePriceBookEntry, "priceBookEntries/std").unit_price().units(),
      100);
  // Another one is the price of the product in the book by now.
  Do(&DeletePriceBookEntry, "priceBookEntries/std");
  v1::CreatePriceBookEntryRequest anew;
  anew.set_price_book_entry_id("anew");
  *anew.mutable_price_book_entry() =
      Do(&GetPriceBookEntry, "priceBookEntries/std");
  anew.mutable_price_book_entry()->clear_external_id();
  world_.Do(&CreatePriceBookEntry, anew);
  EXPECT_EQ(
      Try(&UndeletePriceBookEntry, "priceBookEntries/std").status().code(),
      absl::StatusCode::kAlreadyExists);
  Do(&DeletePriceBookEntry, "priceBookEntries/anew");
  Do(&UndeletePriceBookEntry, "priceBookEntries/std");
  world_.Do(&CreateContractTemplate,
            Proto<v1::CreateContractTemplateRequest>(
                "contract_template_id: 't' contract_template { display_name: "
                "'T' currency_code: 'EUR' lines { price_book_entry: "
                "'priceBookEntries/std' } }"));
  Do(&DeleteContractTemplate, "contractTemplates/t");
  EXPECT_EQ(Do(&UndeleteContractTemplate, "contractTemplates/t").lines_size(),
            1);
}

}  // namespace
}  // namespace charter::services

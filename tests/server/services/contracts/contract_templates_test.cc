// Contracts made from templates (C7, C8, C9).
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/services/entitlements/entitlements.h"
#include "server/workers/feed_publisher.h"
#include "tests/server/services/contracts/contracts_fixture.h"

namespace charter::services {
namespace {

using Contract = v1::ServiceContract;
using test::Proto;
using testing::ElementsAre;
using testing::SizeIs;

class ContractTemplateTest : public ContractsTest {
 protected:
  static std::string Entry(const std::string& id) {
    return absl::StrCat("price_book_entry: 'priceBookEntries/", id, "' ");
  }
  absl::StatusOr<v1::ContractTemplate> TryTemplate(const std::string& id,
                                                   const std::string& fields) {
    return world_.Try(
        &CreateContractTemplate,
        Proto<v1::CreateContractTemplateRequest>(absl::StrCat(
            "contract_template_id: '", id,
            "' contract_template { display_name: 'Gold' ", fields, " }")));
  }
  // In euros.
  void Template(const std::string& id, const std::string& fields) {
    const auto created =
        TryTemplate(id, absl::StrCat("currency_code: 'EUR' ", fields));
    EXPECT_TRUE(created.ok()) << created.status();
  }
  absl::StatusOr<v1::ContractTemplate> TryUpdateTemplate(
      const std::string& id, const std::string& changes,
      const std::string& mask = "") {
    return world_.Try(&UpdateContractTemplate,
                      Proto<v1::UpdateContractTemplateRequest>(absl::StrCat(
                          "contract_template { name: 'contractTemplates/", id,
                          "' ", changes, " } ", Mask(mask))));
  }
  // For acme.
  static v1::ApplyContractTemplateRequest Applying(const std::string& of,
                                                   const std::string& fields) {
    return Proto<v1::ApplyContractTemplateRequest>(absl::StrCat(
        "contract_template: 'contractTemplates/", of, "' ", fields));
  }
  absl::StatusOr<Contract> TryApply(const std::string& of,
                                    const std::string& fields = "") {
    return world_.Try(
        &ApplyContractTemplate,
        Applying(of, absl::StrCat("account: 'accounts/acme' ", fields)));
  }
  Contract Apply(const std::string& of, const std::string& fields = "") {
    absl::StatusOr<Contract> made = TryApply(of, fields);
    EXPECT_TRUE(made.ok()) << made.status();
    return made.ok() ? *made : Contract();
  }
  // In the order of their numbers.
  std::vector<v1::ContractLineItem> LinesOf(const Contract& contract) {
    v1::ListContractLineItemsRequest request;
    request.set_filter(
        absl::StrCat("service_contract == '", contract.name(), "'"));
    request.set_page_size(1000);
    const auto page = world_.Do(&ListContractLineItems, request);
    std::vector<v1::ContractLineItem> lines(page.contract_line_items_size());
    for (const v1::ContractLineItem& line : page.contract_line_items()) {
      const std::string& number = line.line_number();
      lines.at(std::stoi(number.substr(number.find('-') + 1)) - 1) = line;
    }
    return lines;
  }
  int64_t Count() {
    return world_.Number("SELECT COUNT(*) FROM service_contracts") +
           world_.Number("SELECT COUNT(*) FROM contract_line_items") +
           world_.Number("SELECT COUNT(*) FROM entitlements");
  }
};
INSTANTIATE_TEST_SUITE_P(All, ContractTemplateTest,
                         testing::ValuesIn(test::kEngines), test::EngineName);

TEST_P(ContractTemplateTest, C8_AContractIsMadeWithItsLines) {
  Template("gold",
           "term_months: 12 price_book: 'standard' additional_discount: '50' "
           "special_terms: 'S' description: 'D' lines { " +
               Entry("std") +
               "quantity: '2' discount: '10' description: 'L' } lines { " +
               Entry("std") +
               "unit_price { currency_code: 'EUR' units: 300 } }");
  const Contract made =
      Apply("gold",
            "service_contract_id: 'c' contact: 'contacts/ann' external_id: "
            "'X' " +
                Day("start_date", 2026, 1, 31));
  EXPECT_EQ(made.name(), "serviceContracts/c");
  EXPECT_EQ(made.state(), Contract::DRAFT);
  EXPECT_EQ(made.status(), Contract::DRAFT);
  EXPECT_EQ(made.display_name(), "Gold");
  EXPECT_EQ(made.account(), "accounts/acme");
  EXPECT_EQ(made.contact(), "contacts/ann");
  EXPECT_EQ(made.external_id(), "X");
  EXPECT_EQ(made.special_terms(), "S");
  EXPECT_EQ(made.description(), "D");
  EXPECT_EQ(made.contract_template(), "contractTemplates/gold");
  EXPECT_EQ(made.term_months(), 12);
  EXPECT_EQ(made.end_date().day(), 30);
  EXPECT_EQ(made.end_date().year(), 2027);
  EXPECT_EQ(made.line_count(), 2);
  EXPECT_EQ(Text(made.subtotal()), "EUR 500.00");
  EXPECT_EQ(Text(made.total_price()), "EUR 480.00");
  EXPECT_EQ(Text(made.net_price()), "EUR 240.00");
  EXPECT_EQ(GetContract("c").SerializeAsString(), made.SerializeAsString());
  const std::vector<v1::ContractLineItem> lines = LinesOf(made);
  ASSERT_THAT(lines, SizeIs(2));
  EXPECT_EQ(lines[0].line_number(), made.contract_number() + "-1");
  EXPECT_EQ(lines[0].description(), "L");
  EXPECT_EQ(lines[0].product(), "products/printer");
  EXPECT_EQ(lines[0].account(), "accounts/acme");
  EXPECT_EQ(lines[0].root(), lines[0].name());
  EXPECT_EQ(Text(lines[0].total_price()), "EUR 180.00");
  EXPECT_EQ(Text(lines[1].unit_price()), "EUR 300.00");
  // The next line goes on counting.
  EXPECT_EQ(CreateLine("l", "c").line_number(), made.contract_number() + "-3");
}

TEST_P(ContractTemplateTest, C8_AContractByTemplateIsTheOneMadeByHand) {
  int run = 0;
  rc::check("the two differ in nothing but their names", [&] {
    const std::string id = absl::StrCat("t", ++run);
    const std::string terms = absl::StrCat(
        "currency_code: 'EUR' additional_discount: '",
        *rc::gen::inRange(0, 100), ".", *rc::gen::inRange(0, 1000),
        "' term_months: ", *rc::gen::inRange(0, 40), " special_terms: 'S' ");
    const std::string start =
        Day("start_date", *rc::gen::inRange(2000, 2100),
            *rc::gen::inRange(1, 13), *rc::gen::inRange(1, 29));
    std::vector<std::string> sold;
    for (int n = *rc::gen::inRange(0, 6); n > 0; --n) {
      sold.push_back(absl::StrCat(
          Entry(*rc::gen::element<std::string>("std", "small", "part")),
          "quantity: '", *rc::gen::inRange(1, 100), ".",
          *rc::gen::inRange(1, 1000), "' discount: '",
          *rc::gen::inRange(0, 100), "' ",
          *rc::gen::arbitrary<bool>()
              ? absl::StrCat("unit_price { currency_code: 'EUR' units: ",
                             *rc::gen::inRange(0, 1000), " nanos: 10000000 }")
              : std::string()));
    }
    std::string lines;
    for (const std::string& line : sold)
      absl::StrAppend(&lines, "lines { ", line, " } ");
    const auto created = TryTemplate(id, terms + lines);
    RC_ASSERT(created.ok());
    const auto made = TryApply(id, start);
    RC_ASSERT(made.ok());
    const std::string hand = absl::StrCat("h", run);
    RC_ASSERT(TryContract(
                  hand, absl::StrCat("account: 'accounts/acme' ", terms, start))
                  .ok());
    for (size_t i = 0; i < sold.size(); ++i)
      RC_ASSERT(TryLine(absl::StrCat(hand, "-", i), hand, sold[i]).ok());

    Contract by_hand = GetContract(hand), by_template = *made;
    const auto lines_by_hand = LinesOf(by_hand);
    const auto lines_by_template = LinesOf(by_template);
    RC_ASSERT(lines_by_hand.size() == sold.size());
    RC_ASSERT(lines_by_template.size() == sold.size());
    for (size_t i = 0; i < sold.size(); ++i) {
      v1::ContractLineItem one = lines_by_hand[i], other = lines_by_template[i];
      for (v1::ContractLineItem* line : {&one, &other}) {
        line->clear_name();
        line->clear_root();
        line->clear_line_number();
        line->clear_service_contract();
        line->clear_etag();
      }
      RC_ASSERT(one.SerializeAsString() == other.SerializeAsString());
    }
    by_template.set_display_name(by_hand.display_name());
    by_template.clear_contract_template();
    for (Contract* contract : {&by_hand, &by_template}) {
      contract->clear_name();
      contract->clear_root();
      contract->clear_contract_number();
      contract->clear_etag();
    }
    RC_ASSERT(by_hand.SerializeAsString() == by_template.SerializeAsString());
  });
}

TEST_P(ContractTemplateTest, C8_ATemplateThatMakesNoPriceIsRefused) {
  const auto refused = [&](const std::string& fields) {
    return TryTemplate("x", fields).status();
  };
  const auto line = [&](const std::string& fields) {
    return refused(absl::StrCat("currency_code: 'EUR' lines { ", Entry("std"),
                                "} lines { ", fields, " }"));
  };
  const std::string std = Entry("std");
  EXPECT_THAT(refused("currency_code: 'XYZ'"),
              IsRefusal("FIELD_INVALID", "contract_template.currency_code: "));
  EXPECT_THAT(
      refused("currency_code: 'EUR' additional_discount: '100.5'"),
      IsRefusal("FIELD_INVALID", "contract_template.additional_discount: "));
  EXPECT_THAT(
      line(std + "quantity: '0'"),
      IsRefusal("FIELD_INVALID", "contract_template.lines[1].quantity: "));
  EXPECT_THAT(
      line(std + "discount: '101'"),
      IsRefusal("FIELD_INVALID", "contract_template.lines[1].discount: "));
  EXPECT_THAT(
      line(std + "unit_price { currency_code: 'EUR' nanos: 1 }"),
      IsRefusal("FIELD_INVALID", "contract_template.lines[1].unit_price: "));
  EXPECT_THAT(
      line(std + "unit_price { currency_code: 'USD' units: 1 }"),
      IsRefusal("FIELD_INVALID", "contract_template.lines[1].unit_price: "));
  EXPECT_THAT(line(Entry("usd")),
              IsRefusal("FIELD_INVALID",
                        "contract_template.lines[1].price_book_entry: "));
  EXPECT_THAT(line(Entry("none")),
              IsRefusal("RESOURCE_NOT_FOUND",
                        "contract_template.lines[1].price_book_entry"));
  EXPECT_THAT(refused("currency_code: 'EUR' price_book: 'partners' lines { " +
                      std + "}"),
              IsRefusal("FIELD_INVALID",
                        "contract_template.lines[0].price_book_entry: "));
  Template("gold", "lines { " + std + "}");
  EXPECT_THAT(TryUpdateTemplate("gold", "price_book: 'partners'").status(),
              IsRefusal("FIELD_INVALID",
                        "contract_template.lines[0].price_book_entry: "));
  EXPECT_THAT(TryTemplate("gold", "currency_code: 'EUR'").status(),
              IsRefusal("RESOURCE_ALREADY_EXISTS", "contractTemplates/gold"));
}

TEST_P(ContractTemplateTest, C8_WhatItNamesIsLookedAtAgainWhenItIsApplied) {
  Template("gold", "lines { " + Entry("part") + "} lines { " + Entry("std") +
                       "quantity: '2' }");
  world_.Do(&UpdatePriceBookEntry,
            Proto<v1::UpdatePriceBookEntryRequest>(
                "price_book_entry { name: 'priceBookEntries/std' unit_price { "
                "currency_code: 'EUR' units: 110 } }"));
  EXPECT_EQ(Text(Apply("gold").subtotal()), "EUR 300.00");
  world_.Do(&DeletePriceBookEntry, Proto<v1::DeletePriceBookEntryRequest>(
                                       "name: 'priceBookEntries/std'"));
  const int64_t before = Count();
  EXPECT_THAT(TryApply("gold").status(),
              IsRefusal("RESOURCE_NOT_FOUND",
                        "contract_template.lines[1].price_book_entry"));
  EXPECT_EQ(Count(), before);
  // Its wording can still change; its lines only to what is there.
  EXPECT_TRUE(TryUpdateTemplate("gold", "description: 'Old'").ok());
  EXPECT_FALSE(TryUpdateTemplate("gold", "price_book: 'standard'").ok());
  EXPECT_TRUE(TryUpdateTemplate("gold", "lines { " + Entry("part") + "}").ok());
  EXPECT_EQ(Text(Apply("gold").subtotal()), "EUR 80.00");
}

TEST_P(ContractTemplateTest, C8_WhatCannotBeAppliedIsRefused) {
  Template("gold", "term_months: 12 lines { " + Entry("std") + "}");
  const int64_t before = Count();
  EXPECT_THAT(TryApply("none").status(),
              IsRefusal("RESOURCE_NOT_FOUND", "contractTemplates/none"));
  EXPECT_THAT(world_
                  .Try(&ApplyContractTemplate,
                       Applying("gold", "account: 'accounts/none'"))
                  .status(),
              IsRefusal("RESOURCE_NOT_FOUND", "accounts/none"));
  EXPECT_THAT(TryApply("gold", "contact: 'contacts/oto'").status(),
              IsRefusal("FIELD_INVALID", "contact: "));
  EXPECT_THAT(TryApply("gold", Day("start_date", 2026, 2, 30)).status(),
              IsRefusal("FIELD_INVALID", "start_date: "));
  EXPECT_THAT(TryApply("gold", Day("start_date", 9999, 2, 1)).status(),
              IsRefusal("FIELD_INVALID", "start_date: "));
  EXPECT_EQ(Count(), before);
  Apply("gold", "service_contract_id: 'c' external_id: 'X'");
  EXPECT_THAT(TryApply("gold", "service_contract_id: 'c'").status(),
              IsRefusal("RESOURCE_ALREADY_EXISTS", "serviceContracts/c"));
  EXPECT_THAT(TryApply("gold", "external_id: 'X'").status(),
              IsRefusal("RESOURCE_ALREADY_EXISTS", "external_id"));
  world_.Do(&DeleteContractTemplate, Proto<v1::DeleteContractTemplateRequest>(
                                         "name: 'contractTemplates/gold'"));
  EXPECT_THAT(TryApply("gold").status(),
              IsRefusal("RESOURCE_NOT_FOUND", "contractTemplates/gold"));
  EXPECT_EQ(Count(), before + 2);
}

TEST_P(ContractTemplateTest, C7_LinesComeWithWhatTheirProductsSay) {
  world_.Do(&CreateEntitlementTemplate,
            Proto<v1::CreateEntitlementTemplateRequest>(R"pb(
              entitlement_template_id: "calls"
              entitlement_template {
                display_name: "Calls"
                term_days: 30
                allotment { unit: CASES }
                initial_units: 5
              })pb"));
  world_.Do(&CreateProductEntitlementTemplate,
            Proto<v1::CreateProductEntitlementTemplateRequest>(R"pb(
              product_entitlement_template_id: "calls"
              product_entitlement_template {
                product: "products/printer"
                entitlement_template: "entitlementTemplates/calls"
                start: PURCHASE_DATE
              })pb"));
  Template("gold",
           "lines { " + Entry("std") + "} lines { " + Entry("part") + "}");
  const int64_t before = Count();
  // Once for a repeated request, never for a dry run.
  const auto attempt = [&](bool validate_only) {
    const auto session = world_.store().OpenSession();
    CallInfo info = world_.Info();
    info.request_id = "11111111-1111-4111-8111-111111111111";
    info.fingerprint = std::string(32, 'f');
    info.validate_only = validate_only;
    Call call(world_.services(), *session, std::move(info));
    return ApplyContractTemplate(
        call, Applying("gold", "account: 'accounts/acme' " +
                                   Day("start_date", 2026, 3, 1)));
  };
  const auto tried = attempt(true);
  ASSERT_TRUE(tried.ok()) << tried.status();
  EXPECT_EQ(Text(tried->subtotal()), "EUR 180.00");
  EXPECT_EQ(Count(), before);
  const auto made = attempt(false);
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_FALSE(attempt(false).ok());
  EXPECT_EQ(Count(), before + 5);

  v1::ListEntitlementsRequest request;
  request.set_filter(absl::StrCat("service_contract == '", made->name(), "'"));
  const auto page = world_.Do(&ListEntitlements, request);
  ASSERT_EQ(page.entitlements_size(), 2);
  std::vector<std::string> covered, lines;
  for (const v1::Entitlement& one : page.entitlements()) {
    EXPECT_EQ(one.account(), "accounts/acme");
    EXPECT_EQ(one.start_date().month(), 3);
    EXPECT_EQ(one.end_date().day(), 30);
    EXPECT_EQ(one.units_available(), 5);
    EXPECT_EQ(one.state(), v1::Entitlement::ACTIVE);
    EXPECT_EQ(one.effective_status(), v1::Entitlement::DRAFT);
    covered.push_back(one.contract_line_item());
  }
  for (const v1::ContractLineItem& line : LinesOf(*made))
    lines.push_back(line.name());
  EXPECT_THAT(covered, testing::UnorderedElementsAreArray(lines));

  workers::FeedPublisher publisher(world_.services());
  ASSERT_EQ(publisher.RunUntilIdle(), absl::OkStatus());
  std::vector<std::string> types;
  for (const v1::Event& event : world_.Feed()) types.push_back(event.type());
  types.erase(types.begin(), types.end() - 7);
  EXPECT_THAT(
      types,
      ElementsAre("service_contract.created", "contract_line_item.created",
                  "contract_line_item.created", "entitlement.created",
                  "entitlement.created", "ledger.grant", "ledger.grant"));
}

TEST_P(ContractTemplateTest, C9_CopiesKeepTheTemplateAndEditsTouchNothing) {
  Template("gold", "term_months: 12 lines { " + Entry("std") + "}");
  const Contract made = Apply("gold",
                              "service_contract_id: 'c' external_id: "
                              "'X' display_name: 'Mine' " +
                                  Day("start_date", 2026, 1, 1));
  EXPECT_EQ(made.display_name(), "Mine");
  ASSERT_TRUE(TryUpdateTemplate("gold", "", "lines").ok());
  EXPECT_EQ(GetContract("c").SerializeAsString(), made.SerializeAsString());
  const Contract copy =
      world_.Do(&CloneContract,
                Proto<v1::CloneContractRequest>("name: 'serviceContracts/c'"));
  EXPECT_EQ(copy.contract_template(), "contractTemplates/gold");
  EXPECT_EQ(copy.external_id(), "");
  world_.Do(&ActivateContract,
            Proto<v1::ActivateContractRequest>("name: 'serviceContracts/c'"));
  const Contract next =
      world_.Do(&RenewContract,
                Proto<v1::RenewContractRequest>("name: 'serviceContracts/c'"));
  EXPECT_EQ(next.contract_template(), "contractTemplates/gold");
  EXPECT_EQ(next.external_id(), "");
  EXPECT_EQ(GetContract("c").external_id(), "X");
  // Clients cannot say it.
  EXPECT_EQ(CreateContract("d", "contract_template: 'contractTemplates/gold'")
                .contract_template(),
            "");
}

}  // namespace
}  // namespace charter::services

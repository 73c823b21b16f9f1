// Templates, what products come with, and renewals (C7, C9).
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "storage/sql/errors.h"
#include "storage/table/resource_tables.h"
#include "tests/server/services/entitlements/entitlements_fixture.h"

namespace charter::services {
namespace {

using test::Proto;
using testing::ElementsAre;
using testing::IsEmpty;
using Entitlement = v1::Entitlement;

std::string Dates(const Entitlement& entitlement) {
  const auto text = [](bool has, const google::type::Date& date) {
    return has ? absl::StrCat(date.year(), "-", date.month(), "-", date.day())
               : std::string("-");
  };
  return absl::StrCat(
      text(entitlement.has_start_date(), entitlement.start_date()), " ",
      text(entitlement.has_end_date(), entitlement.end_date()));
}

class TemplatesTest : public EntitlementsTest {
 protected:
  void SetUp() override {
    EntitlementsTest::SetUp();
    world_.Do(&CreateEntitlementTemplate,
              Proto<v1::CreateEntitlementTemplateRequest>(R"pb(
                entitlement_template_id: "year"
                entitlement_template {
                  display_name: "A year"
                  type: "warranty"
                  term_days: 365
                  priority: 3
                  channels: "phone"
                })pb"));
  }
  std::vector<Entitlement> Of(const std::string& asset) {
    const auto page = world_.Do(
        &ListEntitlements, Proto<v1::ListEntitlementsRequest>(absl::StrCat(
                               "filter: \"asset == 'assets/", asset, "'\"")));
    return {page.entitlements().begin(), page.entitlements().end()};
  }
};
INSTANTIATE_TEST_SUITE_P(All, TemplatesTest, testing::ValuesIn(test::kEngines),
                         test::EngineName);

TEST_P(TemplatesTest, C7_AnAssetComesWithWhatItsProductSays) {
  Link("year", "PURCHASE_DATE", "bought");
  world_.Do(&CreateAsset,
            NewPress("p", "purchase_date { year: 2024 month: 2 day: 29 }"));
  const std::vector<Entitlement> made = Of("p");
  ASSERT_EQ(made.size(), 1);
  EXPECT_EQ(Dates(made[0]), "2024-2-29 2025-2-27");
  EXPECT_EQ(made[0].account(), "accounts/acme");
  EXPECT_EQ(made[0].display_name(), "A year");
  EXPECT_EQ(made[0].type(), "warranty");
  EXPECT_EQ(made[0].priority(), 3);
  EXPECT_THAT(made[0].channels(), ElementsAre("phone"));
  EXPECT_EQ(made[0].state(), Entitlement::ACTIVE);
  EXPECT_EQ(made[0].entitlement_template(), "entitlementTemplates/year");
  EXPECT_EQ(made[0].product_entitlement_template(),
            "productEntitlementTemplates/bought");
  EXPECT_THAT(FeedTypes(), ElementsAre("entitlement_template.created",
                                       "entitlement.created"));
  EXPECT_TRUE(Verify("asset: 'assets/p' channel: 'phone' as_of { seconds: "
                     "1720000000 }")
                  .eligible());
}

TEST_P(TemplatesTest, C7_TheLinkSaysFromWhichDay) {
  world_.Do(&CreateEntitlementTemplate,
            Proto<v1::CreateEntitlementTemplateRequest>(
                "entitlement_template_id: 'open' entitlement_template { "
                "display_name: 'For good' }"));
  Link("year", "INSTALL_DATE", "a-installed");
  Link("open", "CREATE_DATE", "b-created");
  world_.Do(&CreateAsset,
            NewPress("p",
                     "purchase_date { year: 2024 month: 1 day: 1 } "
                     "install_date { year: 2024 month: 3 day: 1 }"));
  std::vector<std::string> dates;
  const absl::CivilDay today =
      absl::ToCivilDay(world_.now(), absl::UTCTimeZone());
  for (const Entitlement& made : Of("p")) {
    EXPECT_EQ(Dates(made), made.product_entitlement_template() ==
                                   "productEntitlementTemplates/a-installed"
                               ? "2024-3-1 2025-2-28"
                               : absl::StrCat(today.year(), "-", today.month(),
                                              "-", today.day(), " -"));
  }
  EXPECT_EQ(Of("p").size(), 2);
  // Without its date it is there, and not in force.
  world_.Do(&CreateAsset, NewPress("q"));
  int undated = 0;
  for (const Entitlement& made : Of("q")) {
    if (made.has_start_date()) continue;
    ++undated;
    EXPECT_EQ(Dates(made), "- -");
    EXPECT_EQ(made.status(), Entitlement::INACTIVE);
  }
  EXPECT_EQ(undated, 1);
}

TEST_P(TemplatesTest, C7_ALineComesWithWhatItsProductSays) {
  Link("year", "PURCHASE_DATE", "bought");
  AddLine("dated", "acme",
          "asset: 'assets/press' start_date { year: 2024 month: 3 day: 1 }");
  AddLine("undated", "acme");
  const auto of = [&](const std::string& line) {
    const auto page =
        world_.Do(&ListEntitlements,
                  Proto<v1::ListEntitlementsRequest>(absl::StrCat(
                      "filter: \"contract_line_item == 'contractLineItems/",
                      line, "'\"")));
    EXPECT_EQ(page.entitlements_size(), 1);
    return page.entitlements_size() == 1 ? page.entitlements(0) : Entitlement();
  };
  EXPECT_EQ(Dates(of("dated")), "2024-3-1 2025-2-28");
  EXPECT_EQ(of("dated").asset(), "assets/press");
  EXPECT_EQ(of("dated").service_contract(), "serviceContracts/acme");
  EXPECT_EQ(of("dated").effective_status(), Entitlement::EXPIRED);
  // The contract's first day.
  EXPECT_EQ(Dates(of("undated")), "2001-1-1 2001-12-31");
  EXPECT_THAT(world_
                  .Try(&DeleteContractLineItem,
                       Proto<v1::DeleteContractLineItemRequest>(
                           "name: 'contractLineItems/dated'"))
                  .status(),
              IsRefusal("RESOURCE_IN_USE", "contractLineItems/dated"));
}

TEST_P(TemplatesTest, C7_OnceForARepeatedRequestAndNeverForAFailedOne) {
  Link("year", "PURCHASE_DATE", "bought");
  const auto attempt = [&](const v1::CreateAssetRequest& request) {
    const auto session = world_.store().OpenSession();
    CallInfo info = world_.Info();
    info.request_id = "11111111-1111-4111-8111-111111111111";
    info.fingerprint = std::string(32, 'f');
    Call call(world_.services(), *session, std::move(info));
    return CreateAsset(call, request).status();
  };
  EXPECT_EQ(attempt(NewPress("p")), absl::OkStatus());
  EXPECT_NE(attempt(NewPress("p")), absl::OkStatus());  // replayed by the path
  EXPECT_EQ(Of("p").size(), 1);
  EXPECT_THAT(world_.Try(&CreateAsset, NewPress("p")).status(),
              IsRefusal("RESOURCE_ALREADY_EXISTS", "assets/p"));
  EXPECT_EQ(Of("p").size(), 1);
  v1::CreateAssetRequest wrong = NewPress("q");
  wrong.mutable_asset()->set_contact("contacts/oto");
  EXPECT_FALSE(world_.Try(&CreateAsset, wrong).ok());
  EXPECT_THAT(Of("q"), IsEmpty());
  // The storage itself keeps a second one out.
  const Entitlement made = Of("p").front();
  const auto session = world_.store().OpenSession();
  storage::TxOptions options;
  options.now = world_.now();
  EXPECT_EQ(storage::KindOf(session->Write(
                options,
                [&](storage::Transaction& tx) {
                  Entitlement twice = made;
                  twice.set_name("entitlements/twice");
                  absl::Status status =
                      storage::EntitlementTable().Insert(tx, &twice);
                  if (!status.ok()) return status;
                  return storage::EntitlementTable()
                      .Get(tx, "entitlements/twice")
                      .status();
                })),
            storage::ErrorKind::kDuplicateKey);
}

TEST_P(TemplatesTest, C7_LaterEditsTouchNothingThatExists) {
  Link("year", "PURCHASE_DATE", "bought");
  world_.Do(&CreateAsset,
            NewPress("p", "purchase_date { year: 2024 month: 1 day: 1 }"));
  const std::string before = Of("p").front().SerializeAsString();
  world_.Do(&UpdateEntitlementTemplate,
            Proto<v1::UpdateEntitlementTemplateRequest>(
                "entitlement_template { name: 'entitlementTemplates/year' "
                "term_days: 10 display_name: 'Ten days' }"));
  world_.Do(&DeleteProductEntitlementTemplate,
            Proto<v1::DeleteProductEntitlementTemplateRequest>(
                "name: 'productEntitlementTemplates/bought'"));
  world_.Do(&DeleteEntitlementTemplate,
            Proto<v1::DeleteEntitlementTemplateRequest>(
                "name: 'entitlementTemplates/year'"));
  EXPECT_EQ(Of("p").front().SerializeAsString(), before);
  world_.Do(&CreateAsset, NewPress("q"));
  EXPECT_THAT(Of("q"), IsEmpty());
}

TEST_P(TemplatesTest, C7_BadLinksAndTemplatesAreRefused) {
  Link("year", "PURCHASE_DATE", "bought");
  const auto link = [&](const std::string& fields) {
    return world_
        .Try(&CreateProductEntitlementTemplate,
             Proto<v1::CreateProductEntitlementTemplateRequest>(absl::StrCat(
                 "product_entitlement_template { start: CREATE_DATE ", fields,
                 " }")))
        .status();
  };
  EXPECT_THAT(link("product: 'products/press' entitlement_template: "
                   "'entitlementTemplates/year'"),
              IsRefusal("RESOURCE_ALREADY_EXISTS", ""));
  EXPECT_THAT(link("product: 'products/none' entitlement_template: "
                   "'entitlementTemplates/year'"),
              IsRefusal("RESOURCE_NOT_FOUND", "products/none"));
  EXPECT_THAT(link("product: 'products/roller' entitlement_template: "
                   "'entitlementTemplates/none'"),
              IsRefusal("RESOURCE_NOT_FOUND", "entitlementTemplates/none"));
  EXPECT_THAT(world_
                  .Try(&DeleteEntitlementTemplate,
                       Proto<v1::DeleteEntitlementTemplateRequest>(
                           "name: 'entitlementTemplates/year'"))
                  .status(),
              IsRefusal("RESOURCE_IN_USE", "bought"));
  const auto create = [&](const std::string& fields) {
    return world_
        .Try(&CreateEntitlementTemplate,
             Proto<v1::CreateEntitlementTemplateRequest>(absl::StrCat(
                 "entitlement_template { display_name: 'x' ", fields, " }")))
        .status();
  };
  EXPECT_THAT(create("process: 'entitlementProcesses/none'"),
              IsRefusal("RESOURCE_NOT_FOUND", "entitlement_template.process"));
  EXPECT_THAT(
      create("business_hours: 'businessHours/none'"),
      IsRefusal("RESOURCE_NOT_FOUND", "entitlement_template.business_hours"));
  EXPECT_THAT(create("channels: ''"),
              IsRefusal("FIELD_INVALID", "entitlement_template.channels[0]"));
}

TEST_P(TemplatesTest, C7_ATemplateIsAppliedByHand) {
  const auto apply = [&](const std::string& fields) {
    return world_.Try(
        &ApplyTemplate,
        Proto<v1::ApplyTemplateRequest>(absl::StrCat(
            "entitlement_template: 'entitlementTemplates/year' ", fields)));
  };
  const auto made = apply(
      "asset: 'assets/press' entitlement_id: 'e' contacts: 'contacts/ann' "
      "start_date { year: 2024 month: 1 day: 1 }");
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(made->account(), "accounts/acme");
  EXPECT_EQ(Dates(*made), "2024-1-1 2024-12-30");
  EXPECT_EQ(Get("e").SerializeAsString(), made->SerializeAsString());
  // As often as wanted.
  EXPECT_TRUE(apply("asset: 'assets/press'").ok());
  EXPECT_THAT(apply("").status(), IsRefusal("FIELD_INVALID", "account"));
  EXPECT_THAT(
      apply("account: 'accounts/acme' asset: 'assets/oven'").status(),
      IsRefusal("FIELD_INVALID", "asset: is an asset of another account"));
  const int64_t before = world_.Number("SELECT COUNT(*) FROM entitlements");
  EXPECT_THAT(apply("account: 'accounts/acme' contacts: 'contacts/ann' "
                    "contacts: 'contacts/oto'")
                  .status(),
              IsRefusal("FIELD_INVALID", "contacts[1]: "));
  EXPECT_THAT(
      apply("account: 'accounts/acme' contacts: 'contacts/Ann'").status(),
      IsRefusal("FIELD_INVALID", "contacts[0]: names no contact"));
  EXPECT_EQ(world_.Number("SELECT COUNT(*) FROM entitlements"), before);
  EXPECT_THAT(apply("account: 'accounts/acme' start_date { year: 2023 month: "
                    "2 day: 29 }")
                  .status(),
              IsRefusal("FIELD_INVALID", "start_date"));
}

TEST_P(TemplatesTest, C9_ARenewalFollowsWithoutAGapAndOnce) {
  const Entitlement first =
      Entitle("e",
              "asset: 'assets/press' contacts: 'contacts/ann' external_id: 'X' "
              "channels: 'phone' end_date { year: 2001 month: 12 day: 31 }");
  const auto renew = [&](const std::string& more) {
    return world_.Try(&RenewEntitlement,
                      Proto<v1::RenewEntitlementRequest>(
                          absl::StrCat("name: 'entitlements/e' ", more)));
  };
  EXPECT_THAT(
      renew("term_months: 1 end_date { year: 2002 month: 1 day: 1 }").status(),
      IsRefusal("FIELD_INVALID", "term_months"));
  EXPECT_THAT(renew("end_date { year: 2001 month: 12 day: 1 }").status(),
              IsRefusal("FIELD_INVALID", "end_date"));
  const auto next = renew("entitlement_id: 'f'");
  ASSERT_TRUE(next.ok()) << next.status();
  EXPECT_EQ(Dates(*next), "2002-1-1 2002-12-31");
  EXPECT_EQ(next->renewed_from(), "entitlements/e");
  EXPECT_EQ(next->asset(), "assets/press");
  EXPECT_THAT(next->contacts(), ElementsAre("contacts/ann"));
  EXPECT_THAT(next->channels(), ElementsAre("phone"));
  EXPECT_EQ(next->external_id(), "");
  EXPECT_EQ(Get("e").renewed_to(), "entitlements/f");
  EXPECT_EQ(Get("e").etag(), first.etag());
  // Again, whatever is asked: the same.
  EXPECT_EQ(renew("term_months: 3")->SerializeAsString(),
            next->SerializeAsString());
  EXPECT_EQ(world_.Number("SELECT COUNT(*) FROM entitlements"), 2);
  EXPECT_THAT(FeedTypes(),
              ElementsAre("entitlement_template.created", "entitlement.created",
                          "entitlement.created", "entitlement.renewed"));
}

TEST_P(TemplatesTest, C9_WhatNeverEndsOrIsCancelledIsNotRenewed) {
  Entitle("open");
  const auto renew = [&](const std::string& id) {
    return world_
        .Try(&RenewEntitlement, Proto<v1::RenewEntitlementRequest>(absl::StrCat(
                                    "name: 'entitlements/", id, "'")))
        .status();
  };
  EXPECT_THAT(renew("open"), IsRefusal("NOT_RENEWABLE", "open-ended"));
  Entitle("gone", "end_date { year: 2001 month: 12 day: 31 }");
  world_.Do(&CancelEntitlement,
            Proto<v1::CancelEntitlementRequest>("name: 'entitlements/gone'"));
  EXPECT_THAT(renew("gone"), IsRefusal("NOT_RENEWABLE", "CANCELLED"));
}

}  // namespace
}  // namespace charter::services

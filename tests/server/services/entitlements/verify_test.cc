#include "server/services/entitlements/verify.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/services/directory/directory.h"
#include "server/services/entitlements/entitlements.h"
#include "server/services/shared/errors.h"
#include "tests/support/service_world.h"

namespace charter::services {
namespace {

using test::Proto;
using test::ServiceWorld;
using testing::ElementsAre;
using testing::IsEmpty;
using Candidate = v1::EntitlementCandidate;

absl::Time At(const std::string& text) {
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, text, &time, &error))
      << error;
  return time;
}

// Hours in Auckland, 13 hours ahead of UTC in January.
Catalog Auckland() {
  Catalog catalog;
  catalog.default_hours = "businessHours/auckland";
  absl::LoadTimeZone("Pacific/Auckland",
                     &catalog.zones["businessHours/auckland"]);
  return catalog;
}

v1::Entitlement January() {
  return Proto<v1::Entitlement>(R"pb(
    name: "entitlements/a"
    state: ACTIVE
    start_date { year: 2026 month: 1 day: 10 }
    end_date { year: 2026 month: 1 day: 20 })pb");
}

contracts::Status StatusOf(const v1::Entitlement& entitlement,
                           const std::string& at, const Parts& parts = {}) {
  return StandingAt(entitlement, Auckland(), parts, At(at)).status;
}

TEST(EntitlementStatusTest, C2_BothDatesAreWholeDaysInTheZoneOfTheHours) {
  const v1::Entitlement january = January();
  // Midnight in Auckland is 11:00 UTC of the day before.
  EXPECT_EQ(StatusOf(january, "2026-01-09T10:59:59Z"),
            contracts::Status::kInactive);
  EXPECT_EQ(StatusOf(january, "2026-01-09T11:00:00Z"),
            contracts::Status::kActive);
  EXPECT_EQ(StatusOf(january, "2026-01-20T10:59:59Z"),
            contracts::Status::kActive);
  EXPECT_EQ(StatusOf(january, "2026-01-20T11:00:00Z"),
            contracts::Status::kExpired);
}

TEST(EntitlementStatusTest, C2_NoStartIsNotInForceAndNoEndIsOpenEnded) {
  v1::Entitlement open_ended = January();
  open_ended.clear_end_date();
  EXPECT_EQ(StatusOf(open_ended, "2099-01-01T00:00:00Z"),
            contracts::Status::kActive);
  open_ended.clear_start_date();
  EXPECT_EQ(StatusOf(open_ended, "2099-01-01T00:00:00Z"),
            contracts::Status::kInactive);
}

TEST(EntitlementStatusTest, C3_WhatWasDoneByHandBeatsTheDates) {
  v1::Entitlement entitlement = January();
  for (const auto& [state, status] :
       {std::pair(v1::Entitlement::DRAFT, contracts::Status::kDraft),
        std::pair(v1::Entitlement::SUSPENDED, contracts::Status::kSuspended),
        std::pair(v1::Entitlement::CANCELLED, contracts::Status::kCancelled)}) {
    entitlement.set_state(state);
    EXPECT_EQ(StatusOf(entitlement, "2026-01-15T00:00:00Z"), status);
    EXPECT_EQ(StatusOf(entitlement, "2027-01-15T00:00:00Z"), status);
  }
}

TEST(EntitlementStatusTest, C3_EveryPartThatIsNotInForceIsNamed) {
  v1::Entitlement entitlement = January();
  entitlement.set_service_contract("serviceContracts/c");
  entitlement.set_contract_line_item("contractLineItems/l");
  Parts parts;
  parts["serviceContracts/c"] = {
      "serviceContracts/c",
      contracts::State::kSuspended,
      {.from = sla::Instant::Min(), .to = std::nullopt}};
  parts["contractLineItems/l"] = {
      "contractLineItems/l",
      contracts::State::kActive,
      {.from = sla::Instant::Min(), .to = std::nullopt}};
  using Failing = contracts::EffectiveStatus::Failing;
  const Catalog catalog = Auckland();
  const absl::Time inside = At("2026-01-15T00:00:00Z");
  EXPECT_THAT(StandingAt(entitlement, catalog, parts, inside).failing,
              ElementsAre(Failing{"serviceContracts/c",
                                  contracts::Status::kSuspended}));
  parts["serviceContracts/c"].state = contracts::State::kActive;
  EXPECT_THAT(StandingAt(entitlement, catalog, parts, inside).failing,
              IsEmpty());
  // What is gone holds nothing up.
  parts.erase("contractLineItems/l");
  EXPECT_THAT(StandingAt(entitlement, catalog, parts, inside).failing,
              ElementsAre(Failing{"contractLineItems/l",
                                  contracts::Status::kCancelled}));
}

// Why the entitlement does not hold for a question of January 15th.
std::vector<Candidate::Reason> WhyNot(
    const v1::Entitlement& entitlement, Question question,
    std::vector<storage::AssetPart> assets = {}) {
  const Catalog catalog = Auckland();
  question.as_of = At("2026-01-15T00:00:00Z");
  const Candidate candidate =
      Judge(entitlement, {catalog, question, std::move(assets), {}});
  EXPECT_EQ(candidate.eligible(), candidate.reasons_size() == 0);
  std::vector<Candidate::Reason> reasons;
  for (const int reason : candidate.reasons())
    reasons.push_back(static_cast<Candidate::Reason>(reason));
  return reasons;
}

TEST(EntitlementJudgeTest, C4_ListedContactsAloneMayUseIt) {
  v1::Entitlement entitlement = January();
  EXPECT_THAT(WhyNot(entitlement, {.contact = "contacts/ann"}), IsEmpty());
  entitlement.add_contacts("contacts/bob");
  EXPECT_THAT(WhyNot(entitlement, {.contact = "contacts/ann"}),
              ElementsAre(Candidate::CONTACT_NOT_LISTED));
  EXPECT_THAT(WhyNot(entitlement, {.contact = "contacts/bob"}), IsEmpty());
}

TEST(EntitlementJudgeTest, C6_AnAssetIsCoveredWithAllItsParts) {
  v1::Entitlement entitlement = January();
  entitlement.set_asset("assets/press");
  const storage::AssetPart press = {"assets/press", "accounts/a", "", false};
  const storage::AssetPart roller = {"assets/roller", "accounts/a", "", false};
  EXPECT_THAT(WhyNot(entitlement, {.asset = "assets/roller"}, {roller, press}),
              IsEmpty());
  EXPECT_THAT(WhyNot(entitlement, {.asset = "assets/roller"}, {roller}),
              ElementsAre(Candidate::ASSET_NOT_COVERED));
  EXPECT_THAT(WhyNot(entitlement, {}), ElementsAre(Candidate::ASSET_NOT_NAMED));
}

TEST(EntitlementJudgeTest, C6_AProductIsCoveredByItselfOrByTheAsset) {
  v1::Entitlement entitlement = January();
  entitlement.set_product("products/press");
  const storage::AssetPart press = {"assets/press", "accounts/a",
                                    "products/press", false};
  const storage::AssetPart roller = {"assets/roller", "accounts/a",
                                     "products/roller", false};
  EXPECT_THAT(WhyNot(entitlement, {.product = "products/press"}), IsEmpty());
  EXPECT_THAT(WhyNot(entitlement, {.asset = "assets/roller"}, {roller, press}),
              IsEmpty());
  EXPECT_THAT(WhyNot(entitlement, {.asset = "assets/roller"}, {roller}),
              ElementsAre(Candidate::PRODUCT_NOT_COVERED));
  EXPECT_THAT(WhyNot(entitlement, {}),
              ElementsAre(Candidate::PRODUCT_NOT_COVERED));
}

TEST(EntitlementJudgeTest, C6_OnlyItsChannelsAreCovered) {
  v1::Entitlement entitlement = January();
  entitlement.add_channels("phone");
  entitlement.add_channels("chat");
  EXPECT_THAT(WhyNot(entitlement, {.channel = "chat"}), IsEmpty());
  for (const char* channel : {"email", ""}) {
    EXPECT_THAT(WhyNot(entitlement, {.channel = channel}),
                ElementsAre(Candidate::CHANNEL_NOT_COVERED));
  }
}

TEST(EntitlementRankTest, C6_PriorityThenWhatItIsForThenEarliestEndThenName) {
  const auto ranks = [](const std::string& a, const std::string& b) {
    const auto of_a = Proto<v1::Entitlement>(a);
    const auto of_b = Proto<v1::Entitlement>(b);
    EXPECT_FALSE(RanksBefore(of_b, of_a)) << a << " | " << b;
    return RanksBefore(of_a, of_b);
  };
  EXPECT_TRUE(ranks("name: 'z' priority: 1", "name: 'a' priority: 2"));
  EXPECT_TRUE(ranks("name: 'z' priority: 9", "name: 'a'"))
      << "0 comes after all others";
  const std::vector<std::string> closest_first = {
      "contract_line_item: 'contractLineItems/l' asset: 'assets/a'",
      "asset: 'assets/a' contacts: 'contacts/c'",
      "contacts: 'contacts/c' service_contract: 'serviceContracts/c'",
      "service_contract: 'serviceContracts/c'", ""};
  for (size_t i = 1; i < closest_first.size(); ++i) {
    EXPECT_TRUE(ranks(absl::StrCat("name: 'z' ", closest_first[i - 1]),
                      absl::StrCat("name: 'a' ", closest_first[i])));
  }
  EXPECT_TRUE(ranks("name: 'z' priority: 1", "name: 'a' asset: 'assets/a'"));
  EXPECT_TRUE(ranks("name: 'z' end_date { year: 2026 month: 1 day: 1 }",
                    "name: 'a' end_date { year: 2026 month: 1 day: 2 }"));
  EXPECT_TRUE(
      ranks("name: 'z' end_date { year: 2026 month: 1 day: 1 }", "name: 'a'"));
  EXPECT_TRUE(ranks("name: 'a'", "name: 'b'"));
}

class VerifyTest : public testing::TestWithParam<storage::Engine> {
 protected:
  void SetUp() override {
    world_.Do(&CreateAccount,
              Proto<v1::CreateAccountRequest>(
                  "account_id: 'acme' account { display_name: 'Acme' }"));
    world_.Do(&CreateAccount,
              Proto<v1::CreateAccountRequest>(
                  "account_id: 'other' account { display_name: 'Other' }"));
    for (const char* contact : {"ann", "bob"}) {
      world_.Do(&CreateContact,
                Proto<v1::CreateContactRequest>(absl::StrCat(
                    "contact_id: '", contact,
                    "' contact { account: 'accounts/acme' display_name: '",
                    contact, "' }")));
    }
  }
  void Entitle(const std::string& id, const std::string& fields) {
    world_.Do(
        &CreateEntitlement,
        Proto<v1::CreateEntitlementRequest>(absl::StrCat(
            "entitlement_id: '", id, "' entitlement { display_name: '", id,
            "' account: 'accounts/acme' start_date { year: 2001 month: 1 day: "
            "1 } ",
            fields, " }")));
  }
  v1::VerifyEntitlementResponse Verify(const std::string& request) {
    return world_.Do(&VerifyEntitlement,
                     Proto<v1::VerifyEntitlementRequest>(request));
  }

  ServiceWorld world_{{.engine = GetParam()}};
};
INSTANTIATE_TEST_SUITE_P(All, VerifyTest, testing::ValuesIn(test::kEngines),
                         test::EngineName);

TEST_P(VerifyTest, C6_EveryLoserComesWithEachReason) {
  Entitle("basic", "");
  Entitle("bobs", "contacts: 'contacts/bob'");
  Entitle("gone", "priority: 1 end_date { year: 2002 month: 1 day: 1 }");
  world_.Do(&SuspendEntitlement,
            Proto<v1::SuspendEntitlementRequest>("name: 'entitlements/gone'"));
  const v1::VerifyEntitlementResponse ann = Verify("contact: 'contacts/ann'");
  EXPECT_TRUE(ann.eligible());
  EXPECT_EQ(ann.entitlement(), "entitlements/basic");
  ASSERT_EQ(ann.candidates_size(), 3);
  EXPECT_EQ(ann.candidates(0).entitlement(), "entitlements/gone");
  EXPECT_THAT(ann.candidates(0).reasons(),
              ElementsAre(Candidate::SUSPENDED, Candidate::EXPIRED));
  EXPECT_EQ(ann.candidates(1).entitlement(), "entitlements/bobs");
  EXPECT_THAT(ann.candidates(1).reasons(),
              ElementsAre(Candidate::CONTACT_NOT_LISTED));
  EXPECT_TRUE(ann.candidates(2).eligible());
  EXPECT_EQ(Verify("contact: 'contacts/bob'").entitlement(),
            "entitlements/bobs");
  EXPECT_EQ(Verify("account: 'accounts/acme'").entitlement(),
            "entitlements/basic");
}

TEST_P(VerifyTest, C6_NobodyIsEligibleWhereNothingHolds) {
  const v1::VerifyEntitlementResponse verdict =
      Verify("account: 'accounts/other'");
  EXPECT_FALSE(verdict.eligible());
  EXPECT_EQ(verdict.candidates_size(), 0);
  const auto mixed =
      world_.Try(&VerifyEntitlement,
                 Proto<v1::VerifyEntitlementRequest>(
                     "account: 'accounts/other' contact: 'contacts/ann'"));
  EXPECT_EQ(errors::ReasonOf(mixed.status()), "FIELD_INVALID");
}

TEST_P(VerifyTest, C1_ContactsOfAnotherAccountAreRefused) {
  const auto foreign = world_.Try(
      &CreateEntitlement, Proto<v1::CreateEntitlementRequest>(
                              "entitlement { display_name: 'x' account: "
                              "'accounts/other' contacts: 'contacts/ann' }"));
  EXPECT_EQ(errors::ReasonOf(foreign.status()), "FIELD_INVALID");
  EXPECT_EQ(world_.Number("SELECT COUNT(*) FROM entitlements"), 0);
}

}  // namespace
}  // namespace charter::services

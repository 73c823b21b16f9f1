// Questions to VerifyEntitlement, and their answers as they are kept (C6).
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/server/services/entitlements/entitlements_fixture.h"

namespace charter::services {
namespace {

using test::Proto;
using testing::ElementsAre;
using Candidate = v1::EntitlementCandidate;

class VerdictsTest : public EntitlementsTest {
 protected:
  absl::Status Refused(const std::string& request) {
    return world_
        .Try(&VerifyEntitlement, Proto<v1::VerifyEntitlementRequest>(request))
        .status();
  }
};
INSTANTIATE_TEST_SUITE_P(All, VerdictsTest, testing::ValuesIn(test::kEngines),
                         test::EngineName);

TEST_P(VerdictsTest, C6_ItWalksUpFromTheAssetThatIsAskedAbout) {
  Entitle("press", "asset: 'assets/press'");
  Entitle("roller", "asset: 'assets/roller' priority: 9");
  Entitle("product", "product: 'products/press'");
  EXPECT_EQ(Verify("asset: 'assets/roller'").entitlement(),
            "entitlements/roller");
  const auto press = Verify("asset: 'assets/press'");
  EXPECT_EQ(press.entitlement(), "entitlements/press");
  ASSERT_EQ(press.candidates_size(), 3);
  EXPECT_THAT(press.candidates(0).reasons(),
              ElementsAre(Candidate::ASSET_NOT_COVERED));
  EXPECT_TRUE(press.candidates(2).eligible());
  EXPECT_EQ(Verify("account: 'accounts/acme' product: 'products/press'")
                .entitlement(),
            "entitlements/product");
  EXPECT_FALSE(Verify("account: 'accounts/acme'").eligible());
}

TEST_P(VerdictsTest, C6_PartsOfTheQuestionBelongTogether) {
  EXPECT_THAT(Refused(""), IsRefusal("FIELD_INVALID", "account"));
  EXPECT_THAT(Refused("product: 'products/press' channel: 'phone'"),
              IsRefusal("FIELD_INVALID", "account"));
  EXPECT_THAT(Refused("account: 'accounts/acme' asset: 'assets/oven'"),
              IsRefusal("FIELD_INVALID", "asset: "));
  EXPECT_THAT(Refused("contact: 'contacts/ann' asset: 'assets/oven'"),
              IsRefusal("FIELD_INVALID", "asset: "));
  EXPECT_THAT(Refused("account: 'accounts/other' contact: 'contacts/ann'"),
              IsRefusal("FIELD_INVALID", "contact: "));
  EXPECT_THAT(Refused("asset: 'assets/none'"),
              IsRefusal("RESOURCE_NOT_FOUND", "assets/none"));
  EXPECT_THAT(Refused("account: 'accounts/acme' product: 'products/none'"),
              IsRefusal("RESOURCE_NOT_FOUND", "products/none"));
  EXPECT_THAT(Refused("account: 'accounts/none'"),
              IsRefusal("RESOURCE_NOT_FOUND", "accounts/none"));
}

TEST_P(VerdictsTest, C6_ARecordedVerdictStaysAsItWasGiven) {
  Entitle("basic");
  Entitle("bobs", "contacts: 'contacts/bob'");
  const auto request = Proto<v1::RecordVerdictRequest>(
      "contact: 'contacts/ann' asset: 'assets/roller' channel: 'phone' "
      "note: 'Has a blue one'");
  const v1::EntitlementVerdict kept = world_.Do(&RecordVerdict, request);
  EXPECT_EQ(kept.actor(), world_.Info().principal.name);
  EXPECT_EQ(kept.account(), "accounts/acme");
  EXPECT_EQ(kept.contact(), "contacts/ann");
  EXPECT_EQ(kept.asset(), "assets/roller");
  EXPECT_EQ(kept.channel(), "phone");
  EXPECT_EQ(kept.note(), "Has a blue one");
  EXPECT_EQ(kept.case_(), "");
  EXPECT_TRUE(kept.eligible());
  EXPECT_EQ(kept.entitlement(), "entitlements/basic");
  ASSERT_EQ(kept.candidates_size(), 2);
  EXPECT_EQ(kept.candidates(0).entitlement(), "entitlements/bobs");
  world_.Do(&CancelEntitlement,
            Proto<v1::CancelEntitlementRequest>("name: 'entitlements/basic'"));
  const auto get = Proto<v1::GetEntitlementVerdictRequest>(
      absl::StrCat("name: '", kept.name(), "'"));
  EXPECT_EQ(world_.Do(&GetEntitlementVerdict, get).SerializeAsString(),
            kept.SerializeAsString());
  EXPECT_FALSE(world_.Do(&RecordVerdict, request).eligible());
  const auto page =
      world_.Do(&ListEntitlementVerdicts,
                Proto<v1::ListEntitlementVerdictsRequest>(
                    "filter: \"account == 'accounts/acme' && eligible\""));
  ASSERT_EQ(page.entitlement_verdicts_size(), 1);
  EXPECT_EQ(page.entitlement_verdicts(0).name(), kept.name());
}

TEST_P(VerdictsTest, C6_AsManyStatementsForManyEntitlementsAsForOne) {
  const auto round_trips = [&] {
    Verify("account: 'accounts/acme' asset: 'assets/roller'");
    const int64_t before = world_.store().round_trips();
    Verify("account: 'accounts/acme' asset: 'assets/roller'");
    return world_.store().round_trips() - before;
  };
  Entitle("first", "asset: 'assets/press'");
  const int64_t one = round_trips();
  for (int i = 0; i < 20; ++i) {
    Entitle(absl::StrCat("e", i),
            "service_contract: 'serviceContracts/acme' contacts: "
            "'contacts/ann'");
  }
  EXPECT_EQ(round_trips(), one);
}

}  // namespace
}  // namespace charter::services

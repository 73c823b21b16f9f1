// The states of entitlements, and what they are at an instant (C3, C10).
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/server/services/entitlements/entitlements_fixture.h"

namespace charter::services {
namespace {

using test::Proto;
using testing::ElementsAre;
using Entitlement = v1::Entitlement;

class StatesTest : public EntitlementsTest {
 protected:
  template <typename Request>
  absl::StatusOr<Entitlement> Change(
      absl::StatusOr<Entitlement> (*verb)(Call&, const Request&),
      const std::string& more = "") {
    return world_.Try(
        verb, Proto<Request>(absl::StrCat("name: 'entitlements/e' ", more)));
  }
};
INSTANTIATE_TEST_SUITE_P(All, StatesTest, testing::ValuesIn(test::kEngines),
                         test::EngineName);

TEST_P(StatesTest, C10_EachVerbLeadsFromItsStateOnly) {
  const auto refused = [](const absl::StatusOr<Entitlement>& result,
                          const std::string& from) {
    EXPECT_THAT(result.status(),
                IsRefusal("STATE_TRANSITION_NOT_ALLOWED", from));
  };
  world_.Do(&CreateEntitlement,
            Proto<v1::CreateEntitlementRequest>(
                "entitlement_id: 'e' draft: true entitlement { display_name: "
                "'E' account: 'accounts/acme' start_date { year: 2001 month: 1 "
                "day: 1 } state: ACTIVE }"));
  EXPECT_EQ(Get("e").state(), Entitlement::DRAFT);
  EXPECT_EQ(Get("e").status(), Entitlement::DRAFT);
  EXPECT_FALSE(Verify("account: 'accounts/acme'").eligible());
  refused(Change(&SuspendEntitlement), "DRAFT");
  refused(Change(&ResumeEntitlement), "DRAFT");
  EXPECT_EQ(Change(&ActivateEntitlement)->status(), Entitlement::ACTIVE);
  EXPECT_TRUE(Verify("account: 'accounts/acme'").eligible());
  refused(Change(&ActivateEntitlement), "ACTIVE");
  refused(Change(&ResumeEntitlement), "ACTIVE");
  EXPECT_EQ(Change(&SuspendEntitlement)->status(), Entitlement::SUSPENDED);
  EXPECT_FALSE(Verify("account: 'accounts/acme'").eligible());
  refused(Change(&SuspendEntitlement), "SUSPENDED");
  EXPECT_EQ(Change(&ResumeEntitlement)->state(), Entitlement::ACTIVE);
  EXPECT_EQ(Change(&CancelEntitlement)->status(), Entitlement::CANCELLED);
  refused(Change(&CancelEntitlement), "CANCELLED");
  refused(Change(&ActivateEntitlement), "CANCELLED");
  refused(Change(&ResumeEntitlement), "CANCELLED");
  EXPECT_THAT(FeedTypes(),
              ElementsAre("entitlement.created", "entitlement.activated",
                          "entitlement.started", "entitlement.suspended",
                          "entitlement.resumed", "entitlement.cancelled"));
}

TEST_P(StatesTest, C10_NobodyWritesTheStateByHand) {
  EXPECT_EQ(Entitle("e", "state: CANCELLED").state(), Entitlement::ACTIVE);
  EXPECT_THAT(world_
                  .Try(&UpdateEntitlement,
                       Proto<v1::UpdateEntitlementRequest>(
                           "entitlement { name: 'entitlements/e' state: "
                           "CANCELLED } update_mask { paths: 'state' }"))
                  .status(),
              IsRefusal("FIELD_MASK_INVALID", "state"));
  const std::string stale = Get("e").etag();
  ASSERT_TRUE(Change(&SuspendEntitlement).ok());
  EXPECT_THAT(
      Change(&ResumeEntitlement, absl::StrCat("etag: '", stale, "'")).status(),
      IsRefusal("ETAG_MISMATCH", "entitlements/e"));
}

TEST_P(StatesTest, C3_StatusIsOfTheInstantAskedFor) {
  Entitle("e", "end_date { year: 2001 month: 1 day: 31 }");
  const auto at = [&](const std::string& seconds) {
    return Get("e", absl::StrCat("as_of { seconds: ", seconds, " }")).status();
  };
  EXPECT_EQ(at("978307199"), Entitlement::INACTIVE);  // 2000-12-31T23:59:59Z
  EXPECT_EQ(at("978307200"), Entitlement::ACTIVE);
  EXPECT_EQ(at("980985599"), Entitlement::ACTIVE);  // 2001-01-31T23:59:59Z
  EXPECT_EQ(at("980985600"), Entitlement::EXPIRED);
  EXPECT_EQ(Get("e").status(), Entitlement::EXPIRED);
  const auto page = world_.Do(
      &ListEntitlements,
      Proto<v1::ListEntitlementsRequest>("as_of { seconds: 978307200 }"));
  ASSERT_EQ(page.entitlements_size(), 1);
  EXPECT_EQ(page.entitlements(0).status(), Entitlement::ACTIVE);
}

TEST_P(StatesTest, C3_EffectiveStatusAsksLineAndContractToo) {
  AddLine("l", "acme", "end_date { year: 2001 month: 1 day: 31 }");
  Entitle("e", "contract_line_item: 'contractLineItems/l'");
  // 2001-01-15.
  const auto middle = [&] { return Get("e", "as_of { seconds: 979516800 }"); };
  EXPECT_EQ(middle().status(), Entitlement::ACTIVE);
  EXPECT_EQ(middle().effective_status(), Entitlement::DRAFT);
  ASSERT_EQ(middle().failing_parts_size(), 1);
  EXPECT_EQ(middle().failing_parts(0).name(), "serviceContracts/acme");
  Activate("acme");
  EXPECT_EQ(middle().effective_status(), Entitlement::ACTIVE);
  EXPECT_EQ(middle().failing_parts_size(), 0);
  // Now the line has ended.
  const Entitlement now = Get("e");
  EXPECT_EQ(now.status(), Entitlement::ACTIVE);
  EXPECT_EQ(now.effective_status(), Entitlement::EXPIRED);
  ASSERT_EQ(now.failing_parts_size(), 1);
  EXPECT_EQ(now.failing_parts(0).name(), "contractLineItems/l");
  EXPECT_EQ(now.failing_parts(0).status(), Entitlement::EXPIRED);
  const auto verdict = Verify("account: 'accounts/acme'");
  ASSERT_EQ(verdict.candidates_size(), 1);
  EXPECT_THAT(verdict.candidates(0).reasons(),
              ElementsAre(v1::EntitlementCandidate::LINE_NOT_IN_FORCE));
  EXPECT_EQ(verdict.candidates(0).failing_parts(0).status(),
            Entitlement::EXPIRED);
}

}  // namespace
}  // namespace charter::services

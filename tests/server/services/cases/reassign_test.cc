// An item that is assigned anew: the rules, then the rank, choose again (C6).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "server/services/cases/cases.h"
#include "server/services/directory/directory.h"
#include "server/services/entitlements/entitlements.h"
#include "server/services/shared/time_convert.h"
#include "tests/server/services/cases/two_entitlements.h"
#include "tests/support/refusal.h"
#include "tests/support/service_world.h"

namespace charter::services {
namespace {

using test::Proto;

class ReassignTest : public TwoEntitlements {
 protected:
  void NightRule(const std::string& condition) {
    world_.Do(&CreateAssignmentRule,
              Proto<v1::CreateAssignmentRuleRequest>(absl::StrCat(
                  "assignment_rule_id: 'night' assignment_rule { display_name: "
                  "'N' condition: '",
                  condition,
                  "' entitlement_condition: 'entitlement.type == \"night\"' "
                  "}")));
  }
  v1::Case Open(const std::string& fields = "") {
    return world_
        .Do(&OpenCase, Proto<v1::OpenCaseRequest>(absl::StrCat(
                           "case { account: 'accounts/acme' ", fields, " }")))
        .case_();
  }
  static v1::ChangeEntitlementRequest Again(const v1::Case& item) {
    v1::ChangeEntitlementRequest request;
    request.set_name(item.name());
    request.set_reassign(true);
    return request;
  }
  v1::Case Reassign(const v1::Case& item) {
    return world_.Do(&ChangeEntitlement, Again(item));
  }
  v1::Case Attach(const v1::Case& item, const std::string& entitlement) {
    v1::ChangeEntitlementRequest request;
    request.set_name(item.name());
    request.set_entitlement(entitlement);
    return world_.Do(&ChangeEntitlement, request);
  }
};
INSTANTIATE_TEST_SUITE_P(All, ReassignTest, testing::ValuesIn(test::kEngines),
                         test::EngineName);

TEST_P(ReassignTest, C6_TheRulesChooseThenTheRank) {
  const v1::Case item = Open("origin: 'email'");
  EXPECT_EQ(item.entitlement(), "entitlements/gold");
  NightRule("origin == \"email\" && status == \"open\"");
  // Nothing is recorded of what stays.
  const v1::Case same = Reassign(item);
  EXPECT_EQ(same.event_count(), item.event_count());
  EXPECT_EQ(same.etag(), item.etag());
  // The fields that it has now count.
  world_.Do(&UpdateCase,
            Proto<v1::UpdateCaseRequest>(absl::StrCat(
                "case { name: '", item.name(), "' status: 'open' }")));
  const v1::Case ruled = Reassign(item);
  EXPECT_EQ(ruled.entitlement(), "entitlements/night");
  EXPECT_EQ(ruled.event_count(), item.event_count() + 2);
  world_.Do(&DeleteAssignmentRule, Proto<v1::DeleteAssignmentRuleRequest>(
                                       "name: 'assignmentRules/night'"));
  const v1::Case ranked = Reassign(item);
  EXPECT_EQ(ranked.entitlement(), "entitlements/gold");
  EXPECT_EQ(ranked.process_version(), item.process_version());
  EXPECT_EQ(Attach(item, "").entitlement(), "");
  EXPECT_EQ(Reassign(item).entitlement(), "entitlements/gold");
}

TEST_P(ReassignTest, C6_WhatHoldsForTheItemAsItIsNowIsChosen) {
  world_.Do(&CreateAsset, Proto<v1::CreateAssetRequest>(
                              "asset_id: 'press' asset { account: "
                              "'accounts/acme' display_name: 'P' }"));
  Entitle("press", "asset: 'assets/press'");
  const v1::Case item = Open();
  EXPECT_EQ(Reassign(item).entitlement(), "entitlements/gold");
  world_.Do(&UpdateCase,
            Proto<v1::UpdateCaseRequest>(absl::StrCat(
                "case { name: '", item.name(), "' asset: 'assets/press' }")));
  EXPECT_EQ(Reassign(item).entitlement(), "entitlements/press");
}

TEST_P(ReassignTest, E4_ItIsJudgedWhenItHappens) {
  const v1::Case item = Open();
  const absl::Time opened = world_.now();
  world_.clock().Advance(absl::Hours(1));
  Attach(item, "entitlements/night");
  world_.clock().Advance(absl::Hours(1));
  // It ran under gold then, and night is what it came to since.
  v1::ChangeEntitlementRequest then = Again(item);
  *then.mutable_occur_time() = ToProto(opened + absl::Minutes(1));
  const v1::Case left = world_.Do(&ChangeEntitlement, then);
  EXPECT_EQ(left.event_count(), item.event_count() + 1);
  EXPECT_EQ(left.entitlement(), "entitlements/night");
  NightRule("");
  const v1::Case moved = world_.Do(&ChangeEntitlement, then);
  EXPECT_EQ(moved.event_count(), item.event_count() + 2);
  // Nothing happens to a case before it is opened.
  const v1::Case old = Open("entitlement: 'entitlements/gold'");
  v1::ChangeEntitlementRequest early = Again(old);
  early.mutable_occur_time()->set_seconds(0);
  EXPECT_THAT(world_.Try(&ChangeEntitlement, early).status(),
              IsRefusal("EVENT_TIME_INVALID", "occur_time: "));
}

TEST_P(ReassignTest, C5_TheUnitThatItHasCountsAsThereToBeHad) {
  Entitle("packet", "priority: 1 allotment { unit: CASES }");
  world_.Do(&GrantUnits,
            Proto<v1::GrantUnitsRequest>(
                "name: 'entitlements/packet' units: 1 subject: 'order'"));
  const v1::Case first = Open();
  EXPECT_EQ(first.entitlement(), "entitlements/packet");
  const v1::Case second = Open();
  EXPECT_EQ(second.entitlement(), "entitlements/gold");
  EXPECT_EQ(Reassign(first).entitlement(), "entitlements/packet");
  EXPECT_EQ(Reassign(second).entitlement(), "entitlements/gold");
  // Given back, it is there for the other.
  Attach(first, "entitlements/night");
  EXPECT_EQ(Reassign(second).entitlement(), "entitlements/packet");
  EXPECT_EQ(Reassign(first).entitlement(), "entitlements/gold");
}

TEST_P(ReassignTest, C6_WhereNoneHoldsTheItemStaysAsItIs) {
  const v1::Case item = Open();
  for (const char* name : {"gold", "night"}) {
    world_.Do(&SuspendEntitlement,
              Proto<v1::SuspendEntitlementRequest>(
                  absl::StrCat("name: 'entitlements/", name, "'")));
  }
  EXPECT_THAT(world_.Try(&ChangeEntitlement, Again(item)).status(),
              IsRefusal("ENTITLEMENT_NOT_ELIGIBLE", "SUSPENDED"));
  EXPECT_EQ(world_
                .Do(&GetCase, Proto<v1::GetCaseRequest>(
                                  absl::StrCat("name: '", item.name(), "'")))
                .entitlement(),
            "entitlements/gold");
  world_.Do(&CreateAssignmentRule,
            Proto<v1::CreateAssignmentRuleRequest>(
                "assignment_rule_id: 'none' assignment_rule { display_name: "
                "'N' leave_unassigned: true }"));
  EXPECT_EQ(Reassign(item).entitlement(), "");
}

TEST_P(ReassignTest, ItIsNotToldWhatToChoose) {
  const v1::Case item = Open();
  v1::ChangeEntitlementRequest both = Again(item);
  both.set_entitlement("entitlements/night");
  EXPECT_THAT(world_.Try(&ChangeEntitlement, both).status(),
              IsRefusal("FIELD_INVALID", "entitlement: "));
  v1::ChangeEntitlementRequest stale = Again(item);
  stale.set_etag("\"0-0\"");
  EXPECT_THAT(world_.Try(&ChangeEntitlement, stale).status(),
              IsRefusal("ETAG_MISMATCH", item.name()));
}

}  // namespace
}  // namespace charter::services

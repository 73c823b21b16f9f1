// Units of allotments follow cases (C5, E11), and work that is logged uses
// minutes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/services/admin/admin.h"
#include "server/services/cases/cases.h"
#include "server/services/directory/directory.h"
#include "server/services/entitlements/entitlements.h"
#include "server/services/shared/errors.h"
#include "server/services/shared/time_convert.h"
#include "server/workers/wakeup_worker.h"
#include "tests/support/service_world.h"

namespace charter::services {
namespace {

using test::Proto;
using test::ServiceWorld;
using testing::ElementsAre;
using Unit = v1::UnitReservation;

class UnitsTest : public testing::TestWithParam<storage::Engine> {
 protected:
  void SetUp() override {
    world_.SetUpSupport();
    Create("creation", "unit: CASES");
    Create("closing", "unit: CASES commit: CLOSING");
    Create("minutes", "unit: MINUTES");
  }
  // Whatever a test did: the ledgers agree with themselves and with the cases.
  void TearDown() override {
    const auto checked =
        world_.Do(&CheckIntegrity, v1::CheckIntegrityRequest());
    EXPECT_EQ(checked.checked_count(), 3);
    for (const v1::IntegrityProblem& problem : checked.problems())
      ADD_FAILURE() << problem.name() << ": " << problem.description();
    EXPECT_THAT(
        world_.Lines("SELECT name, entitlement, unit_state FROM cases WHERE "
                     "unit_state IN (1, 2) ORDER BY name"),
        testing::ElementsAreArray(world_.Lines(
            "SELECT subject, entitlement, state FROM ledger_holds WHERE state "
            "IN (1, 2) AND subject NOT LIKE 'cases/%/events/%' ORDER BY "
            "subject")));
  }

  void Create(const std::string& id, const std::string& allotment) {
    // None of them is chosen before gold.
    world_.Do(&CreateEntitlement,
              Proto<v1::CreateEntitlementRequest>(absl::StrCat(
                  "entitlement_id: '", id,
                  "' entitlement { account: 'accounts/acme' display_name: 'E' "
                  "process: 'entitlementProcesses/support' priority: 900 "
                  "start_date { year: 2020 month: 1 day: 1 } allotment { ",
                  allotment, " } }")));
  }
  void Grant(const std::string& id, int units) {
    world_.Do(&GrantUnits,
              Proto<v1::GrantUnitsRequest>(absl::StrCat(
                  "name: 'entitlements/", id, "' units: ", units)));
  }
  // "available reserved committed".
  std::string Balance(const std::string& id) {
    const auto found = world_.Do(
        &GetEntitlement, Proto<v1::GetEntitlementRequest>(
                             absl::StrCat("name: 'entitlements/", id, "'")));
    return absl::StrCat(found.units_available(), " ", found.units_reserved(),
                        " ", found.units_committed());
  }
  absl::StatusOr<v1::OpenCaseResponse> TryOpen(const std::string& id,
                                               const std::string& entitlement,
                                               const std::string& more = "",
                                               const std::string& fields = "") {
    return world_.Try(
        &OpenCase, Proto<v1::OpenCaseRequest>(absl::StrCat(
                       "case_id: '", id, "' case { account: 'accounts/acme' ",
                       "entitlement: 'entitlements/", entitlement, "' ", fields,
                       " } ", more)));
  }
  v1::Case Open(const std::string& id, const std::string& entitlement,
                const std::string& more = "", const std::string& fields = "") {
    const auto opened = TryOpen(id, entitlement, more, fields);
    EXPECT_TRUE(opened.ok()) << opened.status();
    return opened.ok() ? opened->case_() : v1::Case();
  }
  template <typename Request>
  absl::StatusOr<v1::Case> Try(
      absl::StatusOr<v1::Case> (*method)(Call&, const Request&),
      const std::string& id, const std::string& more = "") {
    return world_.Try(
        method, Proto<Request>(absl::StrCat("name: 'cases/", id, "' ", more)));
  }
  template <typename Request>
  v1::Case Do(absl::StatusOr<v1::Case> (*method)(Call&, const Request&),
              const std::string& id, const std::string& more = "") {
    world_.clock().Advance(absl::Seconds(1));
    const absl::StatusOr<v1::Case> done = Try(method, id, more);
    EXPECT_TRUE(done.ok()) << done.status();
    return done.ok() ? *done : v1::Case();
  }
  v1::RecordEventResult Log(const std::string& id, const std::string& key,
                            int minutes) {
    const auto response = world_.Do(
        &RecordEvents,
        Proto<v1::RecordEventsRequest>(absl::StrCat(
            "events { case: 'cases/", id, "' event { key: '", key,
            "' work_logged { minutes: ", minutes, " worker: 'ann' } } }")));
    return response.results(0);
  }

  ServiceWorld world_{{.engine = GetParam()}};
};
INSTANTIATE_TEST_SUITE_P(All, UnitsTest, testing::ValuesIn(test::kEngines),
                         test::EngineName);

TEST_P(UnitsTest, C5_OpeningReservesAndTheSettingSaysWhenItIsUsed) {
  Grant("creation", 2);
  Grant("closing", 2);
  EXPECT_EQ(Open("a", "creation").unit_state(), Unit::COMMITTED);
  EXPECT_EQ(Balance("creation"), "1 0 1");
  EXPECT_EQ(Open("b", "closing").unit_state(), Unit::RESERVED);
  EXPECT_EQ(Balance("closing"), "1 1 0");
  EXPECT_EQ(Do(&CloseCase, "b").unit_state(), Unit::COMMITTED);
  EXPECT_EQ(Balance("closing"), "1 0 1");
  Do(&CloseCase, "a");
  EXPECT_EQ(Balance("creation"), "1 0 1");
  // What was used stays used when the case is opened again, and is not used
  // twice when it is closed again.
  EXPECT_EQ(Do(&ReopenCase, "b").unit_state(), Unit::COMMITTED);
  Do(&CloseCase, "b");
  EXPECT_EQ(Balance("closing"), "1 0 1");
  // A case without an allotment takes nothing.
  world_.Open("free");
  EXPECT_EQ(world_.Number("SELECT unit_state FROM cases WHERE name = "
                          "'cases/free'"),
            0);
}

TEST_P(UnitsTest, C5_AnExhaustedAllotmentOpensNoCase) {
  Grant("creation", 1);
  Open("a", "creation");
  EXPECT_EQ(errors::ReasonOf(TryOpen("b", "creation").status()),
            "ALLOTMENT_EXHAUSTED");
  EXPECT_EQ(world_.Number("SELECT COUNT(*) FROM cases"), 1);
  EXPECT_EQ(Balance("creation"), "0 0 1");
  // A work order takes no case's unit.
  Open("order", "creation", "", "kind: WORK_ORDER");
  EXPECT_EQ(Balance("creation"), "0 0 1");
}

TEST_P(UnitsTest, C5_C6_AnExhaustedEntitlementIsNotChosen) {
  Grant("closing", 1);
  const auto verdict = world_.Do(
      &VerifyEntitlement,
      Proto<v1::VerifyEntitlementRequest>("account: 'accounts/acme'"));
  for (const v1::EntitlementCandidate& candidate : verdict.candidates()) {
    const bool empty = candidate.entitlement() == "entitlements/creation" ||
                       candidate.entitlement() == "entitlements/minutes";
    EXPECT_EQ(candidate.eligible(), !empty) << candidate.entitlement();
    if (empty) {
      EXPECT_THAT(candidate.reasons(),
                  ElementsAre(v1::EntitlementCandidate::ALLOTMENT_EXHAUSTED));
    }
  }
}

TEST_P(UnitsTest, C5_CallingOffAndDeletingGiveBack) {
  Grant("creation", 3);
  Grant("closing", 3);
  for (const char* of : {"creation", "closing"}) {
    Open(absl::StrCat("off-", of), of);
    Open(absl::StrCat("gone-", of), of);
    Open(absl::StrCat("done-", of), of);
    EXPECT_EQ(Do(&CloseCase, absl::StrCat("off-", of), "release_unit: true")
                  .unit_state(),
              Unit::RELEASED);
    EXPECT_EQ(Do(&DeleteCase, absl::StrCat("gone-", of)).unit_state(),
              Unit::RELEASED);
    // What is done is used, deleted or not.
    Do(&CloseCase, absl::StrCat("done-", of));
    EXPECT_EQ(Do(&DeleteCase, absl::StrCat("done-", of)).unit_state(),
              Unit::COMMITTED);
    EXPECT_EQ(Balance(of), "2 0 1");
    // One that was called off takes a unit when it is opened again.
    Do(&ReopenCase, absl::StrCat("off-", of));
    EXPECT_EQ(Balance(of), of == std::string("closing") ? "1 1 1" : "1 0 2");
  }
}

TEST_P(UnitsTest, C5_ReopeningNeedsAUnitToo) {
  Grant("closing", 1);
  Open("a", "closing");
  Do(&CloseCase, "a", "release_unit: true");
  Open("b", "closing");
  EXPECT_EQ(errors::ReasonOf(Try(&ReopenCase, "a").status()),
            "ALLOTMENT_EXHAUSTED");
  EXPECT_EQ(Balance("closing"), "0 1 0");
}

TEST_P(UnitsTest, C5_E11_TheUnitMovesWithTheCase) {
  Grant("creation", 1);
  Grant("closing", 1);
  Open("a", "closing");
  const auto move = [&](const std::string& to) {
    return Do(&ChangeEntitlement, "a",
              absl::StrCat("entitlement: 'entitlements/", to, "'"));
  };
  EXPECT_EQ(move("creation").unit_state(), Unit::COMMITTED);
  EXPECT_EQ(Balance("closing"), "1 0 0");
  EXPECT_EQ(Balance("creation"), "0 0 1");
  EXPECT_EQ(move("closing").unit_state(), Unit::COMMITTED);
  EXPECT_EQ(Balance("closing"), "0 0 1");
  EXPECT_EQ(Balance("creation"), "1 0 0");
  // To where nothing is counted it is given back; from there one is taken.
  EXPECT_EQ(move("gold").unit_state(), Unit::STATE_UNSPECIFIED);
  EXPECT_EQ(Balance("closing"), "1 0 0");
  EXPECT_EQ(move("closing").unit_state(), Unit::RESERVED);
  EXPECT_EQ(Balance("closing"), "0 1 0");
  EXPECT_EQ(move("minutes").unit_state(), Unit::STATE_UNSPECIFIED);
  // There must be one.
  Open("b", "closing");
  EXPECT_EQ(errors::ReasonOf(Try(&ChangeEntitlement, "a",
                                 "entitlement: 'entitlements/closing'")
                                 .status()),
            "ALLOTMENT_EXHAUSTED");
  EXPECT_EQ(Balance("closing"), "0 1 0");
}

TEST_P(UnitsTest, C5_AMergedCaseGivesItsUnitBackOrOn) {
  Grant("creation", 2);
  Grant("closing", 2);
  Open("master", "creation");
  Open("copy", "creation");
  const v1::Case merged = Do(&MergeCases, "copy", "into: 'cases/master'");
  EXPECT_TRUE(merged.closed());
  EXPECT_EQ(merged.merged_into(), "cases/master");
  EXPECT_EQ(merged.unit_state(), Unit::RELEASED);
  EXPECT_EQ(Balance("creation"), "1 0 1");
  // It is its own again, and takes a unit again.
  const v1::Case again = Do(&ReopenCase, "copy");
  EXPECT_EQ(again.merged_into(), "");
  EXPECT_EQ(Balance("creation"), "0 0 2");
  // Where the other takes none, it gets it.
  Open("late", "gold");
  Do(&ChangeEntitlement, "late", "entitlement: 'entitlements/closing'");
  Open("copy-2", "closing");
  EXPECT_EQ(Balance("closing"), "0 2 0");
  Do(&CloseCase, "late", "release_unit: true");
  Do(&MergeCases, "copy-2", "into: 'cases/late'");
  // A closed one needs none.
  EXPECT_EQ(Balance("closing"), "2 0 0");
}

TEST_P(UnitsTest, C5_AMasterWithoutAUnitGetsTheDuplicates) {
  // It was brought in from where it had been counted.
  Open("master", "closing",
       absl::StrCat("live_from { seconds: ",
                    absl::ToUnixSeconds(world_.now()) + 60, " }"));
  EXPECT_EQ(Balance("closing"), "0 0 0");
  Grant("closing", 1);
  Open("copy", "closing");
  Do(&MergeCases, "copy", "into: 'cases/master'");
  EXPECT_EQ(Balance("closing"), "0 1 0");
  EXPECT_EQ(world_.Number("SELECT unit_state FROM cases WHERE name = "
                          "'cases/master'"),
            Unit::RESERVED);
  Do(&CloseCase, "master");
  EXPECT_EQ(Balance("closing"), "0 0 1");
}

TEST_P(UnitsTest, C5_WhatCannotBeMergedIsRefused) {
  Open("a", "gold");
  Open("b", "gold");
  Open("order", "gold", "", "kind: WORK_ORDER");
  const auto refused = [&](const std::string& id, const std::string& into) {
    return errors::ReasonOf(
        Try(&MergeCases, id, absl::StrCat("into: 'cases/", into, "'"))
            .status());
  };
  EXPECT_EQ(refused("a", "a"), "FIELD_INVALID");
  EXPECT_EQ(refused("a", "none"), "RESOURCE_NOT_FOUND");
  EXPECT_EQ(refused("none", "a"), "RESOURCE_NOT_FOUND");
  EXPECT_EQ(refused("a", "order"), "FIELD_INVALID");
  EXPECT_EQ(refused("order", "a"), "FIELD_INVALID");
  world_.Do(&CreateAccount,
            Proto<v1::CreateAccountRequest>(
                "account_id: 'other' account { display_name: 'Other' }"));
  world_.Do(&OpenCase,
            Proto<v1::OpenCaseRequest>(
                "case_id: 'other' case { account: 'accounts/other' }"));
  EXPECT_EQ(refused("a", "other"), "FIELD_INVALID");
  EXPECT_EQ(
      errors::ReasonOf(
          Try(&MergeCases, "a", "into: 'cases/b' status: 'open'").status()),
      "FIELD_INVALID");
  Do(&MergeCases, "a", "into: 'cases/b'");
  EXPECT_EQ(refused("a", "b"), "STATE_TRANSITION_NOT_ALLOWED");
  EXPECT_EQ(refused("b", "a"), "STATE_TRANSITION_NOT_ALLOWED");
  // The history tells of it.
  const auto events = world_.Do(
      &ListCaseEvents, Proto<v1::ListCaseEventsRequest>("parent: 'cases/a'"));
  EXPECT_EQ(events.events(events.events_size() - 1).merged().into(), "cases/b");
}

TEST_P(UnitsTest, C5_F3_LoggedWorkUsesMinutesOnceByItsKey) {
  Grant("minutes", 100);
  Open("order", "minutes", "", "kind: WORK_ORDER");
  EXPECT_EQ(Balance("minutes"), "100 0 0");
  Log("order", "visit-1", 60);
  EXPECT_TRUE(Log("order", "visit-1", 60).duplicate());
  Log("order", "visit-2", 15);
  EXPECT_EQ(Balance("minutes"), "25 0 75");
  // What is not there is not logged.
  const v1::RecordEventResult refused = Log("order", "visit-3", 26);
  EXPECT_EQ(refused.status().code(),
            static_cast<int>(absl::StatusCode::kFailedPrecondition));
  EXPECT_EQ(Balance("minutes"), "25 0 75");
  const v1::Case order =
      world_.Do(&GetCase, Proto<v1::GetCaseRequest>("name: 'cases/order'"));
  EXPECT_EQ(order.work_minutes(), 75);
  EXPECT_EQ(order.event_count(), 3);
  // Elsewhere it is counted on the item alone.
  Open("free", "gold");
  Log("free", "call", 500);
  EXPECT_EQ(world_.Number("SELECT work_minutes FROM cases WHERE name = "
                          "'cases/free'"),
            500);
}

TEST_P(UnitsTest, C5_HistoryThatIsBroughtInUsesWhatCameAfterItWentLive) {
  Grant("minutes", 100);
  const int64_t now = absl::ToUnixSeconds(world_.now());
  Open("order", "minutes",
       absl::StrCat("occur_time { seconds: ", now - 7200,
                    " } live_from { seconds: ", now - 3600,
                    " } history { key: 'a' occur_time { seconds: ", now - 7000,
                    " } work_logged { minutes: 10 } } history { key: 'b' "
                    "occur_time { seconds: ",
                    now - 60, " } work_logged { minutes: 5 } }"));
  EXPECT_EQ(Balance("minutes"), "95 0 5");
}

TEST_P(UnitsTest, C5_ACaseThatComesClosedHasUsedItsUnit) {
  Grant("closing", 1);
  const int64_t now = absl::ToUnixSeconds(world_.now());
  Open("old", "closing",
       absl::StrCat("occur_time { seconds: ", now - 7200,
                    " } history { key: 'a' occur_time { seconds: ", now - 60,
                    " } fields_changed { case { status: 'closed' } } }"));
  EXPECT_EQ(Balance("closing"), "0 0 1");
}

TEST_P(UnitsTest, C5_RecalculatingAndValidatingTakeNothing) {
  Grant("closing", 2);
  world_.Do(&OpenCase, Proto<v1::OpenCaseRequest>(
                           "case_id: 'a' case { account: 'accounts/acme' "
                           "entitlement: 'entitlements/closing' }"));
  EXPECT_EQ(Balance("closing"), "1 1 0");
  world_.clock().Advance(absl::Hours(8));
  workers::WakeupWorker wakeups(world_.services());
  ASSERT_EQ(wakeups.RunUntilIdle(), absl::OkStatus());
  EXPECT_EQ(Balance("closing"), "1 1 0");
  CallInfo info = world_.Info();
  info.validate_only = true;
  const auto session = world_.store().OpenSession();
  Call call(world_.services(), *session, info);
  EXPECT_TRUE(OpenCase(call, Proto<v1::OpenCaseRequest>(
                                 "case_id: 'b' case { account: 'accounts/acme' "
                                 "entitlement: 'entitlements/closing' }"))
                  .ok());
  EXPECT_EQ(Balance("closing"), "1 1 0");
}

TEST_P(UnitsTest, C5_Of64CasesAtOnceOneTakesTheLastUnit) {
  Grant("creation", 1);
  std::atomic<int> opened = 0, exhausted = 0;
  std::vector<std::thread> callers;
  for (int i = 0; i < 64; ++i) {
    callers.emplace_back([&, i] {
      const absl::Status status =
          TryOpen(absl::StrCat("case-", i), "creation").status();
      if (status.ok()) ++opened;
      if (errors::ReasonOf(status) == "ALLOTMENT_EXHAUSTED") ++exhausted;
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(opened, 1);
  EXPECT_EQ(exhausted, 63);
  EXPECT_EQ(Balance("creation"), "0 0 1");
  EXPECT_EQ(world_.Number("SELECT COUNT(*) FROM cases"), 1);
}

}  // namespace
}  // namespace charter::services

// The ledger of an allotment, by its methods (C5).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/services/admin/admin.h"
#include "server/services/directory/directory.h"
#include "server/services/entitlements/entitlements.h"
#include "server/services/shared/errors.h"
#include "server/services/shared/time_convert.h"
#include "server/workers/feed_publisher.h"
#include "server/workers/purge.h"
#include "tests/support/service_world.h"

namespace charter::services {
namespace {

using test::Proto;
using test::ServiceWorld;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class LedgerTest : public testing::TestWithParam<storage::Engine> {
 protected:
  void SetUp() override {
    world_.SetUpSupport();
    Create("minutes", "unit: MINUTES");
    Create("loose", "unit: MINUTES policy: ALLOW_OVERDRAFT");
  }
  void TearDown() override { EXPECT_THAT(Problems(), IsEmpty()); }

  void Create(const std::string& id, const std::string& allotment) {
    world_.Do(&CreateEntitlement,
              Proto<v1::CreateEntitlementRequest>(absl::StrCat(
                  "entitlement_id: '", id,
                  "' entitlement { account: 'accounts/acme' display_name: 'E' "
                  "start_date { year: 2020 month: 1 day: 1 } allotment { ",
                  allotment, " } }")));
  }
  std::vector<std::string> Problems() {
    const auto checked =
        world_.Do(&CheckIntegrity, v1::CheckIntegrityRequest());
    std::vector<std::string> problems;
    for (const v1::IntegrityProblem& problem : checked.problems())
      problems.push_back(
          absl::StrCat(problem.name(), ": ", problem.description()));
    return problems;
  }
  v1::Entitlement Get(const std::string& id = "minutes") {
    return world_.Do(&GetEntitlement,
                     Proto<v1::GetEntitlementRequest>(
                         absl::StrCat("name: 'entitlements/", id, "'")));
  }
  // "available reserved committed", as Get says.
  std::string Balance(const std::string& id = "minutes") {
    const v1::Entitlement found = Get(id);
    return absl::StrCat(found.units_available(), " ", found.units_reserved(),
                        " ", found.units_committed());
  }
  template <typename Request>
  v1::LedgerChange Do(
      absl::StatusOr<v1::LedgerChange> (*method)(Call&, const Request&),
      const std::string& fields, const std::string& id = "minutes") {
    return world_.Do(method, Make<Request>(fields, id));
  }
  template <typename Request>
  std::string Refused(
      absl::StatusOr<v1::LedgerChange> (*method)(Call&, const Request&),
      const std::string& fields, const std::string& id = "minutes") {
    const std::vector<std::string> before = Stored();
    const absl::Status status =
        world_.Try(method, Make<Request>(fields, id)).status();
    EXPECT_FALSE(status.ok());
    EXPECT_EQ(Stored(), before);
    return errors::ReasonOf(status);
  }
  template <typename Request>
  Request Make(const std::string& fields, const std::string& id) {
    return Proto<Request>(
        absl::StrCat("name: 'entitlements/", id, "' ", fields));
  }
  std::string In(absl::Duration ahead) {
    return absl::StrCat(
        "{ seconds: ", absl::ToUnixSeconds(world_.now() + ahead), " }");
  }
  std::vector<std::string> Stored() {
    std::vector<std::string> all;
    for (const char* sql :
         {"SELECT entitlement, number, remaining FROM ledger_lots ORDER BY "
          "entitlement, number",
          "SELECT entitlement, subject, state, units FROM ledger_holds ORDER "
          "BY entitlement, subject",
          "SELECT entitlement, number, kind, subject, units FROM "
          "ledger_entries ORDER BY entitlement, number",
          "SELECT name, units_available, units_reserved, units_committed, "
          "ledger_entry_count FROM entitlements ORDER BY name"}) {
      for (const std::string& line : world_.Lines(sql)) all.push_back(line);
    }
    return all;
  }

  ServiceWorld world_{{.engine = GetParam()}};
};
INSTANTIATE_TEST_SUITE_P(All, LedgerTest, testing::ValuesIn(test::kEngines),
                         test::EngineName);

TEST_P(LedgerTest, C5_UnitsAreGrantedHeldUsedAndGivenBack) {
  const v1::LedgerChange granted =
      Do(&GrantUnits, "units: 100 subject: 'order-7' cause: 'contract'");
  ASSERT_EQ(granted.entries_size(), 1);
  EXPECT_EQ(granted.entries(0).name(), "entitlements/minutes/ledgerEntries/1");
  EXPECT_EQ(granted.entries(0).actor(), "tester");
  EXPECT_EQ(granted.entries(0).cause(), "contract");
  EXPECT_EQ(granted.balance().available(), 100);
  const v1::LedgerChange held =
      Do(&ReserveUnits, "units: 60 subject: 'visit-1'");
  EXPECT_EQ(held.reservation().state(), v1::UnitReservation::RESERVED);
  EXPECT_EQ(Balance(), "40 60 0");
  EXPECT_EQ(
      Do(&CommitUnits, "units: 45 subject: 'visit-1'").reservation().units(),
      45);
  EXPECT_EQ(Balance(), "55 0 45");
  Do(&ReserveUnits, "subject: 'visit-2'");
  Do(&ReleaseUnits, "subject: 'visit-2' cause: 'called off'");
  EXPECT_EQ(Balance(), "55 0 45");
  Do(&AdjustUnits, "units: -5 cause: 'counted twice'");
  EXPECT_EQ(Balance(), "50 0 45");
  EXPECT_EQ(Get().ledger_entry_count(), 7);
}

TEST_P(LedgerTest, C5_ARepetitionBySubjectDoesNothing) {
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(Do(&GrantUnits, "units: 10 subject: 'order'").entries_size(),
              i == 0 ? 1 : 0);
    EXPECT_EQ(
        Do(&AdjustUnits, "units: -1 subject: 'fix' cause: 'x'").entries_size(),
        i == 0 ? 1 : 0);
    EXPECT_EQ(Do(&TransferUnits,
                 "units: 2 subject: 'left' destination: 'entitlements/loose'")
                  .entries_size(),
              i == 0 ? 1 : 0);
    Do(&ReserveUnits, "units: 3 subject: 'visit'");
    Do(&CommitUnits, "subject: 'visit'");
  }
  EXPECT_EQ(Balance(), "4 0 3");
  EXPECT_EQ(Balance("loose"), "2 0 0");
  // Another number of units is another thing.
  EXPECT_EQ(Refused(&GrantUnits, "units: 11 subject: 'order'"),
            "RESOURCE_ALREADY_EXISTS");
  EXPECT_EQ(Refused(&AdjustUnits, "units: 1 subject: 'fix' cause: 'x'"),
            "RESOURCE_ALREADY_EXISTS");
  EXPECT_EQ(Refused(&ReserveUnits, "units: 4 subject: 'visit'"),
            "RESOURCE_ALREADY_EXISTS");
}

TEST_P(LedgerTest, C5_WhatIsNotThereIsRefused) {
  Do(&GrantUnits, "units: 10");
  EXPECT_EQ(Refused(&ReserveUnits, "units: 11 subject: 'a'"),
            "ALLOTMENT_EXHAUSTED");
  EXPECT_EQ(Refused(&AdjustUnits, "units: -11 cause: 'x'"),
            "ALLOTMENT_EXHAUSTED");
  EXPECT_EQ(Refused(&AdjustUnits, "units: 0 cause: 'x'"), "FIELD_INVALID");
  EXPECT_EQ(
      Refused(&TransferUnits, "units: 11 destination: 'entitlements/loose'"),
      "ALLOTMENT_EXHAUSTED");
  EXPECT_EQ(
      Refused(&TransferUnits, "units: 1 destination: 'entitlements/minutes'"),
      "FIELD_INVALID");
  EXPECT_EQ(
      Refused(&TransferUnits, "units: 1 destination: 'entitlements/gold'"),
      "ALLOTMENT_MISSING");
  EXPECT_EQ(
      Refused(&TransferUnits, "units: 1 destination: 'entitlements/none'"),
      "RESOURCE_NOT_FOUND");
  EXPECT_EQ(Refused(&CommitUnits, "subject: 'a'"), "RESOURCE_NOT_FOUND");
  EXPECT_EQ(Refused(&ReserveUnits, "subject: 'cases/one'"), "FIELD_INVALID");
  EXPECT_EQ(Refused(&ReleaseUnits, "subject: 'cases/one'"), "FIELD_INVALID");
  EXPECT_EQ(Refused(&GrantUnits, "units: 1", "gold"), "ALLOTMENT_MISSING");
  EXPECT_EQ(Refused(&GrantUnits, "units: 1", "none"), "RESOURCE_NOT_FOUND");
  EXPECT_EQ(Refused(&GrantUnits,
                    absl::StrCat("units: 1 lapse_time ", In(-absl::Hours(1)))),
            "FIELD_INVALID");
  Do(&ReserveUnits, "subject: 'b'");
  Do(&CommitUnits, "subject: 'b'");
  EXPECT_EQ(Refused(&ReleaseUnits, "subject: 'b'"), "UNITS_NOT_RESERVED");
  world_.Do(&DeleteEntitlement,
            Proto<v1::DeleteEntitlementRequest>("name: 'entitlements/loose'"));
  EXPECT_EQ(Refused(&GrantUnits, "units: 1", "loose"), "RESOURCE_NOT_FOUND");
}

TEST_P(LedgerTest, C5_AnotherAccountOrUnitGetsNothing) {
  world_.Do(&CreateEntitlement, Proto<v1::CreateEntitlementRequest>(R"pb(
    entitlement_id: "cases"
    entitlement {
      account: "accounts/acme"
      display_name: "E"
      allotment { unit: CASES }
    })pb"));
  Do(&GrantUnits, "units: 10");
  EXPECT_EQ(
      Refused(&TransferUnits, "units: 1 destination: 'entitlements/cases'"),
      "FIELD_INVALID");
  world_.Do(&CreateAccount,
            Proto<v1::CreateAccountRequest>(
                "account_id: 'other' account { display_name: 'O' }"));
  world_.Do(&CreateEntitlement, Proto<v1::CreateEntitlementRequest>(R"pb(
    entitlement_id: "theirs"
    entitlement {
      account: "accounts/other"
      display_name: "E"
      allotment { unit: MINUTES }
    })pb"));
  EXPECT_EQ(
      Refused(&TransferUnits, "units: 1 destination: 'entitlements/theirs'"),
      "FIELD_INVALID");
  EXPECT_EQ(
      Refused(&TransferUnits, "units: 1 destination: 'entitlements/THEIRS'"),
      "RESOURCE_NOT_FOUND");
}

TEST_P(LedgerTest, C5_OverdraftIsAllowedWhereThePolicySaysSo) {
  Do(&GrantUnits, "units: 10", "loose");
  Do(&ReserveUnits, "units: 15 subject: 'visit'", "loose");
  EXPECT_EQ(Balance("loose"), "-5 15 0");
  Do(&GrantUnits, "units: 6", "loose");
  EXPECT_EQ(Balance("loose"), "1 15 0");
}

TEST_P(LedgerTest, C5_T4_WhatLapsedCountsBeforeAnythingWroteItDown) {
  Do(&GrantUnits, absl::StrCat("units: 10 lapse_time ", In(absl::Hours(10))));
  Do(&ReserveUnits,
     absl::StrCat("units: 4 subject: 'cart' expire_time ", In(absl::Hours(5))));
  const absl::Time lapse = world_.now() + absl::Hours(10);
  EXPECT_EQ(Balance(), "6 4 0");
  world_.clock().Advance(absl::Hours(6));
  EXPECT_EQ(Balance(), "10 0 0");
  world_.clock().Advance(absl::Hours(4));
  EXPECT_EQ(Balance(), "0 0 0");
  const auto listed = world_.Do(&ListEntitlements,
                                Proto<v1::ListEntitlementsRequest>(
                                    "filter: 'account == \"accounts/acme\"'"));
  for (const v1::Entitlement& one : listed.entitlements())
    EXPECT_EQ(one.units_available(), 0) << one.name();
  // Nothing was written by reading, and the next write writes it first.
  EXPECT_EQ(world_.Number("SELECT COUNT(*) FROM ledger_entries"), 2);
  world_.clock().Advance(absl::Hours(1));
  EXPECT_EQ(Refused(&ReserveUnits, "subject: 'visit'"), "ALLOTMENT_EXHAUSTED");
  const v1::LedgerChange granted = Do(&GrantUnits, "units: 1");
  ASSERT_EQ(granted.entries_size(), 3);
  EXPECT_EQ(granted.entries(0).kind(), v1::LedgerEntry::RELEASE);
  EXPECT_EQ(granted.entries(1).kind(), v1::LedgerEntry::LAPSE);
  EXPECT_EQ(ToTime(granted.entries(1).effective_time()), lapse);
  EXPECT_EQ(ToTime(granted.entries(1).record_time()), world_.now());
  EXPECT_EQ(Balance(), "1 0 0");
}

TEST_P(LedgerTest, C5_AStatementIsByPeriodAndClosesWithWhatItOpensAndMoves) {
  const absl::Time begin = world_.now();
  Do(&GrantUnits, absl::StrCat("units: 10 lapse_time ", In(absl::Hours(10))));
  world_.clock().Advance(absl::Hours(1));
  Do(&ReserveUnits, "units: 3 subject: 'visit'");
  Do(&CommitUnits, "units: 2 subject: 'visit'");
  world_.clock().Advance(absl::Hours(20));
  const auto statement = [&](absl::Duration from, absl::Duration to) {
    v1::GetLedgerStatementRequest request;
    request.set_name("entitlements/minutes");
    *request.mutable_start_time() = ToProto(begin + from);
    *request.mutable_end_time() = ToProto(begin + to);
    return world_.Do(&GetLedgerStatement, request);
  };
  const v1::LedgerStatement first =
      statement(absl::ZeroDuration(), absl::Hours(1));
  EXPECT_EQ(first.opening().available(), 0);
  EXPECT_EQ(first.closing().available(), 10);
  // The lapse belongs to the period in which it took effect, though nothing
  // has written it down.
  const v1::LedgerStatement second = statement(absl::Hours(1), absl::Hours(11));
  EXPECT_EQ(second.opening().available(), 10);
  ASSERT_EQ(second.movements_size(), 4);
  EXPECT_EQ(second.movements(0).kind(), v1::LedgerEntry::RESERVE);
  EXPECT_EQ(second.movements(1).kind(), v1::LedgerEntry::COMMIT);
  EXPECT_EQ(second.movements(2).kind(), v1::LedgerEntry::RELEASE);
  EXPECT_EQ(second.movements(3).kind(), v1::LedgerEntry::LAPSE);
  EXPECT_EQ(second.movements(3).change().available(), -8);
  EXPECT_EQ(second.closing().available(), 0);
  EXPECT_EQ(second.closing().committed(), 2);
  const v1::LedgerStatement third = statement(absl::Hours(11), absl::Hours(30));
  EXPECT_EQ(third.movements_size(), 0);
  EXPECT_EQ(third.opening().committed(), 2);
  // Once it is written down, the statements are the same.
  Do(&GrantUnits, "units: 1");
  EXPECT_EQ(statement(absl::Hours(1), absl::Hours(11)).movements_size(), 4);
  const v1::LedgerStatement all = world_.Do(
      &GetLedgerStatement,
      Proto<v1::GetLedgerStatementRequest>("name: 'entitlements/minutes'"));
  EXPECT_EQ(all.closing().available(), 1);
  ASSERT_EQ(all.lots_size(), 1);
  EXPECT_EQ(all.lots(0).available(), 1);
  EXPECT_EQ(
      errors::ReasonOf(world_
                           .Try(&GetLedgerStatement,
                                Proto<v1::GetLedgerStatementRequest>(
                                    "name: 'entitlements/minutes' start_time { "
                                    "seconds: 9 } end_time { seconds: 9 }"))
                           .status()),
      "FIELD_INVALID");
}

TEST_P(LedgerTest, C5_TheEntriesAreListedInOrderByPage) {
  for (int i = 0; i < 5; ++i) Do(&GrantUnits, absl::StrCat("units: ", i + 1));
  v1::ListLedgerEntriesRequest request;
  request.set_parent("entitlements/minutes");
  request.set_page_size(2);
  std::vector<int64_t> units;
  do {
    const auto page = world_.Do(&ListLedgerEntries, request);
    for (const v1::LedgerEntry& entry : page.ledger_entries())
      units.push_back(entry.units());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_THAT(units, ElementsAre(1, 2, 3, 4, 5));
}

TEST_P(LedgerTest, C5_WhatIsCountedCannotChangeUnderTheLedger) {
  const auto update = [&](const std::string& allotment) {
    return errors::ReasonOf(
        world_
            .Try(&UpdateEntitlement,
                 Proto<v1::UpdateEntitlementRequest>(absl::StrCat(
                     "entitlement { name: 'entitlements/minutes' ", allotment,
                     " } update_mask { paths: 'allotment' }")))
            .status());
  };
  EXPECT_EQ(update("allotment { unit: CASES }"), "");
  EXPECT_EQ(update("allotment { unit: MINUTES commit: CLOSING }"),
            "FIELD_INVALID");
  EXPECT_EQ(update("allotment { unit: MINUTES }"), "");
  Do(&GrantUnits, "units: 1");
  EXPECT_EQ(update("allotment { unit: CASES }"), "FIELD_INVALID");
  EXPECT_EQ(update(""), "FIELD_INVALID");
  EXPECT_EQ(update("allotment { unit: MINUTES policy: ALLOW_OVERDRAFT }"), "");
  EXPECT_EQ(Balance(), "1 0 0");
}

TEST_P(LedgerTest, C5_W1_EachEntryIsOnTheFeed) {
  Do(&GrantUnits, "units: 10");
  Do(&ReserveUnits, "units: 3 subject: 'visit'");
  workers::FeedPublisher publisher(world_.services());
  ASSERT_EQ(publisher.RunUntilIdle(), absl::OkStatus());
  std::vector<std::string> told;
  for (const v1::Event& event : world_.Feed()) {
    if (event.type().starts_with("ledger."))
      told.push_back(absl::StrCat(event.type(), " ", event.subject()));
  }
  EXPECT_THAT(told, ElementsAre("ledger.grant entitlements/minutes",
                                "ledger.reserve entitlements/minutes"));
}

TEST_P(LedgerTest, C5_TheIntegrityCheckFindsWhatDoesNotAgree) {
  Do(&GrantUnits, "units: 10");
  EXPECT_THAT(Problems(), IsEmpty());
  world_.Execute(
      "UPDATE entitlements SET units_available = 11 WHERE name = "
      "'entitlements/minutes'");
  EXPECT_THAT(
      Problems(),
      ElementsAre(HasSubstr("units_available is 11, but the sum of its entries "
                            "is 10"),
                  HasSubstr("units_available is 11, but its lots hold 10")));
  world_.Execute(
      "UPDATE entitlements SET units_available = 10 WHERE name = "
      "'entitlements/minutes'");
}

TEST_P(LedgerTest, C5_ALedgerGoesWithItsEntitlement) {
  Do(&GrantUnits, "units: 10");
  Do(&ReserveUnits, "subject: 'visit'");
  world_.Do(&DeleteEntitlement, Proto<v1::DeleteEntitlementRequest>(
                                    "name: 'entitlements/minutes'"));
  world_.clock().Advance(absl::Hours(24 * 31));
  workers::Purge purge(world_.services(), {});
  ASSERT_EQ(purge.RunUntilIdle(), absl::OkStatus());
  for (const char* table : {"ledger_lots", "ledger_holds", "ledger_entries"})
    EXPECT_EQ(world_.Number(absl::StrCat("SELECT COUNT(*) FROM ", table)), 0);
}

TEST_P(LedgerTest, C5_Of64CallersAtOnceOneTakesTheLastUnit) {
  Do(&GrantUnits, "units: 1");
  std::atomic<int> won = 0, exhausted = 0;
  std::vector<std::thread> callers;
  for (int i = 0; i < 64; ++i) {
    callers.emplace_back([&, i] {
      const absl::Status status =
          world_
              .Try(&ReserveUnits,
                   Make<v1::ReserveUnitsRequest>(
                       absl::StrCat("subject: 'caller-", i, "'"), "minutes"))
              .status();
      if (status.ok()) ++won;
      if (errors::ReasonOf(status) == "ALLOTMENT_EXHAUSTED") ++exhausted;
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(won, 1);
  EXPECT_EQ(exhausted, 63);
  EXPECT_EQ(Balance(), "0 1 0");
}

}  // namespace
}  // namespace charter::services

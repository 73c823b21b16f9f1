// What lapses or expires is recorded with nobody calling (C5, T4).
#include "server/services/ledger/ledger_wakeups.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/services/entitlements/entitlements.h"
#include "server/services/shared/principal.h"
#include "server/services/shared/time_convert.h"
#include "server/workers/feed_publisher.h"
#include "server/workers/purge.h"
#include "server/workers/rebuild.h"
#include "server/workers/wakeup_worker.h"
#include "tests/support/service_world.h"

namespace charter::services {
namespace {

using test::Proto;
using test::ServiceWorld;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr char kWaiting[] = "SELECT due_us, subject FROM wakeups ORDER BY 1, 2";
constexpr char kNext[] = "entitlements/minutes/ledgerEntries/next";

// `entitlements/minutes` counts minutes.
class Account {
 public:
  explicit Account(storage::Engine engine) : world_({.engine = engine}) {
    world_.SetUpSupport();
    Create("minutes");
    begin_ = world_.now();
  }

  void Create(const std::string& id, const std::string& more = "") {
    world_.Do(&CreateEntitlement,
              Proto<v1::CreateEntitlementRequest>(absl::StrCat(
                  "entitlement_id: '", id,
                  "' entitlement { account: 'accounts/acme' display_name: 'E' "
                  "start_date { year: 2020 month: 1 day: 1 } allotment { unit: "
                  "MINUTES } ",
                  more, "}")));
  }
  // `after`: since the beginning.
  void Grant(int units, absl::Duration after,
             const std::string& id = "minutes") {
    v1::GrantUnitsRequest request;
    request.set_name(absl::StrCat("entitlements/", id));
    request.set_units(units);
    *request.mutable_lapse_time() = ToProto(begin_ + after);
    world_.Do(&GrantUnits, request);
  }
  void Reserve(const std::string& subject, int units, absl::Duration after) {
    v1::ReserveUnitsRequest request;
    request.set_name("entitlements/minutes");
    request.set_subject(subject);
    request.set_units(units);
    *request.mutable_expire_time() = ToProto(begin_ + after);
    world_.Do(&ReserveUnits, request);
  }
  void Run() { ASSERT_EQ(worker_.RunUntilIdle(), absl::OkStatus()); }
  void RunAt(absl::Duration after) {
    world_.clock().Set(begin_ + after);
    Run();
  }
  // "kind units minute", by the instants at which they took effect.
  std::vector<std::string> Entries() {
    std::vector<std::string> entries;
    const v1::ListLedgerEntriesResponse listed = List();
    for (const v1::LedgerEntry& entry : listed.ledger_entries()) {
      entries.push_back(absl::StrCat(
          v1::LedgerEntry::Kind_Name(entry.kind()), " ", entry.units(), " ",
          absl::ToInt64Minutes(ToTime(entry.effective_time()) - begin_)));
    }
    return entries;
  }
  v1::ListLedgerEntriesResponse List() {
    return world_.Do(&ListLedgerEntries, Proto<v1::ListLedgerEntriesRequest>(
                                             "parent: 'entitlements/minutes'"));
  }
  std::string Waiting(absl::Duration after, const std::string& subject) {
    return absl::StrCat(absl::ToUnixMicros(begin_ + after), "|", subject);
  }
  // What the feed says by itself, and when.
  std::vector<std::string> Told() {
    workers::FeedPublisher publisher(world_.services());
    EXPECT_EQ(publisher.RunUntilIdle(), absl::OkStatus());
    std::vector<std::string> told;
    for (const v1::Event& event : world_.Feed()) {
      if (event.actor() != "system") continue;
      told.push_back(absl::StrCat(
          event.type(), " ",
          absl::ToInt64Minutes(ToTime(event.occur_time()) - begin_)));
    }
    return told;
  }

  ServiceWorld world_;
  workers::WakeupWorker worker_{world_.services()};
  absl::Time begin_;
};

class LedgerWakeupsTest : public testing::TestWithParam<storage::Engine> {
 protected:
  Account account_{GetParam()};
  ServiceWorld& world_ = account_.world_;
};
INSTANTIATE_TEST_SUITE_P(All, LedgerWakeupsTest,
                         testing::ValuesIn(test::kEngines), test::EngineName);

TEST_P(LedgerWakeupsTest, C5_WhatLapsesOrExpiresIsRecordedAtItsInstant) {
  account_.Grant(10, absl::Minutes(60));
  EXPECT_THAT(world_.Lines(kWaiting),
              ElementsAre(account_.Waiting(absl::Minutes(60), kNext)));
  account_.Reserve("visit", 4, absl::Minutes(30));
  EXPECT_THAT(world_.Lines(kWaiting),
              ElementsAre(account_.Waiting(absl::Minutes(30), kNext)));
  account_.RunAt(absl::Minutes(30) - absl::Microseconds(1));
  EXPECT_THAT(account_.Entries(), ElementsAre("GRANT 10 0", "RESERVE 4 0"));
  account_.RunAt(absl::Minutes(30));
  EXPECT_THAT(account_.Entries(),
              ElementsAre("GRANT 10 0", "RESERVE 4 0", "RELEASE 4 30"));
  EXPECT_THAT(world_.Lines(kWaiting),
              ElementsAre(account_.Waiting(absl::Minutes(60), kNext)));
  account_.RunAt(absl::Minutes(61));
  EXPECT_THAT(account_.Entries(), ElementsAre("GRANT 10 0", "RESERVE 4 0",
                                              "RELEASE 4 30", "LAPSE 10 60"));
  const v1::LedgerEntry lapse = account_.List().ledger_entries(3);
  EXPECT_EQ(ToTime(lapse.record_time()), account_.begin_ + absl::Minutes(61));
  EXPECT_EQ(lapse.actor(), "system");
  EXPECT_THAT(world_.Lines(kWaiting), IsEmpty());
  EXPECT_THAT(account_.Told(),
              ElementsAre("ledger.release 30", "ledger.lapse 60"));
  account_.RunAt(absl::Hours(5));
  EXPECT_EQ(account_.Entries().size(), 4);
}

TEST_P(LedgerWakeupsTest, T4_AServerThatSleptGivesTheFiguresOfOneThatDidNot) {
  constexpr char kStored[] =
      "SELECT number, kind, CASE WHEN kind = 1 THEN '' ELSE subject END, "
      "units, available, reserved, committed, "
      "effective_us, lot FROM ledger_entries ORDER BY number";
  constexpr char kFigures[] =
      "SELECT units_available, units_reserved, units_committed, "
      "units_due_time, ledger_entry_count FROM entitlements ORDER BY name";
  Account slept(GetParam());
  ASSERT_EQ(slept.begin_, account_.begin_);
  for (Account* account : {&account_, &slept}) {
    account->Grant(10, absl::Minutes(60));
    account->Grant(5, absl::Minutes(90));
    account->Reserve("visit", 12, absl::Minutes(70));
    account->Grant(3, absl::Hours(9));
  }
  for (int minute = 1; minute <= 120; ++minute)
    account_.RunAt(absl::Minutes(minute));
  slept.RunAt(absl::Minutes(120));
  EXPECT_EQ(slept.world_.Lines(kStored), world_.Lines(kStored));
  EXPECT_EQ(slept.world_.Lines(kFigures), world_.Lines(kFigures));
  EXPECT_EQ(slept.world_.Lines(kWaiting), world_.Lines(kWaiting));
  EXPECT_EQ(slept.Told(), account_.Told());
  EXPECT_THAT(
      account_.Told(),
      ElementsAre("ledger.release 70", "ledger.lapse 70", "ledger.lapse 90"));
}

TEST_P(LedgerWakeupsTest, C10_AnEntitlementWaitsForItsDatesApart) {
  world_.clock().Set(
      absl::FromCivil(absl::CivilSecond(2035, 5, 31, 23), absl::UTCTimeZone()));
  account_.begin_ = world_.now();
  account_.Create("dated", "end_date { year: 2035 month: 5 day: 31 }");
  account_.Grant(7, absl::Hours(1), "dated");
  const absl::Duration both = absl::Hours(1);
  EXPECT_THAT(world_.Lines(kWaiting),
              ElementsAre(account_.Waiting(both, "entitlements/dated"),
                          account_.Waiting(
                              both, "entitlements/dated/ledgerEntries/next")));
  account_.RunAt(both);
  EXPECT_THAT(account_.Told(),
              ElementsAre("entitlement.expired 60", "ledger.lapse 60"));
  EXPECT_THAT(world_.Lines(kWaiting), IsEmpty());
  EXPECT_THAT(world_.Lines("SELECT units_available, ledger_entry_count FROM "
                           "entitlements WHERE name = 'entitlements/dated'"),
              ElementsAre("0|2"));
}

TEST_P(LedgerWakeupsTest, C5_WhoComesFirstRecordsAndTheOtherDoesNothing) {
  account_.Grant(10, absl::Minutes(60));
  const std::string waited = account_.Waiting(absl::Minutes(60), kNext);
  world_.clock().Set(account_.begin_ + absl::Minutes(61));
  account_.Grant(1, absl::Minutes(90));
  EXPECT_THAT(world_.Lines(kWaiting),
              ElementsAre(account_.Waiting(absl::Minutes(90), kNext)));
  // One that is nobody's any more is taken away.
  world_.Execute(absl::StrCat(
      "INSERT INTO wakeups (shard, due_us, subject) SELECT shard, ",
      absl::ToUnixMicros(account_.begin_ + absl::Minutes(60)),
      ", subject FROM wakeups"));
  EXPECT_EQ(world_.Lines(kWaiting).front(), waited);
  account_.Run();
  world_.clock().Advance(absl::Milliseconds(10));
  account_.Run();
  EXPECT_THAT(account_.Entries(),
              ElementsAre("GRANT 10 0", "LAPSE 10 60", "GRANT 1 61"));
  EXPECT_THAT(world_.Lines(kWaiting),
              ElementsAre(account_.Waiting(absl::Minutes(90), kNext)));
}

TEST_P(LedgerWakeupsTest, C5_OfServersAndCallersAtOnceOneRecords) {
  test::Host& other = world_.AddHost();
  for (int round = 1; round <= 10; ++round) {
    account_.Grant(2, absl::Minutes(10 * round));
    world_.clock().Set(account_.begin_ + absl::Minutes(10 * round));
    const auto fire = [](Services& services) {
      const auto session = services.store->OpenSession();
      CallInfo info;
      info.principal = Principal::System();
      info.now = services.clock->Now();
      Call call(services, *session, info);
      EXPECT_EQ(call.Apply([&](storage::Transaction& tx) {
        return FireLedgers(call, tx, {kNext},
                           storage::Lock::kForUpdateSkipLocked)
            .status();
      }),
                absl::OkStatus());
    };
    std::thread second([&] { fire(other.services()); });
    std::thread caller([&] { account_.Grant(1, absl::Hours(900)); });
    fire(world_.services());
    second.join();
    caller.join();
    account_.Run();
    EXPECT_EQ(account_.Entries().size(), 3 * round);
  }
}

TEST_P(LedgerWakeupsTest, C5_ItGoesWithItsEntitlement) {
  account_.Grant(10, absl::Hours(24 * 365));
  world_.Do(&DeleteEntitlement, Proto<v1::DeleteEntitlementRequest>(
                                    "name: 'entitlements/minutes'"));
  EXPECT_EQ(world_.Lines(kWaiting).size(), 1);
  world_.clock().Advance(absl::Hours(24 * 31));
  workers::Purge purge(world_.services(), {});
  ASSERT_EQ(purge.RunUntilIdle(), absl::OkStatus());
  EXPECT_THAT(world_.Lines(kWaiting), IsEmpty());
}

TEST_P(LedgerWakeupsTest, C5_LedgersFromBeforeGetTheirWakeups) {
  account_.Grant(10, absl::Minutes(60));
  account_.Create("there");
  account_.Grant(4, absl::Minutes(40), "there");
  account_.Create("past");
  account_.Grant(3, absl::Minutes(5), "past");
  const std::vector<std::string> waiting = world_.Lines(kWaiting);
  world_.Execute(
      "DELETE FROM wakeups WHERE subject NOT LIKE 'entitlements/there/%'");
  // The migration itself has queued it.
  world_.clock().Advance(absl::Minutes(10));
  workers::Rebuild rebuild(world_.services());
  ASSERT_EQ(rebuild.RunUntilIdle(), absl::OkStatus());
  EXPECT_EQ(world_.Lines(kWaiting), waiting);
  account_.Run();
  EXPECT_THAT(account_.Told(), ElementsAre("ledger.lapse 5"));
}

}  // namespace
}  // namespace charter::services

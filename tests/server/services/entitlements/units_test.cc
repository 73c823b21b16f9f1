// The units that entitlements are granted when they are made (C5, C7, C9).
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "server/services/admin/admin.h"
#include "server/services/calendar/calendar.h"
#include "server/services/shared/time_convert.h"
#include "tests/server/services/entitlements/entitlements_fixture.h"

namespace charter::services {
namespace {

using test::Proto;
using testing::SizeIs;
using Entitlement = v1::Entitlement;

class UnitsTest : public EntitlementsTest {
 protected:
  void TearDown() override {
    const auto checked =
        world_.Do(&CheckIntegrity, v1::CheckIntegrityRequest());
    EXPECT_EQ(checked.problems_size(), 0) << checked.ShortDebugString();
  }

  // As many days from today, as a field.
  std::string Day(const std::string& field, int days,
                  absl::TimeZone zone = absl::UTCTimeZone()) {
    const absl::CivilDay day = absl::ToCivilDay(world_.now(), zone) + days;
    return absl::StrCat(field, " { year: ", day.year(), " month: ", day.month(),
                        " day: ", day.day(), " } ");
  }
  absl::Time StartOf(int days, absl::TimeZone zone = absl::UTCTimeZone()) {
    return absl::FromCivil(absl::ToCivilDay(world_.now(), zone) + days, zone);
  }
  static std::string Seconds(absl::Time time) {
    return absl::StrCat("{ seconds: ", absl::ToUnixSeconds(time), " } ");
  }

  // `fields`: of the request.
  absl::StatusOr<Entitlement> TryCreate(
      const std::string& fields,
      const std::string& allotment = "allotment { unit: CASES }") {
    return world_.Try(
        &CreateEntitlement,
        Proto<v1::CreateEntitlementRequest>(absl::StrCat(
            "entitlement { display_name: 'x' account: 'accounts/acme' ",
            allotment, " } ", fields)));
  }
  absl::StatusOr<v1::EntitlementTemplate> TryTemplate(
      const std::string& id, const std::string& fields) {
    return world_.Try(
        &CreateEntitlementTemplate,
        Proto<v1::CreateEntitlementTemplateRequest>(absl::StrCat(
            "entitlement_template_id: '", id,
            "' entitlement_template { display_name: 'x' ", fields, " }")));
  }
  void Template(const std::string& id, const std::string& fields) {
    const auto created = TryTemplate(id, fields);
    EXPECT_TRUE(created.ok()) << created.status();
  }
  Entitlement Apply(const std::string& of, const std::string& fields = "") {
    return world_.Do(&ApplyTemplate,
                     Proto<v1::ApplyTemplateRequest>(absl::StrCat(
                         "entitlement_template: 'entitlementTemplates/", of,
                         "' account: 'accounts/acme' ", fields)));
  }
  void Grant(const std::string& id, int units, const std::string& more = "") {
    world_.Do(&GrantUnits,
              Proto<v1::GrantUnitsRequest>(absl::StrCat(
                  "name: 'entitlements/", id, "' units: ", units, " ", more)));
  }
  Entitlement Renew(const std::string& id, const std::string& next) {
    return world_.Do(
        &RenewEntitlement,
        Proto<v1::RenewEntitlementRequest>(absl::StrCat(
            "name: 'entitlements/", id, "' entitlement_id: '", next, "'")));
  }
  // `businessHours/ID`, open on Mondays.
  absl::TimeZone Hours(const std::string& id, const std::string& name) {
    world_.Do(&CreateBusinessHours,
              Proto<v1::CreateBusinessHoursRequest>(absl::StrCat(
                  "business_hours_id: '", id,
                  "' business_hours { definition { time_zone: '", name,
                  "' weekly { day: MONDAY start: '08:00' end: '18:00' } } }")));
    absl::TimeZone zone;
    EXPECT_TRUE(absl::LoadTimeZone(name, &zone));
    return zone;
  }
  std::vector<Entitlement> Where(const std::string& filter) {
    v1::ListEntitlementsRequest request;
    request.set_filter(filter);
    const auto page = world_.Do(&ListEntitlements, request);
    return {page.entitlements().begin(), page.entitlements().end()};
  }
  v1::LedgerEntry OnlyEntry(const Entitlement& of) {
    v1::ListLedgerEntriesRequest request;
    request.set_parent(of.name());
    const auto page = world_.Do(&ListLedgerEntries, request);
    EXPECT_EQ(page.ledger_entries_size(), 1) << of.name();
    return page.ledger_entries_size() == 1 ? page.ledger_entries(0)
                                           : v1::LedgerEntry();
  }
  // When its only lot lapses; nullopt: never.
  std::optional<absl::Time> LapseOf(const Entitlement& of) {
    v1::GetLedgerStatementRequest request;
    request.set_name(of.name());
    const auto statement = world_.Do(&GetLedgerStatement, request);
    EXPECT_EQ(statement.lots_size(), 1) << of.name();
    if (statement.lots_size() != 1 || !statement.lots(0).has_lapse_time())
      return std::nullopt;
    return ToTime(statement.lots(0).lapse_time());
  }
  int64_t Count() {
    return world_.Number("SELECT COUNT(*) FROM entitlements") +
           world_.Number("SELECT COUNT(*) FROM ledger_entries");
  }
};
INSTANTIATE_TEST_SUITE_P(All, UnitsTest, testing::ValuesIn(test::kEngines),
                         test::EngineName);

TEST_P(UnitsTest, C5_UnitsComeWithTheCreationOfAnEntitlement) {
  const absl::Time lapse = world_.now() + absl::Hours(10);
  const auto made = TryCreate(
      absl::StrCat("entitlement_id: 'e' initial_units: 10 units_lapse_time ",
                   Seconds(lapse)));
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(made->units_available(), 10);
  EXPECT_EQ(made->ledger_entry_count(), 1);
  EXPECT_EQ(ToTime(made->units_due_time()), lapse);
  EXPECT_EQ(Get("e").SerializeAsString(), made->SerializeAsString());
  const v1::LedgerEntry entry = OnlyEntry(*made);
  EXPECT_EQ(entry.kind(), v1::LedgerEntry::GRANT);
  EXPECT_EQ(entry.units(), 10);
  EXPECT_EQ(entry.subject(), "creation");
  EXPECT_EQ(entry.cause(), "comes with its creation");
  EXPECT_EQ(entry.actor(), world_.Info().principal.name);
  EXPECT_EQ(ToTime(entry.effective_time()), world_.now());
  EXPECT_EQ(LapseOf(*made), lapse);
  world_.clock().Advance(absl::Hours(10));
  EXPECT_EQ(Get("e").units_available(), 0);

  const auto draft =
      TryCreate("entitlement_id: 'd' draft: true initial_units: 3");
  ASSERT_TRUE(draft.ok()) << draft.status();
  EXPECT_EQ(draft->state(), Entitlement::DRAFT);
  EXPECT_EQ(draft->units_available(), 3);
  EXPECT_EQ(LapseOf(*draft), std::nullopt);
}

TEST_P(UnitsTest, C5_UnitsThatFitNothingAreRefused) {
  const int64_t before = Count();
  EXPECT_THAT(TryCreate("initial_units: 1", "").status(),
              IsRefusal("FIELD_INVALID", "initial_units: "));
  EXPECT_THAT(
      TryCreate(absl::StrCat("units_lapse_time ",
                             Seconds(world_.now() + absl::Hours(1))))
          .status(),
      IsRefusal("FIELD_INVALID", "units_lapse_time: is of initial_units"));
  EXPECT_THAT(TryCreate(absl::StrCat("initial_units: 1 units_lapse_time ",
                                     Seconds(world_.now())))
                  .status(),
              IsRefusal("FIELD_INVALID", "units_lapse_time: must be later"));
  EXPECT_THAT(
      TryTemplate("x", "initial_units: 1").status(),
      IsRefusal("FIELD_INVALID", "entitlement_template.initial_units: "));
  EXPECT_THAT(
      TryTemplate("x", "allotment { unit: CASES } units_term_days: 1").status(),
      IsRefusal("FIELD_INVALID", "entitlement_template.units_term_days: "));
  EXPECT_THAT(
      TryTemplate("x", "allotment { unit: MINUTES commit: CLOSING }").status(),
      IsRefusal("FIELD_INVALID", "entitlement_template.allotment.commit: "));
  Template("t", "allotment { unit: CASES } initial_units: 1");
  EXPECT_THAT(
      world_
          .Try(&UpdateEntitlementTemplate,
               Proto<v1::UpdateEntitlementTemplateRequest>(
                   "entitlement_template { name: 'entitlementTemplates/t' } "
                   "update_mask { paths: 'allotment' }"))
          .status(),
      IsRefusal("FIELD_INVALID", "entitlement_template.initial_units: "));
  EXPECT_EQ(Count(), before);
}

TEST_P(UnitsTest, C5_ADryRunGrantsNothingAndARepeatedRequestOnce) {
  Template("t", "allotment { unit: CASES } initial_units: 4");
  Link("t", "CREATE_DATE");
  const int64_t before = Count();
  const auto attempt = [&](const auto& method, const auto& request,
                           bool validate_only) {
    const auto session = world_.store().OpenSession();
    CallInfo info = world_.Info();
    info.request_id = "11111111-1111-4111-8111-111111111111";
    info.fingerprint = std::string(32, 'f');
    info.validate_only = validate_only;
    Call call(world_.services(), *session, std::move(info));
    return method(call, request);
  };
  const auto request = Proto<v1::ApplyTemplateRequest>(
      "entitlement_template: 'entitlementTemplates/t' account: "
      "'accounts/acme'");
  const auto tried = attempt(&ApplyTemplate, request, true);
  ASSERT_TRUE(tried.ok()) << tried.status();
  EXPECT_EQ(tried->units_available(), 4);
  EXPECT_TRUE(attempt(&CreateAsset, NewPress("p"), true).ok());
  EXPECT_EQ(Count(), before);

  EXPECT_TRUE(attempt(&CreateAsset, NewPress("p"), false).ok());
  EXPECT_FALSE(attempt(&CreateAsset, NewPress("p"), false).ok());
  EXPECT_EQ(Count(), before + 2);
}

TEST_P(UnitsTest, C7_ATemplateGivesItsAllotmentAndUnits) {
  Template("t",
           "allotment { unit: CASES policy: ALLOW_OVERDRAFT commit: CLOSING } "
           "initial_units: 5");
  Template("none", "allotment { unit: MINUTES }");
  Link("t", "CREATE_DATE");
  Link("none", "CREATE_DATE");
  const auto check = [&](const Entitlement& made) {
    EXPECT_EQ(made.allotment().unit(), v1::Allotment::CASES);
    EXPECT_EQ(made.allotment().policy(), v1::Allotment::ALLOW_OVERDRAFT);
    EXPECT_EQ(made.allotment().commit(), v1::Allotment::CLOSING);
    EXPECT_EQ(made.units_available(), 5);
    EXPECT_EQ(LapseOf(made), std::nullopt);
    const v1::LedgerEntry entry = OnlyEntry(made);
    EXPECT_EQ(entry.subject(), "creation");
    EXPECT_EQ(entry.cause(), "comes with entitlementTemplates/t");
  };
  check(Apply("t"));
  world_.Do(&CreateAsset, NewPress("p"));
  AddLine("l", "acme");
  for (const std::string filter :
       {"asset == 'assets/p'", "contract_line_item == 'contractLineItems/l'"}) {
    const std::vector<Entitlement> made = Where(filter);
    ASSERT_THAT(made, SizeIs(2)) << filter;
    for (const Entitlement& one : made) {
      if (one.entitlement_template() == "entitlementTemplates/t") {
        check(one);
      } else {
        EXPECT_EQ(one.allotment().unit(), v1::Allotment::MINUTES);
        EXPECT_EQ(one.ledger_entry_count(), 0);
      }
    }
  }
  // Later edits touch nothing that exists.
  world_.Do(&UpdateEntitlementTemplate,
            Proto<v1::UpdateEntitlementTemplateRequest>(
                "entitlement_template { name: 'entitlementTemplates/t' "
                "initial_units: 50 }"));
  for (const Entitlement& one :
       Where("entitlement_template == 'entitlementTemplates/t'"))
    check(one);
}

TEST_P(UnitsTest, C5_UnitsOfATemplateLapseSoManyDaysAfterTheFirstOne) {
  const absl::TimeZone tokyo = Hours("tokyo", "Asia/Tokyo");
  const std::string units = "allotment { unit: CASES } initial_units: 5 ";
  Template("utc", units + "units_term_days: 30");
  Template("tokyo",
           units + "units_term_days: 1 business_hours: 'businessHours/tokyo'");
  EXPECT_EQ(LapseOf(Apply("utc")), StartOf(30));
  EXPECT_EQ(LapseOf(Apply("utc", Day("start_date", 7))), StartOf(37));
  EXPECT_EQ(LapseOf(Apply("tokyo")), StartOf(1, tokyo));
  // Its 30 days end with this one.
  EXPECT_EQ(LapseOf(Apply("utc", Day("start_date", -29))), StartOf(1));
  // They ended with yesterday: nothing is left to grant.
  const Entitlement late = Apply("utc", Day("start_date", -30));
  EXPECT_EQ(late.ledger_entry_count(), 0);
  EXPECT_EQ(late.allotment().unit(), v1::Allotment::CASES);
  // There is no instant for it any more.
  EXPECT_EQ(LapseOf(Apply("utc", "start_date { year: 9999 month: 12 day: 2 }")),
            std::nullopt);
  // A first day that nobody knows yet.
  Link("utc", "INSTALL_DATE");
  world_.Do(&CreateAsset, NewPress("p"));
  const std::vector<Entitlement> undated = Where("asset == 'assets/p'");
  ASSERT_THAT(undated, SizeIs(1));
  EXPECT_FALSE(undated[0].has_start_date());
  EXPECT_EQ(LapseOf(undated[0]), StartOf(30));
}

TEST_P(UnitsTest, C9_ARenewalGrantsWhatCameFirstWithItsLapse) {
  Template("t",
           "allotment { unit: CASES } initial_units: 5 units_term_days: 20 "
           "term_days: 30");
  Apply("t", "entitlement_id: 'e'");
  Grant("e", 2);
  const Entitlement next = Renew("e", "f");
  EXPECT_EQ(next.units_available(), 5);
  EXPECT_EQ(next.ledger_entry_count(), 1);
  EXPECT_EQ(OnlyEntry(next).subject(), "renewal/entitlements/e");
  EXPECT_EQ(LapseOf(next), StartOf(30 + 20));
  EXPECT_EQ(Get("e").units_available(), 7);
  // Again and again: extra packs are never renewed, and days stay days.
  Grant("f", 3);
  const Entitlement third = Renew("f", "g");
  EXPECT_EQ(third.units_available(), 5);
  EXPECT_EQ(LapseOf(third), StartOf(2 * 30 + 20));
}

// March has 31 days and April has 30.
TEST_P(UnitsTest, C9_UnitsThatLapseWithTheLastDayDoSoAgain) {
  const auto made = world_.Try(
      &CreateEntitlement,
      Proto<v1::CreateEntitlementRequest>(absl::StrCat(
          "entitlement_id: 'e' entitlement { display_name: 'x' account: "
          "'accounts/acme' allotment { unit: CASES } "
          "start_date { year: 2026 month: 3 day: 1 } "
          "end_date { year: 2026 month: 3 day: 31 } } initial_units: 5 "
          "units_lapse_time ",
          Seconds(absl::FromCivil(absl::CivilDay(2026, 4, 1),
                                  absl::UTCTimeZone())))));
  ASSERT_TRUE(made.ok()) << made.status();
  const Entitlement next = Renew("e", "f");
  EXPECT_EQ(next.end_date().day(), 30);
  EXPECT_EQ(LapseOf(next),
            absl::FromCivil(absl::CivilDay(2026, 5, 1), absl::UTCTimeZone()));
}

TEST_P(UnitsTest, C9_UnitsThatWereUsedUpOrLapsedAreRenewedAsTheyCame) {
  Template("t",
           "allotment { unit: CASES } initial_units: 5 units_term_days: 20 "
           "term_days: 30");
  Apply("t", "entitlement_id: 'used'");
  world_.Do(&ReserveUnits,
            Proto<v1::ReserveUnitsRequest>(
                "name: 'entitlements/used' subject: 'x' units: 5"));
  EXPECT_EQ(LapseOf(Renew("used", "used-next")), StartOf(30 + 20));
  Apply("t", "entitlement_id: 'lapsed'");
  world_.clock().Advance(absl::Hours(24 * 25));
  EXPECT_EQ(Get("lapsed").units_available(), 0);
  const Entitlement next = Renew("lapsed", "lapsed-next");
  EXPECT_EQ(next.units_available(), 5);
  EXPECT_EQ(LapseOf(next), StartOf(30 + 20 - 25));
  // Renewed so late that they would have lapsed too.
  world_.clock().Advance(absl::Hours(24 * 365));
  EXPECT_EQ(Renew("lapsed-next", "late").ledger_entry_count(), 0);
}

TEST_P(UnitsTest, C9_TheFirstGrantIsRenewedWhereNoneCameWithTheCreation) {
  Template("t",
           "allotment { unit: CASES policy: ALLOW_OVERDRAFT } "
           "term_days: 30");
  Apply("t", "entitlement_id: 'none'");
  EXPECT_EQ(Renew("none", "none-next").ledger_entry_count(), 0);
  Apply("t", "entitlement_id: 'e'");
  world_.Do(&AdjustUnits,
            Proto<v1::AdjustUnitsRequest>(
                "name: 'entitlements/e' units: 9 cause: 'a gift'"));
  world_.Do(&ReserveUnits,
            Proto<v1::ReserveUnitsRequest>(
                "name: 'entitlements/e' subject: 'x' units: 15"));
  // Covers what is overdrawn at once: of the lot nothing is left.
  Grant("e", 4,
        absl::StrCat("lapse_time { seconds: ",
                     absl::ToUnixSeconds(world_.now() + absl::Hours(36)), "}"));
  Grant("e", 7);
  const Entitlement next = Renew("e", "f");
  EXPECT_EQ(next.units_available(), 4);
  // A day and a half after the start: at the same time of day.
  EXPECT_EQ(LapseOf(next), world_.now() + absl::Hours(24 * 30 + 36));
  // What never lapsed does not now.
  Apply("t", "entitlement_id: 'open'");
  Grant("open", 6);
  const Entitlement open = Renew("open", "open-next");
  EXPECT_EQ(open.units_available(), 6);
  EXPECT_EQ(LapseOf(open), std::nullopt);
}

// A day has 23 hours when the clocks change; the lapse is at a day's end.
TEST_P(UnitsTest, C9_LapsesAreCalendarDaysOfTheHours) {
  const absl::TimeZone vienna = Hours("vienna", "Europe/Vienna");
  Template("t",
           "allotment { unit: CASES } initial_units: 5 units_term_days: 20 "
           "term_days: 30 business_hours: 'businessHours/vienna'");
  for (int days : {0, 60, 120, 180, 240, 300}) {
    const std::string id = absl::StrCat("e", days);
    Apply("t", absl::StrCat("entitlement_id: '", id, "' ",
                            Day("start_date", days, vienna)));
    EXPECT_EQ(LapseOf(Get(id)), StartOf(days + 20, vienna));
    EXPECT_EQ(LapseOf(Renew(id, absl::StrCat(id, "-next"))),
              StartOf(days + 50, vienna));
  }
}

}  // namespace
}  // namespace charter::services

#include "server/services/cases/cases.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/services/calendar/calendar.h"
#include "server/services/entitlements/entitlements.h"
#include "server/services/reports/reports.h"
#include "server/services/shared/errors.h"
#include "server/services/shared/time_convert.h"
#include "server/workers/feed_publisher.h"
#include "server/workers/wakeup_worker.h"
#include "tests/support/service_world.h"

namespace charter::services {
namespace {

using test::Proto;
using test::ServiceWorld;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

class CasesTest : public testing::TestWithParam<storage::Engine> {
 protected:
  void SetUp() override { world_.SetUpSupport(); }

  v1::Case Get(const std::string& id) {
    return world_.Do(&GetCase, Proto<v1::GetCaseRequest>(
                                   absl::StrCat("name: 'cases/", id, "'")));
  }
  std::vector<v1::Milestone> Milestones(const std::string& id) {
    const auto response = world_.Do(
        &ListMilestones, Proto<v1::ListMilestonesRequest>(absl::StrCat(
                             "filter: 'case == \"cases/", id, "\"'")));
    return {response.milestones().begin(), response.milestones().end()};
  }
  v1::Milestone First(const std::string& id) {
    for (const v1::Milestone& milestone : Milestones(id)) {
      if (milestone.milestone_type() == "milestoneTypes/first")
        return milestone;
    }
    ADD_FAILURE() << "no first milestone";
    return {};
  }
  v1::RecordEventsResponse Record(const std::string& id, const std::string& key,
                                  const std::string& event, absl::Time at) {
    v1::RecordEventsRequest request;
    v1::RecordedEvent& one = *request.add_events();
    one.set_case_(absl::StrCat("cases/", id));
    *one.mutable_event() = Proto<v1::CaseEvent>(event);
    one.mutable_event()->set_key(key);
    *one.mutable_event()->mutable_occur_time() = ToProto(at);
    return world_.Do(&RecordEvents, request);
  }
  // What all tables hold, apart from what every call leaves.
  std::vector<std::string> Everything() {
    std::vector<std::string> all;
    for (const std::string& line :
         world_.Lines("SELECT name, row_version, status, priority, "
                      "event_count, evaluate_time FROM cases "
                      "ORDER BY name")) {
      all.push_back(line);
    }
    for (const std::string& line :
         world_.Lines("SELECT name, state, violated, target_time, "
                      "evaluate_time FROM milestones "
                      "ORDER BY name")) {
      all.push_back(line);
    }
    for (const char* table : {"case_events", "transitions", "wakeups",
                              "actions", "outbox", "request_log"}) {
      all.push_back(absl::StrCat(
          table, world_.Number(absl::StrCat("SELECT COUNT(*) FROM ", table))));
    }
    return all;
  }
  void Fire() {
    workers::WakeupWorker wakeups(world_.services());
    ASSERT_EQ(wakeups.RunUntilIdle(), absl::OkStatus());
  }

  ServiceWorld world_{{.engine = GetParam()}};
};
INSTANTIATE_TEST_SUITE_P(All, CasesTest, testing::ValuesIn(test::kEngines),
                         test::EngineName);

TEST_P(CasesTest, E4_AProcessRunsClocksOfTheItemsThatItIsFor) {
  // The one of gold is for cases.
  world_.Do(&OpenCase,
            Proto<v1::OpenCaseRequest>(
                "case_id: 'visit' case { account: 'accounts/acme' entitlement: "
                "'entitlements/gold' kind: WORK_ORDER }"));
  EXPECT_EQ(Get("visit").entitlement(), "entitlements/gold");
  EXPECT_EQ(Get("visit").process_version(), "");
  EXPECT_TRUE(Milestones("visit").empty());
  world_.Open("help");
  EXPECT_EQ(Milestones("help").size(), 2u);
}

TEST_P(CasesTest, B7_AClockThatWasJustMadeIsListedByItsOwnHours) {
  world_.Do(&CreateBusinessHours, Proto<v1::CreateBusinessHoursRequest>(R"(
    business_hours_id: 'short'
    business_hours {
      definition {
        time_zone: 'UTC'
        weekly { day: MONDAY start: '09:00' end: '09:10' }
      }
    })"));
  world_.Do(&OpenCase,
            Proto<v1::OpenCaseRequest>(
                "case_id: 'one' case { account: 'accounts/acme' entitlement: "
                "'entitlements/gold' business_hours: 'businessHours/short' }"));
  world_.clock().Advance(absl::Hours(1));
  EXPECT_EQ(First("one").business_hours(), "businessHours/short");
  EXPECT_EQ(First("one").elapsed().seconds(), 600);
}

TEST_P(CasesTest, E4_AnOpenedCaseRunsOnTheVersionThatWasPublished) {
  world_.Open("one");
  const v1::Case item = Get("one");
  EXPECT_EQ(item.entitlement(), "entitlements/gold");
  EXPECT_THAT(item.process_version(), HasSubstr("/versions/1"));
  EXPECT_EQ(item.status(), "new");
  EXPECT_EQ(item.priority(), 3);
  const v1::Milestone first = First("one");
  EXPECT_EQ(first.state(), v1::Milestone::RUNNING);
  EXPECT_EQ(ToTime(first.target_time()),
            ToTime(item.create_time()) + absl::Hours(1));
}

TEST_P(CasesTest, E1_TheSameKeyIsRecordedOnce) {
  world_.Open("one");
  const absl::Time at = world_.now();
  world_.clock().Advance(absl::Minutes(1));
  const std::string reply = "interaction { direction: OUTBOUND author: AGENT }";
  EXPECT_FALSE(Record("one", "k1", reply, at).results(0).duplicate());
  const v1::RecordEventsResponse again = Record("one", "k1", reply, at);
  EXPECT_TRUE(again.results(0).duplicate());
  EXPECT_EQ(again.results(0).event().name(), "cases/one/events/2");
  EXPECT_EQ(world_.Number("SELECT COUNT(*) FROM case_events"), 2);
}

TEST_P(CasesTest, E1_EventsBeforeTheCreationOrFarAheadAreRefused) {
  world_.Open("one");
  const auto before = Everything();
  const auto early =
      Record("one", "k1", "clock_stopped {}", world_.now() - absl::Seconds(1));
  EXPECT_EQ(early.results(0).status().code(), 3);
  EXPECT_FALSE(early.results(0).has_event());
  const auto late =
      Record("one", "k2", "clock_stopped {}", world_.now() + absl::Seconds(6));
  EXPECT_EQ(late.results(0).status().code(), 3);
  EXPECT_EQ(Everything(), before);
  // Up to 5 s ahead counts as now.
  const auto skewed =
      Record("one", "k3", "clock_stopped {}", world_.now() + absl::Seconds(5));
  EXPECT_EQ(skewed.results(0).event().occur_time().seconds(),
            skewed.results(0).event().record_time().seconds());
}

TEST_P(CasesTest, E9_ALateEventCorrectsWhatWasPublished) {
  world_.Open("one");
  const absl::Time opened = world_.now();
  world_.clock().Advance(absl::Minutes(90));
  Fire();
  EXPECT_TRUE(First("one").violated());
  // The clock was stopped after half an hour, and nobody said so until now.
  Record("one", "late", "clock_stopped {}", opened + absl::Minutes(30));
  const v1::Milestone first = First("one");
  EXPECT_FALSE(first.violated());
  EXPECT_EQ(first.state(), v1::Milestone::PAUSED);
  EXPECT_EQ(first.actual().seconds(), 30 * 60);
  workers::FeedPublisher publisher(world_.services());
  ASSERT_EQ(publisher.RunUntilIdle(), absl::OkStatus());
  int violated = 0;
  int withdrawn = 0;
  for (const v1::Event& event : world_.Feed()) {
    if (event.type() != "milestone.violated") continue;
    ++(event.transition().withdrawn() ? withdrawn : violated);
    if (event.transition().withdrawn()) {
      EXPECT_NE(event.transition().corrects(), "");
    }
  }
  EXPECT_EQ(violated, 1);
  EXPECT_EQ(withdrawn, 1);
}

TEST_P(CasesTest, K2_AStoppedClockDoesNotCount) {
  world_.Open("one");
  world_.clock().Advance(absl::Minutes(10));
  world_.Do(&StopClock, Proto<v1::StopClockRequest>("name: 'cases/one'"));
  world_.clock().Advance(absl::Hours(5));
  EXPECT_EQ(First("one").state(), v1::Milestone::PAUSED);
  EXPECT_EQ(First("one").paused().seconds(), 5 * 3600);
  EXPECT_FALSE(First("one").has_target_time());
  const v1::Case resumed = world_.Do(
      &ResumeClock, Proto<v1::ResumeClockRequest>("name: 'cases/one'"));
  EXPECT_FALSE(resumed.stopped());
  EXPECT_EQ(ToTime(First("one").target_time()),
            world_.now() + absl::Minutes(50));
}

TEST_P(CasesTest, K1_ViolatedStaysWhenCompletedLate) {
  world_.Open("one");
  world_.clock().Advance(absl::Minutes(61));
  const v1::Milestone first = First("one");
  EXPECT_TRUE(first.violated()) << "a list computes it when it is read";
  const v1::Milestone done = world_.Do(
      &CompleteMilestone, Proto<v1::CompleteMilestoneRequest>(
                              absl::StrCat("name: '", first.name(), "'")));
  EXPECT_EQ(done.state(), v1::Milestone::COMPLETED);
  EXPECT_TRUE(done.violated());
  EXPECT_FALSE(done.met_last_target());
  const auto twice = world_.Try(
      &CompleteMilestone, Proto<v1::CompleteMilestoneRequest>(
                              absl::StrCat("name: '", first.name(), "'")));
  EXPECT_EQ(errors::ReasonOf(twice.status()), "STATE_TRANSITION_NOT_ALLOWED");
}

TEST_P(CasesTest, E0_ClosingAndReopeningFollowTheCategories) {
  world_.Open("one");
  world_.clock().Advance(absl::Minutes(5));
  const v1::Case closed =
      world_.Do(&CloseCase, Proto<v1::CloseCaseRequest>("name: 'cases/one'"));
  EXPECT_TRUE(closed.closed());
  EXPECT_EQ(errors::ReasonOf(world_
                                 .Try(&CloseCase, Proto<v1::CloseCaseRequest>(
                                                      "name: 'cases/one'"))
                                 .status()),
            "STATE_TRANSITION_NOT_ALLOWED");
  EXPECT_EQ(
      errors::ReasonOf(
          world_
              .Try(&ReopenCase, Proto<v1::ReopenCaseRequest>(
                                    "name: 'cases/one' status: 'resolved'"))
              .status()),
      "FIELD_INVALID");
  const v1::Case open =
      world_.Do(&ReopenCase, Proto<v1::ReopenCaseRequest>("name: 'cases/one'"));
  EXPECT_FALSE(open.closed());
  EXPECT_EQ(open.reopen_count(), 1);
}

TEST_P(CasesTest, E0_ADeletedItemEndsItsClocksAsCancelled) {
  world_.Open("one");
  world_.Do(&DeleteCase, Proto<v1::DeleteCaseRequest>("name: 'cases/one'"));
  EXPECT_EQ(First("one").state(), v1::Milestone::CANCELLED);
  EXPECT_TRUE(Get("one").has_delete_time());
  EXPECT_EQ(world_.Number("SELECT COUNT(*) FROM wakeups"), 0);
  const auto gone =
      world_.Try(&StopClock, Proto<v1::StopClockRequest>("name: 'cases/one'"));
  EXPECT_EQ(errors::ReasonOf(gone.status()), "RESOURCE_NOT_FOUND");
}

TEST_P(CasesTest, X2_AStaleEtagAndUnknownValuesChangeNothing) {
  world_.Open("one");
  const std::string etag = Get("one").etag();
  world_.Do(&UpdateCase, Proto<v1::UpdateCaseRequest>(
                             "case { name: 'cases/one' priority: 1 }"));
  EXPECT_EQ(Get("one").priority(), 1);
  const auto before = Everything();
  v1::UpdateCaseRequest stale =
      Proto<v1::UpdateCaseRequest>("case { name: 'cases/one' priority: 2 }");
  stale.mutable_case_()->set_etag(etag);
  EXPECT_EQ(errors::ReasonOf(world_.Try(&UpdateCase, stale).status()),
            "ETAG_MISMATCH");
  const auto unknown =
      world_.Try(&UpdateCase, Proto<v1::UpdateCaseRequest>(
                                  "case { name: 'cases/one' status: 'nope' }"));
  EXPECT_EQ(errors::ReasonOf(unknown.status()), "FIELD_INVALID");
  EXPECT_EQ(Everything(), before);
}

TEST_P(CasesTest, C1_AnEntitlementOfAnotherAccountOrThatExpiredIsRefused) {
  world_.Do(&CreateEntitlement,
            Proto<v1::CreateEntitlementRequest>(
                "entitlement_id: 'old' entitlement { display_name: 'Old' "
                "account: 'accounts/acme' "
                "start_date { year: 2001 month: 1 day: 1 } end_date { year: "
                "2002 month: 1 day: 1 } }"));
  const auto before = Everything();
  const auto expired = world_.Try(
      &OpenCase,
      Proto<v1::OpenCaseRequest>(
          "case { account: 'accounts/acme' entitlement: 'entitlements/old' }"));
  EXPECT_EQ(errors::ReasonOf(expired.status()), "ENTITLEMENT_NOT_ELIGIBLE");
  const auto missing = world_.Try(
      &OpenCase,
      Proto<v1::OpenCaseRequest>("case { account: 'accounts/nobody' }"));
  EXPECT_EQ(errors::ReasonOf(missing.status()), "RESOURCE_NOT_FOUND");
  EXPECT_EQ(Everything(), before);
}

TEST_P(CasesTest, K7_AnImportedHistoryStaysQuiet) {
  v1::OpenCaseRequest request = Proto<v1::OpenCaseRequest>(
      "case_id: 'old' case { account: 'accounts/acme' entitlement: "
      "'entitlements/gold' }");
  *request.mutable_occur_time() = ToProto(world_.now() - absl::Hours(48));
  *request.mutable_live_from() = ToProto(world_.now());
  v1::CaseEvent& closed = *request.add_history();
  *closed.mutable_occur_time() = ToProto(world_.now() - absl::Hours(24));
  closed.mutable_fields_changed()->mutable_case_()->set_status("closed");
  const v1::OpenCaseResponse opened = world_.Do(&OpenCase, request);
  EXPECT_TRUE(opened.case_().violated());
  EXPECT_EQ(world_.Number("SELECT COUNT(*) FROM tasks"), 0);
  EXPECT_EQ(world_.Number("SELECT COUNT(*) FROM actions"), 0);
  workers::FeedPublisher publisher(world_.services());
  ASSERT_EQ(publisher.RunUntilIdle(), absl::OkStatus());
  std::vector<std::string> types;
  for (const v1::Event& event : world_.Feed()) types.push_back(event.type());
  EXPECT_THAT(types, Contains("case.opened"));
  EXPECT_THAT(types, Not(Contains("milestone.violated")));
}

TEST_P(CasesTest, E2_AQuoteKeepsNothingAndAgreesWithWhatIsOpened) {
  const auto before = Everything();
  const auto quote = world_.Do(
      &EstimateTargets,
      Proto<v1::EstimateTargetsRequest>("case { account: 'accounts/acme' }"));
  EXPECT_EQ(quote.entitlement(), "entitlements/gold");
  EXPECT_EQ(Everything(), before);
  world_.Open("one");
  const std::vector<v1::Milestone> opened = Milestones("one");
  ASSERT_EQ(quote.milestones_size(), static_cast<int>(opened.size()));
  for (const v1::Milestone& promised : quote.milestones()) {
    bool found = false;
    for (const v1::Milestone& one : opened) {
      found |= one.milestone_type() == promised.milestone_type() &&
               one.target_time().seconds() == promised.target_time().seconds();
    }
    EXPECT_TRUE(found) << promised.milestone_type();
  }
}

TEST_P(CasesTest, B8_AnExplanationHasNoGaps) {
  world_.Open("one");
  world_.clock().Advance(absl::Minutes(20));
  world_.Do(&StopClock, Proto<v1::StopClockRequest>("name: 'cases/one'"));
  world_.clock().Advance(absl::Minutes(20));
  world_.Do(&ResumeClock, Proto<v1::ResumeClockRequest>("name: 'cases/one'"));
  world_.clock().Advance(absl::Minutes(50));
  const auto told = world_.Do(&ExplainMilestone,
                              Proto<v1::ExplainMilestoneRequest>(absl::StrCat(
                                  "name: '", First("one").name(), "'")));
  ASSERT_EQ(told.stretches_size(), 4);  // counting, paused, counting, overdue
  for (int i = 1; i < told.stretches_size(); ++i) {
    EXPECT_EQ(ToTime(told.stretches(i).start_time()),
              ToTime(told.stretches(i - 1).end_time()));
  }
  EXPECT_EQ(told.stretches(1).kind(), v1::ClockStretch::PAUSED);
  EXPECT_EQ(told.stretches(3).kind(), v1::ClockStretch::OVERDUE);
  EXPECT_EQ(ToTime(told.stretches(3).end_time()), world_.now());
  EXPECT_EQ(told.stretches(3).actual().seconds(),
            told.milestone().actual().seconds());
}

TEST_P(CasesTest, E8_AnExplanationAccountsForTheTimeOutOfTheProcess) {
  world_.Open("one");
  world_.clock().Advance(absl::Minutes(10));
  world_.Do(&CloseCase, Proto<v1::CloseCaseRequest>("name: 'cases/one'"));
  world_.clock().Advance(absl::Minutes(50));
  world_.Do(&ReopenCase, Proto<v1::ReopenCaseRequest>("name: 'cases/one'"));
  world_.clock().Advance(absl::Minutes(5));
  const auto told = world_.Do(&ExplainMilestone,
                              Proto<v1::ExplainMilestoneRequest>(absl::StrCat(
                                  "name: '", First("one").name(), "'")));
  EXPECT_THAT(
      told.explanation(),
      Contains("It has counted 15m; 0 outside hours, 0 paused in open hours "
               "and 50m of open time out of its process did not count."));
}

TEST_P(CasesTest, F3_TimeInEachStatusIsOpenTime) {
  world_.Open("one");
  world_.clock().Advance(absl::Minutes(15));
  world_.Do(&UpdateCase, Proto<v1::UpdateCaseRequest>(
                             "case { name: 'cases/one' status: 'open' }"));
  world_.clock().Advance(absl::Minutes(10));
  world_.Do(&CloseCase, Proto<v1::CloseCaseRequest>("name: 'cases/one'"));
  world_.clock().Advance(absl::Hours(3));
  const auto report =
      world_.Do(&GetComplianceReport, v1::GetComplianceReportRequest());
  std::vector<std::string> times;
  for (const v1::StatusTime& time : report.status_times()) {
    times.push_back(
        absl::StrCat(time.status(), " ", time.duration().seconds()));
  }
  EXPECT_THAT(times, testing::UnorderedElementsAre("new 900", "open 600"));
  int64_t instances = 0;
  for (const v1::ComplianceRow& row : report.rows())
    instances += row.instance_count();
  EXPECT_EQ(instances, 2);
  EXPECT_EQ(report.item_count(), 1);
}

}  // namespace
}  // namespace charter::services

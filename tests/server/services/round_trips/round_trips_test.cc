// How many round trips to the database each method takes (on SQLite:
// statements), written down: they are what a call costs most, so more of them
// is a decision.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "charter/v1/entitlement_service.pb.h"
#include "charter/v1/event_service.pb.h"
#include "google/longrunning/operations.pb.h"
#include "server/workers/feed_publisher.h"
#include "server/workers/recalculation.h"
#include "server/workers/wakeup_worker.h"
#include "tests/server/services/round_trips/round_trips_fixture.h"

namespace charter::services {

INSTANTIATE_TEST_SUITE_P(All, RoundTripsTest, testing::ValuesIn(test::kEngines),
                         test::EngineName);

static std::string Hours(const std::string& id) {
  return absl::StrCat(R"({"business_hours_id": ")", id,
                      R"(", "business_hours": {"definition": {
    "time_zone": "Europe/Vienna",
    "weekly": [{"day": "MONDAY", "start": "08:00", "end": "18:00"},
               {"day": "TUESDAY", "start": "08:00", "end": "18:00"}]}}})");
}

void RoundTripsTest::Calendar() {
  const std::string service = "CalendarService/";
  Measure(service + "CreateBusinessHours", Hours("office"));
  Measure(service + "GetBusinessHours", R"({"name": "businessHours/office"})");
  Measure(service + "ListBusinessHours", "{}");
  Measure(service + "UpdateBusinessHours", R"({"business_hours": {
    "name": "businessHours/office", "definition": {"time_zone": "Europe/Vienna",
    "weekly": [{"day": "MONDAY", "start": "09:00", "end": "18:00"}]}}})");
  Measure(service + "ImportHolidays", R"({
    "business_hours": "businessHours/office",
    "icalendar": "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//x//EN\r\nBEGIN:VEVENT\r\nUID:1@x\r\nDTSTAMP:20260101T000000Z\r\nDTSTART;VALUE=DATE:20260501\r\nSUMMARY:Labour Day\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"})");
  Measure(service + "ListBusinessHoursVersions",
          R"({"parent": "businessHours/office"})");
  const std::string hours = R"({"business_hours": "businessHours/office", )";
  Measure(service + "AddBusinessTime",
          hours + R"("time": "2026-04-30T15:00:00Z", "duration": "7200s"})");
  Measure(service + "DiffBusinessTime",
          hours + R"("start_time": "2026-04-30T15:00:00Z",
                     "end_time": "2026-05-04T07:00:00Z"})");
  Measure(service + "FindBusinessTime",
          hours + R"("time": "2026-05-01T10:00:00Z"})");
  Measure(service + "ExplainBusinessTime",
          hours + R"("start_time": "2026-05-01T00:00:00Z",
                     "end_time": "2026-05-01T20:00:00Z"})");
  Measure(service + "CreateBusinessHours", Hours("spare"));
  Measure(service + "DeleteBusinessHours",
          R"({"name": "businessHours/spare"})");
}

static std::string Promise(const std::string& id) {
  return absl::StrCat(R"({"entitlement_process_id": ")", id,
                      R"(", "entitlement_process": {"definition": {
    "business_hours": "businessHours/always",
    "milestones": [
      {"key": "first", "milestone_type": "milestoneTypes/first", "target": "3600s",
       "triggers": [{"key": "missed", "kind": "VIOLATION", "actions": [
         {"key": "tell", "publish": {"topic": "escalations"}}]}]},
      {"key": "update", "milestone_type": "milestoneTypes/update", "target": "14400s",
       "triggers": [{"key": "soon", "kind": "WARNING", "used_percent": 75}]},
      {"key": "fix", "milestone_type": "milestoneTypes/fix", "target": "86400s",
       "completion_criteria": "is_closed"}]}}})");
}

void RoundTripsTest::Process() {
  const std::string service = "ProcessService/";
  for (const char* type : {"first", "update", "fix", "spare"}) {
    Measure(service + "CreateMilestoneType",
            absl::StrCat(R"({"milestone_type_id": ")", type,
                         R"(", "milestone_type": {"recurrence": "NONE"}})"));
  }
  Measure(service + "GetMilestoneType", R"({"name": "milestoneTypes/first"})");
  Measure(service + "ListMilestoneTypes", "{}");
  Measure(service + "UpdateMilestoneType", R"({"milestone_type": {
    "name": "milestoneTypes/spare", "description": "Unused"}})");
  Measure(service + "DeleteMilestoneType",
          R"({"name": "milestoneTypes/spare"})");
  Measure(service + "CreateItemStatus", R"({"item_status_id": "there",
    "item_status": {"category": "OPEN"}})");
  Measure(service + "GetItemStatus", R"({"name": "itemStatuses/there"})");
  Measure(service + "ListItemStatuses", "{}");
  Measure(service + "UpdateItemStatus", R"({"item_status": {
    "name": "itemStatuses/there", "display_name": "On site"}})");
  Measure(service + "DeleteItemStatus", R"({"name": "itemStatuses/there"})");
  Measure(service + "CreateAttributeDefinition", R"({
    "attribute_definition_id": "severity",
    "attribute_definition": {"type": "NUMBER"}})");
  const std::string severity = R"("name": "attributeDefinitions/severity")";
  Measure(service + "GetAttributeDefinition", "{" + severity + "}");
  Measure(service + "ListAttributeDefinitions", "{}");
  Measure(service + "UpdateAttributeDefinition",
          R"({"attribute_definition": {"display_name": "Severity", )" +
              severity + "}}");
  Measure(service + "DeleteAttributeDefinition", "{" + severity + "}");
  Measure(service + "CreateEntitlementProcess", Promise("spare"));
  Measure(service + "DeleteEntitlementProcess",
          R"({"name": "entitlementProcesses/spare"})");
  Measure(service + "CreateEntitlementProcess", Promise("gold"));
  Measure(service + "GetEntitlementProcess",
          R"({"name": "entitlementProcesses/gold"})");
  Measure(service + "ListEntitlementProcesses", "{}");
  Measure(service + "UpdateEntitlementProcess", R"({"entitlement_process": {
    "name": "entitlementProcesses/gold", "display_name": "Gold"}})");
  Measure(service + "PublishVersion",
          R"({"name": "entitlementProcesses/gold"})");
  Measure(service + "GetProcessVersion",
          R"({"name": "entitlementProcesses/gold/versions/1"})");
  Measure(service + "ListProcessVersions",
          R"({"parent": "entitlementProcesses/gold"})");
}

void RoundTripsTest::Tasks() {
  const std::string service = "CaseService/";
  Measure(service + "CreateTask", R"({"task_id": "call", "task": {
    "display_name": "Call back", "case": "cases/one"}})");
  Measure(service + "GetTask", R"({"name": "tasks/call"})");
  Measure(service + "ListTasks", R"({"filter": "case == 'cases/one'"})");
  Measure(service + "UpdateTask",
          R"({"task": {"name": "tasks/call", "state": "DONE"}})");
  Measure(service + "DeleteTask", R"({"name": "tasks/call"})");
}

void RoundTripsTest::Feed() {
  const std::string service = "EventService/";
  world_.clock().Advance(absl::Hours(2));
  workers::WakeupWorker wakeups(world_.services());
  ASSERT_EQ(wakeups.RunUntilIdle(), absl::OkStatus());
  workers::FeedPublisher publisher(world_.services());
  ASSERT_EQ(publisher.RunUntilIdle(), absl::OkStatus());
  Measure(service + "ListEvents",
          R"({"filter": {"event_types": ["milestone.violated"]}})");
  Measure(service + "WatchEvents", R"({"from_earliest": true})");
  const auto pulled =
      Measure(service + "PullActions", R"({"topic": "escalations"})");
  const auto& actions = static_cast<const v1::PullActionsResponse&>(*pulled);
  ASSERT_GT(actions.actions_size(), 0);
  const std::string lease = actions.actions(0).lease_id();
  const std::string leases =
      absl::StrCat(R"({"lease_ids": [")", lease, R"("]})");
  Measure(service + "ExtendActionLease", leases);
  Measure(service + "RejectAction",
          absl::StrCat(R"({"dead": true, "lease_id": ")", lease, R"("})"));
  Measure(service + "ListDeadActions", "{}");
  Measure(service + "ReviveActions",
          absl::StrCat(R"({"effect_keys": [")", actions.actions(0).effect_key(),
                       R"("]})"));
  Measure(service + "AckActions", leases);
  Measure("ReportService/GetComplianceReport",
          R"({"dimensions": ["MILESTONE_TYPE"], "account": "accounts/acme"})");
}

void RoundTripsTest::Operations() {
  Measure("AdminService/GetServerInfo", "{}");
  Measure("AdminService/ListAuditEntries", R"({"subject": "cases/one"})");
  const auto begun = Measure("AdminService/Recalculate", "{}");
  const std::string name = absl::StrCat(
      R"({"name": ")",
      static_cast<const google::longrunning::Operation&>(*begun).name(),
      R"("})");
  Measure("Operations/GetOperation", name);
  Measure("Operations/ListOperations", R"({"name": "operations"})");
  Measure("Operations/WaitOperation", name);
  Measure("Operations/CancelOperation", name);
  workers::Recalculation recalculation(world_.services());
  ASSERT_EQ(recalculation.RunUntilIdle(), absl::OkStatus());
  Measure("Operations/DeleteOperation", name);
}

// Lines of "engine method count".
TEST_P(RoundTripsTest, EachMethodSendsAsManyStatementsAsIsWrittenDown) {
  Calendar();
  Process();
  Customers();
  Cases();
  Ledger();
  CasesWithUnits();
  Tasks();
  Feed();
  Templates();
  Operations();
  Batches();
  for (const auto& endpoint : endpoints_.all()) {
    EXPECT_TRUE(counts_.contains(endpoint->method.name))
        << endpoint->method.name << " is not measured";
  }
  const std::string engine(world_.store().dialect().name());
  // CHARTER_WRITE_ROUND_TRIPS=FILE appends the counts anew.
  if (const char* file = std::getenv("CHARTER_WRITE_ROUND_TRIPS")) {
    std::ofstream out(file, std::ios::app);
    for (const auto& [method, count] : counts_)
      out << engine << " " << method << " " << count << "\n";
    return;
  }
  std::map<std::string, int64_t> written;
  std::ifstream table(CHARTER_ROUND_TRIPS);
  std::string line;
  while (std::getline(table, line)) {
    std::istringstream words(line);
    std::string of, method;
    int64_t count = 0;
    if (words >> of >> method >> count && of == engine) written[method] = count;
  }
  EXPECT_THAT(counts_, testing::ContainerEq(written));
}

}  // namespace charter::services

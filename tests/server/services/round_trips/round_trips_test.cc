// How many round trips to the database each method takes (on SQLite:
// statements), written down: they are what a call costs most, so more of them
// is a decision.
#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
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
#include "server/call/endpoint.h"
#include "server/call/services.h"
#include "server/services/shared/call.h"
#include "server/workers/feed_publisher.h"
#include "server/workers/recalculation.h"
#include "server/workers/wakeup_worker.h"
#include "tests/server/services/round_trips/entitlement_calls.h"
#include "tests/support/service_world.h"

namespace charter::services {
namespace {

using google::protobuf::Message;
using test::FakeStream;
using test::ServiceWorld;

constexpr char kRequestId[] = "6f1a6d0e-0d2c-4b1e-9d0a-";

class RoundTripsTest : public testing::TestWithParam<storage::Engine> {
 protected:
  RoundTripsTest() : world_({.engine = GetParam()}) {
    call::RegisterServices(endpoints_);
    EXPECT_EQ(endpoints_.Check(), absl::OkStatus());
  }

  // Makes a call as the call path does, one with a request id where the method
  // takes one, and writes down what it sent. The session has worked before, as
  // a server's have, and the catalogue is known. Of several calls of a method
  // the last counts.
  std::unique_ptr<Message> Measure(const std::string& method,
                                   const std::string& json) {
    const std::string name = absl::StartsWith(method, "Operations/")
                                 ? absl::StrCat("google.longrunning.", method)
                                 : absl::StrCat("charter.v1.", method);
    const call::Endpoint* endpoint = endpoints_.Find(name);
    if (endpoint == nullptr) {
      ADD_FAILURE() << "no method " << name;
      std::abort();
    }
    std::unique_ptr<Message> request(endpoint->request->New());
    const auto parsed =
        google::protobuf::util::JsonStringToMessage(json, request.get());
    EXPECT_TRUE(parsed.ok()) << name << ": " << parsed.ToString();
    const auto session = world_.store().OpenSession();
    WarmUp(*session, endpoint->method.policy.idempotency() !=
                         v1::MethodPolicy::READ_ONLY);
    CallInfo info = world_.Info();
    info.method = &endpoint->method;
    if (endpoint->method.policy.idempotency() == v1::MethodPolicy::REQUEST_ID) {
      info.request_id = absl::StrCat(kRequestId, ++request_ids_ + 100000000000);
      info.fingerprint = std::string(32, 'f');
    }
    std::unique_ptr<Message> response(endpoint->response->New());
    const int64_t before = world_.store().round_trips();
    Call call(world_.services(), *session, std::move(info));
    EXPECT_EQ(Run(*endpoint, call, *request, response.get()), absl::OkStatus())
        << name << " " << json;
    counts_[name] = world_.store().round_trips() - before;
    return response;
  }

  void WarmUp(storage::Session& session, bool write) {
    Call call(world_.services(), session, world_.Info());
    EXPECT_EQ(call.Read([&](storage::Transaction& tx) {
      return world_.services().catalog->Get(tx).status();
    }),
              absl::OkStatus());
    if (!write) return;
    EXPECT_EQ(
        call.Apply([](storage::Transaction&) { return absl::OkStatus(); }),
        absl::OkStatus());
  }

  absl::Status Run(const call::Endpoint& endpoint, Call& call,
                   const Message& request, Message* response) {
    if (endpoint.unary) return endpoint.unary(call, request, response);
    if (endpoint.poll) {
      const auto outcome = endpoint.poll(call, request, response);
      if (!outcome.ok()) return outcome.status();
      EXPECT_TRUE(outcome->answered);
      return absl::OkStatus();
    }
    // What it takes until the stream has all that there is.
    auto stream = std::make_shared<FakeStream>();
    const absl::Status status = endpoint.stream(call, request, stream);
    world_.host().RunJobs();
    EXPECT_THAT(stream->all(), testing::Not(testing::IsEmpty()));
    stream->Cancel();
    return status;
  }

  void Calendar();
  void Process();
  void Customers();
  void Ledger();
  void CasesWithUnits();
  void Cases();
  void Tasks();
  void Feed();
  void Operations();

  ServiceWorld world_;
  call::Endpoints endpoints_;
  int64_t request_ids_ = 0;
  std::map<std::string, int64_t> counts_;  // by full name
};
INSTANTIATE_TEST_SUITE_P(All, RoundTripsTest, testing::ValuesIn(test::kEngines),
                         test::EngineName);

std::string Hours(const std::string& id) {
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

std::string Promise(const std::string& id) {
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

void RoundTripsTest::Customers() {
  const std::string service = "DirectoryService/";
  for (const char* id : {"acme", "spare"}) {
    Measure(service + "CreateAccount",
            absl::StrCat(R"({"account_id": ")", id,
                         R"(", "account": {"display_name": "A"}})"));
    Measure(service + "CreateContact",
            absl::StrCat(R"({"contact_id": ")", id, R"(", "contact": {
        "account": "accounts/acme", "display_name": "C"}})"));
  }
  Measure(service + "CreateContact",
          R"({"contact_id": "jane", "contact": {
    "account": "accounts/acme", "display_name": "Jane"}})");
  Measure(service + "GetAccount", R"({"name": "accounts/acme"})");
  Measure(service + "ListAccounts", "{}");
  Measure(service + "UpdateAccount",
          R"({"account": {"name": "accounts/acme", "tier": "gold"}})");
  Measure(service + "DeleteAccount", R"({"name": "accounts/spare"})");
  Measure(service + "GetContact", R"({"name": "contacts/acme"})");
  Measure(service + "ListContacts",
          R"({"filter": "account == 'accounts/acme'"})");
  Measure(service + "UpdateContact",
          R"({"contact": {"name": "contacts/acme", "email": "a@b.example"}})");
  Measure(service + "DeleteContact", R"({"name": "contacts/spare"})");
  for (const char* id : {"printer", "spare"}) {
    Measure(service + "CreateProduct",
            absl::StrCat(R"({"product_id": ")", id,
                         R"(", "product": {"display_name": "P"}})"));
  }
  Measure(service + "GetProduct", R"({"name": "products/printer"})");
  Measure(service + "ListProducts", R"({"filter": "family == 'Printers'"})");
  Measure(service + "UpdateProduct", R"({"product": {
    "name": "products/printer", "family": "Printers"}})");
  for (const char* id : {"press", "hall", "spare"}) {
    Measure(service + "CreateAsset", absl::StrCat(R"({"asset_id": ")", id,
                                                  R"(", "asset": {
        "account": "accounts/acme", "display_name": "A",
        "contact": "contacts/acme", "product": "products/printer"}})"));
  }
  Measure(service + "GetAsset", R"({"name": "assets/press"})");
  Measure(service + "ListAssets",
          R"({"filter": "account == 'accounts/acme'"})");
  Measure(service + "UpdateAsset",
          R"({"asset": {"name": "assets/spare", "parent": "assets/press"}})");
  Measure(service + "DeleteAsset", R"({"name": "assets/spare"})");
  Measure(service + "SearchCallers", R"({"query": "a press"})");
  const std::string contracts = "ContractService/";
  for (const char* book : {"standard", "partners"}) {
    Measure(contracts + "CreatePriceBookEntry",
            absl::StrCat(R"({"price_book_entry_id": ")", book,
                         R"(", "price_book_entry": {"price_book": ")", book,
                         R"(", "product": "products/printer", "unit_price": {
        "currency_code": "EUR", "units": "100"}}})"));
  }
  Measure(contracts + "GetPriceBookEntry",
          R"({"name": "priceBookEntries/standard"})");
  Measure(contracts + "ListPriceBookEntries",
          R"({"filter": "product == 'products/printer'"})");
  Measure(contracts + "UpdatePriceBookEntry", R"({"price_book_entry": {
    "name": "priceBookEntries/standard", "unit_price": {
      "currency_code": "EUR", "units": "110"}}})");
  for (const char* id : {"frame", "part", "spare"}) {
    Measure(contracts + "CreateServiceContract",
            absl::StrCat(R"({"service_contract_id": ")", id,
                         R"(", "service_contract": {"display_name": "C",
        "account": "accounts/acme", "contact": "contacts/acme",
        "currency_code": "EUR", "term_months": 12,
        "start_date": {"year": 2026, "month": 1, "day": 1}}})"));
  }
  Measure(contracts + "GetServiceContract",
          R"({"name": "serviceContracts/frame"})");
  Measure(contracts + "ListServiceContracts",
          R"({"filter": "account == 'accounts/acme'"})");
  for (const char* id : {"all", "press", "spare"}) {
    Measure(contracts + "CreateContractLineItem",
            absl::StrCat(R"({"contract_line_item_id": ")", id,
                         R"(", "contract_line_item": {"asset": "assets/)",
                         std::string(id) == "press" ? "press" : "hall", R"(",
        "service_contract": "serviceContracts/)",
                         std::string(id) == "spare" ? "spare" : "frame", R"(",
        "price_book_entry": "priceBookEntries/standard"}})"));
  }
  Measure(contracts + "GetContractLineItem",
          R"({"name": "contractLineItems/press"})");
  Measure(contracts + "ListContractLineItems",
          R"({"filter": "service_contract == 'serviceContracts/frame'"})");
  Measure(contracts + "UpdateContractLineItem", R"({"contract_line_item": {
    "name": "contractLineItems/press", "quantity": "2",
    "parent": "contractLineItems/all"}})");
  Measure(contracts + "UpdateServiceContract", R"({"service_contract": {
    "name": "serviceContracts/part", "parent": "serviceContracts/frame",
    "term_months": 24}})");
  Measure(contracts + "ActivateContract",
          R"({"name": "serviceContracts/frame"})");
  for (const char* verb :
       {"Activate", "Renew", "Clone", "Suspend", "Resume", "Cancel"}) {
    Measure(absl::StrCat(contracts, verb, "Contract"),
            R"({"name": "serviceContracts/part"})");
  }
  Measure(contracts + "RenewContract", R"({"name": "serviceContracts/frame"})");
  Measure(contracts + "BatchRenewContracts",
          R"({"names": ["serviceContracts/frame"]})");
  Measure(contracts + "GetContractTree",
          R"({"name": "serviceContracts/frame"})");
  Measure(contracts + "PriceContract",
          R"({"currency_code": "EUR", "lines": [
    {"price_book_entry": "priceBookEntries/standard"}]})");
  Measure(contracts + "DeleteContractLineItem",
          R"({"name": "contractLineItems/spare"})");
  Measure(contracts + "DeleteServiceContract",
          R"({"name": "serviceContracts/spare"})");
  Measure(contracts + "DeletePriceBookEntry",
          R"({"name": "priceBookEntries/partners"})");
  Measure(service + "DeleteProduct", R"({"name": "products/spare"})");

  const std::string entitlements = "EntitlementService/";
  for (const char* id : {"gold", "silver", "spare"}) {
    Measure(entitlements + "CreateEntitlement",
            absl::StrCat(R"({"entitlement_id": ")", id, R"(", "entitlement": {
        "account": "accounts/acme", "display_name": "E",
        "contacts": ["contacts/acme"], "process": "entitlementProcesses/gold",
        "start_date": {"year": 2024, "month": 1, "day": 1}}})"));
  }
  Measure(entitlements + "GetEntitlement", R"({"name": "entitlements/gold"})");
  Measure(entitlements + "ListEntitlements",
          R"({"filter": "account == 'accounts/acme'"})");
  Measure(entitlements + "UpdateEntitlement", R"({"entitlement": {
    "name": "entitlements/silver", "display_name": "Silver"}})");
  Measure(entitlements + "DeleteEntitlement",
          R"({"name": "entitlements/spare"})");
  Measure(entitlements + "AddEntitlementContacts",
          R"({"name": "entitlements/gold", "contacts": ["contacts/jane"]})");
  Measure(entitlements + "RemoveEntitlementContacts",
          R"({"name": "entitlements/gold", "contacts": ["contacts/jane"]})");
  Measure(entitlements + "VerifyEntitlement",
          R"({"account": "accounts/acme", "contact": "contacts/acme",
              "asset": "assets/press", "channel": "phone"})");
  const auto recorded = Measure(entitlements + "RecordVerdict",
                                R"({"account": "accounts/acme"})");
  Measure(
      entitlements + "GetEntitlementVerdict",
      absl::StrCat(R"({"name": ")",
                   static_cast<const v1::EntitlementVerdict&>(*recorded).name(),
                   R"("})"));
  Measure(entitlements + "ListEntitlementVerdicts",
          R"({"filter": "account == 'accounts/acme'"})");
  for (const auto& [method, request] : kEntitlementCalls)
    Measure(absl::StrCat(entitlements, method), request);
}

void RoundTripsTest::Ledger() {
  const std::string service = "EntitlementService/";
  for (const char* id : {"cases", "more"}) {
    Measure(service + "CreateEntitlement",
            absl::StrCat(R"({"entitlement_id": ")", id, R"(", "entitlement": {
        "account": "accounts/acme", "display_name": "E", "priority": 9,
        "contacts": ["contacts/acme"],
        "process": "entitlementProcesses/gold",
        "allotment": {"unit": "CASES", "commit": "CLOSING"},
        "start_date": {"year": 2024, "month": 1, "day": 1}}})"));
  }
  const std::string cases = R"({"name": "entitlements/cases", )";
  Measure(service + "GrantUnits",
          cases + R"("units": 10, "subject": "order"})");
  Measure(service + "AdjustUnits",
          cases + R"("units": -1, "cause": "counted twice"})");
  Measure(service + "ReserveUnits", cases + R"("subject": "a"})");
  Measure(service + "CommitUnits", cases + R"("subject": "a"})");
  Measure(service + "ReserveUnits", cases + R"("subject": "b"})");
  Measure(service + "ReleaseUnits", cases + R"("subject": "b"})");
  Measure(service + "TransferUnits",
          cases + R"("units": 2, "destination": "entitlements/more"})");
  Measure(service + "ListLedgerEntries", R"({"parent": "entitlements/cases"})");
  Measure(service + "GetLedgerStatement", cases + R"("start_time":
      "2020-01-01T00:00:00Z"})");
  Measure("AdminService/CheckIntegrity", "{}");
}

// The same methods on a case that takes a unit, under names of their own.
void RoundTripsTest::CasesWithUnits() {
  const auto measure = [&](const std::string& method, const std::string& json) {
    const std::string name = absl::StrCat("charter.v1.CaseService/", method);
    const std::map<std::string, int64_t> plain = counts_;
    Measure("CaseService/" + method, json);
    counts_[name + "+unit"] = counts_[name];
    if (plain.contains(name)) counts_[name] = plain.at(name);
  };
  for (const char* id : {"u1", "u2", "u3"}) {
    measure("OpenCase", absl::StrCat(R"({"case_id": ")", id, R"(", "case": {
    "account": "accounts/acme", "contact": "contacts/acme",
    "entitlement": "entitlements/cases"}})"));
  }
  measure("RecordEvents", R"({"events": [{"case": "cases/u1",
    "event": {"key": "w", "work_logged": {"minutes": 5}}}]})");
  measure("ChangeEntitlement",
          R"({"name": "cases/u1", "entitlement": "entitlements/more"})");
  world_.clock().Advance(absl::Minutes(1));
  measure("CloseCase", R"({"name": "cases/u1"})");
  measure("DeleteCase", R"({"name": "cases/u3"})");
  measure("MergeCases", R"({"name": "cases/u2", "into": "cases/u1"})");
}

std::string Opening(const std::string& id) {
  return absl::StrCat(R"({"case_id": ")", id, R"(", "case": {
    "account": "accounts/acme", "contact": "contacts/acme",
    "subject": "Help"}})");
}

void RoundTripsTest::Cases() {
  const std::string service = "CaseService/";
  Measure("ProcessService/SimulateProcess", R"({
    "process_version": "entitlementProcesses/gold/versions/1",
    "case": {"account": "accounts/acme"}, "open_time": "2026-03-02T09:00:00Z",
    "as_of": "2026-03-02T10:00:00Z"})");
  Measure(service + "EstimateTargets", R"({"case": {
    "account": "accounts/acme", "contact": "contacts/acme"}})");
  Measure(service + "OpenCase", Opening("late"));
  Measure(service + "OpenCase", Opening("spare"));
  Measure(service + "OpenCase", Opening("one"));
  const std::string one = R"({"name": "cases/one"})";
  Measure(service + "GetCase", one);
  Measure(service + "ListCases", R"({"filter": "account == 'accounts/acme'"})");
  world_.clock().Advance(absl::Minutes(1));
  Measure(service + "UpdateCase",
          R"({"case": {"name": "cases/one", "priority": 1}})");
  Measure(service + "RecordEvents", R"({"events": [{"case": "cases/one",
    "event": {"key": "mail-1", "interaction": {"direction": "OUTBOUND",
                                               "author": "AGENT"}}}]})");
  const std::string update = R"({"name": "cases/one/milestones/update~1"})";
  Measure(service + "ListMilestones", R"({"filter": "case == 'cases/one'"})");
  Measure(service + "ExplainMilestone", update);
  world_.clock().Advance(absl::Minutes(1));
  Measure(service + "StopClock", one);
  world_.clock().Advance(absl::Minutes(1));
  Measure(service + "ResumeClock", one);
  Measure(service + "CompleteMilestone", update);
  Measure(service + "ChangeEntitlement",
          R"({"name": "cases/one", "entitlement": "entitlements/silver"})");
  Measure(service + "RefreshContext", one);
  Measure(service + "CloseCase", one);
  world_.clock().Advance(absl::Minutes(1));
  Measure(service + "ReopenCase", one);
  Measure(service + "ListCaseEvents", R"({"parent": "cases/one"})");
  Measure(service + "GetTimeline", one);
  Measure(service + "DeleteCase", R"({"name": "cases/spare"})");
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
  Measure(service + "AckActions",
          absl::StrCat(R"({"lease_ids": [")", actions.actions(0).lease_id(),
                       R"("]})"));
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
  Operations();
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

}  // namespace
}  // namespace charter::services

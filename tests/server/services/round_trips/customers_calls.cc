// The calls about customers, what they are entitled to, and their cases.
#include "absl/strings/str_cat.h"
#include "charter/v1/entitlement_service.pb.h"
#include "tests/server/services/round_trips/entitlement_calls.h"
#include "tests/server/services/round_trips/round_trips_fixture.h"

namespace charter::services {
namespace {

std::string Opening(const std::string& id) {
  return absl::StrCat(R"({"case_id": ")", id, R"(", "case": {
    "account": "accounts/acme", "contact": "contacts/acme",
    "subject": "Help"}})");
}

}  // namespace

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
  MeasureDelete(service + "DeleteAccount", "accounts/spare");
  Measure(service + "GetContact", R"({"name": "contacts/acme"})");
  Measure(service + "ListContacts",
          R"({"filter": "account == 'accounts/acme'"})");
  Measure(service + "UpdateContact",
          R"({"contact": {"name": "contacts/acme", "email": "a@b.example"}})");
  MeasureDelete(service + "DeleteContact", "contacts/spare");
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
  Measure(service + "CreateAccount",
          R"({"account_id": "buyer", "account": {"display_name": "B"}})");
  Measure(service + "TransferAsset",
          R"({"name": "assets/spare", "account": "accounts/buyer"})");
  MeasureDelete(service + "DeleteAsset", "assets/spare");
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
  Measure(contracts + "RenewContract", R"({"name": "serviceContracts/frame",
    "service_contract_id": "next"})");
  MeasureApart("+prices", contracts + "RenewContract",
               R"({"name": "serviceContracts/next", "pricing": "PRICE_BOOK"})");
  MeasureApart("+ending", contracts + "ListServiceContracts",
               R"json({"filter": "end_date < date('2027-01-01')"})json");
  Measure(contracts + "BatchRenewContracts",
          R"({"names": ["serviceContracts/frame"]})");
  Measure(contracts + "GetContractTree",
          R"({"name": "serviceContracts/frame", "show_lines": true})");
  Measure(contracts + "PriceContract",
          R"({"currency_code": "EUR", "lines": [
    {"price_book_entry": "priceBookEntries/standard"}]})");
  MeasureDelete(contracts + "DeleteContractLineItem",
                "contractLineItems/spare");
  MeasureDelete(contracts + "DeleteServiceContract", "serviceContracts/spare");
  MeasureDelete(contracts + "DeletePriceBookEntry",
                "priceBookEntries/partners");
  MeasureDelete(service + "DeleteProduct", "products/spare");

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
  MeasureApart("+contact", entitlements + "ListEntitlements",
               R"({"contact": "contacts/acme"})");
  MeasureApart("+ending", entitlements + "ListEntitlements",
               R"json({"filter": "end_date >= date('2026-01-01')"})json");
  MeasureDelete(entitlements + "DeleteEntitlement", "entitlements/spare");
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
    MeasureApart("+unit", "CaseService/" + method, json);
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

void RoundTripsTest::Cases() {
  const std::string service = "CaseService/";
  Measure("ProcessService/SimulateProcess", R"({
    "process_version": "entitlementProcesses/gold/versions/1",
    "case": {"account": "accounts/acme"}, "open_time": "2026-03-02T09:00:00Z",
    "as_of": "2026-03-02T10:00:00Z"})");
  Measure(service + "EstimateTargets", R"({"case": {
    "account": "accounts/acme", "contact": "contacts/acme"}})");
  // There are rules to ask.
  const std::string rules = "EntitlementService/";
  for (const char* id : {"spare", "mail"}) {
    Measure(rules + "CreateAssignmentRule",
            absl::StrCat(R"({"assignment_rule_id": ")", id, R"(",
    "assignment_rule": {"display_name": "R", "condition": "origin == 'email'",
      "entitlement_condition": "entitlement.type == 'mail'"}})"));
  }
  Measure(rules + "GetAssignmentRule", R"({"name": "assignmentRules/mail"})");
  Measure(rules + "ListAssignmentRules", "{}");
  Measure(rules + "UpdateAssignmentRule", R"({"assignment_rule": {
    "name": "assignmentRules/mail", "condition": "subject == 'Help'"}})");
  Measure(rules + "DeleteAssignmentRule",
          R"({"name": "assignmentRules/spare"})");
  Measure(rules + "TestAssignmentRules", R"({"case": {
    "account": "accounts/acme", "contact": "contacts/acme"}})");
  Measure(service + "OpenCase", Opening("late"));
  Measure(service + "OpenCase", Opening("spare"));
  Measure(service + "OpenCase", Opening("one"));
  MeasureApart("+contact", service + "OpenCase",
               R"({"case": {"contact": "contacts/acme"}})");
  MeasureApart("+verdict", service + "OpenCase",
               R"({"case": {"account": "accounts/acme",
                            "contact": "contacts/acme"},
                   "record_verdict": true, "verdict_note": "N"})");
  MeasureApart("+entitlement", service + "OpenCase",
               R"({"case": {"contact": "contacts/acme",
                            "entitlement": "entitlements/gold"}})");
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
  MeasureApart("+reassign", service + "ChangeEntitlement",
               R"({"name": "cases/one", "reassign": true})");
  Measure(service + "RefreshContext", one);
  Measure(service + "CloseCase", one);
  world_.clock().Advance(absl::Minutes(1));
  Measure(service + "ReopenCase", one);
  Measure(service + "ListCaseEvents", R"({"parent": "cases/one"})");
  Measure(service + "GetTimeline", one);
  Measure(service + "DeleteCase", R"({"name": "cases/spare"})");
}

}  // namespace charter::services

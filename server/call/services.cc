#include "server/call/services.h"

#include "server/services/admin/admin.h"
#include "server/services/calendar/calendar.h"
#include "server/services/cases/cases.h"
#include "server/services/contracts/contracts.h"
#include "server/services/directory/directory.h"
#include "server/services/entitlements/entitlements.h"
#include "server/services/events/events.h"
#include "server/services/process/process.h"
#include "server/services/reports/reports.h"

namespace charter::call {
namespace {

namespace s = services;

void RegisterAdmin(Endpoints& endpoints) {
  ServiceBuilder(endpoints, "charter.v1.AdminService")
      .Unary<&s::GetServerInfo>("GetServerInfo")
      .Unary<&s::ListAuditEntries>("ListAuditEntries")
      .Unary<&s::Recalculate>("Recalculate")
      .Unary<&s::CheckIntegrity>("CheckIntegrity");
  ServiceBuilder(endpoints, "google.longrunning.Operations")
      .Unary<&s::ListOperations>("ListOperations")
      .Unary<&s::GetOperation>("GetOperation")
      .Unary<&s::DeleteOperation>("DeleteOperation")
      .Unary<&s::CancelOperation>("CancelOperation")
      .LongPoll<&s::WaitOperation>("WaitOperation");
}

void RegisterDirectory(Endpoints& endpoints) {
  ServiceBuilder(endpoints, "charter.v1.DirectoryService")
      .Unary<&s::GetAccount>("GetAccount")
      .Unary<&s::ListAccounts>("ListAccounts")
      .Unary<&s::CreateAccount>("CreateAccount")
      .Unary<&s::UpdateAccount>("UpdateAccount")
      .Unary<&s::DeleteAccount>("DeleteAccount")
      .Unary<&s::UndeleteAccount>("UndeleteAccount")
      .Unary<&s::GetContact>("GetContact")
      .Unary<&s::ListContacts>("ListContacts")
      .Unary<&s::CreateContact>("CreateContact")
      .Unary<&s::UpdateContact>("UpdateContact")
      .Unary<&s::DeleteContact>("DeleteContact")
      .Unary<&s::UndeleteContact>("UndeleteContact")
      .Unary<&s::GetProduct>("GetProduct")
      .Unary<&s::ListProducts>("ListProducts")
      .Unary<&s::CreateProduct>("CreateProduct")
      .Unary<&s::UpdateProduct>("UpdateProduct")
      .Unary<&s::DeleteProduct>("DeleteProduct")
      .Unary<&s::UndeleteProduct>("UndeleteProduct")
      .Unary<&s::GetAsset>("GetAsset")
      .Unary<&s::ListAssets>("ListAssets")
      .Unary<&s::CreateAsset>("CreateAsset")
      .Unary<&s::UpdateAsset>("UpdateAsset")
      .Unary<&s::DeleteAsset>("DeleteAsset")
      .Unary<&s::UndeleteAsset>("UndeleteAsset")
      .Unary<&s::TransferAsset>("TransferAsset")
      .Unary<&s::SearchCallers>("SearchCallers")
      .Unary<&s::BatchGetAccounts>("BatchGetAccounts")
      .Unary<&s::BatchCreateAccounts>("BatchCreateAccounts")
      .Unary<&s::BatchGetContacts>("BatchGetContacts")
      .Unary<&s::BatchCreateContacts>("BatchCreateContacts")
      .Unary<&s::BatchGetProducts>("BatchGetProducts")
      .Unary<&s::BatchCreateProducts>("BatchCreateProducts")
      .Unary<&s::BatchGetAssets>("BatchGetAssets")
      .Unary<&s::BatchCreateAssets>("BatchCreateAssets");
}

void RegisterContracts(Endpoints& endpoints) {
  ServiceBuilder(endpoints, "charter.v1.ContractService")
      .Unary<&s::GetPriceBookEntry>("GetPriceBookEntry")
      .Unary<&s::ListPriceBookEntries>("ListPriceBookEntries")
      .Unary<&s::CreatePriceBookEntry>("CreatePriceBookEntry")
      .Unary<&s::UpdatePriceBookEntry>("UpdatePriceBookEntry")
      .Unary<&s::DeletePriceBookEntry>("DeletePriceBookEntry")
      .Unary<&s::UndeletePriceBookEntry>("UndeletePriceBookEntry")
      .Unary<&s::GetServiceContract>("GetServiceContract")
      .Unary<&s::ListServiceContracts>("ListServiceContracts")
      .Unary<&s::CreateServiceContract>("CreateServiceContract")
      .Unary<&s::UpdateServiceContract>("UpdateServiceContract")
      .Unary<&s::DeleteServiceContract>("DeleteServiceContract")
      .Unary<&s::UndeleteServiceContract>("UndeleteServiceContract")
      .Unary<&s::PriceContract>("PriceContract")
      .Unary<&s::GetContractTree>("GetContractTree")
      .Unary<&s::CloneContract>("CloneContract")
      .Unary<&s::RenewContract>("RenewContract")
      .Unary<&s::BatchRenewContracts>("BatchRenewContracts")
      .Unary<&s::ActivateContract>("ActivateContract")
      .Unary<&s::SuspendContract>("SuspendContract")
      .Unary<&s::ResumeContract>("ResumeContract")
      .Unary<&s::CancelContract>("CancelContract")
      .Unary<&s::GetContractLineItem>("GetContractLineItem")
      .Unary<&s::ListContractLineItems>("ListContractLineItems")
      .Unary<&s::CreateContractLineItem>("CreateContractLineItem")
      .Unary<&s::UpdateContractLineItem>("UpdateContractLineItem")
      .Unary<&s::DeleteContractLineItem>("DeleteContractLineItem")
      .Unary<&s::UndeleteContractLineItem>("UndeleteContractLineItem")
      .Unary<&s::GetContractTemplate>("GetContractTemplate")
      .Unary<&s::ListContractTemplates>("ListContractTemplates")
      .Unary<&s::CreateContractTemplate>("CreateContractTemplate")
      .Unary<&s::UpdateContractTemplate>("UpdateContractTemplate")
      .Unary<&s::DeleteContractTemplate>("DeleteContractTemplate")
      .Unary<&s::UndeleteContractTemplate>("UndeleteContractTemplate")
      .Unary<&s::ApplyContractTemplate>("ApplyContractTemplate")
      .Unary<&s::BatchGetPriceBookEntries>("BatchGetPriceBookEntries")
      .Unary<&s::BatchCreatePriceBookEntries>("BatchCreatePriceBookEntries")
      .Unary<&s::BatchGetServiceContracts>("BatchGetServiceContracts")
      .Unary<&s::BatchCreateServiceContracts>("BatchCreateServiceContracts")
      .Unary<&s::BatchGetContractLineItems>("BatchGetContractLineItems")
      .Unary<&s::BatchCreateContractLineItems>("BatchCreateContractLineItems");
}

void RegisterCalendar(Endpoints& endpoints) {
  ServiceBuilder(endpoints, "charter.v1.CalendarService")
      .Unary<&s::GetBusinessHours>("GetBusinessHours")
      .Unary<&s::ListBusinessHours>("ListBusinessHours")
      .Unary<&s::CreateBusinessHours>("CreateBusinessHours")
      .Unary<&s::UpdateBusinessHours>("UpdateBusinessHours")
      .Unary<&s::DeleteBusinessHours>("DeleteBusinessHours")
      .Unary<&s::ListBusinessHoursVersions>("ListBusinessHoursVersions")
      .Unary<&s::AddBusinessTime>("AddBusinessTime")
      .Unary<&s::DiffBusinessTime>("DiffBusinessTime")
      .Unary<&s::FindBusinessTime>("FindBusinessTime")
      .Unary<&s::ExplainBusinessTime>("ExplainBusinessTime")
      .Unary<&s::ImportHolidays>("ImportHolidays");
}

void RegisterProcess(Endpoints& endpoints) {
  ServiceBuilder(endpoints, "charter.v1.ProcessService")
      .Unary<&s::GetMilestoneType>("GetMilestoneType")
      .Unary<&s::ListMilestoneTypes>("ListMilestoneTypes")
      .Unary<&s::CreateMilestoneType>("CreateMilestoneType")
      .Unary<&s::UpdateMilestoneType>("UpdateMilestoneType")
      .Unary<&s::DeleteMilestoneType>("DeleteMilestoneType")
      .Unary<&s::GetEntitlementProcess>("GetEntitlementProcess")
      .Unary<&s::ListEntitlementProcesses>("ListEntitlementProcesses")
      .Unary<&s::CreateEntitlementProcess>("CreateEntitlementProcess")
      .Unary<&s::UpdateEntitlementProcess>("UpdateEntitlementProcess")
      .Unary<&s::DeleteEntitlementProcess>("DeleteEntitlementProcess")
      .Unary<&s::PublishVersion>("PublishVersion")
      .Unary<&s::GetProcessVersion>("GetProcessVersion")
      .Unary<&s::ListProcessVersions>("ListProcessVersions")
      .Unary<&s::SimulateProcess>("SimulateProcess")
      .Unary<&s::GetItemStatus>("GetItemStatus")
      .Unary<&s::ListItemStatuses>("ListItemStatuses")
      .Unary<&s::CreateItemStatus>("CreateItemStatus")
      .Unary<&s::UpdateItemStatus>("UpdateItemStatus")
      .Unary<&s::DeleteItemStatus>("DeleteItemStatus")
      .Unary<&s::GetAttributeDefinition>("GetAttributeDefinition")
      .Unary<&s::ListAttributeDefinitions>("ListAttributeDefinitions")
      .Unary<&s::CreateAttributeDefinition>("CreateAttributeDefinition")
      .Unary<&s::UpdateAttributeDefinition>("UpdateAttributeDefinition")
      .Unary<&s::DeleteAttributeDefinition>("DeleteAttributeDefinition");
}

void RegisterReports(Endpoints& endpoints) {
  ServiceBuilder(endpoints, "charter.v1.ReportService")
      .Unary<&s::GetComplianceReport>("GetComplianceReport");
}

void RegisterEntitlements(Endpoints& endpoints) {
  ServiceBuilder(endpoints, "charter.v1.EntitlementService")
      .Unary<&s::GetEntitlement>("GetEntitlement")
      .Unary<&s::ListEntitlements>("ListEntitlements")
      .Unary<&s::CreateEntitlement>("CreateEntitlement")
      .Unary<&s::UpdateEntitlement>("UpdateEntitlement")
      .Unary<&s::DeleteEntitlement>("DeleteEntitlement")
      .Unary<&s::UndeleteEntitlement>("UndeleteEntitlement")
      .Unary<&s::AddEntitlementContacts>("AddEntitlementContacts")
      .Unary<&s::RemoveEntitlementContacts>("RemoveEntitlementContacts")
      .Unary<&s::ActivateEntitlement>("ActivateEntitlement")
      .Unary<&s::SuspendEntitlement>("SuspendEntitlement")
      .Unary<&s::ResumeEntitlement>("ResumeEntitlement")
      .Unary<&s::CancelEntitlement>("CancelEntitlement")
      .Unary<&s::RenewEntitlement>("RenewEntitlement")
      .Unary<&s::ApplyTemplate>("ApplyTemplate")
      .Unary<&s::VerifyEntitlement>("VerifyEntitlement")
      .Unary<&s::RecordVerdict>("RecordVerdict")
      .Unary<&s::GetEntitlementVerdict>("GetEntitlementVerdict")
      .Unary<&s::ListEntitlementVerdicts>("ListEntitlementVerdicts")
      .Unary<&s::GetEntitlementTemplate>("GetEntitlementTemplate")
      .Unary<&s::ListEntitlementTemplates>("ListEntitlementTemplates")
      .Unary<&s::CreateEntitlementTemplate>("CreateEntitlementTemplate")
      .Unary<&s::UpdateEntitlementTemplate>("UpdateEntitlementTemplate")
      .Unary<&s::DeleteEntitlementTemplate>("DeleteEntitlementTemplate")
      .Unary<&s::UndeleteEntitlementTemplate>("UndeleteEntitlementTemplate")
      .Unary<&s::GetProductEntitlementTemplate>("GetProductEntitlementTemplate")
      .Unary<&s::ListProductEntitlementTemplates>(
          "ListProductEntitlementTemplates")
      .Unary<&s::CreateProductEntitlementTemplate>(
          "CreateProductEntitlementTemplate")
      .Unary<&s::UpdateProductEntitlementTemplate>(
          "UpdateProductEntitlementTemplate")
      .Unary<&s::DeleteProductEntitlementTemplate>(
          "DeleteProductEntitlementTemplate")
      .Unary<&s::GrantUnits>("GrantUnits")
      .Unary<&s::ReserveUnits>("ReserveUnits")
      .Unary<&s::CommitUnits>("CommitUnits")
      .Unary<&s::ReleaseUnits>("ReleaseUnits")
      .Unary<&s::AdjustUnits>("AdjustUnits")
      .Unary<&s::TransferUnits>("TransferUnits")
      .Unary<&s::ListLedgerEntries>("ListLedgerEntries")
      .Unary<&s::GetLedgerStatement>("GetLedgerStatement")
      .Unary<&s::GetAssignmentRule>("GetAssignmentRule")
      .Unary<&s::ListAssignmentRules>("ListAssignmentRules")
      .Unary<&s::CreateAssignmentRule>("CreateAssignmentRule")
      .Unary<&s::UpdateAssignmentRule>("UpdateAssignmentRule")
      .Unary<&s::DeleteAssignmentRule>("DeleteAssignmentRule")
      .Unary<&s::TestAssignmentRules>("TestAssignmentRules")
      .Unary<&s::BatchGetEntitlements>("BatchGetEntitlements")
      .Unary<&s::BatchCreateEntitlements>("BatchCreateEntitlements");
}

void RegisterCases(Endpoints& endpoints) {
  ServiceBuilder(endpoints, "charter.v1.CaseService")
      .Unary<&s::GetCase>("GetCase")
      .Unary<&s::ListCases>("ListCases")
      .Unary<&s::UpdateCase>("UpdateCase")
      .Unary<&s::DeleteCase>("DeleteCase")
      .Unary<&s::OpenCase>("OpenCase")
      .Unary<&s::RecordEvents>("RecordEvents")
      .Unary<&s::CompleteMilestone>("CompleteMilestone")
      .Unary<&s::StopClock>("StopClock")
      .Unary<&s::ResumeClock>("ResumeClock")
      .Unary<&s::CloseCase>("CloseCase")
      .Unary<&s::MergeCases>("MergeCases")
      .Unary<&s::ReopenCase>("ReopenCase")
      .Unary<&s::ChangeEntitlement>("ChangeEntitlement")
      .Unary<&s::RefreshContext>("RefreshContext")
      .Unary<&s::ListCaseEvents>("ListCaseEvents")
      .Unary<&s::ListMilestones>("ListMilestones")
      .Unary<&s::ExplainMilestone>("ExplainMilestone")
      .Unary<&s::GetTimeline>("GetTimeline")
      .Unary<&s::EstimateTargets>("EstimateTargets")
      .Unary<&s::GetTask>("GetTask")
      .Unary<&s::ListTasks>("ListTasks")
      .Unary<&s::CreateTask>("CreateTask")
      .Unary<&s::UpdateTask>("UpdateTask")
      .Unary<&s::DeleteTask>("DeleteTask");
}

void RegisterEvents(Endpoints& endpoints) {
  ServiceBuilder(endpoints, "charter.v1.EventService")
      .ServerStream<v1::WatchEventsResponse, &s::WatchEvents>("WatchEvents")
      .Unary<&s::ListEvents>("ListEvents")
      .LongPoll<&s::PullActions>("PullActions")
      .Unary<&s::AckActions>("AckActions")
      .Unary<&s::ExtendActionLease>("ExtendActionLease")
      .Unary<&s::RejectAction>("RejectAction")
      .Unary<&s::ListDeadActions>("ListDeadActions")
      .Unary<&s::ReviveActions>("ReviveActions");
}

}  // namespace

void RegisterServices(Endpoints& endpoints) {
  RegisterDirectory(endpoints);
  RegisterContracts(endpoints);
  RegisterCalendar(endpoints);
  RegisterProcess(endpoints);
  RegisterEntitlements(endpoints);
  RegisterCases(endpoints);
  RegisterReports(endpoints);
  RegisterEvents(endpoints);
  RegisterAdmin(endpoints);
}

}  // namespace charter::call

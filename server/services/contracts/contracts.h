// The handlers of ContractService, one per method.
#ifndef CHARTER_SERVER_SERVICES_CONTRACTS_CONTRACTS_H_
#define CHARTER_SERVER_SERVICES_CONTRACTS_CONTRACTS_H_

#include "absl/status/statusor.h"
#include "charter/v1/contract_service.pb.h"
#include "server/services/shared/call.h"

namespace charter::services {

// price_book_entries.cc
absl::StatusOr<v1::PriceBookEntry> GetPriceBookEntry(
    Call& call, const v1::GetPriceBookEntryRequest& request);
absl::StatusOr<v1::ListPriceBookEntriesResponse> ListPriceBookEntries(
    Call& call, const v1::ListPriceBookEntriesRequest& request);
absl::StatusOr<v1::PriceBookEntry> CreatePriceBookEntry(
    Call& call, const v1::CreatePriceBookEntryRequest& request);
absl::StatusOr<v1::PriceBookEntry> UpdatePriceBookEntry(
    Call& call, const v1::UpdatePriceBookEntryRequest& request);
absl::StatusOr<v1::PriceBookEntry> DeletePriceBookEntry(
    Call& call, const v1::DeletePriceBookEntryRequest& request);
absl::StatusOr<v1::PriceBookEntry> UndeletePriceBookEntry(
    Call& call, const v1::UndeletePriceBookEntryRequest& request);
absl::StatusOr<v1::BatchGetPriceBookEntriesResponse> BatchGetPriceBookEntries(
    Call& call, const v1::BatchGetPriceBookEntriesRequest& request);
absl::StatusOr<v1::BatchCreatePriceBookEntriesResponse>
BatchCreatePriceBookEntries(
    Call& call, const v1::BatchCreatePriceBookEntriesRequest& request);

// service_contracts.cc
absl::StatusOr<v1::ServiceContract> GetServiceContract(
    Call& call, const v1::GetServiceContractRequest& request);
absl::StatusOr<v1::ListServiceContractsResponse> ListServiceContracts(
    Call& call, const v1::ListServiceContractsRequest& request);
absl::StatusOr<v1::ServiceContract> CreateServiceContract(
    Call& call, const v1::CreateServiceContractRequest& request);
absl::StatusOr<v1::ServiceContract> UpdateServiceContract(
    Call& call, const v1::UpdateServiceContractRequest& request);
// RESOURCE_IN_USE while it has lines, entitlements or contracts below it that
// are not deleted.
absl::StatusOr<v1::ServiceContract> DeleteServiceContract(
    Call& call, const v1::DeleteServiceContractRequest& request);
absl::StatusOr<v1::ServiceContract> UndeleteServiceContract(
    Call& call, const v1::UndeleteServiceContractRequest& request);
absl::StatusOr<v1::BatchGetServiceContractsResponse> BatchGetServiceContracts(
    Call& call, const v1::BatchGetServiceContractsRequest& request);
absl::StatusOr<v1::BatchCreateServiceContractsResponse>
BatchCreateServiceContracts(
    Call& call, const v1::BatchCreateServiceContractsRequest& request);

// contract_states.cc: FAILED_PRECONDITION STATE_TRANSITION_NOT_ALLOWED for a
// wrong state (C10).
absl::StatusOr<v1::ServiceContract> ActivateContract(
    Call& call, const v1::ActivateContractRequest& request);
absl::StatusOr<v1::ServiceContract> SuspendContract(
    Call& call, const v1::SuspendContractRequest& request);
absl::StatusOr<v1::ServiceContract> ResumeContract(
    Call& call, const v1::ResumeContractRequest& request);
absl::StatusOr<v1::ServiceContract> CancelContract(
    Call& call, const v1::CancelContractRequest& request);

// price_contract.cc
absl::StatusOr<v1::PriceContractResponse> PriceContract(
    Call& call, const v1::PriceContractRequest& request);

// contract_tree.cc
absl::StatusOr<v1::GetContractTreeResponse> GetContractTree(
    Call& call, const v1::GetContractTreeRequest& request);

// contract_copies.cc
absl::StatusOr<v1::ServiceContract> CloneContract(
    Call& call, const v1::CloneContractRequest& request);

// renew_contract.cc: FAILED_PRECONDITION STATE_TRANSITION_NOT_ALLOWED unless
// the contract is active, OPEN_ENDED when it has no last day (C9).
absl::StatusOr<v1::ServiceContract> RenewContract(
    Call& call, const v1::RenewContractRequest& request);
absl::StatusOr<v1::BatchRenewContractsResponse> BatchRenewContracts(
    Call& call, const v1::BatchRenewContractsRequest& request);

// contract_templates.cc. What a template names is looked at when it is written
// and again when it is applied, since entries come and go:
// `contract_template.lines[2].price_book_entry`.
absl::StatusOr<v1::ContractTemplate> GetContractTemplate(
    Call& call, const v1::GetContractTemplateRequest& request);
absl::StatusOr<v1::ListContractTemplatesResponse> ListContractTemplates(
    Call& call, const v1::ListContractTemplatesRequest& request);
absl::StatusOr<v1::ContractTemplate> CreateContractTemplate(
    Call& call, const v1::CreateContractTemplateRequest& request);
absl::StatusOr<v1::ContractTemplate> UpdateContractTemplate(
    Call& call, const v1::UpdateContractTemplateRequest& request);
absl::StatusOr<v1::ContractTemplate> DeleteContractTemplate(
    Call& call, const v1::DeleteContractTemplateRequest& request);
absl::StatusOr<v1::ContractTemplate> UndeleteContractTemplate(
    Call& call, const v1::UndeleteContractTemplateRequest& request);
absl::StatusOr<v1::ServiceContract> ApplyContractTemplate(
    Call& call, const v1::ApplyContractTemplateRequest& request);

// contract_line_items.cc
absl::StatusOr<v1::ContractLineItem> GetContractLineItem(
    Call& call, const v1::GetContractLineItemRequest& request);
absl::StatusOr<v1::ListContractLineItemsResponse> ListContractLineItems(
    Call& call, const v1::ListContractLineItemsRequest& request);
absl::StatusOr<v1::ContractLineItem> CreateContractLineItem(
    Call& call, const v1::CreateContractLineItemRequest& request);
absl::StatusOr<v1::ContractLineItem> UpdateContractLineItem(
    Call& call, const v1::UpdateContractLineItemRequest& request);
// RESOURCE_IN_USE while it has entitlements or lines below it that are not
// deleted.
absl::StatusOr<v1::ContractLineItem> DeleteContractLineItem(
    Call& call, const v1::DeleteContractLineItemRequest& request);
absl::StatusOr<v1::ContractLineItem> UndeleteContractLineItem(
    Call& call, const v1::UndeleteContractLineItemRequest& request);
absl::StatusOr<v1::BatchGetContractLineItemsResponse> BatchGetContractLineItems(
    Call& call, const v1::BatchGetContractLineItemsRequest& request);
absl::StatusOr<v1::BatchCreateContractLineItemsResponse>
BatchCreateContractLineItems(
    Call& call, const v1::BatchCreateContractLineItemsRequest& request);

}  // namespace charter::services

#endif  // CHARTER_SERVER_SERVICES_CONTRACTS_CONTRACTS_H_

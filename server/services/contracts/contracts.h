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

}  // namespace charter::services

#endif  // CHARTER_SERVER_SERVICES_CONTRACTS_CONTRACTS_H_

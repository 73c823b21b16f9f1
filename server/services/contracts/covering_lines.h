// Which contracts cover assets (C8).
#ifndef CHARTER_SERVER_SERVICES_CONTRACTS_COVERING_LINES_H_
#define CHARTER_SERVER_SERVICES_CONTRACTS_COVERING_LINES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "charter/v1/contract_line_item.pb.h"
#include "server/services/shared/call.h"
#include "storage/sql/transaction.h"

namespace charter::services {

// The lines of any contract that name one of `assets` and are neither deleted
// nor cancelled, by themselves or with their contract; in order of name, with
// their status of now. Two statements for 1,000 assets.
absl::StatusOr<std::vector<v1::ContractLineItem>> LinesThatCover(
    Call& call, storage::Transaction& tx,
    const std::vector<std::string>& assets);

}  // namespace charter::services

#endif  // CHARTER_SERVER_SERVICES_CONTRACTS_COVERING_LINES_H_

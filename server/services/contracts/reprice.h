// The unit prices of the lines of a contract that follows on one (C9).
#ifndef CHARTER_SERVER_SERVICES_CONTRACTS_REPRICE_H_
#define CHARTER_SERVER_SERVICES_CONTRACTS_REPRICE_H_

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "charter/v1/contract_line_item.pb.h"
#include "charter/v1/contract_service.pb.h"
#include "charter/v1/service_contract.pb.h"
#include "server/contracts/decimal.h"
#include "storage/sql/transaction.h"

namespace charter::services {

// What becomes of the prices; by default they stay.
struct Repricing {
  bool price_book = false;
  contracts::Decimal percent;
};

// As the request asks. FIELD_INVALID for a percentage that is none, is out of
// range, or stands beside PRICE_BOOK.
absl::StatusOr<Repricing> RepricingOf(const v1::RenewContractRequest& request);

// Gives the lines their new unit prices and computes theirs (C8). `contract`:
// theirs, whose figures the caller computes from them. One statement for
// entries, where these count. FIELD_INVALID, with the line, for a price that
// becomes too much.
absl::Status Reprice(storage::Transaction& tx, const Repricing& repricing,
                     const v1::ServiceContract& contract,
                     std::vector<v1::ContractLineItem>* lines);

}  // namespace charter::services

#endif  // CHARTER_SERVER_SERVICES_CONTRACTS_REPRICE_H_

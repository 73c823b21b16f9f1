// Contracts and lines, as far as what hangs on them depends on them (C3).
#ifndef CHARTER_STORAGE_RECORDS_CONTRACT_PARTS_H_
#define CHARTER_STORAGE_RECORDS_CONTRACT_PARTS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/types/span.h"
#include "charter/v1/service_contract.pb.h"
#include "storage/sql/transaction.h"

namespace charter::storage {

struct ContractPart {
  std::string name;  // `serviceContracts/…` or `contractLineItems/…`
  // Of a line: ACTIVE or CANCELLED. What was deleted is CANCELLED.
  v1::ServiceContract::Status state = v1::ServiceContract::CANCELLED;
  std::optional<absl::CivilDay> start_date;
  std::optional<absl::CivilDay> end_date;
};

// All that entitlements of the account hang on, some perhaps twice. One
// statement: each row by its primary key.
absl::StatusOr<std::vector<ContractPart>> ReadContractPartsOfAccount(
    Transaction& tx, absl::string_view account);

// Those of these names that exist, contracts and lines; at most 1,000. A
// statement for the contracts and one for the lines, if there are any.
absl::StatusOr<std::vector<ContractPart>> ReadContractParts(
    Transaction& tx, absl::Span<const std::string> names);

}  // namespace charter::storage

#endif  // CHARTER_STORAGE_RECORDS_CONTRACT_PARTS_H_

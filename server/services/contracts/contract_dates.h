// What contracts and lines do by date, on the feed (C10).
//
// A line with dates of its own tells of these; one without goes with its
// contract. `started` and `expired` are told once each time that they happen,
// whether the day came or a write brought it about.
#ifndef CHARTER_SERVER_SERVICES_CONTRACTS_CONTRACT_DATES_H_
#define CHARTER_SERVER_SERVICES_CONTRACTS_CONTRACT_DATES_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "charter/v1/contract_line_item.pb.h"
#include "charter/v1/service_contract.pb.h"
#include "server/services/catalog/catalog.h"
#include "server/services/shared/call.h"
#include "storage/table/table.h"

namespace charter::services {

// Tells of what a stored contract or line is due for by now and nobody has told
// of, as the worker would have: the first step of every write of it. `hidden`
// are its hidden columns. A contract that comes into force for the first time
// gets its activation time.
void CatchUp(Call& call, const Catalog& catalog,
             const storage::HiddenValues& hidden,
             v1::ServiceContract* contract);
void CatchUp(Call& call, const Catalog& catalog,
             const storage::HiddenValues& hidden,
             const v1::ServiceContract& contract, v1::ContractLineItem* line);

// Tells whether a write brought it into force or ended it, and moves its
// wake-up: the last step before it is stored. `before`: as CatchUp left it.
absl::Status FollowDates(Call& call, storage::Transaction& tx,
                         const Catalog& catalog,
                         const v1::ServiceContract& before,
                         v1::ServiceContract* after,
                         storage::HiddenValues* hidden);
// `before` null: a new line.
absl::Status FollowDates(Call& call, storage::Transaction& tx,
                         const Catalog& catalog,
                         const v1::ServiceContract& contract,
                         const v1::ContractLineItem* before,
                         v1::ContractLineItem* after,
                         storage::HiddenValues* hidden);

// WakeupKind::fire of both.
absl::StatusOr<std::vector<std::string>> FireServiceContracts(
    Call& call, storage::Transaction& tx, const std::vector<std::string>& names,
    storage::Lock lock);
absl::StatusOr<std::vector<std::string>> FireContractLineItems(
    Call& call, storage::Transaction& tx, const std::vector<std::string>& names,
    storage::Lock lock);

}  // namespace charter::services

#endif  // CHARTER_SERVER_SERVICES_CONTRACTS_CONTRACT_DATES_H_

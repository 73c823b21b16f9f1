// When contracts and their lines are in force (C2, C3): their dates are days in
// the zone of the deployment's default business hours.
#ifndef CHARTER_SERVER_SERVICES_CONTRACTS_CONTRACT_TIME_H_
#define CHARTER_SERVER_SERVICES_CONTRACTS_CONTRACT_TIME_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "charter/v1/contract_line_item.pb.h"
#include "charter/v1/service_contract.pb.h"
#include "server/contracts/status.h"
#include "server/contracts/term.h"
#include "server/services/catalog/catalog.h"

namespace charter::services {

// Their dates, as they stand there. FIELD_INVALID with the reason INVALID_DATE,
// naming the path within `field`, for what is no date.
absl::StatusOr<contracts::Term> TermOf(const v1::ServiceContract& contract,
                                       absl::string_view field);
absl::StatusOr<contracts::Term> TermOf(const v1::ContractLineItem& line,
                                       absl::string_view field);
void SetTerm(const contracts::Term& term, v1::ServiceContract* contract);

contracts::State StateOf(const v1::ServiceContract& contract);
// Of a line: active until it is cancelled.
contracts::State StateOf(const v1::ContractLineItem& line);
v1::ServiceContract::Status ToProto(contracts::State state);

// Of what is stored, whose dates are dates. A line without a first day has
// begun with its contract.
contracts::Window WindowOf(const v1::ServiceContract& contract,
                           const Catalog& catalog);
contracts::Window WindowOf(const v1::ContractLineItem& line,
                           const Catalog& catalog);

// Computes `status` for an instant. `contract`: the line's.
void SetStatus(const Catalog& catalog, absl::Time at,
               v1::ServiceContract* contract);
void SetStatus(const Catalog& catalog, absl::Time at,
               const v1::ServiceContract& contract, v1::ContractLineItem* line);

}  // namespace charter::services

#endif  // CHARTER_SERVER_SERVICES_CONTRACTS_CONTRACT_TIME_H_

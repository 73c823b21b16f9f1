// What the methods of contracts and lines share.
#ifndef CHARTER_SERVER_SERVICES_CONTRACTS_RESOURCES_H_
#define CHARTER_SERVER_SERVICES_CONTRACTS_RESOURCES_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "charter/v1/contract_line_item.pb.h"
#include "charter/v1/service_contract.pb.h"
#include "server/services/catalog/catalog.h"
#include "server/services/shared/call.h"
#include "server/services/shared/resources.h"
#include "server/services/shared/time_convert.h"

namespace charter::services {

Resource<v1::ServiceContract> ServiceContracts();
Resource<v1::ContractLineItem> ContractLineItems();

// The instant that a request asks about: its `as_of`, or now.
template <typename Request>
absl::Time AsOf(const Call& call, const Request& request) {
  return request.has_as_of() ? ToTime(request.as_of()) : call.now();
}

// In a transaction of its own.
inline absl::StatusOr<std::shared_ptr<const Catalog>> ReadCatalog(Call& call) {
  absl::StatusOr<std::shared_ptr<const Catalog>> catalog = nullptr;
  absl::Status status = call.Read([&](storage::Transaction& tx) {
    catalog = call.services().catalog->Get(tx);
    return catalog.status();
  });
  if (!status.ok()) return status;
  return catalog;
}

// The account and the contact that a contract names must be there and belong
// together (C1); what it named before is not looked at again, null: it is new.
// `path` goes before the names of its fields in errors: "service_contract.".
absl::Status CheckNamed(storage::Transaction& tx,
                        const v1::ServiceContract* before,
                        absl::string_view path,
                        const v1::ServiceContract& contract);

// Twelve digits that no other contract has.
absl::StatusOr<std::string> NewContractNumber(Call& call,
                                              storage::Transaction& tx);

// The contracts of these names, deleted or not.
using ContractsByName = absl::flat_hash_map<std::string, v1::ServiceContract>;
absl::StatusOr<ContractsByName> ContractsOf(
    storage::Transaction& tx, const std::vector<std::string>& names);

}  // namespace charter::services

#endif  // CHARTER_SERVER_SERVICES_CONTRACTS_RESOURCES_H_

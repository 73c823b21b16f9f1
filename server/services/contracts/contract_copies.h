// Contracts made with their lines, from contracts and from templates.
#ifndef CHARTER_SERVER_SERVICES_CONTRACTS_CONTRACT_COPIES_H_
#define CHARTER_SERVER_SERVICES_CONTRACTS_CONTRACT_COPIES_H_

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "charter/v1/contract_line_item.pb.h"
#include "charter/v1/service_contract.pb.h"
#include "server/services/catalog/catalog.h"
#include "server/services/shared/call.h"
#include "storage/sql/transaction.h"

namespace charter::services {

// The name that the request asks for, or one that the server makes.
std::string NameOfCopy(Call& call, absl::string_view id);

// Stores `copy`, which has the wording and dates that it is to have, as a new
// contract with copies of `lines`: it gets a number, a place in the tree under
// its parent, and its figures; the lines, which are priced, get names, numbers
// and parents among themselves. External ids, lines that are cancelled, and
// those for assets that the account has not got any more are left behind. Tells
// the feed of all of them, and of a copy that is in force at once.
struct ContractCopy {
  v1::ServiceContract contract;
  std::vector<v1::ContractLineItem> lines;
  // The lines' names, by those of the lines that they are copies of, which have
  // names.
  absl::flat_hash_map<std::string, std::string> names;
};
absl::StatusOr<ContractCopy> StoreCopy(Call& call, storage::Transaction& tx,
                                       const Catalog& catalog,
                                       v1::ServiceContract copy,
                                       std::vector<v1::ContractLineItem> lines);

}  // namespace charter::services

#endif  // CHARTER_SERVER_SERVICES_CONTRACTS_CONTRACT_COPIES_H_

#include "server/services/contracts/covering_lines.h"

#include <memory>
#include <utility>

#include "server/services/contracts/contract_time.h"
#include "server/services/contracts/resources.h"
#include "storage/table/resource_tables.h"

namespace charter::services {

absl::StatusOr<std::vector<v1::ContractLineItem>> LinesThatCover(
    Call& call, storage::Transaction& tx,
    const std::vector<std::string>& assets) {
  absl::StatusOr<std::vector<v1::ContractLineItem>> lines =
      storage::ContractLineItemTable().FindIn(tx, "asset", assets);
  if (!lines.ok()) return lines.status();
  std::erase_if(*lines, [](const v1::ContractLineItem& line) {
    return line.has_delete_time() || line.cancelled();
  });
  if (lines->empty()) return lines;
  absl::StatusOr<std::shared_ptr<const Catalog>> catalog =
      call.services().catalog->Get(tx);
  if (!catalog.ok()) return catalog.status();
  std::vector<std::string> names;
  for (const v1::ContractLineItem& line : *lines)
    names.push_back(line.service_contract());
  absl::StatusOr<ContractsByName> contracts = ContractsOf(tx, names);
  if (!contracts.ok()) return contracts.status();
  for (v1::ContractLineItem& line : *lines) {
    SetStatus(**catalog, call.now(), (*contracts)[line.service_contract()],
              &line);
  }
  std::erase_if(*lines, [](const v1::ContractLineItem& line) {
    return line.status() == v1::ServiceContract::CANCELLED;
  });
  return lines;
}

}  // namespace charter::services

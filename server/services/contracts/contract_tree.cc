#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "server/contracts/tree.h"
#include "server/services/contracts/contract_time.h"
#include "server/services/contracts/contracts.h"
#include "server/services/contracts/money_convert.h"
#include "server/services/contracts/resources.h"
#include "server/services/shared/errors.h"
#include "storage/records/generations.h"
#include "storage/table/resource_tables.h"

namespace charter::services {
namespace {

using contracts::Money;
using Totals = std::vector<std::vector<Money>>;

// The sums of one figure of the contracts, for each with all below it.
absl::StatusOr<Totals> Sums(
    const contracts::Forest& forest,
    const std::vector<v1::ServiceContract>& contracts,
    const google::type::Money& (v1::ServiceContract::*figure)() const) {
  Totals amounts;
  for (const v1::ServiceContract& contract : contracts) {
    absl::StatusOr<Money> amount = ToMoney((contract.*figure)(), "nodes");
    if (!amount.ok()) return amount.status();
    amounts.push_back({*amount});
  }
  absl::StatusOr<Totals> totals = contracts::TreeTotals(forest, amounts);
  if (!totals.ok()) return Refused("", "OUT_OF_RANGE", totals.status());
  return totals;
}

absl::StatusOr<v1::GetContractTreeResponse> Describe(
    const std::vector<v1::ServiceContract>& contracts) {
  absl::flat_hash_map<std::string, size_t> places;
  for (size_t i = 0; i < contracts.size(); ++i) places[contracts[i].name()] = i;
  std::vector<std::optional<size_t>> parents(contracts.size());
  for (size_t i = 0; i < contracts.size(); ++i) {
    const auto above = places.find(contracts[i].parent());
    if (above != places.end()) parents[i] = above->second;
  }
  absl::StatusOr<contracts::Forest> forest = contracts::Forest::Build(parents);
  if (!forest.ok()) return Refused("", "CYCLE", forest.status());
  absl::StatusOr<Totals> prices =
      Sums(*forest, contracts, &v1::ServiceContract::total_price);
  if (!prices.ok()) return prices.status();
  absl::StatusOr<Totals> totals =
      Sums(*forest, contracts, &v1::ServiceContract::grand_total);
  if (!totals.ok()) return totals.status();
  v1::GetContractTreeResponse response;
  for (const size_t i : forest->top_down()) {
    const v1::ServiceContract& contract = contracts[i];
    v1::ContractTreeNode& node = *response.add_nodes();
    node.set_service_contract(contract.name());
    node.set_parent(contract.parent());
    node.set_contract_number(contract.contract_number());
    node.set_display_name(contract.display_name());
    node.set_status(contract.status());
    node.set_line_count(contract.line_count());
    *node.mutable_total_price() = contract.total_price();
    *node.mutable_grand_total() = contract.grand_total();
    for (const Money& sum : (*prices)[i])
      *node.add_tree_total_prices() = ToProto(sum);
    for (const Money& sum : (*totals)[i])
      *node.add_tree_grand_totals() = ToProto(sum);
  }
  return response;
}

}  // namespace

absl::StatusOr<v1::GetContractTreeResponse> GetContractTree(
    Call& call, const v1::GetContractTreeRequest& request) {
  std::vector<v1::ServiceContract> contracts;
  // One moment of the tree, whose contracts may move meanwhile.
  absl::Status status = call.Read(
      [&](storage::Transaction& tx) -> absl::Status {
        tx.Prefetch([&](storage::Transaction& ahead) {
          (void)storage::ReadCatalogGeneration(ahead);
          (void)storage::ServiceContractTable().Get(ahead, request.name());
        });
        absl::StatusOr<std::shared_ptr<const Catalog>> catalog =
            call.services().catalog->Get(tx);
        if (!catalog.ok()) return catalog.status();
        absl::StatusOr<v1::ServiceContract> contract =
            storage::ServiceContractTable().Get(tx, request.name());
        if (absl::IsNotFound(contract.status()))
          return errors::NotFound(request.name());
        if (!contract.ok()) return contract.status();
        absl::StatusOr<std::vector<v1::ServiceContract>> all =
            storage::ServiceContractTable().Find(tx,
                                                 {{"root", contract->root()}});
        if (!all.ok()) return all.status();
        contracts.clear();
        for (v1::ServiceContract& one : *all) {
          if (one.has_delete_time()) continue;
          SetStatus(**catalog, call.now(), &one);
          contracts.push_back(std::move(one));
        }
        return absl::OkStatus();
      },
      /*snapshot=*/true);
  if (!status.ok()) return status;
  return Describe(contracts);
}

}  // namespace charter::services

#include <memory>
#include <optional>
#include <string>
#include <utility>
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

// By their parents; one whose parent is not among them is a top.
template <typename Message>
absl::StatusOr<contracts::Forest> ForestOf(const std::vector<Message>& nodes) {
  absl::flat_hash_map<std::string, size_t> places;
  for (size_t i = 0; i < nodes.size(); ++i) places[nodes[i].name()] = i;
  std::vector<std::optional<size_t>> parents(nodes.size());
  for (size_t i = 0; i < nodes.size(); ++i) {
    const auto above = places.find(nodes[i].parent());
    if (above != places.end()) parents[i] = above->second;
  }
  absl::StatusOr<contracts::Forest> forest = contracts::Forest::Build(parents);
  if (!forest.ok()) return Refused("", ErrorReason::CYCLE, forest.status());
  return forest;
}

bool Counts(const v1::ServiceContract&) { return true; }
bool Counts(const v1::ContractLineItem& line) { return !line.cancelled(); }

// The sums of one figure, for each with all below it, of those that count.
template <typename Message>
absl::StatusOr<Totals> Sums(const contracts::Forest& forest,
                            const std::vector<Message>& nodes,
                            const google::type::Money& (Message::*figure)()
                                const) {
  Totals amounts;
  for (const Message& node : nodes) {
    absl::StatusOr<Money> amount = ToMoney((node.*figure)(), "nodes");
    if (!amount.ok()) return amount.status();
    if (!Counts(node)) amount->minor = 0;
    amounts.push_back({*amount});
  }
  absl::StatusOr<Totals> totals = contracts::TreeTotals(forest, amounts);
  if (!totals.ok())
    return Refused("", ErrorReason::OUT_OF_RANGE, totals.status());
  return totals;
}

absl::StatusOr<v1::GetContractTreeResponse> Describe(
    const std::vector<v1::ServiceContract>& contracts) {
  absl::StatusOr<contracts::Forest> forest = ForestOf(contracts);
  if (!forest.ok()) return forest.status();
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

// Of one contract, which has one currency.
absl::Status DescribeLines(const std::vector<v1::ContractLineItem>& lines,
                           v1::ContractTreeNode* contract) {
  absl::StatusOr<contracts::Forest> forest = ForestOf(lines);
  if (!forest.ok()) return forest.status();
  absl::StatusOr<Totals> subtotals =
      Sums(*forest, lines, &v1::ContractLineItem::subtotal);
  if (!subtotals.ok()) return subtotals.status();
  absl::StatusOr<Totals> prices =
      Sums(*forest, lines, &v1::ContractLineItem::total_price);
  if (!prices.ok()) return prices.status();
  for (const size_t i : forest->top_down()) {
    const v1::ContractLineItem& line = lines[i];
    v1::LineTreeNode& node = *contract->add_lines();
    node.set_contract_line_item(line.name());
    node.set_parent(line.parent());
    node.set_line_number(line.line_number());
    node.set_product(line.product());
    node.set_asset(line.asset());
    node.set_status(line.status());
    *node.mutable_subtotal() = line.subtotal();
    *node.mutable_total_price() = line.total_price();
    *node.mutable_tree_subtotal() = ToProto((*subtotals)[i].front());
    *node.mutable_tree_total_price() = ToProto((*prices)[i].front());
  }
  return absl::OkStatus();
}

// One moment of the tree, whose contracts and lines may move meanwhile.
struct Moment {
  std::vector<v1::ServiceContract> contracts;
  std::vector<v1::ContractLineItem> lines;  // where they are asked for
};

absl::StatusOr<Moment> ReadMoment(Call& call, storage::Transaction& tx,
                                  const v1::GetContractTreeRequest& request) {
  const std::vector<storage::Equality> of_it = {
      {"service_contract", request.name()}};
  tx.Prefetch([&](storage::Transaction& ahead) {
    (void)storage::ReadCatalogGeneration(ahead);
    (void)storage::ServiceContractTable().Get(ahead, request.name());
    if (request.show_lines())
      (void)storage::ContractLineItemTable().Find(ahead, of_it);
  });
  absl::StatusOr<std::shared_ptr<const Catalog>> catalog =
      call.services().catalog->Get(tx);
  if (!catalog.ok()) return catalog.status();
  absl::StatusOr<v1::ServiceContract> contract =
      storage::ServiceContractTable().Get(tx, request.name());
  if (absl::IsNotFound(contract.status()))
    return errors::NotFound(request.name());
  if (!contract.ok()) return contract.status();
  Moment moment;
  if (request.show_lines()) {
    absl::StatusOr<std::vector<v1::ContractLineItem>> lines =
        storage::ContractLineItemTable().Find(tx, of_it);
    if (!lines.ok()) return lines.status();
    for (v1::ContractLineItem& line : *lines) {
      if (line.has_delete_time()) continue;
      SetStatus(**catalog, call.now(), *contract, &line);
      moment.lines.push_back(std::move(line));
    }
  }
  absl::StatusOr<std::vector<v1::ServiceContract>> all =
      storage::ServiceContractTable().Find(tx, {{"root", contract->root()}});
  if (!all.ok()) return all.status();
  for (v1::ServiceContract& one : *all) {
    if (one.has_delete_time()) continue;
    SetStatus(**catalog, call.now(), &one);
    moment.contracts.push_back(std::move(one));
  }
  return moment;
}

}  // namespace

absl::StatusOr<v1::GetContractTreeResponse> GetContractTree(
    Call& call, const v1::GetContractTreeRequest& request) {
  absl::StatusOr<Moment> moment = Moment();
  absl::Status status = call.Read(
      [&](storage::Transaction& tx) {
        moment = ReadMoment(call, tx, request);
        return moment.status();
      },
      /*snapshot=*/true);
  if (!status.ok()) return status;
  absl::StatusOr<v1::GetContractTreeResponse> response =
      Describe(moment->contracts);
  if (!response.ok() || !request.show_lines()) return response;
  for (v1::ContractTreeNode& node : *response->mutable_nodes()) {
    if (node.service_contract() != request.name()) continue;
    status = DescribeLines(moment->lines, &node);
    if (!status.ok()) return status;
  }
  return response;
}

}  // namespace charter::services

#include "server/services/contracts/contract_copies.h"

#include <memory>
#include <set>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "server/services/contracts/contract_dates.h"
#include "server/services/contracts/contract_time.h"
#include "server/services/contracts/contracts.h"
#include "server/services/contracts/figures.h"
#include "server/services/contracts/resources.h"
#include "server/services/entitlements/renew.h"
#include "server/services/shared/caller_terms.h"
#include "server/services/shared/errors.h"
#include "server/services/shared/place_in_tree.h"
#include "storage/records/generations.h"
#include "storage/table/resource_tables.h"

namespace charter::services {
namespace {

// What a copy has of its own.
template <typename Message>
void MakeNew(Call& call, Message* message) {
  message->clear_etag();
  message->clear_delete_time();
  message->clear_purge_time();
  *message->mutable_create_time() = ToProto(call.now());
  *message->mutable_update_time() = ToProto(call.now());
}

// Gives the lines new names, and parents and tops among themselves: a line
// whose parent is left behind becomes a top. Returns the new names by the old.
absl::flat_hash_map<std::string, std::string> Rename(
    Call& call, const v1::ServiceContract& contract,
    std::vector<v1::ContractLineItem>* lines) {
  absl::flat_hash_map<std::string, size_t> places;
  std::vector<std::string> parents;
  for (size_t i = 0; i < lines->size(); ++i) {
    v1::ContractLineItem& line = (*lines)[i];
    if (!line.name().empty()) places[line.name()] = i;
    parents.push_back(line.parent());
    MakeNew(call, &line);
    line.clear_external_id();
    line.set_name(
        NameOf("contractLineItems", call.services().ids->Make(call.now())));
    line.set_service_contract(contract.name());
    line.set_line_number(absl::StrCat(contract.contract_number(), "-", i + 1));
  }
  for (size_t i = 0; i < lines->size(); ++i) {
    const auto parent = places.find(parents[i]);
    (*lines)[i].set_parent(
        parent == places.end() ? "" : (*lines)[parent->second].name());
    size_t top = i;
    for (auto above = parent; above != places.end();
         above = places.find(parents[top])) {
      top = above->second;
    }
    (*lines)[i].set_root((*lines)[top].name());
  }
  absl::flat_hash_map<std::string, std::string> names;
  for (const auto& [name, place] : places) names[name] = (*lines)[place].name();
  return names;
}

absl::Status StoreLines(Call& call, storage::Transaction& tx,
                        const Catalog& catalog,
                        const v1::ServiceContract& contract,
                        std::vector<v1::ContractLineItem>* lines) {
  std::vector<storage::HiddenValues> hidden(lines->size(), {nullptr});
  for (size_t i = 0; i < lines->size(); ++i) {
    absl::Status status = FollowDates(call, tx, catalog, contract, nullptr,
                                      &(*lines)[i], &hidden[i]);
    if (!status.ok()) return status;
  }
  absl::Status status =
      storage::ContractLineItemTable().InsertAll(tx, lines, &hidden);
  if (!status.ok()) return status;
  for (v1::ContractLineItem& line : *lines) {
    SetStatus(catalog, call.now(), contract, &line);
    call.Emit(ChangeEvent(ContractLineItems(), "created", line));
    call.Audit(line.name(), nullptr, &line);
  }
  return absl::OkStatus();
}

}  // namespace

std::string NameOfCopy(Call& call, absl::string_view id) {
  return NameOf("serviceContracts",
                id.empty() ? call.services().ids->Make(call.now()) : id);
}

absl::StatusOr<ContractCopy> StoreCopy(
    Call& call, storage::Transaction& tx, const Catalog& catalog,
    v1::ServiceContract copy, std::vector<v1::ContractLineItem> lines) {
  MakeNew(call, &copy);
  absl::StatusOr<std::string> number = NewContractNumber(call, tx);
  if (!number.ok()) return number.status();
  copy.set_contract_number(*std::move(number));
  copy.clear_root();
  absl::Status status = PlaceInTree(
      tx, storage::ServiceContractTable(),
      static_cast<const v1::ServiceContract*>(nullptr), copy, "parent",
      [](const v1::ServiceContract&) { return absl::OkStatus(); });
  if (!status.ok()) return status;

  std::set<std::string> assets;
  for (const v1::ContractLineItem& line : lines) assets.insert(line.asset());
  absl::StatusOr<std::set<std::string>> gone =
      AssetsElsewhere(tx, copy.account(), std::move(assets));
  if (!gone.ok()) return gone.status();
  std::erase_if(lines, [&](const v1::ContractLineItem& line) {
    return line.cancelled() || line.has_delete_time() ||
           gone->contains(line.asset());
  });
  ContractCopy stored;
  stored.names = Rename(call, copy, &lines);
  copy.clear_line_count();
  copy.clear_subtotal();
  copy.clear_total_price();
  std::vector<const v1::ContractLineItem*> added;
  for (const v1::ContractLineItem& line : lines) added.push_back(&line);
  status = PriceContract(nullptr, added, "service_contract", &copy);
  if (!status.ok()) return status;
  SetStatus(catalog, call.now(), &copy);

  storage::HiddenValues hidden = {
      nullptr, lines.empty() ? storage::Value() : storage::Value(lines.size())};
  status =
      KeepTerms(tx, static_cast<const v1::ServiceContract*>(nullptr), &copy);
  if (!status.ok()) return status;
  status = storage::ServiceContractTable().Insert(tx, &copy, &hidden);
  if (storage::KindOf(status) == storage::ErrorKind::kDuplicateKey)
    return Duplicate(ServiceContracts(), copy, status);
  if (!status.ok()) return status;
  call.Emit(ChangeEvent(ServiceContracts(), "created", copy));
  v1::ServiceContract draft = copy;
  draft.set_state(v1::ServiceContract::DRAFT);
  status = FollowDates(call, tx, catalog, draft, &copy, &hidden);
  if (!status.ok()) return status;
  status = storage::ServiceContractTable().UpdateDerived(tx, copy, &hidden);
  if (!status.ok()) return status;
  status = StoreLines(call, tx, catalog, copy, &lines);
  if (!status.ok()) return status;
  stored.contract = std::move(copy);
  stored.lines = std::move(lines);
  return stored;
}

absl::StatusOr<v1::ServiceContract> CloneContract(
    Call& call, const v1::CloneContractRequest& request) {
  const std::string name = NameOfCopy(call, request.service_contract_id());
  return call.Write<v1::ServiceContract>(
      [&](storage::Transaction& tx) -> absl::StatusOr<v1::ServiceContract> {
        // Locked, so that no line is written meanwhile.
        absl::StatusOr<v1::ServiceContract> copy =
            LockResource(tx, ServiceContracts(), request.name(), "");
        if (!copy.ok()) return copy;
        const std::vector<storage::Equality> of_it = {
            {"service_contract", request.name()}};
        tx.Prefetch([&](storage::Transaction& ahead) {
          (void)storage::ReadCatalogGeneration(ahead);
          (void)storage::ContractLineItemTable().Find(ahead, of_it);
        });
        absl::StatusOr<std::shared_ptr<const Catalog>> catalog =
            call.services().catalog->Get(tx);
        if (!catalog.ok()) return catalog.status();
        absl::StatusOr<std::vector<v1::ContractLineItem>> lines =
            storage::ContractLineItemTable().Find(tx, of_it);
        if (!lines.ok()) return lines.status();
        copy->set_name(name);
        copy->clear_external_id();
        copy->set_state(v1::ServiceContract::DRAFT);
        copy->clear_activation_time();
        copy->clear_first_activation_time();
        copy->clear_renewed_to();
        copy->clear_renewed_from();
        if (!request.display_name().empty())
          copy->set_display_name(request.display_name());
        absl::StatusOr<ContractCopy> stored =
            StoreCopy(call, tx, **catalog, *std::move(copy), *std::move(lines));
        if (!stored.ok()) return stored.status();
        call.Audit(stored->contract.name(), nullptr, &stored->contract);
        return std::move(stored->contract);
      });
}

}  // namespace charter::services

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/message_differencer.h"
#include "server/contracts/lines.h"
#include "server/services/contracts/contract_dates.h"
#include "server/services/contracts/contract_time.h"
#include "server/services/contracts/contracts.h"
#include "server/services/contracts/figures.h"
#include "server/services/contracts/money_convert.h"
#include "server/services/contracts/resources.h"
#include "server/services/entitlements/from_template.h"
#include "server/services/shared/batch.h"
#include "server/services/shared/errors.h"
#include "server/services/shared/place_in_tree.h"
#include "server/services/shared/references.h"
#include "server/services/shared/wakeups.h"
#include "storage/records/generations.h"
#include "storage/table/resource_tables.h"

namespace charter::services {
namespace {

using storage::HiddenValues;

constexpr char kField[] = "contract_line_item";

// A line's contract, locked: whoever writes a line holds it, so that the
// contract's figures, the numbers of its lines and their trees are one writer's
// at a time.
struct LockedContract {
  v1::ServiceContract contract;
  HiddenValues hidden;
};

absl::StatusOr<LockedContract> LockContract(storage::Transaction& tx,
                                            const std::string& name) {
  LockedContract locked;
  absl::StatusOr<v1::ServiceContract> contract =
      storage::ServiceContractTable().Get(tx, name, storage::Lock::kForUpdate,
                                          &locked.hidden);
  if (absl::IsNotFound(contract.status()) ||
      (contract.ok() && contract->has_delete_time())) {
    return errors::NotFound(name, "contract_line_item.service_contract");
  }
  if (!contract.ok()) return contract.status();
  locked.contract = *std::move(contract);
  return locked;
}

// Stores the contract's figures after a line of it changed, and tells.
absl::Status StoreContract(Call& call, storage::Transaction& tx,
                           const Catalog& catalog,
                           const v1::ContractLineItem* before,
                           const v1::ContractLineItem* after,
                           LockedContract& locked) {
  absl::Status status =
      PriceContract(before, {after}, kField, &locked.contract);
  if (!status.ok()) return status;
  status = storage::ServiceContractTable().UpdateDerived(tx, locked.contract,
                                                         &locked.hidden);
  if (!status.ok()) return status;
  SetStatus(catalog, call.now(), &locked.contract);
  call.Emit(ChangeEvent(ServiceContracts(), "updated", locked.contract));
  return absl::OkStatus();
}

// Entitlements that hang on the line agree with its asset (C1).
absl::Status CheckHanging(storage::Transaction& tx,
                          const v1::ContractLineItem& line) {
  absl::StatusOr<std::vector<v1::Entitlement>> hanging =
      storage::EntitlementTable().Find(tx,
                                       {{"contract_line_item", line.name()}});
  if (!hanging.ok()) return hanging.status();
  for (const v1::Entitlement& entitlement : *hanging) {
    if (entitlement.has_delete_time() ||
        entitlement.state() == v1::Entitlement::CANCELLED)
      continue;
    if (entitlement.asset() != line.asset())
      return errors::ResourceInUse(line.name(), entitlement.name());
  }
  return absl::OkStatus();
}

// New dates ask for the asset again, as another account may have it by now.
absl::Status CheckAsset(storage::Transaction& tx,
                        const v1::ContractLineItem* before,
                        const v1::ContractLineItem& line) {
  const bool named_anew = before == nullptr || before->asset() != line.asset();
  if (line.asset().empty()) return absl::OkStatus();
  if (before != nullptr && named_anew) {
    absl::Status status = CheckHanging(tx, line);
    if (!status.ok()) return status;
  }
  const std::string field = absl::StrCat(kField, ".asset");
  if (!named_anew) {
    using google::protobuf::util::MessageDifferencer;
    if (MessageDifferencer::Equals(before->start_date(), line.start_date()) &&
        MessageDifferencer::Equals(before->end_date(), line.end_date()))
      return absl::OkStatus();
  }
  absl::StatusOr<v1::Asset> asset =
      named_anew
          ? Named(tx, storage::AssetTable(), line.asset(), field)
          : storage::AssetTable().Get(tx, line.asset(), storage::Lock::kShared);
  if (absl::IsNotFound(asset.status()) && !named_anew) return absl::OkStatus();
  if (!asset.ok()) return asset.status();
  if (asset->account() != line.account()) {
    return errors::FieldInvalid(field, ErrorReason::OTHER_ACCOUNT,
                                "is an asset of another account (C1)");
  }
  return absl::OkStatus();
}

// Of all contracts: an asset is on few.
absl::StatusOr<std::vector<v1::ContractLineItem>> LinesOfAsset(
    storage::Transaction& tx, const v1::ContractLineItem& line) {
  return storage::ContractLineItemTable().Find(tx, {{"asset", line.asset()}});
}

// The line's dates are inside its contract's, and its asset is on no other line
// of it on the same days (C8).
absl::Status CheckTerm(storage::Transaction& tx,
                       const v1::ServiceContract& contract,
                       const v1::ContractLineItem& line) {
  absl::StatusOr<contracts::Term> whole = TermOf(contract, kField);
  if (!whole.ok()) return whole.status();
  absl::StatusOr<contracts::Term> own = TermOf(line, kField);
  if (!own.ok()) return own.status();
  absl::StatusOr<contracts::Term> term = contracts::TermOfLine(*whole, *own);
  if (!term.ok())
    return Refused(kField, ErrorReason::INVALID_TERM, term.status());
  if (line.asset().empty() || line.cancelled()) return absl::OkStatus();
  absl::StatusOr<std::vector<v1::ContractLineItem>> others =
      LinesOfAsset(tx, line);
  if (!others.ok()) return others.status();
  for (const v1::ContractLineItem& other : *others) {
    if (other.name() == line.name() || other.cancelled() ||
        other.has_delete_time() ||
        other.service_contract() != line.service_contract()) {
      continue;
    }
    absl::StatusOr<contracts::Term> dates = TermOf(other, kField);
    if (!dates.ok()) return dates.status();
    absl::StatusOr<contracts::Term> taken =
        contracts::TermOfLine(*whole, *dates);
    if (!taken.ok()) return taken.status();
    if (!contracts::Overlap(*taken, *term)) continue;
    return errors::FieldInvalid(
        absl::StrCat(kField, ".asset"), ErrorReason::ASSET_ON_CONTRACT,
        absl::StrCat("is on ", other.name(),
                     " on the same days: an asset is on a contract once for a "
                     "period (C8)"));
  }
  return absl::OkStatus();
}

absl::Status CheckParent(storage::Transaction& tx,
                         const v1::ContractLineItem* before,
                         v1::ContractLineItem& line) {
  const std::string field = absl::StrCat(kField, ".parent");
  return PlaceInTree(
      tx, storage::ContractLineItemTable(), before, line, field,
      [&](const v1::ContractLineItem& parent) {
        return parent.service_contract() == line.service_contract()
                   ? absl::OkStatus()
                   : errors::FieldInvalid(field, ErrorReason::OTHER_CONTRACT,
                                          "is a line of another contract (C8)");
      });
}

absl::Status CheckOpen(const v1::ServiceContract& contract) {
  if (contract.state() != v1::ServiceContract::CANCELLED)
    return absl::OkStatus();
  return errors::StateTransitionNotAllowed(contract.name(), "CANCELLED",
                                           "changed in its lines",
                                           "Make another contract");
}

// The contract may have got another price book while it had no lines.
absl::Status CheckBook(storage::Transaction& tx,
                       const v1::ServiceContract& contract,
                       const v1::ContractLineItem& line) {
  if (contract.price_book().empty()) return absl::OkStatus();
  absl::StatusOr<v1::PriceBookEntry> entry =
      storage::PriceBookEntryTable().Get(tx, line.price_book_entry());
  if (absl::IsNotFound(entry.status())) return absl::OkStatus();
  if (!entry.ok()) return entry.status();
  v1::ContractLineItem priced = line;
  return TakePrice(contract, *entry, kField, &priced);
}

// Checks and completes a line, and gives its contract its new figures.
// `hidden`: the line's.
absl::Status CheckLine(Call& call, storage::Transaction& tx,
                       const v1::ContractLineItem* before,
                       v1::ContractLineItem& line, HiddenValues* hidden) {
  absl::StatusOr<LockedContract> locked =
      LockContract(tx, line.service_contract());
  if (!locked.ok()) return locked.status();
  v1::ServiceContract& contract = locked->contract;
  absl::Status open = CheckOpen(contract);
  if (!open.ok()) return open;
  if (before != nullptr && before->cancelled() && !line.cancelled()) {
    return errors::StateTransitionNotAllowed(line.name(), "CANCELLED",
                                             "brought back");
  }
  tx.Prefetch([&](storage::Transaction& ahead) {
    (void)storage::ReadCatalogGeneration(ahead);
    if (before == nullptr) {
      NamedAhead(ahead, storage::PriceBookEntryTable(),
                 line.price_book_entry());
      NamedAhead(ahead, storage::AssetTable(), line.asset());
    }
    if (!line.asset().empty()) (void)LinesOfAsset(ahead, line);
  });
  absl::StatusOr<std::shared_ptr<const Catalog>> catalog =
      call.services().catalog->Get(tx);
  if (!catalog.ok()) return catalog.status();
  if (before == nullptr) {
    absl::StatusOr<v1::PriceBookEntry> entry =
        Named(tx, storage::PriceBookEntryTable(), line.price_book_entry(),
              absl::StrCat(kField, ".price_book_entry"));
    if (!entry.ok()) return entry.status();
    absl::Status status = TakePrice(contract, *entry, kField, &line);
    if (!status.ok()) return status;
    line.set_account(contract.account());
    const int64_t* last = locked->hidden[1].integer();
    const int64_t number = (last == nullptr ? 0 : *last) + 1;
    locked->hidden[1] = number;
    line.set_line_number(absl::StrCat(contract.contract_number(), "-", number));
  }
  absl::Status status = PriceLine(contract, kField, &line);
  if (status.ok()) status = CheckAsset(tx, before, line);
  if (status.ok()) status = CheckTerm(tx, contract, line);
  if (status.ok()) status = CheckParent(tx, before, line);
  if (!status.ok()) return status;
  status = StoreContract(call, tx, **catalog, before, &line, *locked);
  if (!status.ok()) return status;
  if (before == nullptr) *hidden = {nullptr};
  std::optional<v1::ContractLineItem> was;
  if (before != nullptr) {
    was = *before;
    CatchUp(call, **catalog, *hidden, contract, &*was);
  }
  SetStatus(**catalog, call.now(), contract, &line);
  return FollowDates(call, tx, **catalog, contract, was ? &*was : nullptr,
                     &line, hidden);
}

// The same for one that is brought back, whose price stays as it was.
absl::Status RestoreLine(Call& call, storage::Transaction& tx,
                         const v1::ContractLineItem& deleted,
                         v1::ContractLineItem& line, HiddenValues* hidden) {
  absl::StatusOr<LockedContract> locked =
      LockContract(tx, line.service_contract());
  if (!locked.ok()) return locked.status();
  const v1::ServiceContract& contract = locked->contract;
  tx.Prefetch([&](storage::Transaction& ahead) {
    (void)storage::ReadCatalogGeneration(ahead);
    if (line.asset().empty()) return;
    (void)storage::AssetTable().Get(ahead, line.asset());
    (void)LinesOfAsset(ahead, line);
  });
  absl::StatusOr<std::shared_ptr<const Catalog>> catalog =
      call.services().catalog->Get(tx);
  if (!catalog.ok()) return catalog.status();
  absl::Status status = CheckOpen(contract);
  if (status.ok()) status = CheckBook(tx, contract, line);
  if (status.ok()) status = CheckAsset(tx, nullptr, line);
  if (status.ok()) status = CheckTerm(tx, contract, line);
  if (status.ok()) status = CheckParent(tx, nullptr, line);
  if (!status.ok()) return status;
  status = StoreContract(call, tx, **catalog, nullptr, &line, *locked);
  if (!status.ok()) return status;
  CatchUp(call, **catalog,
          DueSince(ToTime(deleted.delete_time()), StateOf(line),
                   WindowOf(line, **catalog), *hidden),
          contract, &line);
  SetStatus(**catalog, call.now(), contract, &line);
  return FollowDates(call, tx, **catalog, contract, nullptr, &line, hidden);
}

// Computes the status of lines of any contracts.
absl::Status SetStatuses(Call& call, storage::Transaction& tx, absl::Time at,
                         absl::Span<v1::ContractLineItem* const> lines) {
  absl::StatusOr<std::shared_ptr<const Catalog>> catalog =
      call.services().catalog->Get(tx);
  if (!catalog.ok()) return catalog.status();
  std::vector<std::string> names;
  for (const v1::ContractLineItem* line : lines)
    names.push_back(line->service_contract());
  if (names.empty()) return absl::OkStatus();
  absl::StatusOr<ContractsByName> contracts = ContractsOf(tx, names);
  if (!contracts.ok()) return contracts.status();
  for (v1::ContractLineItem* line : lines)
    SetStatus(**catalog, at, (*contracts)[line->service_contract()], line);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ContractsByName> ContractsOf(
    storage::Transaction& tx, const std::vector<std::string>& names) {
  absl::StatusOr<std::vector<v1::ServiceContract>> contracts =
      storage::ServiceContractTable().BatchGet(tx, names);
  if (!contracts.ok()) return contracts.status();
  ContractsByName by_name;
  for (v1::ServiceContract& contract : *contracts) {
    std::string name = contract.name();
    by_name.emplace(std::move(name), std::move(contract));
  }
  return by_name;
}

Resource<v1::ContractLineItem> ContractLineItems() {
  return {storage::ContractLineItemTable(), "contractLineItems", kField};
}

absl::StatusOr<v1::ContractLineItem> GetContractLineItem(
    Call& call, const v1::GetContractLineItemRequest& request) {
  absl::StatusOr<v1::ContractLineItem> line = errors::NotFound(request.name());
  absl::Status status =
      call.Read([&](storage::Transaction& tx) -> absl::Status {
        tx.Prefetch([&](storage::Transaction& ahead) {
          (void)storage::ReadCatalogGeneration(ahead);
        });
        line = storage::ContractLineItemTable().Get(tx, request.name());
        if (absl::IsNotFound(line.status()))
          return errors::NotFound(request.name());
        if (!line.ok()) return line.status();
        return SetStatuses(call, tx, AsOf(call, request), {&*line});
      });
  if (!status.ok()) return status;
  return line;
}

absl::StatusOr<v1::ListContractLineItemsResponse> ListContractLineItems(
    Call& call, const v1::ListContractLineItemsRequest& request) {
  absl::StatusOr<v1::ListContractLineItemsResponse> response = ListResources(
      call, ContractLineItems(), request,
      &v1::ListContractLineItemsResponse::add_contract_line_items);
  if (!response.ok()) return response;
  std::vector<v1::ContractLineItem*> lines;
  for (v1::ContractLineItem& line : *response->mutable_contract_line_items())
    lines.push_back(&line);
  absl::Status status = call.Read([&](storage::Transaction& tx) {
    return SetStatuses(call, tx, AsOf(call, request), lines);
  });
  if (!status.ok()) return status;
  return response;
}

absl::StatusOr<v1::ContractLineItem> CreateContractLineItem(
    Call& call, const v1::CreateContractLineItemRequest& request) {
  HiddenValues hidden;
  return CreateResource<v1::ContractLineItem>(
      call, ContractLineItems(), request.contract_line_item(),
      request.contract_line_item_id(),
      [&](storage::Transaction& tx, const v1::ContractLineItem* before,
          v1::ContractLineItem& line) {
        return CheckLine(call, tx, before, line, &hidden);
      },
      &hidden,
      [&](storage::Transaction& tx, const v1::ContractLineItem& line) {
        return CreateForLine(call, tx, line);
      });
}

absl::StatusOr<v1::ContractLineItem> UpdateContractLineItem(
    Call& call, const v1::UpdateContractLineItemRequest& request) {
  HiddenValues hidden;
  return UpdateResource<v1::ContractLineItem>(
      call, ContractLineItems(), request.contract_line_item(),
      request.update_mask(),
      [&](storage::Transaction& tx, const v1::ContractLineItem* before,
          v1::ContractLineItem& line) {
        return CheckLine(call, tx, before, line, &hidden);
      },
      &hidden);
}

absl::StatusOr<v1::ContractLineItem> DeleteContractLineItem(
    Call& call, const v1::DeleteContractLineItemRequest& request) {
  HiddenValues hidden;
  return HideResource(
      call, ContractLineItems(), request,
      [&](storage::Transaction& tx,
          const v1::ContractLineItem& line) -> absl::Status {
        absl::StatusOr<LockedContract> locked =
            LockContract(tx, line.service_contract());
        if (!locked.ok()) return locked.status();
        absl::StatusOr<std::shared_ptr<const Catalog>> catalog =
            call.services().catalog->Get(tx);
        if (!catalog.ok()) return catalog.status();
        absl::Status status = CheckUnused(tx, storage::ContractLineItemTable(),
                                          "parent", line.name());
        if (status.ok()) {
          status = CheckUnused(tx, storage::EntitlementTable(),
                               "contract_line_item", line.name());
        }
        if (!status.ok()) return status;
        v1::ContractLineItem was = line;
        CatchUp(call, **catalog, hidden, locked->contract, &was);
        status = SetWakeup(call, tx, line.name(), std::nullopt, &hidden[0]);
        if (!status.ok()) return status;
        return StoreContract(call, tx, **catalog, &line, nullptr, *locked);
      },
      &hidden);
}

absl::StatusOr<v1::ContractLineItem> UndeleteContractLineItem(
    Call& call, const v1::UndeleteContractLineItemRequest& request) {
  HiddenValues hidden;
  return UndeleteResource(
      call, ContractLineItems(), request,
      [&](storage::Transaction& tx, const v1::ContractLineItem& deleted,
          v1::ContractLineItem& restored) {
        return RestoreLine(call, tx, deleted, restored, &hidden);
      },
      &hidden);
}

absl::StatusOr<v1::BatchGetContractLineItemsResponse> BatchGetContractLineItems(
    Call& call, const v1::BatchGetContractLineItemsRequest& request) {
  return BatchGetResources(
      call, ContractLineItems(), request,
      &v1::BatchGetContractLineItemsResponse::add_contract_line_items,
      [&](storage::Transaction& tx,
          absl::Span<v1::ContractLineItem* const> lines) {
        return SetStatuses(call, tx, call.now(), lines);
      });
}

absl::StatusOr<v1::BatchCreateContractLineItemsResponse>
BatchCreateContractLineItems(
    Call& call, const v1::BatchCreateContractLineItemsRequest& request) {
  return BatchCreateResources(
      call, request, &CreateContractLineItem,
      &v1::BatchCreateContractLineItemsResponse::add_contract_line_items);
}

}  // namespace charter::services

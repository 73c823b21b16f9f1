#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/hash/hash.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/contracts/lines.h"
#include "server/services/contracts/contract_dates.h"
#include "server/services/contracts/contract_time.h"
#include "server/services/contracts/contracts.h"
#include "server/services/contracts/figures.h"
#include "server/services/contracts/money_convert.h"
#include "server/services/contracts/resources.h"
#include "server/services/entitlements/renew.h"
#include "server/services/shared/batch.h"
#include "server/services/shared/errors.h"
#include "server/services/shared/field_mask.h"
#include "server/services/shared/place_in_tree.h"
#include "server/services/shared/references.h"
#include "server/services/shared/wakeups.h"
#include "storage/records/generations.h"
#include "storage/table/resource_tables.h"

namespace charter::services {
namespace {

constexpr char kField[] = "service_contract";

absl::Status OtherAccount(absl::string_view path, absl::string_view what) {
  return errors::FieldInvalid(
      path, ErrorReason::OTHER_ACCOUNT,
      absl::StrCat("is ", what, " of another account (C1)"));
}

// Completes the dates (C8). `written`: which of them the caller gave; null: all
// are new.
absl::Status CompleteTerm(const contracts::Written* written,
                          v1::ServiceContract* contract) {
  absl::StatusOr<contracts::Term> term = TermOf(*contract, kField);
  if (!term.ok()) return term.status();
  absl::StatusOr<contracts::Term> whole =
      written == nullptr ? contracts::Complete(*term)
                         : contracts::Revise(*term, *written);
  if (!whole.ok())
    return Refused(kField, ErrorReason::INVALID_TERM, whole.status());
  SetTerm(*whole, contract);
  return absl::OkStatus();
}

// The lines of a contract whose dates change stay inside it, and no asset comes
// to be on it twice at once (C8).
absl::Status CheckLines(const std::vector<v1::ContractLineItem>& lines,
                        const v1::ServiceContract& contract) {
  absl::StatusOr<contracts::Term> term = TermOf(contract, kField);
  if (!term.ok()) return term.status();
  for (const v1::ContractLineItem& line : lines) {
    if (line.has_delete_time() || line.cancelled()) continue;
    absl::StatusOr<contracts::Term> own = TermOf(line, kField);
    if (!own.ok()) return own.status();
    absl::StatusOr<contracts::Term> inside = contracts::TermOfLine(*term, *own);
    if (inside.ok()) continue;
    return errors::FieldInvalid(
        absl::StartsWith(inside.status().message(), "start_date")
            ? "service_contract.start_date"
            : "service_contract.end_date",
        ErrorReason::LINE_OUTSIDE_CONTRACT,
        absl::StrCat("leaves ", line.name(),
                     " outside the contract; change its dates first, or cancel "
                     "it (C8)"));
  }
  return absl::OkStatus();
}

bool SameDates(const v1::ServiceContract& a, const v1::ServiceContract& b) {
  const auto dates = [](const v1::ServiceContract& contract) {
    return contract.start_date().SerializeAsString() + "/" +
           contract.end_date().SerializeAsString();
  };
  return dates(a) == dates(b);
}

// A contract that has lines keeps its price book, and stays around them.
absl::Status CheckAgainstLines(storage::Transaction& tx,
                               const v1::ServiceContract& before,
                               const v1::ServiceContract& contract) {
  const bool book = before.price_book() != contract.price_book();
  if (!book && SameDates(before, contract)) return absl::OkStatus();
  absl::StatusOr<std::vector<v1::ContractLineItem>> lines =
      storage::ContractLineItemTable().Find(
          tx, {{"service_contract", contract.name()}});
  if (!lines.ok()) return lines.status();
  if (book && !contract.price_book().empty()) {
    for (const v1::ContractLineItem& line : *lines) {
      if (line.has_delete_time()) continue;
      return errors::FieldInvalid(
          "service_contract.price_book", ErrorReason::HAS_LINES,
          "cannot change while the contract has lines, whose prices are from "
          "the other one (C8); empty it, or delete them");
    }
  }
  absl::Status status = CheckLines(*lines, contract);
  if (!status.ok()) return status;
  std::set<std::string> assets;
  for (const v1::ContractLineItem& line : *lines) {
    if (!line.has_delete_time() && !line.cancelled() && !line.has_end_date())
      assets.insert(line.asset());
  }
  absl::StatusOr<std::set<std::string>> elsewhere =
      AssetsElsewhere(tx, contract.account(), std::move(assets));
  if (!elsewhere.ok()) return elsewhere.status();
  if (elsewhere->empty()) return absl::OkStatus();
  return errors::FieldInvalid(
      "service_contract.end_date", ErrorReason::OTHER_ACCOUNT,
      absl::StrCat("a line of the contract is for ", *elsewhere->begin(),
                   ", which the account has not got any more; cancel the line "
                   "or give it an end of its own (C1)"));
}

void CopyActivation(const v1::ServiceContract& from,
                    v1::ServiceContract* contract) {
  if (from.has_activation_time())
    *contract->mutable_activation_time() = from.activation_time();
  if (from.has_first_activation_time()) {
    *contract->mutable_first_activation_time() = from.first_activation_time();
  }
}

// Under its parent, which is the account's.
absl::Status Place(storage::Transaction& tx, const v1::ServiceContract* before,
                   v1::ServiceContract& contract) {
  return PlaceInTree(
      tx, storage::ServiceContractTable(), before, contract,
      "service_contract.parent", [&](const v1::ServiceContract& parent) {
        return parent.account() == contract.account()
                   ? absl::OkStatus()
                   : OtherAccount("service_contract.parent", "a contract");
      });
}

// `hidden`: the contract's.
absl::Status CheckContract(Call& call, storage::Transaction& tx,
                           const contracts::Written& written,
                           const v1::ServiceContract* before,
                           v1::ServiceContract& contract,
                           storage::HiddenValues* hidden) {
  absl::Status status =
      CompleteTerm(before == nullptr ? nullptr : &written, &contract);
  if (!status.ok()) return status;
  status = PriceContract(nullptr, {}, kField, &contract);
  if (!status.ok()) return status;
  tx.Prefetch([&](storage::Transaction& ahead) {
    (void)storage::ReadCatalogGeneration(ahead);
    if (before != nullptr) return;
    NamedAhead(ahead, storage::AccountTable(), contract.account());
    NamedAhead(ahead, storage::ContactTable(), contract.contact());
  });
  absl::StatusOr<std::shared_ptr<const Catalog>> catalog =
      call.services().catalog->Get(tx);
  if (!catalog.ok()) return catalog.status();
  status = CheckNamed(tx, before, "service_contract.", contract);
  if (!status.ok()) return status;
  status = Place(tx, before, contract);
  if (!status.ok()) return status;
  if (before == nullptr) {
    absl::StatusOr<std::string> number = NewContractNumber(call, tx);
    if (!number.ok()) return number.status();
    contract.set_contract_number(*std::move(number));
    contract.set_state(v1::ServiceContract::DRAFT);
    SetStatus(**catalog, call.now(), &contract);
    *hidden = {nullptr, nullptr};
    return absl::OkStatus();
  }
  status = CheckAgainstLines(tx, *before, contract);
  if (!status.ok()) return status;
  v1::ServiceContract was = *before;
  CatchUp(call, **catalog, *hidden, &was);
  CopyActivation(was, &contract);
  SetStatus(**catalog, call.now(), &contract);
  return FollowDates(call, tx, **catalog, was, &contract, hidden);
}

// Computes the status of contracts.
absl::Status SetStatuses(Call& call, storage::Transaction& tx,
                         absl::Span<v1::ServiceContract* const> contracts) {
  absl::StatusOr<std::shared_ptr<const Catalog>> catalog =
      call.services().catalog->Get(tx);
  if (!catalog.ok()) return catalog.status();
  for (v1::ServiceContract* contract : contracts)
    SetStatus(**catalog, call.now(), contract);
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckNamed(storage::Transaction& tx,
                        const v1::ServiceContract* before,
                        absl::string_view path,
                        const v1::ServiceContract& contract) {
  if (before == nullptr) {
    absl::Status status = Named(tx, storage::AccountTable(), contract.account(),
                                absl::StrCat(path, "account"))
                              .status();
    if (!status.ok()) return status;
  }
  const std::string& was = before == nullptr ? "" : before->contact();
  if (contract.contact().empty() || contract.contact() == was)
    return absl::OkStatus();
  const std::string field = absl::StrCat(path, "contact");
  absl::StatusOr<v1::Contact> contact =
      Named(tx, storage::ContactTable(), contract.contact(), field);
  if (!contact.ok()) return contact.status();
  return contact->account() == contract.account()
             ? absl::OkStatus()
             : OtherAccount(field, "a contact");
}

absl::StatusOr<std::string> NewContractNumber(Call& call,
                                              storage::Transaction& tx) {
  while (true) {
    const std::string id = call.services().ids->Make(call.now());
    const uint64_t digits = absl::Hash<std::string>()(id) % 900'000'000'000;
    std::string number = absl::StrCat(100'000'000'000 + digits);
    absl::StatusOr<std::vector<v1::ServiceContract>> taken =
        storage::ServiceContractTable().Find(tx, {{"contract_number", number}});
    if (!taken.ok()) return taken.status();
    if (taken->empty()) return number;
  }
}

Resource<v1::ServiceContract> ServiceContracts() {
  return {storage::ServiceContractTable(), "serviceContracts", kField};
}

absl::StatusOr<v1::ServiceContract> GetServiceContract(
    Call& call, const v1::GetServiceContractRequest& request) {
  absl::StatusOr<v1::ServiceContract> contract =
      errors::NotFound(request.name());
  absl::Status status =
      call.Read([&](storage::Transaction& tx) -> absl::Status {
        tx.Prefetch([&](storage::Transaction& ahead) {
          (void)storage::ReadCatalogGeneration(ahead);
          (void)storage::ServiceContractTable().Get(ahead, request.name());
        });
        absl::StatusOr<std::shared_ptr<const Catalog>> catalog =
            call.services().catalog->Get(tx);
        if (!catalog.ok()) return catalog.status();
        contract = storage::ServiceContractTable().Get(tx, request.name());
        if (absl::IsNotFound(contract.status()))
          return errors::NotFound(request.name());
        if (!contract.ok()) return contract.status();
        SetStatus(**catalog, AsOf(call, request), &*contract);
        return absl::OkStatus();
      });
  if (!status.ok()) return status;
  return contract;
}

absl::StatusOr<v1::ListServiceContractsResponse> ListServiceContracts(
    Call& call, const v1::ListServiceContractsRequest& request) {
  absl::StatusOr<std::shared_ptr<const Catalog>> catalog = ReadCatalog(call);
  if (!catalog.ok()) return catalog.status();
  absl::StatusOr<v1::ListServiceContractsResponse> response =
      ListResources(call, ServiceContracts(), request,
                    &v1::ListServiceContractsResponse::add_service_contracts);
  if (!response.ok()) return response;
  for (v1::ServiceContract& contract : *response->mutable_service_contracts())
    SetStatus(**catalog, AsOf(call, request), &contract);
  return response;
}

absl::StatusOr<v1::ServiceContract> CreateServiceContract(
    Call& call, const v1::CreateServiceContractRequest& request) {
  storage::HiddenValues hidden;
  return CreateResource<v1::ServiceContract>(
      call, ServiceContracts(), request.service_contract(),
      request.service_contract_id(),
      [&](storage::Transaction& tx, const v1::ServiceContract* before,
          v1::ServiceContract& contract) {
        return CheckContract(call, tx, {}, before, contract, &hidden);
      },
      &hidden);
}

absl::StatusOr<v1::ServiceContract> UpdateServiceContract(
    Call& call, const v1::UpdateServiceContractRequest& request) {
  absl::StatusOr<std::vector<std::string>> paths =
      UpdatePaths(request.update_mask(), request.service_contract());
  if (!paths.ok()) return paths.status();
  contracts::Written written;
  for (const std::string& path : *paths) {
    written.start |= absl::StartsWith(path, "start_date");
    written.end |= absl::StartsWith(path, "end_date");
    written.months |= path == "term_months";
  }
  storage::HiddenValues hidden;
  return UpdateResource<v1::ServiceContract>(
      call, ServiceContracts(), request.service_contract(),
      request.update_mask(),
      [&](storage::Transaction& tx, const v1::ServiceContract* before,
          v1::ServiceContract& contract) {
        return CheckContract(call, tx, written, before, contract, &hidden);
      },
      &hidden);
}

absl::StatusOr<v1::ServiceContract> DeleteServiceContract(
    Call& call, const v1::DeleteServiceContractRequest& request) {
  storage::HiddenValues hidden;
  return HideResource(
      call, ServiceContracts(), request,
      [&](storage::Transaction& tx,
          const v1::ServiceContract& contract) -> absl::Status {
        const auto check = [&](storage::Transaction& in) {
          absl::Status status = CheckUnused(in, storage::ServiceContractTable(),
                                            "parent", contract.name());
          if (status.ok()) {
            status = CheckUnused(in, storage::ContractLineItemTable(),
                                 "service_contract", contract.name());
          }
          if (status.ok()) {
            status = CheckUnused(in, storage::EntitlementTable(),
                                 "service_contract", contract.name());
          }
          return status;
        };
        tx.Prefetch([&](storage::Transaction& ahead) {
          (void)storage::ReadCatalogGeneration(ahead);
          (void)check(ahead);
        });
        absl::StatusOr<std::shared_ptr<const Catalog>> catalog =
            call.services().catalog->Get(tx);
        if (!catalog.ok()) return catalog.status();
        if (absl::Status status = check(tx); !status.ok()) return status;
        v1::ServiceContract was = contract;
        CatchUp(call, **catalog, hidden, &was);
        return SetWakeup(call, tx, contract.name(), std::nullopt, &hidden[0]);
      },
      &hidden);
}

absl::StatusOr<v1::ServiceContract> UndeleteServiceContract(
    Call& call, const v1::UndeleteServiceContractRequest& request) {
  storage::HiddenValues hidden;
  return UndeleteResource(
      call, ServiceContracts(), request,
      [&](storage::Transaction& tx, const v1::ServiceContract& deleted,
          v1::ServiceContract& restored) -> absl::Status {
        absl::StatusOr<std::shared_ptr<const Catalog>> catalog =
            call.services().catalog->Get(tx);
        if (!catalog.ok()) return catalog.status();
        absl::Status status =
            CheckNamed(tx, nullptr, "service_contract.", restored);
        if (status.ok()) status = Place(tx, nullptr, restored);
        if (status.ok()) {
          status =
              CheckSuccession(tx, storage::ServiceContractTable(), deleted);
        }
        if (!status.ok()) return status;
        CatchUp(call, **catalog,
                DueSince(ToTime(deleted.delete_time()), StateOf(restored),
                         WindowOf(restored, **catalog), hidden),
                &restored);
        SetStatus(**catalog, call.now(), &restored);
        return FollowDates(call, tx, **catalog, v1::ServiceContract(restored),
                           &restored, &hidden);
      },
      &hidden);
}

absl::StatusOr<v1::BatchGetServiceContractsResponse> BatchGetServiceContracts(
    Call& call, const v1::BatchGetServiceContractsRequest& request) {
  return BatchGetResources(
      call, ServiceContracts(), request,
      &v1::BatchGetServiceContractsResponse::add_service_contracts,
      [&](storage::Transaction& tx,
          absl::Span<v1::ServiceContract* const> rows) {
        return SetStatuses(call, tx, rows);
      });
}

absl::StatusOr<v1::BatchCreateServiceContractsResponse>
BatchCreateServiceContracts(
    Call& call, const v1::BatchCreateServiceContractsRequest& request) {
  return BatchCreateResources(
      call, request, &CreateServiceContract,
      &v1::BatchCreateServiceContractsResponse::add_service_contracts);
}

}  // namespace charter::services

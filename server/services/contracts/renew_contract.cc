// Contracts that follow on contracts (C9).
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/contracts/renewal.h"
#include "server/services/contracts/contract_copies.h"
#include "server/services/contracts/contract_dates.h"
#include "server/services/contracts/contract_time.h"
#include "server/services/contracts/contracts.h"
#include "server/services/contracts/money_convert.h"
#include "server/services/contracts/reprice.h"
#include "server/services/contracts/resources.h"
#include "server/services/entitlements/renew.h"
#include "server/services/shared/errors.h"
#include "server/services/shared/field_checks.h"
#include "server/services/shared/status_convert.h"
#include "storage/records/generations.h"
#include "storage/table/resource_tables.h"

namespace charter::services {
namespace {

using contracts::Term;

// The successor's dates, as the request asks for them.
absl::StatusOr<Term> TermOfSuccessor(const Term& term,
                                     const v1::RenewContractRequest& request) {
  FieldViolations violations;
  std::optional<int> months;
  std::optional<contracts::Date> end;
  if (request.term_months() != 0) months = request.term_months();
  if (request.has_end_date()) {
    CheckDate(request.end_date(), "end_date", &violations);
    end = ToDate(request.end_date());
  }
  if (!violations.empty()) return violations.ToStatus();
  absl::StatusOr<Term> successor = contracts::RenewedTerm(term, months, end);
  if (absl::IsFailedPrecondition(successor.status())) {
    return errors::Precondition(
        ErrorReason::OPEN_ENDED, request.name(),
        absl::StrCat(request.name(),
                     " is open-ended: give it an end_date before it is renewed "
                     "(C9)"));
  }
  if (!successor.ok())
    return Refused("", ErrorReason::INVALID_TERM, successor.status());
  return successor;
}

// The lines that go on in the successor, with their dates there.
absl::StatusOr<std::vector<v1::ContractLineItem>> LinesOfSuccessor(
    const Term& term, const Term& successor,
    std::vector<v1::ContractLineItem> lines) {
  std::vector<v1::ContractLineItem> go_on;
  for (v1::ContractLineItem& line : lines) {
    absl::StatusOr<Term> own = TermOf(line, "contract_line_item");
    if (!own.ok()) return own.status();
    const std::optional<Term> renewed =
        contracts::RenewedPart(term, successor, *own);
    if (!renewed) continue;
    line.clear_start_date();
    line.clear_end_date();
    if (renewed->start) *line.mutable_start_date() = ToProto(*renewed->start);
    if (renewed->end) *line.mutable_end_date() = ToProto(*renewed->end);
    go_on.push_back(std::move(line));
  }
  return go_on;
}

// The successor that the contract has already, unless it was deleted.
absl::StatusOr<std::optional<v1::ServiceContract>> FindSuccessor(
    storage::Transaction& tx, const v1::ServiceContract& contract) {
  if (contract.renewed_to().empty()) return std::nullopt;
  absl::StatusOr<v1::ServiceContract> found =
      storage::ServiceContractTable().Get(tx, contract.renewed_to());
  if (absl::IsNotFound(found.status())) return std::nullopt;
  if (!found.ok()) return found.status();
  if (found->has_delete_time()) return std::nullopt;
  return *std::move(found);
}

// Of the successors that these have, those that are there: one that was deleted
// is none any more.
absl::StatusOr<std::set<std::string>> Living(
    storage::Transaction& tx, const std::vector<v1::Entitlement>& renewed) {
  std::vector<std::string> names;
  for (const v1::Entitlement& entitlement : renewed) {
    if (!entitlement.renewed_to().empty())
      names.push_back(entitlement.renewed_to());
  }
  std::set<std::string> living;
  if (names.empty()) return living;
  absl::StatusOr<std::vector<v1::Entitlement>> found =
      storage::EntitlementTable().BatchGet(tx, names);
  if (!found.ok()) return found.status();
  for (const v1::Entitlement& successor : *found) {
    if (!successor.has_delete_time()) living.insert(successor.name());
  }
  return living;
}

// The entitlements under the contract go on under its successor, each under the
// copy of its line, with fresh grants. One of a line that does not go on, one
// for an asset that went to another account, one that was cancelled and one
// that somebody renewed already stay behind.
absl::Status RenewEntitlements(Call& call, storage::Transaction& tx,
                               const Catalog& catalog,
                               const std::string& contract, const Term& term,
                               const Term& successor,
                               const ContractCopy& copy) {
  absl::StatusOr<std::vector<v1::Entitlement>> all =
      storage::EntitlementTable().Find(tx, {{"service_contract", contract}},
                                       storage::Lock::kForUpdate);
  if (!all.ok()) return all.status();
  std::set<std::string> assets;
  for (const v1::Entitlement& entitlement : *all)
    assets.insert(entitlement.asset());
  absl::StatusOr<std::set<std::string>> gone =
      AssetsElsewhere(tx, copy.contract.account(), std::move(assets));
  if (!gone.ok()) return gone.status();
  absl::StatusOr<std::set<std::string>> renewed_already = Living(tx, *all);
  if (!renewed_already.ok()) return renewed_already.status();
  for (v1::Entitlement& entitlement : *all) {
    if (entitlement.has_delete_time() ||
        renewed_already->contains(entitlement.renewed_to()) ||
        entitlement.state() == v1::Entitlement::CANCELLED ||
        gone->contains(entitlement.asset())) {
      continue;
    }
    std::string line;
    if (!entitlement.contract_line_item().empty()) {
      const auto copied = copy.names.find(entitlement.contract_line_item());
      if (copied == copy.names.end()) continue;
      line = copied->second;
    }
    Term own;
    if (entitlement.has_start_date())
      own.start = ToDate(entitlement.start_date());
    if (entitlement.has_end_date()) own.end = ToDate(entitlement.end_date());
    const std::optional<Term> renewed =
        contracts::RenewedPart(term, successor, own);
    if (!renewed) continue;
    v1::Entitlement next = SuccessorOf(entitlement, *renewed);
    next.set_state(entitlement.state());
    next.set_service_contract(copy.contract.name());
    next.set_contract_line_item(line);
    absl::Status status =
        StoreSuccessor(call, tx, catalog, std::move(next), "", &entitlement)
            .status();
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::ServiceContract> Renew(
    Call& call, storage::Transaction& tx,
    const v1::RenewContractRequest& request, const Repricing& repricing,
    const std::string& name) {
  storage::HiddenValues hidden;
  absl::StatusOr<v1::ServiceContract> contract = LockResource(
      tx, ServiceContracts(), request.name(), request.etag(), &hidden);
  if (!contract.ok()) return contract;
  const std::vector<storage::Equality> of_it = {
      {"service_contract", request.name()}};
  tx.Prefetch([&](storage::Transaction& ahead) {
    (void)storage::ReadCatalogGeneration(ahead);
    if (!contract->renewed_to().empty()) {
      (void)storage::ServiceContractTable().Get(ahead, contract->renewed_to());
    } else {
      (void)storage::ContractLineItemTable().Find(ahead, of_it);
    }
  });
  absl::StatusOr<std::shared_ptr<const Catalog>> catalog =
      call.services().catalog->Get(tx);
  if (!catalog.ok()) return catalog.status();
  absl::StatusOr<std::optional<v1::ServiceContract>> there =
      FindSuccessor(tx, *contract);
  if (!there.ok()) return there.status();
  if (there->has_value()) {
    SetStatus(**catalog, call.now(), &**there);
    return **std::move(there);
  }
  if (contract->state() != v1::ServiceContract::ACTIVE) {
    return errors::StateTransitionNotAllowed(
        contract->name(), contracts::NameOf(StateOf(*contract)), "renewed",
        "Only an active contract is: activate or resume it first (C9)");
  }
  absl::StatusOr<Term> term = TermOf(*contract, "service_contract");
  if (!term.ok()) return term.status();
  absl::StatusOr<Term> next = TermOfSuccessor(*term, request);
  if (!next.ok()) return next.status();
  absl::StatusOr<std::vector<v1::ContractLineItem>> lines =
      storage::ContractLineItemTable().Find(tx, of_it);
  if (!lines.ok()) return lines.status();
  lines = LinesOfSuccessor(*term, *next, *std::move(lines));
  if (!lines.ok()) return lines.status();
  absl::Status status = Reprice(tx, repricing, *contract, &*lines);
  if (!status.ok()) return status;

  CatchUp(call, **catalog, hidden, &*contract);
  v1::ServiceContract successor = *contract;
  successor.set_name(name);
  successor.clear_external_id();
  SetTerm(*next, &successor);
  successor.clear_activation_time();
  successor.set_renewed_from(contract->name());
  successor.clear_renewed_to();
  absl::StatusOr<ContractCopy> stored =
      StoreCopy(call, tx, **catalog, std::move(successor), *std::move(lines));
  if (!stored.ok()) return stored.status();
  status = RenewEntitlements(call, tx, **catalog, contract->name(), *term,
                             *next, *stored);
  if (!status.ok()) return status;
  const v1::ServiceContract before = *contract;
  contract->set_renewed_to(stored->contract.name());
  SetStatus(**catalog, call.now(), &*contract);
  call.Emit(ChangeEvent(ServiceContracts(), "renewed", *contract));
  status = FollowDates(call, tx, **catalog, before, &*contract, &hidden);
  if (!status.ok()) return status;
  status =
      storage::ServiceContractTable().UpdateDerived(tx, *contract, &hidden);
  if (!status.ok()) return status;
  call.Audit(contract->name(), &before, &*contract);
  call.Audit(stored->contract.name(), nullptr, &stored->contract);
  return std::move(stored->contract);
}

}  // namespace

absl::StatusOr<v1::ServiceContract> RenewContract(
    Call& call, const v1::RenewContractRequest& request) {
  const absl::StatusOr<Repricing> repricing = RepricingOf(request);
  if (!repricing.ok()) return repricing.status();
  const std::string name = NameOfCopy(call, request.service_contract_id());
  return call.Write<v1::ServiceContract>([&](storage::Transaction& tx) {
    return Renew(call, tx, request, *repricing, name);
  });
}

absl::StatusOr<v1::BatchRenewContractsResponse> BatchRenewContracts(
    Call& call, const v1::BatchRenewContractsRequest& request) {
  v1::BatchRenewContractsResponse response;
  v1::RenewContractRequest one;
  one.set_term_months(request.term_months());
  one.set_pricing(request.pricing());
  one.set_price_change_percent(request.price_change_percent());
  const absl::StatusOr<Repricing> repricing = RepricingOf(one);
  if (!repricing.ok()) return repricing.status();
  for (const std::string& name : request.names()) {
    if (absl::Status alive = call.Alive(); !alive.ok()) return alive;
    one.set_name(name);
    const std::string successor = NameOfCopy(call, "");
    v1::RenewResult& result = *response.add_results();
    result.set_name(name);
    absl::Status status =
        call.Apply([&](storage::Transaction& tx) -> absl::Status {
          absl::StatusOr<v1::ServiceContract> renewed =
              Renew(call, tx, one, *repricing, successor);
          if (renewed.ok()) *result.mutable_successor() = *std::move(renewed);
          return renewed.status();
        });
    if (status.ok()) continue;
    if (IsOfWholeCall(status)) return status;
    result.clear_successor();
    *result.mutable_status() = ToProto(status);
  }
  return response;
}

}  // namespace charter::services

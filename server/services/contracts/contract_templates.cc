// Contracts that are sold again and again (C8).
#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/btree_set.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "server/contracts/term.h"
#include "server/services/contracts/contract_copies.h"
#include "server/services/contracts/contract_time.h"
#include "server/services/contracts/contracts.h"
#include "server/services/contracts/figures.h"
#include "server/services/contracts/money_convert.h"
#include "server/services/contracts/resources.h"
#include "server/services/entitlements/from_template.h"
#include "server/services/entitlements/standing.h"
#include "server/services/shared/errors.h"
#include "server/services/shared/field_checks.h"
#include "storage/records/generations.h"
#include "storage/table/resource_tables.h"

namespace charter::services {
namespace {

constexpr char kField[] = "contract_template";

Resource<v1::ContractTemplate> ContractTemplates() {
  return {storage::ContractTemplateTable(), "contractTemplates", kField};
}

// The prices that its lines are made from, in one statement.
absl::StatusOr<std::vector<v1::PriceBookEntry>> EntriesOf(
    storage::Transaction& tx, const v1::ContractTemplate& from) {
  absl::btree_set<std::string> names;
  for (const v1::ContractTemplateLine& line : from.lines())
    names.insert(line.price_book_entry());
  return storage::PriceBookEntryTable().BatchGet(
      tx, std::vector<std::string>(names.begin(), names.end()));
}

// A contract that a template makes, with its lines, priced; it has no name, no
// account and no dates yet.
struct Draft {
  v1::ServiceContract contract;
  std::vector<v1::ContractLineItem> lines;
};

// What is checked of a line and of figures when they are written by hand is
// checked here; the paths of errors are within `contract_template`.
absl::StatusOr<Draft> DraftOf(storage::Transaction& tx,
                              const v1::ContractTemplate& from) {
  absl::StatusOr<std::vector<v1::PriceBookEntry>> entries = EntriesOf(tx, from);
  if (!entries.ok()) return entries.status();
  absl::flat_hash_map<std::string, const v1::PriceBookEntry*> by_name;
  for (const v1::PriceBookEntry& entry : *entries) {
    if (!entry.has_delete_time()) by_name[entry.name()] = &entry;
  }
  Draft draft;
  v1::ServiceContract& contract = draft.contract;
  contract.set_state(v1::ServiceContract::DRAFT);
  contract.set_display_name(from.display_name());
  contract.set_term_months(from.term_months());
  contract.set_currency_code(from.currency_code());
  contract.set_price_book(from.price_book());
  contract.set_additional_discount(from.additional_discount());
  contract.set_special_terms(from.special_terms());
  contract.set_description(from.description());
  contract.set_contract_template(from.name());
  absl::Status status = PriceContract(nullptr, {}, kField, &contract);
  if (!status.ok()) return status;
  std::vector<const v1::ContractLineItem*> added;
  draft.lines.reserve(from.lines_size());
  for (int i = 0; i < from.lines_size(); ++i) {
    const v1::ContractTemplateLine& sold = from.lines(i);
    const std::string field = absl::StrCat(kField, ".lines[", i, "]");
    const auto entry = by_name.find(sold.price_book_entry());
    if (entry == by_name.end()) {
      return errors::NotFound(sold.price_book_entry(),
                              absl::StrCat(field, ".price_book_entry"));
    }
    v1::ContractLineItem& line = draft.lines.emplace_back();
    line.set_price_book_entry(sold.price_book_entry());
    line.set_quantity(sold.quantity());
    line.set_discount(sold.discount());
    line.set_description(sold.description());
    if (sold.has_unit_price()) *line.mutable_unit_price() = sold.unit_price();
    status = TakePrice(contract, *entry->second, field, &line);
    if (status.ok()) status = PriceLine(contract, field, &line);
    if (!status.ok()) return status;
    added.push_back(&line);
  }
  status = PriceContract(nullptr, added, kField, &contract);
  if (!status.ok()) return status;
  return draft;
}

// Whether all that makes prices is as it was.
bool SamePrices(const v1::ContractTemplate& a, const v1::ContractTemplate& b) {
  return a.price_book() == b.price_book() &&
         a.additional_discount() == b.additional_discount() &&
         std::equal(a.lines().begin(), a.lines().end(), b.lines().begin(),
                    b.lines().end(), [](const auto& one, const auto& other) {
                      return one.SerializeAsString() ==
                             other.SerializeAsString();
                    });
}

// What it named before is not looked at again.
absl::Status CheckTemplate(storage::Transaction& tx,
                           const v1::ContractTemplate* before,
                           v1::ContractTemplate& checked) {
  if (before != nullptr && SamePrices(*before, checked))
    return absl::OkStatus();
  return DraftOf(tx, checked).status();
}

// Its dates begin with the request's, or today.
absl::Status SetDates(const Call& call, const Catalog& catalog,
                      const v1::ApplyContractTemplateRequest& request,
                      v1::ServiceContract* contract) {
  contracts::Term term = {.start = request.has_start_date()
                                       ? ToDate(request.start_date())
                                       : DayAt(call.now(), "", catalog)};
  if (contract->term_months() != 0) term.months = contract->term_months();
  absl::StatusOr<contracts::Term> whole = contracts::Complete(term);
  if (!whole.ok()) {
    return errors::FieldInvalid(
        "start_date", ErrorReason::INVALID_TERM,
        absl::StrCat("with the template's term of ", contract->term_months(),
                     " months ends after the year 9999 (C2)"));
  }
  SetTerm(*whole, contract);
  return absl::OkStatus();
}

absl::StatusOr<v1::ServiceContract> Apply(
    Call& call, storage::Transaction& tx,
    const v1::ApplyContractTemplateRequest& request, const std::string& name) {
  absl::StatusOr<v1::ContractTemplate> from =
      Existing(tx, storage::ContractTemplateTable(),
               request.contract_template(), kField);
  if (!from.ok()) return from.status();
  tx.Prefetch([&](storage::Transaction& ahead) {
    (void)storage::ReadCatalogGeneration(ahead);
    (void)EntriesOf(ahead, *from);
    NamedAhead(ahead, storage::AccountTable(), request.account());
    NamedAhead(ahead, storage::ContactTable(), request.contact());
  });
  absl::StatusOr<std::shared_ptr<const Catalog>> catalog =
      call.services().catalog->Get(tx);
  if (!catalog.ok()) return catalog.status();
  absl::StatusOr<Draft> draft = DraftOf(tx, *from);
  if (!draft.ok()) return draft.status();
  v1::ServiceContract& contract = draft->contract;
  contract.set_name(name);
  contract.set_account(request.account());
  contract.set_contact(request.contact());
  contract.set_external_id(request.external_id());
  if (!request.display_name().empty())
    contract.set_display_name(request.display_name());
  absl::Status status = SetDates(call, **catalog, request, &contract);
  if (status.ok()) status = CheckNamed(tx, nullptr, "", contract);
  if (!status.ok()) return status;
  for (v1::ContractLineItem& line : draft->lines)
    line.set_account(contract.account());
  absl::StatusOr<ContractCopy> stored = StoreCopy(
      call, tx, **catalog, std::move(contract), std::move(draft->lines));
  if (!stored.ok()) return stored.status();
  status = CreateForLines(call, tx, stored->contract, stored->lines);
  if (!status.ok()) return status;
  call.Audit(name, nullptr, &stored->contract);
  return std::move(stored->contract);
}

}  // namespace

absl::StatusOr<v1::ContractTemplate> GetContractTemplate(
    Call& call, const v1::GetContractTemplateRequest& request) {
  return GetResource(call, ContractTemplates(), request.name());
}

absl::StatusOr<v1::ListContractTemplatesResponse> ListContractTemplates(
    Call& call, const v1::ListContractTemplatesRequest& request) {
  return ListResources(
      call, ContractTemplates(), request,
      &v1::ListContractTemplatesResponse::add_contract_templates);
}

absl::StatusOr<v1::ContractTemplate> CreateContractTemplate(
    Call& call, const v1::CreateContractTemplateRequest& request) {
  return CreateResource<v1::ContractTemplate>(
      call, ContractTemplates(), request.contract_template(),
      request.contract_template_id(), CheckTemplate);
}

absl::StatusOr<v1::ContractTemplate> UpdateContractTemplate(
    Call& call, const v1::UpdateContractTemplateRequest& request) {
  return UpdateResource<v1::ContractTemplate>(
      call, ContractTemplates(), request.contract_template(),
      request.update_mask(), CheckTemplate);
}

absl::StatusOr<v1::ContractTemplate> DeleteContractTemplate(
    Call& call, const v1::DeleteContractTemplateRequest& request) {
  return HideResource(call, ContractTemplates(), request,
                      [](storage::Transaction&, const v1::ContractTemplate&) {
                        return absl::OkStatus();
                      });
}

absl::StatusOr<v1::ContractTemplate> UndeleteContractTemplate(
    Call& call, const v1::UndeleteContractTemplateRequest& request) {
  return UndeleteResource(
      call, ContractTemplates(), request,
      [](storage::Transaction&, const v1::ContractTemplate&,
         v1::ContractTemplate&) { return absl::OkStatus(); });
}

absl::StatusOr<v1::ServiceContract> ApplyContractTemplate(
    Call& call, const v1::ApplyContractTemplateRequest& request) {
  FieldViolations violations;
  if (request.has_start_date())
    CheckDate(request.start_date(), "start_date", &violations);
  if (!violations.empty()) return violations.ToStatus();
  const std::string name = NameOfCopy(call, request.service_contract_id());
  return call.Write<v1::ServiceContract>(
      [&](storage::Transaction& tx) { return Apply(call, tx, request, name); });
}

}  // namespace charter::services

#include "server/services/entitlements/write.h"

#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/util/message_differencer.h"
#include "server/services/entitlements/entitlement_dates.h"
#include "server/services/shared/errors.h"
#include "server/services/shared/field_checks.h"
#include "server/services/shared/names.h"
#include "server/services/shared/references.h"
#include "server/services/shared/time_convert.h"
#include "storage/sql/errors.h"
#include "storage/table/resource_tables.h"

namespace charter::services {
namespace {

absl::Status OtherAccount(absl::string_view field, absl::string_view what) {
  return errors::FieldInvalid(
      field, ErrorReason::OTHER_ACCOUNT,
      absl::StrCat("is ", what, " of another account (C1)"));
}

// What needs nothing but the entitlement itself.
absl::Status CheckFields(absl::string_view path,
                         const v1::Entitlement& entitlement) {
  FieldViolations violations;
  for (const auto& [has, date, field] :
       {std::tuple(entitlement.has_start_date(), entitlement.start_date(),
                   "start_date"),
        std::tuple(entitlement.has_end_date(), entitlement.end_date(),
                   "end_date")}) {
    if (has) CheckDate(date, absl::StrCat(path, field), &violations);
  }
  for (int i = 0; i < entitlement.channels_size(); ++i) {
    if (entitlement.channels(i).empty()) {
      violations.Add(absl::StrCat(path, "channels[", i, "]"),
                     ErrorReason::REQUIRED, "names no origin of cases");
    }
  }
  if (!violations.empty()) return violations.ToStatus();
  if (entitlement.has_start_date() && entitlement.has_end_date() &&
      *ToDate(entitlement.end_date()) < *ToDate(entitlement.start_date())) {
    return errors::FieldInvalid(
        absl::StrCat(path, "end_date"), ErrorReason::OUT_OF_RANGE,
        "is before start_date; both days are in force (C2)");
  }
  return absl::OkStatus();
}

// The contacts that it did not name before.
absl::Status CheckContacts(absl::string_view path, storage::Transaction& tx,
                           const v1::Entitlement& was,
                           const v1::Entitlement& entitlement) {
  std::vector<std::string> names;
  for (const std::string& name : entitlement.contacts()) {
    if (!absl::c_linear_search(was.contacts(), name)) names.push_back(name);
  }
  if (names.empty()) return absl::OkStatus();
  absl::StatusOr<std::vector<v1::Contact>> contacts =
      storage::ContactTable().BatchGet(tx, names, storage::Lock::kShared);
  if (!contacts.ok()) return contacts.status();
  FieldViolations violations;
  for (int i = 0; i < entitlement.contacts_size(); ++i) {
    if (!absl::c_linear_search(names, entitlement.contacts(i))) continue;
    const std::string field = absl::StrCat(path, "contacts[", i, "]");
    const v1::Contact* found = nullptr;
    for (const v1::Contact& contact : *contacts) {
      if (contact.name() == entitlement.contacts(i)) found = &contact;
    }
    if (found == nullptr || found->has_delete_time()) {
      violations.Add(field, ErrorReason::NOT_FOUND,
                     "names no contact that exists");
    } else if (found->account() != entitlement.account()) {
      violations.Add(field, ErrorReason::OTHER_ACCOUNT,
                     "is a contact of another account (C1)");
    }
  }
  return violations.ToStatus();
}

bool SameDates(const v1::Entitlement& a, const v1::Entitlement& b) {
  using google::protobuf::util::MessageDifferencer;
  return MessageDifferencer::Equals(a.start_date(), b.start_date()) &&
         MessageDifferencer::Equals(a.end_date(), b.end_date());
}

// The asset and the product that it covers. One of them that stays as it was is
// looked at only for the other, and the asset for new dates, as another account
// may have it by now.
absl::Status CheckCovered(absl::string_view path, storage::Transaction& tx,
                          const v1::Entitlement& was,
                          const v1::Entitlement& entitlement, Naming naming) {
  const bool new_asset = entitlement.asset() != was.asset();
  const bool new_product = entitlement.product() != was.product();
  if (!new_asset && !new_product && SameDates(was, entitlement))
    return absl::OkStatus();
  std::string product_of_asset;
  if (!entitlement.asset().empty()) {
    absl::StatusOr<v1::Asset> asset =
        new_asset ? Named(tx, storage::AssetTable(), entitlement.asset(),
                          absl::StrCat(path, "asset"))
                  : storage::AssetTable().Get(tx, entitlement.asset(),
                                              storage::Lock::kShared);
    if (!asset.ok()) return asset.status();
    if (asset->account() != entitlement.account())
      return OtherAccount(absl::StrCat(path, "asset"), "an asset");
    product_of_asset = asset->product();
  }
  if (entitlement.product().empty() || (!new_asset && !new_product))
    return absl::OkStatus();
  if (new_product) {
    absl::Status status = ProductToName(tx, entitlement.product(),
                                        absl::StrCat(path, "product"), naming)
                              .status();
    if (!status.ok()) return status;
  }
  if (!product_of_asset.empty() && product_of_asset != entitlement.product()) {
    return errors::FieldInvalid(absl::StrCat(path, "product"),
                                ErrorReason::NOT_OF_ASSET,
                                "is not the asset's product (C1)");
  }
  return absl::OkStatus();
}

// The contract and the line that it hangs on; a line gives its contract and its
// asset to who says nothing else.
absl::Status CheckHangsOn(absl::string_view path, storage::Transaction& tx,
                          const v1::Entitlement& was,
                          v1::Entitlement& entitlement) {
  if (!entitlement.contract_line_item().empty() &&
      (entitlement.contract_line_item() != was.contract_line_item() ||
       entitlement.service_contract() != was.service_contract() ||
       entitlement.asset() != was.asset())) {
    const std::string field = absl::StrCat(path, "contract_line_item");
    absl::StatusOr<v1::ContractLineItem> line =
        entitlement.contract_line_item() != was.contract_line_item()
            ? Named(tx, storage::ContractLineItemTable(),
                    entitlement.contract_line_item(), field)
            : storage::ContractLineItemTable().Get(
                  tx, entitlement.contract_line_item(), storage::Lock::kShared);
    if (!line.ok()) return line.status();
    if (line->account() != entitlement.account())
      return OtherAccount(field, "a line");
    if (entitlement.service_contract().empty())
      entitlement.set_service_contract(line->service_contract());
    if (entitlement.service_contract() != line->service_contract()) {
      return errors::FieldInvalid(field, ErrorReason::NOT_OF_CONTRACT,
                                  "is a line of another contract (C1)");
    }
    if (entitlement.asset().empty()) entitlement.set_asset(line->asset());
    if (!line->asset().empty() && entitlement.asset() != line->asset()) {
      return errors::FieldInvalid(absl::StrCat(path, "asset"),
                                  ErrorReason::NOT_OF_LINE,
                                  "is not the asset of the line (C1)");
    }
  }
  if (entitlement.service_contract().empty() ||
      entitlement.service_contract() == was.service_contract())
    return absl::OkStatus();
  const std::string field = absl::StrCat(path, "service_contract");
  absl::StatusOr<v1::ServiceContract> contract =
      Named(tx, storage::ServiceContractTable(), entitlement.service_contract(),
            field);
  if (!contract.ok()) return contract.status();
  if (contract->account() != entitlement.account())
    return OtherAccount(field, "a contract");
  return absl::OkStatus();
}

}  // namespace

Resource<v1::Entitlement> Entitlements() {
  return {storage::EntitlementTable(), "entitlements", "entitlement"};
}

absl::Status CheckParts(storage::Transaction& tx, const Catalog& catalog,
                        const v1::Entitlement* before, absl::string_view path,
                        v1::Entitlement& entitlement, Naming naming) {
  absl::Status status = CheckFields(path, entitlement);
  if (!status.ok()) return status;
  const v1::Entitlement none;
  const v1::Entitlement& was = before == nullptr ? none : *before;
  tx.Prefetch([&](storage::Transaction& ahead) {
    // In the order in which they are locked without this.
    if (before == nullptr)
      NamedAhead(ahead, storage::AccountTable(), entitlement.account());
    NamedAhead(ahead, storage::EntitlementProcessTable(),
               entitlement.process());
    if (before == nullptr) {
      NamedAhead(ahead, storage::ContractLineItemTable(),
                 entitlement.contract_line_item());
      NamedAhead(ahead, storage::ServiceContractTable(),
                 entitlement.service_contract());
      NamedAhead(ahead, storage::AssetTable(), entitlement.asset());
      NamedAhead(ahead, storage::ProductTable(), entitlement.product());
    }
    (void)CheckContacts(path, ahead, was, entitlement);
  });
  if (before == nullptr) {
    status = Named(tx, storage::AccountTable(), entitlement.account(),
                   absl::StrCat(path, "account"))
                 .status();
    if (!status.ok()) return status;
  }
  if (!entitlement.business_hours().empty() &&
      !catalog.HasHours(entitlement.business_hours())) {
    return errors::NotFound(entitlement.business_hours(),
                            absl::StrCat(path, "business_hours"));
  }
  if (!entitlement.process().empty()) {
    absl::StatusOr<v1::EntitlementProcess> process =
        storage::EntitlementProcessTable().Get(tx, entitlement.process(),
                                               storage::Lock::kShared);
    if (absl::IsNotFound(process.status())) {
      return errors::NotFound(entitlement.process(),
                              absl::StrCat(path, "process"));
    }
    if (!process.ok()) return process.status();
  }
  status = CheckHangsOn(path, tx, was, entitlement);
  if (status.ok()) status = CheckCovered(path, tx, was, entitlement, naming);
  if (status.ok()) status = CheckContacts(path, tx, was, entitlement);
  return status;
}

absl::Status ChangeLocked(Call& call, storage::Transaction& tx,
                          const Catalog& catalog, contracts::Verb verb,
                          absl::string_view done, v1::Entitlement* entitlement,
                          storage::HiddenValues* hidden) {
  const contracts::State from = StateOf(*entitlement);
  const absl::StatusOr<contracts::State> to = contracts::Apply(from, verb);
  if (!to.ok()) {
    return errors::StateTransitionNotAllowed(entitlement->name(),
                                             contracts::NameOf(from), done);
  }
  const v1::Entitlement before = *entitlement;
  CatchUp(call, catalog, *hidden, before);
  entitlement->set_state(ToStatus(*to));
  *entitlement->mutable_update_time() = ToProto(call.now());
  absl::Status status = SetStatus(tx, catalog, call.now(), {entitlement});
  if (!status.ok()) return status;
  call.Emit(ChangeEvent(Entitlements(), done, *entitlement));
  status = FollowDates(call, tx, catalog, &before, *entitlement, hidden);
  if (!status.ok()) return status;
  status = storage::EntitlementTable().Update(tx, entitlement, hidden);
  if (!status.ok()) return status;
  call.Audit(entitlement->name(), &before, entitlement);
  return absl::OkStatus();
}

absl::StatusOr<v1::Entitlement> InsertEntitlement(Call& call,
                                                  storage::Transaction& tx,
                                                  const Catalog& catalog,
                                                  v1::Entitlement entitlement,
                                                  absl::string_view id) {
  entitlement.clear_name();
  if (!id.empty()) entitlement.set_name(NameOf("entitlements", id));
  std::vector<v1::Entitlement> one = {std::move(entitlement)};
  absl::Status status = InsertEntitlements(call, tx, catalog, &one);
  if (!status.ok()) return status;
  return std::move(one.front());
}

absl::Status InsertEntitlements(Call& call, storage::Transaction& tx,
                                const Catalog& catalog,
                                std::vector<v1::Entitlement>* entitlements) {
  if (entitlements->empty()) return absl::OkStatus();
  std::vector<v1::Entitlement*> all;
  std::vector<storage::HiddenValues> hidden(entitlements->size(), {nullptr});
  for (size_t i = 0; i < entitlements->size(); ++i) {
    v1::Entitlement& entitlement = (*entitlements)[i];
    all.push_back(&entitlement);
    if (entitlement.name().empty()) {
      entitlement.set_name(
          NameOf("entitlements", call.services().ids->Make(call.now())));
    }
    entitlement.clear_etag();
    *entitlement.mutable_create_time() = ToProto(call.now());
    *entitlement.mutable_update_time() = ToProto(call.now());
    absl::Status status =
        FollowDates(call, tx, catalog, nullptr, entitlement, &hidden[i]);
    if (!status.ok()) return status;
  }
  absl::Status status =
      storage::EntitlementTable().InsertAll(tx, entitlements, &hidden);
  if (storage::KindOf(status) == storage::ErrorKind::kDuplicateKey)
    return Duplicate(Entitlements(), entitlements->front(), status);
  if (status.ok()) status = SetStatus(tx, catalog, call.now(), all);
  if (!status.ok()) return status;
  for (const v1::Entitlement& entitlement : *entitlements)
    call.Emit(ChangeEvent(Entitlements(), "created", entitlement));
  return absl::OkStatus();
}

}  // namespace charter::services

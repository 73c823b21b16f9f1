#include "server/services/entitlements/entitlements.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/services/entitlements/verify.h"
#include "server/services/ledger/book.h"
#include "server/services/shared/errors.h"
#include "server/services/shared/field_checks.h"
#include "server/services/shared/resources.h"
#include "storage/records/generations.h"
#include "storage/table/resource_tables.h"

namespace charter::services {
namespace {

Resource<v1::Entitlement> Entitlements() {
  return {storage::EntitlementTable(), "entitlements", "entitlement"};
}

absl::StatusOr<std::shared_ptr<const Catalog>> ReadCatalog(Call& call) {
  absl::StatusOr<std::shared_ptr<const Catalog>> catalog = nullptr;
  absl::Status status = call.Read([&](storage::Transaction& tx) {
    catalog = call.services().catalog->Get(tx);
    return catalog.status();
  });
  if (!status.ok()) return status;
  return catalog;
}

// What it names must be there, be the account's, and agree (C1).
absl::Status CheckParts(storage::Transaction& tx, const Catalog& catalog,
                        const v1::Entitlement* before,
                        const v1::Entitlement& entitlement) {
  FieldViolations violations;
  for (const auto& [has, date, field] :
       {std::tuple(entitlement.has_start_date(), entitlement.start_date(),
                   "start_date"),
        std::tuple(entitlement.has_end_date(), entitlement.end_date(),
                   "end_date")}) {
    if (has) CheckDate(date, absl::StrCat("entitlement.", field), &violations);
  }
  if (!violations.empty()) return violations.ToStatus();
  if (entitlement.has_start_date() && entitlement.has_end_date() &&
      *ToDate(entitlement.end_date()) < *ToDate(entitlement.start_date())) {
    return errors::FieldInvalid(
        "entitlement.end_date", "OUT_OF_RANGE",
        "is before start_date; both days are in force (C2)");
  }
  if (before != nullptr && before->cancelled() && !entitlement.cancelled()) {
    return errors::StateTransitionNotAllowed(entitlement.name(), "CANCELLED",
                                             "brought back");
  }
  if (before == nullptr) {
    absl::StatusOr<v1::Account> account =
        Existing(tx, storage::AccountTable(), entitlement.account(),
                 "entitlement.account");
    if (!account.ok()) return account.status();
  }
  if (!entitlement.business_hours().empty() &&
      !catalog.HasHours(entitlement.business_hours())) {
    return errors::NotFound(entitlement.business_hours(),
                            "entitlement.business_hours");
  }
  if (!entitlement.process().empty()) {
    absl::StatusOr<v1::EntitlementProcess> process =
        storage::EntitlementProcessTable().Get(tx, entitlement.process());
    if (absl::IsNotFound(process.status())) {
      return errors::NotFound(entitlement.process(), "entitlement.process");
    }
    if (!process.ok()) return process.status();
  }
  if (entitlement.contacts_size() == 0) return absl::OkStatus();
  const std::vector<std::string> names(entitlement.contacts().begin(),
                                       entitlement.contacts().end());
  absl::StatusOr<std::vector<v1::Contact>> contacts =
      storage::ContactTable().BatchGet(tx, names);
  if (!contacts.ok()) return contacts.status();
  for (int i = 0; i < entitlement.contacts_size(); ++i) {
    const std::string field = absl::StrCat("entitlement.contacts[", i, "]");
    const v1::Contact* found = nullptr;
    for (const v1::Contact& contact : *contacts) {
      if (contact.name() == entitlement.contacts(i)) found = &contact;
    }
    if (found == nullptr || found->has_delete_time()) {
      violations.Add(field, "NOT_FOUND", "names no contact that exists");
    } else if (found->account() != entitlement.account()) {
      violations.Add(field, "OTHER_ACCOUNT",
                     "is a contact of another account (C1)");
    }
  }
  return violations.ToStatus();
}

// What it counts cannot change under what was counted (C5).
absl::Status CheckAllotment(const v1::Entitlement* before,
                            const v1::Entitlement& entitlement) {
  const v1::Allotment& allotment = entitlement.allotment();
  if (before != nullptr && before->ledger_entry_count() > 0 &&
      (!entitlement.has_allotment() ||
       allotment.unit() != before->allotment().unit())) {
    return errors::FieldInvalid(
        "entitlement.allotment.unit", "IN_USE",
        "cannot be changed or taken away once the ledger has an entry (C5); "
        "ALLOW_OVERDRAFT lifts the limit");
  }
  if (allotment.unit() == v1::Allotment::MINUTES &&
      allotment.commit() != v1::Allotment::COMMIT_UNSPECIFIED) {
    return errors::FieldInvalid("entitlement.allotment.commit", "NOT_ALLOWED",
                                "is of cases; minutes are used when the work "
                                "is logged (C5)");
  }
  return absl::OkStatus();
}

// The units of now, also of what nothing has written down yet.
absl::Status Refresh(Call& call,
                     absl::Span<v1::Entitlement* const> entitlements) {
  for (const v1::Entitlement* one : entitlements) {
    if (!one->has_units_due_time() ||
        ToTime(one->units_due_time()) > call.now()) {
      continue;
    }
    return call.Read([&](storage::Transaction& tx) {
      return RefreshBalances(tx, call.now(), entitlements);
    });
  }
  return absl::OkStatus();
}

auto Hook(Call& call) {
  return [&call](storage::Transaction& tx, const v1::Entitlement* before,
                 v1::Entitlement& entitlement) -> absl::Status {
    absl::StatusOr<std::shared_ptr<const Catalog>> catalog =
        call.services().catalog->Get(tx);
    if (!catalog.ok()) return catalog.status();
    absl::Status status = CheckParts(tx, **catalog, before, entitlement);
    if (!status.ok()) return status;
    status = CheckAllotment(before, entitlement);
    if (!status.ok()) return status;
    entitlement.set_status(StatusAt(entitlement, **catalog, call.now()));
    return absl::OkStatus();
  };
}

}  // namespace

absl::StatusOr<v1::Entitlement> GetEntitlement(
    Call& call, const v1::GetEntitlementRequest& request) {
  absl::StatusOr<std::shared_ptr<const Catalog>> catalog = ReadCatalog(call);
  if (!catalog.ok()) return catalog.status();
  absl::StatusOr<v1::Entitlement> entitlement =
      GetResource(call, Entitlements(), request.name());
  if (!entitlement.ok()) return entitlement;
  entitlement->set_status(StatusAt(*entitlement, **catalog, call.now()));
  absl::Status status = Refresh(call, {&*entitlement});
  if (!status.ok()) return status;
  return entitlement;
}

absl::StatusOr<v1::ListEntitlementsResponse> ListEntitlements(
    Call& call, const v1::ListEntitlementsRequest& request) {
  absl::StatusOr<std::shared_ptr<const Catalog>> catalog = ReadCatalog(call);
  if (!catalog.ok()) return catalog.status();
  absl::StatusOr<v1::ListEntitlementsResponse> response =
      ListResources(call, Entitlements(), request,
                    &v1::ListEntitlementsResponse::add_entitlements);
  if (!response.ok()) return response;
  std::vector<v1::Entitlement*> page;
  for (v1::Entitlement& entitlement : *response->mutable_entitlements()) {
    entitlement.set_status(StatusAt(entitlement, **catalog, call.now()));
    page.push_back(&entitlement);
  }
  if (absl::Status status = Refresh(call, page); !status.ok()) return status;
  return response;
}

absl::StatusOr<v1::Entitlement> CreateEntitlement(
    Call& call, const v1::CreateEntitlementRequest& request) {
  return CreateResource<v1::Entitlement>(call, Entitlements(),
                                         request.entitlement(),
                                         request.entitlement_id(), Hook(call));
}

absl::StatusOr<v1::Entitlement> UpdateEntitlement(
    Call& call, const v1::UpdateEntitlementRequest& request) {
  return UpdateResource<v1::Entitlement>(call, Entitlements(),
                                         request.entitlement(),
                                         request.update_mask(), Hook(call));
}

absl::StatusOr<v1::Entitlement> DeleteEntitlement(
    Call& call, const v1::DeleteEntitlementRequest& request) {
  // Items that run under it go on by the version and the copies that they have.
  return HideResource(call, Entitlements(), request,
                      [](storage::Transaction&, const v1::Entitlement&) {
                        return absl::OkStatus();
                      });
}

absl::StatusOr<v1::VerifyEntitlementResponse> VerifyEntitlement(
    Call& call, const v1::VerifyEntitlementRequest& request) {
  if (request.account().empty() && request.contact().empty()) {
    return errors::FieldInvalid("account", "REQUIRED",
                                "give the account, the contact, or both");
  }
  const absl::Time as_of =
      request.has_as_of() ? ToTime(request.as_of()) : call.now();
  v1::VerifyEntitlementResponse response;
  absl::Status status =
      call.Read([&](storage::Transaction& tx) -> absl::Status {
        tx.Prefetch([&](storage::Transaction& ahead) {
          (void)storage::ReadCatalogGeneration(ahead);
          if (!request.contact().empty()) {
            (void)storage::ContactTable().Get(ahead, request.contact());
          } else {
            (void)storage::AccountTable().Get(ahead, request.account());
          }
          if (!request.account().empty())
            PrefetchEntitlements(ahead, request.account());
        });
        absl::StatusOr<std::shared_ptr<const Catalog>> catalog =
            call.services().catalog->Get(tx);
        if (!catalog.ok()) return catalog.status();
        std::string account = request.account();
        if (!request.contact().empty()) {
          absl::StatusOr<v1::Contact> contact =
              storage::ContactTable().Get(tx, request.contact());
          if (absl::IsNotFound(contact.status()) ||
              (contact.ok() && contact->has_delete_time())) {
            return errors::NotFound(request.contact(), "contact");
          }
          if (!contact.ok()) return contact.status();
          if (!account.empty() && account != contact->account()) {
            return errors::FieldInvalid("contact", "OTHER_ACCOUNT",
                                        "is a contact of another account");
          }
          account = contact->account();
        } else {
          absl::StatusOr<v1::Account> found =
              storage::AccountTable().Get(tx, account);
          if (absl::IsNotFound(found.status()) ||
              (found.ok() && found->has_delete_time())) {
            return errors::NotFound(account, "account");
          }
          if (!found.ok()) return found.status();
        }
        absl::StatusOr<Verdict> verdict =
            Verify(tx, **catalog, account, request.contact(), as_of);
        if (!verdict.ok()) return verdict.status();
        response = std::move(verdict->response);
        return absl::OkStatus();
      });
  if (!status.ok()) return status;
  return response;
}

}  // namespace charter::services

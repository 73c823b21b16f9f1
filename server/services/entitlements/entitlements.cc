#include "server/services/entitlements/entitlements.h"

#include <memory>
#include <optional>
#include <vector>

#include "server/services/entitlements/entitlement_dates.h"
#include "server/services/entitlements/standing.h"
#include "server/services/entitlements/units.h"
#include "server/services/entitlements/write.h"
#include "server/services/ledger/book.h"
#include "server/services/shared/batch.h"
#include "server/services/shared/errors.h"
#include "server/services/shared/resources.h"
#include "server/services/shared/time_convert.h"
#include "server/services/shared/wakeups.h"
#include "storage/records/generations.h"
#include "storage/table/resource_tables.h"

namespace charter::services {
namespace {

template <typename Request>
absl::Time AsOf(const Call& call, const Request& request) {
  return request.has_as_of() ? ToTime(request.as_of()) : call.now();
}

bool MaySeeContacts(const Call& call) {
  const auto& hidden = call.principal().hidden;
  return hidden == nullptr ||
         !hidden->contains(
             v1::Entitlement::descriptor()->FindFieldByName("contacts"));
}

// What is computed of them whenever they are read.
absl::Status Complete(Call& call, storage::Transaction& tx, absl::Time as_of,
                      absl::Span<v1::Entitlement* const> entitlements) {
  absl::StatusOr<std::shared_ptr<const Catalog>> catalog =
      call.services().catalog->Get(tx);
  if (!catalog.ok()) return catalog.status();
  absl::Status status = SetStatus(tx, **catalog, as_of, entitlements);
  return status.ok() ? RefreshBalances(tx, call.now(), entitlements) : status;
}

// What it counts cannot change under what was counted (C5).
absl::Status CheckCounted(const v1::Entitlement* before,
                          const v1::Entitlement& entitlement) {
  if (before == nullptr || before->ledger_entry_count() == 0 ||
      (entitlement.has_allotment() &&
       entitlement.allotment().unit() == before->allotment().unit()))
    return absl::OkStatus();
  return errors::FieldInvalid(
      "entitlement.allotment.unit", ErrorReason::IN_USE,
      "cannot be changed or taken away once the ledger has an entry (C5); "
      "ALLOW_OVERDRAFT lifts the limit");
}

// `draft`: of a new one. `hidden`: the row's hidden columns.
auto Hook(Call& call, bool draft, storage::HiddenValues* hidden) {
  return [&call, draft, hidden](storage::Transaction& tx,
                                const v1::Entitlement* before,
                                v1::Entitlement& entitlement) -> absl::Status {
    absl::StatusOr<std::shared_ptr<const Catalog>> catalog =
        call.services().catalog->Get(tx);
    if (!catalog.ok()) return catalog.status();
    absl::Status status =
        CheckParts(tx, **catalog, before, "entitlement.", entitlement);
    if (!status.ok()) return status;
    status = CheckCounted(before, entitlement);
    if (status.ok()) {
      status = CheckAllotment("entitlement.allotment", entitlement.allotment());
    }
    if (!status.ok()) return status;
    if (before == nullptr) {
      entitlement.set_state(draft ? v1::Entitlement::DRAFT
                                  : v1::Entitlement::ACTIVE);
      *hidden = {nullptr};
    } else {
      CatchUp(call, **catalog, *hidden, *before);
    }
    status = SetStatus(tx, **catalog, call.now(), {&entitlement});
    if (!status.ok()) return status;
    return FollowDates(call, tx, **catalog, before, entitlement, hidden);
  };
}

// One of the verbs of C10; `done`: what the feed calls it.
template <typename Request>
absl::StatusOr<v1::Entitlement> ChangeState(Call& call, const Request& request,
                                            contracts::Verb verb,
                                            absl::string_view done) {
  return call.Write<v1::Entitlement>(
      [&](storage::Transaction& tx) -> absl::StatusOr<v1::Entitlement> {
        absl::StatusOr<std::shared_ptr<const Catalog>> catalog =
            call.services().catalog->Get(tx);
        if (!catalog.ok()) return catalog.status();
        storage::HiddenValues hidden;
        absl::StatusOr<v1::Entitlement> entitlement = LockResource(
            tx, Entitlements(), request.name(), request.etag(), &hidden);
        if (!entitlement.ok()) return entitlement;
        absl::Status status = ChangeLocked(call, tx, **catalog, verb, done,
                                           &*entitlement, &hidden);
        if (!status.ok()) return status;
        return entitlement;
      });
}

}  // namespace

absl::StatusOr<v1::Entitlement> GetEntitlement(
    Call& call, const v1::GetEntitlementRequest& request) {
  absl::StatusOr<v1::Entitlement> entitlement = v1::Entitlement();
  absl::Status status =
      call.Read([&](storage::Transaction& tx) -> absl::Status {
        tx.Prefetch([&](storage::Transaction& ahead) {
          (void)storage::ReadCatalogGeneration(ahead);
          (void)storage::EntitlementTable().Get(ahead, request.name());
        });
        entitlement = storage::EntitlementTable().Get(tx, request.name());
        if (!entitlement.ok()) return entitlement.status();
        return Complete(call, tx, AsOf(call, request), {&*entitlement});
      });
  if (absl::IsNotFound(status)) return errors::NotFound(request.name());
  if (!status.ok()) return status;
  return entitlement;
}

absl::StatusOr<v1::ListEntitlementsResponse> ListEntitlements(
    Call& call, const v1::ListEntitlementsRequest& request) {
  std::vector<storage::Equality> restrict_to;
  if (!request.contact().empty()) {
    if (!MaySeeContacts(call)) {
      return errors::FieldInvalid("contact", ErrorReason::HIDDEN,
                                  "you do not see whom entitlements list");
    }
    restrict_to = {{"contacts", request.contact()}};
  }
  absl::StatusOr<v1::ListEntitlementsResponse> response = ListResources(
      call, Entitlements(), request,
      &v1::ListEntitlementsResponse::add_entitlements, std::move(restrict_to));
  if (!response.ok()) return response;
  std::vector<v1::Entitlement*> page;
  for (v1::Entitlement& entitlement : *response->mutable_entitlements())
    page.push_back(&entitlement);
  absl::Status status = call.Read([&](storage::Transaction& tx) {
    return Complete(call, tx, AsOf(call, request), page);
  });
  if (!status.ok()) return status;
  return response;
}

absl::StatusOr<v1::Entitlement> CreateEntitlement(
    Call& call, const v1::CreateEntitlementRequest& request) {
  absl::StatusOr<FirstUnits> first = FirstUnitsOf(call, request);
  if (!first.ok()) return first.status();
  storage::HiddenValues hidden;
  return CreateResource<v1::Entitlement>(
      call, Entitlements(), request.entitlement(), request.entitlement_id(),
      Hook(call, request.draft(), &hidden), &hidden,
      [&](storage::Transaction& tx, v1::Entitlement& made) {
        return GrantFirst(call, tx, *first, &made);
      });
}

absl::StatusOr<v1::Entitlement> UpdateEntitlement(
    Call& call, const v1::UpdateEntitlementRequest& request) {
  storage::HiddenValues hidden;
  return UpdateResource<v1::Entitlement>(
      call, Entitlements(), request.entitlement(), request.update_mask(),
      Hook(call, false, &hidden), &hidden);
}

absl::StatusOr<v1::Entitlement> DeleteEntitlement(
    Call& call, const v1::DeleteEntitlementRequest& request) {
  // Items that run under it go on by the version and the copies that they have.
  storage::HiddenValues hidden;
  return HideResource(
      call, Entitlements(), request,
      [&](storage::Transaction& tx,
          const v1::Entitlement& entitlement) -> absl::Status {
        absl::StatusOr<std::shared_ptr<const Catalog>> catalog =
            call.services().catalog->Get(tx);
        if (!catalog.ok()) return catalog.status();
        CatchUp(call, **catalog, hidden, entitlement);
        return SetWakeup(call, tx, entitlement.name(), std::nullopt,
                         &hidden[0]);
      },
      &hidden);
}

absl::StatusOr<v1::Entitlement> UndeleteEntitlement(
    Call& call, const v1::UndeleteEntitlementRequest& request) {
  storage::HiddenValues hidden;
  return UndeleteResource(
      call, Entitlements(), request,
      [&](storage::Transaction& tx, const v1::Entitlement& deleted,
          v1::Entitlement& restored) -> absl::Status {
        absl::StatusOr<std::shared_ptr<const Catalog>> catalog =
            call.services().catalog->Get(tx);
        if (!catalog.ok()) return catalog.status();
        absl::Status status = CheckParts(tx, **catalog, nullptr, "entitlement.",
                                         restored, Naming::kAgain);
        if (status.ok())
          status = CheckSuccession(tx, storage::EntitlementTable(), deleted);
        if (!status.ok()) return status;
        CatchUp(call, **catalog,
                DueSince(ToTime(deleted.delete_time()), StateOf(restored),
                         WindowOf(restored, **catalog), hidden),
                restored);
        status = SetStatus(tx, **catalog, call.now(), {&restored});
        if (!status.ok()) return status;
        return FollowDates(call, tx, **catalog, nullptr, restored, &hidden);
      },
      &hidden);
}

absl::StatusOr<v1::Entitlement> ActivateEntitlement(
    Call& call, const v1::ActivateEntitlementRequest& request) {
  return ChangeState(call, request, contracts::Verb::kActivate, "activated");
}

absl::StatusOr<v1::Entitlement> SuspendEntitlement(
    Call& call, const v1::SuspendEntitlementRequest& request) {
  return ChangeState(call, request, contracts::Verb::kSuspend, "suspended");
}

absl::StatusOr<v1::Entitlement> ResumeEntitlement(
    Call& call, const v1::ResumeEntitlementRequest& request) {
  return ChangeState(call, request, contracts::Verb::kResume, "resumed");
}

absl::StatusOr<v1::Entitlement> CancelEntitlement(
    Call& call, const v1::CancelEntitlementRequest& request) {
  return ChangeState(call, request, contracts::Verb::kCancel, "cancelled");
}

absl::StatusOr<v1::BatchGetEntitlementsResponse> BatchGetEntitlements(
    Call& call, const v1::BatchGetEntitlementsRequest& request) {
  return BatchGetResources(
      call, Entitlements(), request,
      &v1::BatchGetEntitlementsResponse::add_entitlements,
      [&](storage::Transaction& tx, absl::Span<v1::Entitlement* const> rows) {
        return Complete(call, tx, call.now(), rows);
      });
}

absl::StatusOr<v1::BatchCreateEntitlementsResponse> BatchCreateEntitlements(
    Call& call, const v1::BatchCreateEntitlementsRequest& request) {
  return BatchCreateResources(
      call, request, &CreateEntitlement,
      &v1::BatchCreateEntitlementsResponse::add_entitlements);
}

}  // namespace charter::services

#include "server/services/entitlements/entitlements.h"

#include <memory>
#include <vector>

#include "server/services/entitlements/standing.h"
#include "server/services/entitlements/write.h"
#include "server/services/shared/errors.h"
#include "server/services/shared/resources.h"
#include "server/services/shared/time_convert.h"
#include "storage/records/generations.h"
#include "storage/table/resource_tables.h"

namespace charter::services {
namespace {

template <typename Request>
absl::Time AsOf(const Call& call, const Request& request) {
  return request.has_as_of() ? ToTime(request.as_of()) : call.now();
}

// `draft`: of a new one.
auto Hook(Call& call, bool draft) {
  return [&call, draft](storage::Transaction& tx, const v1::Entitlement* before,
                        v1::Entitlement& entitlement) -> absl::Status {
    absl::StatusOr<std::shared_ptr<const Catalog>> catalog =
        call.services().catalog->Get(tx);
    if (!catalog.ok()) return catalog.status();
    absl::Status status =
        CheckParts(tx, **catalog, before, "entitlement.", entitlement);
    if (!status.ok()) return status;
    if (before == nullptr) {
      entitlement.set_state(draft ? v1::Entitlement::DRAFT
                                  : v1::Entitlement::ACTIVE);
    }
    return SetStatus(tx, **catalog, call.now(), {&entitlement});
  };
}

// One of the verbs of C10; `event`: what the feed calls it.
template <typename Request>
absl::StatusOr<v1::Entitlement> ChangeState(Call& call, const Request& request,
                                            contracts::Verb verb,
                                            absl::string_view event) {
  return call.Write<v1::Entitlement>(
      [&](storage::Transaction& tx) -> absl::StatusOr<v1::Entitlement> {
        absl::StatusOr<std::shared_ptr<const Catalog>> catalog =
            call.services().catalog->Get(tx);
        if (!catalog.ok()) return catalog.status();
        absl::StatusOr<v1::Entitlement> entitlement =
            LockResource(tx, Entitlements(), request.name(), request.etag());
        if (!entitlement.ok()) return entitlement;
        const contracts::State from = StateOf(*entitlement);
        const absl::StatusOr<contracts::State> to =
            contracts::Apply(from, verb);
        if (!to.ok()) {
          return errors::StateTransitionNotAllowed(
              request.name(), contracts::NameOf(from), event);
        }
        entitlement->set_state(ToStatus(*to));
        *entitlement->mutable_update_time() = ToProto(call.now());
        absl::Status status =
            storage::EntitlementTable().Update(tx, &*entitlement);
        if (status.ok())
          status = SetStatus(tx, **catalog, call.now(), {&*entitlement});
        if (!status.ok()) return status;
        call.Emit(ChangeEvent(Entitlements(), event, *entitlement));
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
        absl::StatusOr<std::shared_ptr<const Catalog>> catalog =
            call.services().catalog->Get(tx);
        if (!catalog.ok()) return catalog.status();
        entitlement = storage::EntitlementTable().Get(tx, request.name());
        if (!entitlement.ok()) return entitlement.status();
        return SetStatus(tx, **catalog, AsOf(call, request), {&*entitlement});
      });
  if (absl::IsNotFound(status)) return errors::NotFound(request.name());
  if (!status.ok()) return status;
  return entitlement;
}

absl::StatusOr<v1::ListEntitlementsResponse> ListEntitlements(
    Call& call, const v1::ListEntitlementsRequest& request) {
  absl::StatusOr<v1::ListEntitlementsResponse> response =
      ListResources(call, Entitlements(), request,
                    &v1::ListEntitlementsResponse::add_entitlements);
  if (!response.ok()) return response;
  std::vector<v1::Entitlement*> page;
  for (v1::Entitlement& entitlement : *response->mutable_entitlements())
    page.push_back(&entitlement);
  absl::Status status =
      call.Read([&](storage::Transaction& tx) -> absl::Status {
        absl::StatusOr<std::shared_ptr<const Catalog>> catalog =
            call.services().catalog->Get(tx);
        if (!catalog.ok()) return catalog.status();
        return SetStatus(tx, **catalog, AsOf(call, request), page);
      });
  if (!status.ok()) return status;
  return response;
}

absl::StatusOr<v1::Entitlement> CreateEntitlement(
    Call& call, const v1::CreateEntitlementRequest& request) {
  return CreateResource<v1::Entitlement>(
      call, Entitlements(), request.entitlement(), request.entitlement_id(),
      Hook(call, request.draft()));
}

absl::StatusOr<v1::Entitlement> UpdateEntitlement(
    Call& call, const v1::UpdateEntitlementRequest& request) {
  return UpdateResource<v1::Entitlement>(
      call, Entitlements(), request.entitlement(), request.update_mask(),
      Hook(call, false));
}

absl::StatusOr<v1::Entitlement> DeleteEntitlement(
    Call& call, const v1::DeleteEntitlementRequest& request) {
  // Items that run under it go on by the version and the copies that they have.
  return HideResource(call, Entitlements(), request,
                      [](storage::Transaction&, const v1::Entitlement&) {
                        return absl::OkStatus();
                      });
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

}  // namespace charter::services

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "server/services/catalog/catalog.h"
#include "server/services/entitlements/entitlements.h"
#include "server/services/entitlements/units.h"
#include "server/services/shared/errors.h"
#include "server/services/shared/references.h"
#include "server/services/shared/resources.h"
#include "storage/records/generations.h"
#include "storage/table/resource_tables.h"

namespace charter::services {
namespace {

Resource<v1::EntitlementTemplate> Templates() {
  return {storage::EntitlementTemplateTable(), "entitlementTemplates",
          "entitlement_template"};
}

Resource<v1::ProductEntitlementTemplate> Links() {
  return {storage::ProductEntitlementTemplateTable(),
          "productEntitlementTemplates", "product_entitlement_template"};
}

auto TemplateHook(Call& call) {
  return [&call](storage::Transaction& tx, const v1::EntitlementTemplate*,
                 v1::EntitlementTemplate& checked) -> absl::Status {
    const auto process = [&](storage::Transaction& in) {
      return storage::EntitlementProcessTable().Get(in, checked.process(),
                                                    storage::Lock::kShared);
    };
    FieldViolations violations;
    for (int i = 0; i < checked.channels_size(); ++i) {
      if (checked.channels(i).empty()) {
        violations.Add(absl::StrCat("entitlement_template.channels[", i, "]"),
                       ErrorReason::REQUIRED, "names no origin of cases");
      }
    }
    if (!violations.empty()) return violations.ToStatus();
    absl::Status fits =
        CheckAllotment("entitlement_template.allotment", checked.allotment());
    if (fits.ok()) fits = CheckFirstUnits(checked);
    if (!fits.ok()) return fits;
    tx.Prefetch([&](storage::Transaction& ahead) {
      (void)storage::ReadCatalogGeneration(ahead);
      if (!checked.process().empty()) (void)process(ahead);
    });
    absl::StatusOr<std::shared_ptr<const Catalog>> catalog =
        call.services().catalog->Get(tx);
    if (!catalog.ok()) return catalog.status();
    if (!checked.business_hours().empty() &&
        !(*catalog)->HasHours(checked.business_hours())) {
      return errors::NotFound(checked.business_hours(),
                              "entitlement_template.business_hours");
    }
    if (checked.process().empty()) return absl::OkStatus();
    absl::Status found = process(tx).status();
    return absl::IsNotFound(found)
               ? errors::NotFound(checked.process(),
                                  "entitlement_template.process")
               : found;
  };
}

absl::Status CheckLink(storage::Transaction& tx,
                       const v1::ProductEntitlementTemplate* before,
                       v1::ProductEntitlementTemplate& link) {
  if (before != nullptr) return absl::OkStatus();
  tx.Prefetch([&](storage::Transaction& ahead) {
    NamedAhead(ahead, storage::ProductTable(), link.product());
    NamedAhead(ahead, storage::EntitlementTemplateTable(),
               link.entitlement_template());
  });
  absl::Status status =
      ProductToName(tx, link.product(), "product_entitlement_template.product")
          .status();
  if (!status.ok()) return status;
  return Named(tx, storage::EntitlementTemplateTable(),
               link.entitlement_template(),
               "product_entitlement_template.entitlement_template")
      .status();
}

}  // namespace

absl::StatusOr<v1::EntitlementTemplate> GetEntitlementTemplate(
    Call& call, const v1::GetEntitlementTemplateRequest& request) {
  return GetResource(call, Templates(), request.name());
}

absl::StatusOr<v1::ListEntitlementTemplatesResponse> ListEntitlementTemplates(
    Call& call, const v1::ListEntitlementTemplatesRequest& request) {
  return ListResources(
      call, Templates(), request,
      &v1::ListEntitlementTemplatesResponse::add_entitlement_templates);
}

absl::StatusOr<v1::EntitlementTemplate> CreateEntitlementTemplate(
    Call& call, const v1::CreateEntitlementTemplateRequest& request) {
  return CreateResource<v1::EntitlementTemplate>(
      call, Templates(), request.entitlement_template(),
      request.entitlement_template_id(), TemplateHook(call));
}

absl::StatusOr<v1::EntitlementTemplate> UpdateEntitlementTemplate(
    Call& call, const v1::UpdateEntitlementTemplateRequest& request) {
  return UpdateResource<v1::EntitlementTemplate>(
      call, Templates(), request.entitlement_template(), request.update_mask(),
      TemplateHook(call));
}

absl::StatusOr<v1::EntitlementTemplate> DeleteEntitlementTemplate(
    Call& call, const v1::DeleteEntitlementTemplateRequest& request) {
  return HideResource(
      call, Templates(), request,
      [](storage::Transaction& tx, const v1::EntitlementTemplate& hidden) {
        return CheckUnused(tx, storage::ProductEntitlementTemplateTable(),
                           "entitlement_template", hidden.name());
      });
}

absl::StatusOr<v1::EntitlementTemplate> UndeleteEntitlementTemplate(
    Call& call, const v1::UndeleteEntitlementTemplateRequest& request) {
  return UndeleteResource(
      call, Templates(), request,
      [&](storage::Transaction& tx, const v1::EntitlementTemplate&,
          v1::EntitlementTemplate& restored) {
        return TemplateHook(call)(tx, nullptr, restored);
      });
}

absl::StatusOr<v1::ProductEntitlementTemplate> GetProductEntitlementTemplate(
    Call& call, const v1::GetProductEntitlementTemplateRequest& request) {
  return GetResource(call, Links(), request.name());
}

absl::StatusOr<v1::ListProductEntitlementTemplatesResponse>
ListProductEntitlementTemplates(
    Call& call, const v1::ListProductEntitlementTemplatesRequest& request) {
  return ListResources(call, Links(), request,
                       &v1::ListProductEntitlementTemplatesResponse::
                           add_product_entitlement_templates);
}

absl::StatusOr<v1::ProductEntitlementTemplate> CreateProductEntitlementTemplate(
    Call& call, const v1::CreateProductEntitlementTemplateRequest& request) {
  return CreateResource<v1::ProductEntitlementTemplate>(
      call, Links(), request.product_entitlement_template(),
      request.product_entitlement_template_id(), CheckLink);
}

absl::StatusOr<v1::ProductEntitlementTemplate> UpdateProductEntitlementTemplate(
    Call& call, const v1::UpdateProductEntitlementTemplateRequest& request) {
  return UpdateResource<v1::ProductEntitlementTemplate>(
      call, Links(), request.product_entitlement_template(),
      request.update_mask(), CheckLink);
}

absl::StatusOr<google::protobuf::Empty> DeleteProductEntitlementTemplate(
    Call& call, const v1::DeleteProductEntitlementTemplateRequest& request) {
  return RemoveResource(
      call, Links(), request,
      [](storage::Transaction&, const v1::ProductEntitlementTemplate&) {
        return absl::OkStatus();
      });
}

}  // namespace charter::services

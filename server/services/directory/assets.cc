#include "server/services/directory/assets.h"

#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/services/contracts/covering_lines.h"
#include "server/services/contracts/money_convert.h"
#include "server/services/directory/directory.h"
#include "server/services/entitlements/from_template.h"
#include "server/services/shared/batch.h"
#include "server/services/shared/errors.h"
#include "server/services/shared/field_checks.h"
#include "server/services/shared/place_in_tree.h"
#include "server/services/shared/references.h"
#include "server/services/shared/resources.h"
#include "server/services/shared/time_convert.h"
#include "server/services/shared/tree.h"
#include "storage/table/resource_tables.h"

namespace charter::services {
namespace {

absl::Status CheckDates(const v1::Asset& asset) {
  FieldViolations violations;
  for (const auto& [has, date, field] :
       {std::tuple(asset.has_purchase_date(), asset.purchase_date(),
                   "asset.purchase_date"),
        std::tuple(asset.has_install_date(), asset.install_date(),
                   "asset.install_date"),
        std::tuple(asset.has_usage_end_date(), asset.usage_end_date(),
                   "asset.usage_end_date")}) {
    if (has) CheckDate(date, field, &violations);
  }
  if (!violations.empty()) return violations.ToStatus();
  if (asset.has_install_date() && asset.has_usage_end_date() &&
      *ToDate(asset.usage_end_date()) < *ToDate(asset.install_date())) {
    violations.Add("asset.usage_end_date", ErrorReason::OUT_OF_RANGE,
                   "is before install_date");
  }
  return violations.ToStatus();
}

absl::Status CheckPrice(const v1::Asset& asset) {
  if (!asset.has_price()) return absl::OkStatus();
  const absl::StatusOr<contracts::Money> price =
      ToMoney(asset.price(), "asset.price");
  if (!price.ok()) return price.status();
  if (price->minor >= 0) return absl::OkStatus();
  return errors::FieldInvalid("asset.price", ErrorReason::OUT_OF_RANGE,
                              "must be zero or more");
}

// Entitlements of the account that name a product with the asset agree with it
// (C1).
absl::Status CheckCovering(storage::Transaction& tx, const v1::Asset& asset) {
  absl::StatusOr<std::vector<v1::Entitlement>> covering =
      storage::EntitlementTable().Find(tx, {{"asset", asset.name()}});
  if (!covering.ok()) return covering.status();
  for (const v1::Entitlement& entitlement : *covering) {
    if (entitlement.has_delete_time() ||
        entitlement.state() == v1::Entitlement::CANCELLED ||
        entitlement.account() != asset.account())
      continue;
    if (!entitlement.product().empty() &&
        entitlement.product() != asset.product())
      return errors::ResourceInUse(asset.name(), entitlement.name());
  }
  return absl::OkStatus();
}

// The product is looked at when it, or the number that it may demand, changes:
// what is there already stays as it is.
absl::Status CheckProduct(storage::Transaction& tx, const v1::Asset* before,
                          const v1::Asset& asset, Naming naming) {
  const bool named_anew =
      before == nullptr || before->product() != asset.product();
  if (named_anew && before != nullptr) {
    absl::Status status = CheckCovering(tx, asset);
    if (!status.ok()) return status;
  }
  if (asset.product().empty()) return absl::OkStatus();
  if (!named_anew && before->serial_number() == asset.serial_number())
    return absl::OkStatus();
  absl::StatusOr<v1::Product> product =
      named_anew ? ProductToName(tx, asset.product(), "asset.product", naming)
                 : storage::ProductTable().Get(tx, asset.product());
  if (!product.ok()) return product.status();
  if (product->serialized() && asset.serial_number().empty() &&
      naming == Naming::kAnew) {
    return errors::FieldInvalid(
        "asset.serial_number", ErrorReason::REQUIRED,
        "an asset of a serialized product has a serial number");
  }
  return absl::OkStatus();
}

// What it names must be there and be its account's (C1); what it named before
// is not looked at again.
absl::Status CheckAssetAs(storage::Transaction& tx, const v1::Asset* before,
                          v1::Asset& asset, Naming naming) {
  absl::Status status = CheckDates(asset);
  if (status.ok()) status = CheckPrice(asset);
  if (!status.ok()) return status;
  tx.Prefetch([&](storage::Transaction& ahead) {
    if (before != nullptr) return;
    NamedAhead(ahead, storage::AccountTable(), asset.account());
    NamedAhead(ahead, storage::ContactTable(), asset.contact());
    NamedAhead(ahead, storage::ProductTable(), asset.product());
    PrefetchLinks(ahead, asset.product());
  });
  if (before == nullptr) {
    status =
        Named(tx, storage::AccountTable(), asset.account(), "asset.account")
            .status();
    if (!status.ok()) return status;
  }
  const v1::Asset none;
  const v1::Asset& was = before == nullptr ? none : *before;
  if (!asset.contact().empty() && asset.contact() != was.contact()) {
    absl::StatusOr<v1::Contact> contact =
        Named(tx, storage::ContactTable(), asset.contact(), "asset.contact");
    if (!contact.ok()) return contact.status();
    if (contact->account() != asset.account())
      return OtherAccount("asset.contact", "a contact");
  }
  status = CheckProduct(tx, before, asset, naming);
  if (!status.ok()) return status;
  return PlaceInTree(
      tx, storage::AssetTable(), before, asset, "asset.parent",
      [&](const v1::Asset& parent) {
        return parent.account() == asset.account()
                   ? absl::OkStatus()
                   : OtherAccount("asset.parent", "an asset");
      },
      kMaxParents);
}

absl::Status CheckAsset(storage::Transaction& tx, const v1::Asset* before,
                        v1::Asset& asset) {
  return CheckAssetAs(tx, before, asset, Naming::kAnew);
}

}  // namespace

Resource<v1::Asset> Assets() {
  return {storage::AssetTable(), "assets", "asset"};
}

absl::Status OtherAccount(absl::string_view field, absl::string_view what) {
  return errors::FieldInvalid(
      field, ErrorReason::OTHER_ACCOUNT,
      absl::StrCat("is ", what, " of another account (C1)"));
}

absl::StatusOr<v1::Asset> GetAsset(Call& call,
                                   const v1::GetAssetRequest& request) {
  return GetResource(call, Assets(), request.name());
}

absl::StatusOr<v1::ListAssetsResponse> ListAssets(
    Call& call, const v1::ListAssetsRequest& request) {
  return ListResources(call, Assets(), request,
                       &v1::ListAssetsResponse::add_assets);
}

absl::StatusOr<v1::Asset> CreateAsset(Call& call,
                                      const v1::CreateAssetRequest& request) {
  return CreateResource<v1::Asset>(
      call, Assets(), request.asset(), request.asset_id(), CheckAsset, nullptr,
      [&](storage::Transaction& tx, const v1::Asset& asset) {
        return CreateForAsset(call, tx, asset);
      });
}

absl::StatusOr<v1::Asset> UpdateAsset(Call& call,
                                      const v1::UpdateAssetRequest& request) {
  return UpdateResource<v1::Asset>(call, Assets(), request.asset(),
                                   request.update_mask(), CheckAsset);
}

absl::StatusOr<v1::Asset> DeleteAsset(Call& call,
                                      const v1::DeleteAssetRequest& request) {
  return HideResource(
      call, Assets(), request,
      [&](storage::Transaction& tx, const v1::Asset& asset) {
        const auto check = [&](storage::Transaction& in) -> absl::Status {
          absl::Status status =
              CheckUnused(in, storage::AssetTable(), "parent", asset.name());
          status.Update(CheckUnused(in, storage::EntitlementTable(), "asset",
                                    asset.name()));
          absl::StatusOr<std::vector<v1::ContractLineItem>> lines =
              LinesThatCover(call, in, {asset.name()});
          status.Update(lines.status());
          if (!status.ok()) return status;
          for (const v1::ContractLineItem& line : *lines) {
            if (line.status() != v1::ServiceContract::EXPIRED)
              return errors::ResourceInUse(asset.name(), line.name());
          }
          return absl::OkStatus();
        };
        tx.Prefetch([&](storage::Transaction& ahead) { (void)check(ahead); });
        return check(tx);
      });
}

absl::StatusOr<v1::Asset> UndeleteAsset(
    Call& call, const v1::UndeleteAssetRequest& request) {
  return UndeleteResource(
      call, Assets(), request,
      [](storage::Transaction& tx, const v1::Asset&, v1::Asset& restored) {
        return CheckAssetAs(tx, nullptr, restored, Naming::kAgain);
      });
}

absl::StatusOr<v1::BatchGetAssetsResponse> BatchGetAssets(
    Call& call, const v1::BatchGetAssetsRequest& request) {
  return BatchGetResources(call, Assets(), request,
                           &v1::BatchGetAssetsResponse::add_assets);
}

absl::StatusOr<v1::BatchCreateAssetsResponse> BatchCreateAssets(
    Call& call, const v1::BatchCreateAssetsRequest& request) {
  return BatchCreateResources(call, request, &CreateAsset,
                              &v1::BatchCreateAssetsResponse::add_assets);
}

}  // namespace charter::services

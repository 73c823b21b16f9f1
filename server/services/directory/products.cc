#include "server/services/directory/directory.h"
#include "server/services/shared/batch.h"
#include "server/services/shared/errors.h"
#include "server/services/shared/field_checks.h"
#include "server/services/shared/references.h"
#include "server/services/shared/resources.h"
#include "storage/table/resource_tables.h"

namespace charter::services {
namespace {

Resource<v1::Product> Products() {
  return {storage::ProductTable(), "products", "product"};
}

absl::Status CheckProduct(storage::Transaction&, const v1::Product*,
                          v1::Product& product) {
  FieldViolations violations;
  if (product.has_end_of_life_date()) {
    CheckDate(product.end_of_life_date(), "product.end_of_life_date",
              &violations);
  }
  return violations.ToStatus();
}

}  // namespace

absl::StatusOr<v1::Product> GetProduct(Call& call,
                                       const v1::GetProductRequest& request) {
  return GetResource(call, Products(), request.name());
}

absl::StatusOr<v1::ListProductsResponse> ListProducts(
    Call& call, const v1::ListProductsRequest& request) {
  return ListResources(call, Products(), request,
                       &v1::ListProductsResponse::add_products);
}

absl::StatusOr<v1::Product> CreateProduct(
    Call& call, const v1::CreateProductRequest& request) {
  return CreateResource<v1::Product>(call, Products(), request.product(),
                                     request.product_id(), CheckProduct);
}

absl::StatusOr<v1::Product> UpdateProduct(
    Call& call, const v1::UpdateProductRequest& request) {
  return UpdateResource<v1::Product>(call, Products(), request.product(),
                                     request.update_mask(), CheckProduct);
}

absl::StatusOr<v1::Product> DeleteProduct(
    Call& call, const v1::DeleteProductRequest& request) {
  return HideResource(
      call, Products(), request,
      [](storage::Transaction& tx, const v1::Product& product) {
        const auto check = [&](storage::Transaction& in) {
          absl::Status status =
              CheckUnused(in, storage::AssetTable(), "product", product.name());
          status.Update(CheckUnused(in, storage::PriceBookEntryTable(),
                                    "product", product.name()));
          status.Update(CheckUnused(in, storage::EntitlementTable(), "product",
                                    product.name()));
          status.Update(CheckUnused(in,
                                    storage::ProductEntitlementTemplateTable(),
                                    "product", product.name()));
          return status;
        };
        tx.Prefetch([&](storage::Transaction& ahead) { (void)check(ahead); });
        return check(tx);
      });
}

absl::StatusOr<v1::Product> UndeleteProduct(
    Call& call, const v1::UndeleteProductRequest& request) {
  return UndeleteResource(call, Products(), request,
                          [](storage::Transaction&, const v1::Product&,
                             v1::Product&) { return absl::OkStatus(); });
}

absl::StatusOr<v1::BatchGetProductsResponse> BatchGetProducts(
    Call& call, const v1::BatchGetProductsRequest& request) {
  return BatchGetResources(call, Products(), request,
                           &v1::BatchGetProductsResponse::add_products);
}

absl::StatusOr<v1::BatchCreateProductsResponse> BatchCreateProducts(
    Call& call, const v1::BatchCreateProductsRequest& request) {
  return BatchCreateResources(call, request, &CreateProduct,
                              &v1::BatchCreateProductsResponse::add_products);
}

}  // namespace charter::services

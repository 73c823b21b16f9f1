// The handlers of DirectoryService, one per method.
#ifndef CHARTER_SERVER_SERVICES_DIRECTORY_DIRECTORY_H_
#define CHARTER_SERVER_SERVICES_DIRECTORY_DIRECTORY_H_

#include "absl/status/statusor.h"
#include "charter/v1/directory_service.pb.h"
#include "server/services/shared/call.h"

namespace charter::services {

// accounts.cc
absl::StatusOr<v1::Account> GetAccount(Call& call,
                                       const v1::GetAccountRequest& request);
absl::StatusOr<v1::ListAccountsResponse> ListAccounts(
    Call& call, const v1::ListAccountsRequest& request);
absl::StatusOr<v1::Account> CreateAccount(
    Call& call, const v1::CreateAccountRequest& request);
absl::StatusOr<v1::Account> UpdateAccount(
    Call& call, const v1::UpdateAccountRequest& request);
// RESOURCE_IN_USE while it has accounts below it, contacts, assets, contracts,
// entitlements or cases that are not deleted.
absl::StatusOr<v1::Account> DeleteAccount(
    Call& call, const v1::DeleteAccountRequest& request);
absl::StatusOr<v1::Account> UndeleteAccount(
    Call& call, const v1::UndeleteAccountRequest& request);
absl::StatusOr<v1::BatchGetAccountsResponse> BatchGetAccounts(
    Call& call, const v1::BatchGetAccountsRequest& request);
absl::StatusOr<v1::BatchCreateAccountsResponse> BatchCreateAccounts(
    Call& call, const v1::BatchCreateAccountsRequest& request);

// contacts.cc
absl::StatusOr<v1::Contact> GetContact(Call& call,
                                       const v1::GetContactRequest& request);
absl::StatusOr<v1::ListContactsResponse> ListContacts(
    Call& call, const v1::ListContactsRequest& request);
absl::StatusOr<v1::Contact> CreateContact(
    Call& call, const v1::CreateContactRequest& request);
absl::StatusOr<v1::Contact> UpdateContact(
    Call& call, const v1::UpdateContactRequest& request);
absl::StatusOr<v1::Contact> DeleteContact(
    Call& call, const v1::DeleteContactRequest& request);
absl::StatusOr<v1::Contact> UndeleteContact(
    Call& call, const v1::UndeleteContactRequest& request);
absl::StatusOr<v1::BatchGetContactsResponse> BatchGetContacts(
    Call& call, const v1::BatchGetContactsRequest& request);
absl::StatusOr<v1::BatchCreateContactsResponse> BatchCreateContacts(
    Call& call, const v1::BatchCreateContactsRequest& request);

// products.cc
absl::StatusOr<v1::Product> GetProduct(Call& call,
                                       const v1::GetProductRequest& request);
absl::StatusOr<v1::ListProductsResponse> ListProducts(
    Call& call, const v1::ListProductsRequest& request);
absl::StatusOr<v1::Product> CreateProduct(
    Call& call, const v1::CreateProductRequest& request);
absl::StatusOr<v1::Product> UpdateProduct(
    Call& call, const v1::UpdateProductRequest& request);
// RESOURCE_IN_USE while assets, prices, entitlements or links to templates that
// are not deleted name it.
absl::StatusOr<v1::Product> DeleteProduct(
    Call& call, const v1::DeleteProductRequest& request);
absl::StatusOr<v1::Product> UndeleteProduct(
    Call& call, const v1::UndeleteProductRequest& request);
absl::StatusOr<v1::BatchGetProductsResponse> BatchGetProducts(
    Call& call, const v1::BatchGetProductsRequest& request);
absl::StatusOr<v1::BatchCreateProductsResponse> BatchCreateProducts(
    Call& call, const v1::BatchCreateProductsRequest& request);

// assets.cc
absl::StatusOr<v1::Asset> GetAsset(Call& call,
                                   const v1::GetAssetRequest& request);
absl::StatusOr<v1::ListAssetsResponse> ListAssets(
    Call& call, const v1::ListAssetsRequest& request);
absl::StatusOr<v1::Asset> CreateAsset(Call& call,
                                      const v1::CreateAssetRequest& request);
absl::StatusOr<v1::Asset> UpdateAsset(Call& call,
                                      const v1::UpdateAssetRequest& request);
// RESOURCE_IN_USE while it has parts or entitlements that are not deleted, or
// lines that are neither deleted nor cancelled.
absl::StatusOr<v1::Asset> DeleteAsset(Call& call,
                                      const v1::DeleteAssetRequest& request);
absl::StatusOr<v1::Asset> UndeleteAsset(
    Call& call, const v1::UndeleteAssetRequest& request);
absl::StatusOr<v1::BatchGetAssetsResponse> BatchGetAssets(
    Call& call, const v1::BatchGetAssetsRequest& request);
absl::StatusOr<v1::BatchCreateAssetsResponse> BatchCreateAssets(
    Call& call, const v1::BatchCreateAssetsRequest& request);

// transfer_asset.cc
absl::StatusOr<v1::Asset> TransferAsset(
    Call& call, const v1::TransferAssetRequest& request);

// search_callers.cc
absl::StatusOr<v1::SearchCallersResponse> SearchCallers(
    Call& call, const v1::SearchCallersRequest& request);

}  // namespace charter::services

#endif  // CHARTER_SERVER_SERVICES_DIRECTORY_DIRECTORY_H_

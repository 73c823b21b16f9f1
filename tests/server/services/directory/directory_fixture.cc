#include "tests/server/services/directory/directory_fixture.h"

#include "absl/strings/str_cat.h"

namespace charter::services {

using test::Proto;

void DirectoryTest::SetUp() {
  for (const char* account : {"acme", "other"}) {
    world_.Do(&CreateAccount, Proto<v1::CreateAccountRequest>(absl::StrCat(
                                  "account_id: '", account,
                                  "' account { display_name: 'A' }")));
  }
  for (const char* contact :
       {"contact_id: 'ann' contact { account: 'accounts/acme'",
        "contact_id: 'oto' contact { account: 'accounts/other'"}) {
    world_.Do(&CreateContact, Proto<v1::CreateContactRequest>(absl::StrCat(
                                  contact, " display_name: 'C' }")));
  }
  world_.Do(&CreateProduct,
            Proto<v1::CreateProductRequest>(
                "product_id: 'printer' product { display_name: 'P' }"));
  world_.Do(&CreateProduct, Proto<v1::CreateProductRequest>(
                                "product_id: 'laptop' product { "
                                "display_name: 'L' serialized: true }"));
}

v1::Asset DirectoryTest::CreateAsset(const std::string& id,
                                     const std::string& more) {
  return world_.Do(
      &services::CreateAsset,
      Proto<v1::CreateAssetRequest>(absl::StrCat(
          "asset_id: '", id,
          "' asset { account: 'accounts/acme' display_name: 'A' ", more, "}")));
}

absl::StatusOr<v1::Asset> DirectoryTest::TryAsset(const std::string& asset) {
  return world_.Try(&services::CreateAsset,
                    Proto<v1::CreateAssetRequest>(absl::StrCat(
                        "asset { display_name: 'A' ", asset, "}")));
}

absl::StatusOr<v1::Asset> DirectoryTest::TryUpdate(const std::string& id,
                                                   const std::string& changes) {
  return world_.Try(&UpdateAsset,
                    Proto<v1::UpdateAssetRequest>(absl::StrCat(
                        "asset { name: 'assets/", id, "' ", changes, "}")));
}

absl::StatusOr<v1::Asset> DirectoryTest::GetAsset(const std::string& id) {
  return world_.Try(
      &services::GetAsset,
      Proto<v1::GetAssetRequest>(absl::StrCat("name: 'assets/", id, "'")));
}

}  // namespace charter::services

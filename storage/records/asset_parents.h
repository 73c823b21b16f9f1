// What an asset is a part of.
#ifndef CHARTER_STORAGE_RECORDS_ASSET_PARENTS_H_
#define CHARTER_STORAGE_RECORDS_ASSET_PARENTS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "storage/sql/transaction.h"

namespace charter::storage {

// An asset, as far as an entitlement may cover it.
struct AssetPart {
  std::string name;     // `assets/…`
  std::string account;  // whose it is
  std::string product;  // empty: of none
  bool deleted = false;
};

// The asset of that name, its parent, that one's parent and so on to the top;
// empty: there is no such asset. One statement, however deep: at most 65 rows,
// each by its primary key.
absl::StatusOr<std::vector<AssetPart>> ReadAssetAndParents(
    Transaction& tx, absl::string_view asset);

}  // namespace charter::storage

#endif  // CHARTER_STORAGE_RECORDS_ASSET_PARENTS_H_

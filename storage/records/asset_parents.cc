#include "storage/records/asset_parents.h"

namespace charter::storage {

absl::StatusOr<std::vector<AssetPart>> ReadAssetAndParents(
    Transaction& tx, absl::string_view asset) {
  // For a caller of one account those of others aren't there.
  const Confinement* confined = tx.confined_to();
  const std::string owner = confined == nullptr ? "" : confined->account;
  // An asset is put at most 64 levels below the top; the bound is for rows that
  // were damaged into a circle.
  const absl::StatusOr<Rows> rows = tx.Query(
      "WITH RECURSIVE part_above (depth, name, account, product, parent, "
      "delete_time) AS (SELECT 0, name, account, product, parent, delete_time "
      "FROM assets WHERE name = :name AND :owner IN ('', account) UNION ALL "
      "SELECT part_above.depth + 1, "
      "assets.name, assets.account, assets.product, assets.parent, "
      "assets.delete_time FROM part_above JOIN assets ON assets.name = "
      "part_above.parent WHERE part_above.depth < 64) SELECT name, account, "
      "product, delete_time FROM part_above ORDER BY depth",
      {{"name", asset}, {"owner", owner}});
  if (!rows.ok()) return rows.status();
  std::vector<AssetPart> parts;
  parts.reserve(rows->size());
  for (const Row row : *rows) {
    parts.push_back({std::string(row.Text(0)), std::string(row.Text(1)),
                     std::string(row.Text(2)), !row.IsNull(3)});
  }
  return parts;
}

}  // namespace charter::storage

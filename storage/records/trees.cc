#include "storage/records/trees.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace charter::storage {
namespace {

// Names in one statement.
constexpr size_t kMostNames = 1000;

}  // namespace

absl::StatusOr<std::vector<TreeNode>> ReadTree(Transaction& tx,
                                               absl::string_view table,
                                               absl::string_view root) {
  const absl::StatusOr<Rows> rows = tx.Query(
      absl::StrCat("SELECT name, parent FROM ", table,
                   " WHERE root = :root AND delete_time IS NULL ORDER BY name"),
      {{"root", root}});
  if (!rows.ok()) return rows.status();
  std::vector<TreeNode> nodes;
  nodes.reserve(rows->size());
  for (const Row row : *rows)
    nodes.push_back({std::string(row.Text(0)), std::string(row.Text(1))});
  return nodes;
}

absl::StatusOr<int64_t> CountTree(Transaction& tx, absl::string_view table,
                                  absl::string_view root) {
  const absl::StatusOr<Rows> rows = tx.Query(
      absl::StrCat("SELECT COUNT(*) FROM ", table, " WHERE root = :root"),
      {{"root", root}});
  if (!rows.ok()) return rows.status();
  return (*rows)[0].Int64(0);
}

absl::StatusOr<int64_t> LevelInTree(Transaction& tx, absl::string_view table,
                                    absl::string_view name, int64_t most) {
  // The bound is for rows that were damaged into a circle, too.
  const absl::StatusOr<Rows> rows = tx.Query(
      absl::StrCat(
          "WITH RECURSIVE part_above (depth, parent) AS (SELECT 0, parent "
          "FROM ",
          table, " WHERE name = :name UNION ALL SELECT part_above.depth + 1, ",
          table, ".parent FROM part_above JOIN ", table, " ON ", table,
          ".name = part_above.parent WHERE part_above.depth < :most) "
          "SELECT COUNT(*) FROM part_above"),
      {{"name", name}, {"most", most}});
  if (!rows.ok()) return rows.status();
  return std::max<int64_t>((*rows)[0].Int64(0) - 1, 0);
}

absl::Status MoveToTree(Transaction& tx, absl::string_view table,
                        absl::Span<const std::string> names,
                        absl::string_view root) {
  for (size_t i = 0; i < names.size(); i += kMostNames) {
    const absl::Span<const std::string> some = names.subspan(i, kMostNames);
    Binds binds{{"root", root}};
    const std::string list =
        InList("name", std::vector<Value>(some.begin(), some.end()), &binds);
    absl::Status status =
        tx.ExecuteLater(absl::StrCat("UPDATE ", table,
                                     " SET root = :root WHERE name IN ", list),
                        binds);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace charter::storage

#include "server/services/shared/place_in_tree.h"

#include <optional>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "server/contracts/tree.h"

namespace charter::services {
namespace {

absl::Status TooLarge(absl::string_view field) {
  return errors::FieldInvalid(field, ErrorReason::TREE_TOO_LARGE,
                              absl::StrCat("makes a tree of more than ",
                                           contracts::kMaxTreeNodes, " (C8)"));
}

absl::Status TooDeep(absl::string_view field, absl::string_view name,
                     size_t most_levels) {
  return errors::FieldInvalid(
      field, ErrorReason::TREE_TOO_DEEP,
      absl::StrCat("puts ", name, " more than ", most_levels,
                   " levels below the top"));
}

}  // namespace

absl::StatusOr<std::vector<std::string>> Replant(
    std::vector<storage::TreeNode> nodes, absl::string_view name,
    absl::string_view parent, absl::string_view field, size_t most_levels) {
  absl::flat_hash_map<std::string, size_t> places;
  for (size_t i = 0; i < nodes.size(); ++i) places[nodes[i].name] = i;
  const auto [moved, added] =
      places.try_emplace(std::string(name), nodes.size());
  const size_t at = moved->second;
  if (added) nodes.push_back({std::string(name), ""});
  nodes[at].parent = std::string(parent);

  std::vector<std::optional<size_t>> parents(nodes.size());
  for (size_t i = 0; i < nodes.size(); ++i) {
    const auto above = places.find(nodes[i].parent);
    if (above != places.end()) parents[i] = above->second;
  }
  const absl::StatusOr<contracts::Forest> forest =
      contracts::Forest::Build(parents);
  if (!forest.ok()) {
    return nodes.size() > contracts::kMaxTreeNodes
               ? TooLarge(field)
               : errors::FieldInvalid(field, ErrorReason::CYCLE,
                                      "is itself or below itself (C8)");
  }
  std::vector<bool> below(nodes.size());
  std::vector<size_t> levels(nodes.size());
  std::vector<std::string> names;
  for (const size_t node : forest->top_down()) {
    const std::optional<size_t>& above = forest->parent(node);
    below[node] = above && (*above == at || below[*above]);
    if (above) levels[node] = levels[*above] + 1;
    if (below[node]) names.push_back(nodes[node].name);
    if ((node == at || below[node]) && levels[node] > most_levels)
      return TooDeep(field, nodes[node].name, most_levels);
  }
  return names;
}

absl::Status CheckRoom(storage::Transaction& tx, absl::string_view table,
                       absl::string_view name, absl::string_view parent,
                       absl::string_view root, absl::string_view field,
                       size_t most_levels) {
  const bool bounded = most_levels < contracts::kMaxTreeNodes;
  tx.Prefetch([&](storage::Transaction& ahead) {
    (void)storage::CountTree(ahead, table, root);
    if (bounded) (void)storage::LevelInTree(ahead, table, parent, most_levels);
  });
  absl::StatusOr<int64_t> nodes = storage::CountTree(tx, table, root);
  if (!nodes.ok()) return nodes.status();
  if (*nodes >= static_cast<int64_t>(contracts::kMaxTreeNodes)) {
    // Some of them may be deleted.
    absl::StatusOr<std::vector<storage::TreeNode>> left =
        storage::ReadTree(tx, table, root);
    if (!left.ok()) return left.status();
    if (left->size() >= contracts::kMaxTreeNodes) return TooLarge(field);
  }
  if (!bounded) return absl::OkStatus();
  absl::StatusOr<int64_t> level =
      storage::LevelInTree(tx, table, parent, most_levels);
  if (!level.ok()) return level.status();
  return *level < static_cast<int64_t>(most_levels)
             ? absl::OkStatus()
             : TooDeep(field, name, most_levels);
}

}  // namespace charter::services

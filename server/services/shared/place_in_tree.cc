#include "server/services/shared/place_in_tree.h"

#include <optional>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "server/contracts/tree.h"

namespace charter::services {

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
               ? errors::FieldInvalid(
                     field, "TREE_TOO_LARGE",
                     absl::StrCat("makes a tree of more than ",
                                  contracts::kMaxTreeNodes, " (C8)"))
               : errors::FieldInvalid(field, "CYCLE",
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
    if ((node == at || below[node]) && levels[node] > most_levels) {
      return errors::FieldInvalid(
          field, "TREE_TOO_DEEP",
          absl::StrCat("puts ", nodes[node].name, " more than ", most_levels,
                       " levels below the top"));
    }
  }
  return names;
}

}  // namespace charter::services

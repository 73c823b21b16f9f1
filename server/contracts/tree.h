// Trees of contracts and of lines (C8).
#ifndef CHARTER_SERVER_CONTRACTS_TREE_H_
#define CHARTER_SERVER_CONTRACTS_TREE_H_

#include <cstddef>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "server/contracts/money.h"

namespace charter::contracts {

inline constexpr size_t kMaxTreeNodes = 10000;

// Nodes that each have at most one parent, and no cycle.
class Forest {
 public:
  // `parents[i]`: the place of node i's parent in `parents`, absent for a root.
  // INVALID_ARGUMENT that names `nodes[i].parent` for a node that would be its
  // own ancestor, and for one of a tree of more than kMaxTreeNodes.
  static absl::StatusOr<Forest> Build(
      absl::Span<const std::optional<size_t>> parents);

  size_t size() const { return parents_.size(); }
  const std::optional<size_t>& parent(size_t node) const {
    return parents_[node];
  }
  // The top of the node's tree; itself for a root.
  size_t root(size_t node) const { return roots_[node]; }
  // Every node, parents before their children.
  const std::vector<size_t>& top_down() const { return top_down_; }

 private:
  std::vector<std::optional<size_t>> parents_;
  std::vector<size_t> roots_;
  std::vector<size_t> top_down_;
};

// For each node the sum of its amounts and those of all below it, one per
// currency, ordered by its code. `amounts[i]` are those of node i. Nothing is
// converted and nothing is rounded. INVALID_ARGUMENT that names `nodes[i]` for
// a sum that doesn't fit.
absl::StatusOr<std::vector<std::vector<Money>>> TreeTotals(
    const Forest& forest, absl::Span<const std::vector<Money>> amounts);

}  // namespace charter::contracts

#endif  // CHARTER_SERVER_CONTRACTS_TREE_H_

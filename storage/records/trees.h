// Trees of resources whose rows hold their parent and the top of their tree:
// contracts, contract lines (semantics C8), assets.
#ifndef CHARTER_STORAGE_RECORDS_TREES_H_
#define CHARTER_STORAGE_RECORDS_TREES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "storage/sql/transaction.h"

namespace charter::storage {

struct TreeNode {
  std::string name;
  std::string parent;  // empty: the top
};

// The nodes of the tree under `root` that are not deleted, in order of name.
// `table` has columns name, parent, root and delete_time.
absl::StatusOr<std::vector<TreeNode>> ReadTree(Transaction& tx,
                                               absl::string_view table,
                                               absl::string_view root);

// How many nodes the tree under `root` has, deleted ones included: by the index
// alone.
absl::StatusOr<int64_t> CountTree(Transaction& tx, absl::string_view table,
                                  absl::string_view root);

// How many levels the node is below the top of its tree, counted up to `most`,
// which is below 1,000; 0: it is the top, or not there. One statement.
absl::StatusOr<int64_t> LevelInTree(Transaction& tx, absl::string_view table,
                                    absl::string_view name, int64_t most);

// Puts the nodes into the tree under `root`. The caller's transaction has
// locked the tree.
absl::Status MoveToTree(Transaction& tx, absl::string_view table,
                        absl::Span<const std::string> names,
                        absl::string_view root);

}  // namespace charter::storage

#endif  // CHARTER_STORAGE_RECORDS_TREES_H_

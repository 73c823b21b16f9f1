// Resources that form trees of at most contracts::kMaxTreeNodes nodes (C8), and
// hold the top of their tree as `root`.
#ifndef CHARTER_SERVER_SERVICES_SHARED_PLACE_IN_TREE_H_
#define CHARTER_SERVER_SERVICES_SHARED_PLACE_IN_TREE_H_

#include <cstddef>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/contracts/tree.h"
#include "server/services/shared/errors.h"
#include "server/services/shared/resources.h"
#include "storage/records/trees.h"
#include "storage/table/table.h"

namespace charter::services {

// The names of all nodes below `name`, when it is put under `parent` (empty:
// becomes a top). `nodes`: those of the trees that it leaves and enters; it is
// added if it isn't among them. `most_levels`: how far it and what is below it
// may be below the top. INVALID_ARGUMENT CYCLE, TREE_TOO_LARGE or TREE_TOO_DEEP
// at `field`.
absl::StatusOr<std::vector<std::string>> Replant(
    std::vector<storage::TreeNode> nodes, absl::string_view name,
    absl::string_view parent, absl::string_view field,
    size_t most_levels = contracts::kMaxTreeNodes);

// Whether a new node `name`, below which there is nothing yet, may be put under
// `parent` in the tree under `root`, which the caller has locked. Neither reads
// the tree nor walks it, but to count. INVALID_ARGUMENT TREE_TOO_LARGE or
// TREE_TOO_DEEP at `field`.
absl::Status CheckRoom(storage::Transaction& tx, absl::string_view table,
                       absl::string_view name, absl::string_view parent,
                       absl::string_view root, absl::string_view field,
                       size_t most_levels);

// Whether the node may stand under its `parent`, a row of the same table that
// is not deleted, at the path `field`; sets its `root`, and the root of all
// that is below it. Locks the tops of the trees that it leaves and enters,
// which every writer of these trees does: two moves that together would close a
// circle wait for each other. `check` may refuse the parent; `most_levels` as
// for Replant.
template <SoftDeleted Message, typename Check>
absl::Status PlaceInTree(storage::Transaction& tx,
                         const storage::Table<Message>& table,
                         const Message* before, Message& after,
                         absl::string_view field, const Check& check,
                         size_t most_levels = contracts::kMaxTreeNodes) {
  if (before != nullptr && before->parent() == after.parent())
    return absl::OkStatus();
  const auto lock = storage::Lock::kForUpdate;
  std::string root = after.name();
  std::set<std::string> tops;
  if (before != nullptr) tops.insert(before->root());
  if (!after.parent().empty()) {
    absl::StatusOr<Message> parent = table.Get(tx, after.parent(), lock);
    if (absl::IsNotFound(parent.status()) ||
        (parent.ok() && parent->has_delete_time())) {
      return errors::NotFound(after.parent(), field);
    }
    if (!parent.ok()) return parent.status();
    if (absl::Status status = check(*parent); !status.ok()) return status;
    root = parent->root();
    tops.insert(root);
  }
  tops.erase(after.name());
  tops.erase(after.parent());
  if (!tops.empty()) {
    absl::StatusOr<std::vector<Message>> locked = table.BatchGet(
        tx, std::vector<std::string>(tops.begin(), tops.end()), lock);
    if (!locked.ok()) return locked.status();
  }
  const std::string& name = table.binding().table();
  if (before == nullptr) {
    after.set_root(root);
    return after.parent().empty()
               ? absl::OkStatus()
               : CheckRoom(tx, name, after.name(), after.parent(), root, field,
                           most_levels);
  }
  std::set<std::string> trees = {before->root()};
  if (!after.parent().empty()) trees.insert(root);
  std::vector<storage::TreeNode> nodes;
  for (const std::string& tree : trees) {
    absl::StatusOr<std::vector<storage::TreeNode>> some =
        storage::ReadTree(tx, name, tree);
    if (!some.ok()) return some.status();
    nodes.insert(nodes.end(), some->begin(), some->end());
  }
  absl::StatusOr<std::vector<std::string>> below = Replant(
      std::move(nodes), after.name(), after.parent(), field, most_levels);
  if (!below.ok()) return below.status();
  after.set_root(root);
  if (before->root() == root) return absl::OkStatus();
  return storage::MoveToTree(tx, name, *below, root);
}

}  // namespace charter::services

#endif  // CHARTER_SERVER_SERVICES_SHARED_PLACE_IN_TREE_H_

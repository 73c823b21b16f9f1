// Resources that name another one of their kind as their parent.
#ifndef CHARTER_SERVER_SERVICES_SHARED_TREE_H_
#define CHARTER_SERVER_SERVICES_SHARED_TREE_H_

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/services/shared/errors.h"
#include "server/services/shared/resources.h"
#include "storage/table/table.h"

namespace charter::services {

// How many levels a resource may be below the top of its tree when it is put
// there.
inline constexpr int kMaxParents = 64;

// Whether the resource `name` may be put under `parent`, which gives that
// parent. NOT_FOUND when there is none; INVALID_ARGUMENT CYCLE when it is the
// resource itself or below it, or too deep. `field`: the parent's path in the
// request.
//
// Locks every ancestor. Two writes that together would close a circle wait for
// each other, so that one of them is run again and sees the other's.
template <SoftDeleted Message>
absl::StatusOr<Message> CheckParent(storage::Transaction& tx,
                                    const storage::Table<Message>& table,
                                    absl::string_view name,
                                    absl::string_view parent,
                                    absl::string_view field) {
  const auto lock = storage::Lock::kForUpdate;
  const absl::Status cycle = errors::FieldInvalid(
      field, ErrorReason::CYCLE,
      "is itself or below itself, or more than 64 levels below the top");
  if (parent == name) return cycle;
  absl::StatusOr<Message> first = table.Get(tx, parent, lock);
  if (absl::IsNotFound(first.status()) ||
      (first.ok() && first->has_delete_time())) {
    return errors::NotFound(parent, field);
  }
  if (!first.ok()) return first;
  std::string above = first->parent();
  for (int depth = 1; !above.empty(); ++depth) {
    if (above == name || depth == kMaxParents) return cycle;
    absl::StatusOr<Message> next = table.Get(tx, above, lock);
    if (absl::IsNotFound(next.status())) break;  // purged
    if (!next.ok()) return next;
    above = next->parent();
  }
  return first;
}

}  // namespace charter::services

#endif  // CHARTER_SERVER_SERVICES_SHARED_TREE_H_

// Who calls, and what they may do.
#ifndef CHARTER_SERVER_SERVICES_SHARED_PRINCIPAL_H_
#define CHARTER_SERVER_SERVICES_SHARED_PRINCIPAL_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"
#include "storage/sql/confinement.h"

namespace charter::services {

// `resource.verb` names. `*` alone is everything; `cases.*` is every verb of
// cases; `*.get` is the verb on every resource.
class PermissionSet {
 public:
  PermissionSet() = default;
  explicit PermissionSet(const std::vector<std::string>& permissions);

  bool Has(absl::string_view permission) const;
  void Add(const PermissionSet& other);

 private:
  absl::flat_hash_set<std::string> names_;
};

// Fields that a caller neither sees nor writes, and that filters of theirs
// cannot name.
using HiddenFields =
    absl::flat_hash_set<const google::protobuf::FieldDescriptor*>;

// A caller. Cheap to copy.
struct Principal {
  // Stands in audit rows and in the `actor` of events. `system`: the server.
  std::string name;
  std::vector<std::string> roles;
  // The union of the roles' permissions; never null.
  std::shared_ptr<const PermissionSet> permissions =
      std::make_shared<PermissionSet>();
  // What every role of theirs hides; null: nothing.
  std::shared_ptr<const HiddenFields> hidden = nullptr;
  // A customer, who has only what is this account's; absent: one of us.
  std::optional<storage::Confinement> confined_to = std::nullopt;

  // The server itself: may do everything.
  static Principal System();
};

}  // namespace charter::services

#endif  // CHARTER_SERVER_SERVICES_SHARED_PRINCIPAL_H_

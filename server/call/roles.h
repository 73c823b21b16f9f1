// Roles: named sets of permissions.
#ifndef CHARTER_SERVER_CALL_ROLES_H_
#define CHARTER_SERVER_CALL_ROLES_H_

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/descriptor.h"
#include "server/services/shared/principal.h"

namespace charter::call {

// What the roles of a caller come to together.
struct Rights {
  std::shared_ptr<const services::PermissionSet> permissions;  // the union
  // What every one of the roles hides; null: nothing.
  std::shared_ptr<const services::HiddenFields> hidden;
  // Whether the caller must be confined to an account.
  bool customer = false;
};

// Starts with the built-in ones: admin, manager, agent, viewer, integration,
// and for customers `customer` and `customer-admin`, who also looks after the
// account's people. Every role whose name begins with `customer-` is for
// customers: who has it is confined to an account and sees no internal field.
class Roles {
 public:
  Roles();

  // Adds a role, or gives a built-in one other permissions. See
  // services::PermissionSet for their form. INVALID_ARGUMENT for a permission
  // that no method asks for and no wildcard covers: it is misspelt.
  absl::Status Set(const std::string& role,
                   const std::vector<std::string>& permissions);
  // Hides fields, `Case.owner`, from a role. INVALID_ARGUMENT for a role or a
  // field that doesn't exist.
  absl::Status Hide(const std::string& role,
                    const std::vector<std::string>& fields);

  // INVALID_ARGUMENT names a role that doesn't exist, and those that do; and
  // roles of customers beside others.
  absl::StatusOr<Rights> RightsOf(const std::vector<std::string>& roles) const;

 private:
  struct Role {
    services::PermissionSet permissions;
    services::HiddenFields hidden;
  };
  absl::Status Missing(const std::string& role) const;

  std::map<std::string, Role> roles_;
};

// Every method of ours.
std::vector<const google::protobuf::MethodDescriptor*> AllMethods();

// Every permission that a method of ours asks for, sorted.
std::vector<std::string> KnownPermissions();

}  // namespace charter::call

#endif  // CHARTER_SERVER_CALL_ROLES_H_

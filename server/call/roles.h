// Roles: named sets of permissions.
#ifndef CHARTER_SERVER_CALL_ROLES_H_
#define CHARTER_SERVER_CALL_ROLES_H_

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/services/shared/principal.h"

namespace charter::call {

// Starts with the built-in ones: admin, manager, agent, viewer, integration.
class Roles {
 public:
  Roles();

  // Adds a role, or gives a built-in one other permissions. See
  // services::PermissionSet for their form. INVALID_ARGUMENT for a permission
  // that no method asks for and no wildcard covers: it is misspelt.
  absl::Status Set(const std::string& role,
                   const std::vector<std::string>& permissions);

  // The union of the roles' permissions. INVALID_ARGUMENT names a role that
  // doesn't exist, and those that do.
  absl::StatusOr<std::shared_ptr<const services::PermissionSet>> PermissionsOf(
      const std::vector<std::string>& roles) const;

 private:
  std::map<std::string, services::PermissionSet> roles_;
};

// Every permission that a method of ours asks for, sorted.
std::vector<std::string> KnownPermissions();

}  // namespace charter::call

#endif  // CHARTER_SERVER_CALL_ROLES_H_

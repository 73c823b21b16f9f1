#include "server/services/shared/principal.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace charter::services {

PermissionSet::PermissionSet(const std::vector<std::string>& permissions)
    : names_(permissions.begin(), permissions.end()) {}

bool PermissionSet::Has(absl::string_view permission) const {
  if (names_.contains("*") || names_.contains(permission)) return true;
  const size_t dot = permission.rfind('.');
  if (dot == absl::string_view::npos) return false;
  return names_.contains(absl::StrCat(permission.substr(0, dot), ".*")) ||
         names_.contains(absl::StrCat("*", permission.substr(dot)));
}

void PermissionSet::Add(const PermissionSet& other) {
  names_.insert(other.names_.begin(), other.names_.end());
}

Principal Principal::System() {
  static const auto& everything = *new std::shared_ptr<const PermissionSet>(
      std::make_shared<PermissionSet>(std::vector<std::string>{"*"}));
  Principal principal;
  principal.name = "system";
  principal.permissions = everything;
  return principal;
}

}  // namespace charter::services

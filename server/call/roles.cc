#include "server/call/roles.h"

#include <set>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "charter/v1/admin_service.pb.h"
#include "charter/v1/calendar_service.pb.h"
#include "charter/v1/case_service.pb.h"
#include "charter/v1/contract_service.pb.h"
#include "charter/v1/directory_service.pb.h"
#include "charter/v1/entitlement_service.pb.h"
#include "charter/v1/event_service.pb.h"
#include "charter/v1/process_service.pb.h"
#include "charter/v1/report_service.pb.h"
#include "google/longrunning/operations.pb.h"
#include "server/services/shared/method.h"

namespace charter::call {
namespace {

using Permissions = std::vector<std::string>;

Permissions operator+(Permissions a, const Permissions& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

// Reads everything, changes nothing.
Permissions Viewer() {
  return {"*.get",          "*.list",       "entitlements.verify",
          "cases.estimate", "events.watch", "entitlementProcesses.simulate"};
}

// Works with customers and their cases.
Permissions Agent() {
  return Viewer() + Permissions{"accounts.create",      "accounts.update",
                                "contacts.*",           "assets.*",
                                "cases.create",         "cases.update",
                                "cases.record",         "tasks.*",
                                "entitlements.reserve", "entitlements.commit",
                                "entitlements.release"};
}

// Also decides what customers get, and by which rules.
Permissions Manager() {
  return Agent() + Permissions{"accounts.*",       "cases.*",
                               "products.*",       "priceBookEntries.*",
                               "entitlements.*",   "businessHours.*",
                               "milestoneTypes.*", "entitlementProcesses.*",
                               "itemStatuses.*",   "attributeDefinitions.*",
                               "operations.*"};
}

// Another system: follows the feed, does the actions, brings cases in.
Permissions Integration() {
  return {"*.get",
          "*.list",
          "events.*",
          "actions.*",
          "cases.create",
          "cases.update",
          "cases.record",
          "tasks.*",
          "entitlements.verify",
          "entitlements.reserve",
          "entitlements.commit",
          "entitlements.release"};
}

bool Covers(const std::string& permission, const std::string& known) {
  if (permission == "*" || permission == known) return true;
  const size_t dot = known.rfind('.');
  return permission == absl::StrCat(known.substr(0, dot), ".*") ||
         permission == absl::StrCat("*", known.substr(dot));
}

}  // namespace

std::vector<std::string> KnownPermissions() {
  std::set<std::string> permissions;
  for (const google::protobuf::FileDescriptor* file :
       {v1::GetServerInfoRequest::descriptor()->file(),
        v1::AddBusinessTimeRequest::descriptor()->file(),
        v1::OpenCaseRequest::descriptor()->file(),
        v1::GetAccountRequest::descriptor()->file(),
        v1::GetPriceBookEntryRequest::descriptor()->file(),
        v1::GetEntitlementRequest::descriptor()->file(),
        v1::WatchEventsRequest::descriptor()->file(),
        v1::PublishVersionRequest::descriptor()->file(),
        v1::GetComplianceReportRequest::descriptor()->file(),
        google::longrunning::Operation::descriptor()->file()}) {
    for (int s = 0; s < file->service_count(); ++s) {
      for (int m = 0; m < file->service(s)->method_count(); ++m) {
        auto method = services::MethodOf(*file->service(s)->method(m));
        if (method.ok() && !method->policy.permission().empty()) {
          permissions.insert(method->policy.permission());
        }
      }
    }
  }
  return {permissions.begin(), permissions.end()};
}

Roles::Roles() {
  roles_["admin"] = services::PermissionSet({"*"});
  roles_["manager"] = services::PermissionSet(Manager());
  roles_["agent"] = services::PermissionSet(Agent());
  roles_["viewer"] = services::PermissionSet(Viewer());
  roles_["integration"] = services::PermissionSet(Integration());
}

absl::Status Roles::Set(const std::string& role,
                        const std::vector<std::string>& permissions) {
  const std::vector<std::string> known = KnownPermissions();
  for (const std::string& permission : permissions) {
    bool found = false;
    for (const std::string& one : known) found |= Covers(permission, one);
    if (!found) {
      return absl::InvalidArgumentError(
          absl::StrCat("role ", role, ": no method asks for the permission `",
                       permission, "`. There are ", absl::StrJoin(known, ", "),
                       ", and `*`, `RESOURCE.*`, `*.VERB`"));
    }
  }
  roles_[role] = services::PermissionSet(permissions);
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<const services::PermissionSet>>
Roles::PermissionsOf(const std::vector<std::string>& roles) const {
  auto all = std::make_shared<services::PermissionSet>();
  for (const std::string& role : roles) {
    auto found = roles_.find(role);
    if (found == roles_.end()) {
      return absl::InvalidArgumentError(absl::StrCat(
          "there is no role `", role, "`; there are ",
          absl::StrJoin(roles_, ", ", [](std::string* out, const auto& entry) {
            absl::StrAppend(out, entry.first);
          })));
    }
    all->Add(found->second);
  }
  return std::shared_ptr<const services::PermissionSet>(std::move(all));
}

}  // namespace charter::call

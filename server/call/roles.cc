#include "server/call/roles.h"

#include <set>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
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
#include "server/call/hidden_fields.h"
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
          "cases.estimate", "events.watch", "entitlementProcesses.simulate",
          "callers.search"};
}

// Works with customers and their cases.
Permissions Agent() {
  return Viewer() + Permissions{"accounts.create",
                                "accounts.update",
                                "contacts.*",
                                "assets.create",
                                "assets.update",
                                "assets.delete",
                                "cases.create",
                                "cases.update",
                                "cases.record",
                                "tasks.*",
                                "entitlementVerdicts.create",
                                "entitlements.reserve",
                                "entitlements.commit",
                                "entitlements.release"};
}

// Also decides what customers get, and by which rules.
Permissions Manager() {
  return Agent() + Permissions{"accounts.*",
                               "assets.*",
                               "cases.*",
                               "products.*",
                               "priceBookEntries.*",
                               "serviceContracts.*",
                               "contractLineItems.*",
                               "contractTemplates.*",
                               "entitlements.*",
                               "entitlementTemplates.*",
                               "assignmentRules.*",
                               "productEntitlementTemplates.*",
                               "businessHours.*",
                               "milestoneTypes.*",
                               "entitlementProcesses.*",
                               "itemStatuses.*",
                               "attributeDefinitions.*",
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
          "callers.search",
          "entitlements.reserve",
          "entitlements.commit",
          "entitlements.release"};
}

// A customer's own view: of the account's papers and cases, and what they are
// entitled to; opens cases and writes to them.
Permissions Customer() {
  return {"accounts.get",
          "accounts.list",
          "contacts.get",
          "contacts.list",
          "products.get",
          "products.list",
          "assets.get",
          "assets.list",
          "serviceContracts.get",
          "serviceContracts.list",
          "contractLineItems.get",
          "contractLineItems.list",
          "entitlements.get",
          "entitlements.list",
          "entitlements.verify",
          "cases.get",
          "cases.list",
          "cases.create",
          "cases.record"};
}

// Also says who of the account there is, and who may use what.
Permissions CustomerAdmin() {
  return Customer() + Permissions{"contacts.create", "contacts.update",
                                  "entitlements.setContacts"};
}

bool IsForCustomers(absl::string_view role) {
  return role == "customer" || absl::StartsWith(role, "customer-");
}

bool Covers(const std::string& permission, const std::string& known) {
  if (permission == "*" || permission == known) return true;
  const size_t dot = known.rfind('.');
  return permission == absl::StrCat(known.substr(0, dot), ".*") ||
         permission == absl::StrCat("*", known.substr(dot));
}

}  // namespace

std::vector<const google::protobuf::MethodDescriptor*> AllMethods() {
  std::vector<const google::protobuf::MethodDescriptor*> methods;
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
      for (int m = 0; m < file->service(s)->method_count(); ++m)
        methods.push_back(file->service(s)->method(m));
    }
  }
  return methods;
}

std::vector<std::string> KnownPermissions() {
  std::set<std::string> permissions;
  for (const google::protobuf::MethodDescriptor* descriptor : AllMethods()) {
    auto method = services::MethodOf(*descriptor);
    if (method.ok() && !method->policy.permission().empty())
      permissions.insert(method->policy.permission());
  }
  return {permissions.begin(), permissions.end()};
}

Roles::Roles() {
  const auto add = [this](const char* name, const Permissions& permissions) {
    Role& role = roles_[name];
    role.permissions = services::PermissionSet(permissions);
    if (IsForCustomers(name)) role.hidden = *InternalFields();
  };
  add("admin", {"*"});
  add("manager", Manager());
  add("agent", Agent());
  add("viewer", Viewer());
  add("integration", Integration());
  add("customer", Customer());
  add("customer-admin", CustomerAdmin());
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
  const auto [it, is_new] = roles_.try_emplace(role);
  it->second.permissions = services::PermissionSet(permissions);
  if (is_new && IsForCustomers(role)) it->second.hidden = *InternalFields();
  return absl::OkStatus();
}

absl::Status Roles::Hide(const std::string& role,
                         const std::vector<std::string>& fields) {
  auto found = roles_.find(role);
  if (found == roles_.end()) return Missing(role);
  absl::StatusOr<services::HiddenFields> named = FieldsNamed(fields);
  if (!named.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat("role ", role, ": ", named.status().message()));
  }
  found->second.hidden.insert(named->begin(), named->end());
  return absl::OkStatus();
}

absl::Status Roles::Missing(const std::string& role) const {
  return absl::InvalidArgumentError(absl::StrCat(
      "there is no role `", role, "`; there are ",
      absl::StrJoin(roles_, ", ", [](std::string* out, const auto& entry) {
        absl::StrAppend(out, entry.first);
      })));
}

absl::StatusOr<Rights> Roles::RightsOf(
    const std::vector<std::string>& roles) const {
  auto permissions = std::make_shared<services::PermissionSet>();
  services::HiddenFields hidden;
  size_t customers = 0;
  for (size_t i = 0; i < roles.size(); ++i) {
    auto found = roles_.find(roles[i]);
    if (found == roles_.end()) return Missing(roles[i]);
    const Role& role = found->second;
    permissions->Add(role.permissions);
    if (i == 0) {
      hidden = role.hidden;
    } else {
      absl::erase_if(hidden, [&](const auto* field) {
        return !role.hidden.contains(field);
      });
    }
    if (IsForCustomers(roles[i])) ++customers;
  }
  if (customers > 0 && customers < roles.size()) {
    return absl::InvalidArgumentError(
        "who has a role for customers (`customer…`) has no other ones");
  }
  Rights rights;
  rights.permissions = std::move(permissions);
  if (!hidden.empty()) {
    rights.hidden = std::make_shared<services::HiddenFields>(std::move(hidden));
  }
  rights.customer = customers > 0;
  return rights;
}

}  // namespace charter::call

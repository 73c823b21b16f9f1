// What an import is held to: a folder of JSON files, in the form in which the
// API takes the same things.
#ifndef CHARTER_TOOLS_CHARTERCTL_POLICY_H_
#define CHARTER_TOOLS_CHARTERCTL_POLICY_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "charter/v1/business_hours.pb.h"
#include "charter/v1/entitlement_process.pb.h"
#include "charter/v1/item_status.pb.h"
#include "charter/v1/milestone_type.pb.h"
#include "tools/charterctl/connection.h"

namespace charter::tools {

struct Policy {
  v1::BusinessHours business_hours;  // business-hours.json
  v1::EntitlementProcess process;    // process.json
  std::vector<v1::MilestoneType>
      milestone_types;  // milestone-types.json, with names
  std::vector<v1::ItemStatus>
      new_statuses;  // states.json: those with a category, with names
  std::map<std::string, std::string>
      statuses;         // states.json: state in the file to status
  absl::TimeZone zone;  // of the hours; the file's wall times are of it
};

// INVALID_ARGUMENT or NOT_FOUND with the file that is wrong or missing.
absl::StatusOr<Policy> ReadPolicy(const std::string& folder);

// The names under which a policy stands on the server.
inline constexpr char kImportHours[] = "businessHours/incidents";
inline constexpr char kImportProcess[] = "entitlementProcesses/incidents";

// Creates what is not there yet and publishes the process. What is there is
// left as it is, so that it can be run again.
absl::Status InstallPolicy(const Connection& connection, const Policy& policy);

}  // namespace charter::tools

#endif  // CHARTER_TOOLS_CHARTERCTL_POLICY_H_

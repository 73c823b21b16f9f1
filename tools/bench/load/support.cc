#include "tools/bench/load/support.h"

#include <cstdio>
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "charter/v1/calendar_client.h"
#include "charter/v1/directory_client.h"
#include "charter/v1/entitlement_client.h"
#include "charter/v1/process_client.h"

namespace charter::bench {
namespace {

std::string MilestoneText(const std::string& key, int64_t target_seconds,
                          const std::string& completion) {
  return absl::StrCat("milestones { key: '", key,
                      "' milestone_type: 'milestoneTypes/", key,
                      "' target { seconds: ", target_seconds,
                      " } completion_criteria: '", completion, R"('
      triggers { key: 'soon' kind: WARNING used_percent: 75 }
      triggers { key: 'missed' kind: VIOLATION } })");
}

}  // namespace

void Die(const std::string& what) {
  std::fprintf(stderr, "%s\n", what.c_str());
  std::exit(1);
}

void MakeSupport(const std::shared_ptr<client::Channel>& channel,
                 int accounts) {
  v1::CalendarClient calendar(channel);
  v1::ProcessClient process(channel);
  v1::DirectoryClient directory(channel);
  v1::EntitlementClient entitlement(channel);
  std::string weekly;
  for (const char* day :
       {"MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY"}) {
    absl::StrAppend(&weekly, "weekly { day: ", day,
                    " start: '08:00' end: '18:00' }\n");
  }
  Must(calendar.CreateBusinessHours(Proto<v1::CreateBusinessHoursRequest>(
      absl::StrCat("business_hours_id: 'office' business_hours { definition { "
                   "time_zone: 'Europe/Vienna' ",
                   weekly, "} }"))));
  for (const char* type : {"first-response", "update", "resolution"}) {
    Must(process.CreateMilestoneType(Proto<v1::CreateMilestoneTypeRequest>(
        absl::StrCat("milestone_type_id: '", type,
                     "' milestone_type { recurrence: NONE }"))));
  }
  Must(process.CreateEntitlementProcess(
      Proto<v1::CreateEntitlementProcessRequest>(absl::StrCat(
          "entitlement_process_id: 'support' entitlement_process { "
          "definition { business_hours: 'businessHours/office' "
          "stop_criteria: 'status_category == \"WAITING_CUSTOMER\"' ",
          MilestoneText("first-response", 3600, "has(last_outbound_time)"),
          MilestoneText("update", 4 * 3600, "is_closed"),
          MilestoneText("resolution", 16 * 3600, "is_closed"), "} }"))));
  Must(process.PublishVersion(Proto<v1::PublishVersionRequest>(
      "name: 'entitlementProcesses/support'")));
  for (int i = 0; i < accounts; ++i) {
    Must(directory.CreateAccount(Proto<v1::CreateAccountRequest>(
        absl::StrCat("account_id: 'a", i, "' account { display_name: 'Account ",
                     i, "' }"))));
    Must(entitlement.CreateEntitlement(
        Proto<v1::CreateEntitlementRequest>(absl::StrCat(
            "entitlement_id: 'e", i, "' entitlement { account: 'accounts/a", i,
            "' display_name: 'Support ", i,
            "' process: 'entitlementProcesses/support' "
            "start_date { year: 2020 month: 1 day: 1 } }"))));
  }
}

}  // namespace charter::bench

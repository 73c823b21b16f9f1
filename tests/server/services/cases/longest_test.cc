// The longest names and texts that the fields take fit into every column that
// they or what is made of them go to.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "server/services/cases/cases.h"
#include "server/services/directory/directory.h"
#include "server/services/entitlements/entitlements.h"
#include "server/services/process/process.h"
#include "server/services/shared/time_convert.h"
#include "server/sla/expression/utf8.h"
#include "server/workers/wakeup_worker.h"
#include "tests/support/service_world.h"

namespace charter::services {
namespace {

using test::Proto;
using test::ServiceWorld;
using testing::StartsWith;

// ID: the longest id; TEXT: the longest text of a field of 255 octets.
template <typename Request>
Request Long(const std::string& text) {
  std::string longest;
  while (longest.size() < 254) longest += "é";
  return Proto<Request>(absl::StrReplaceAll(
      text, {{"ID", std::string(63, 'i')}, {"TEXT", longest}}));
}

class LongestTest : public testing::TestWithParam<storage::Engine> {
 protected:
  ServiceWorld world_{{.engine = GetParam()}};
};
INSTANTIATE_TEST_SUITE_P(All, LongestTest, testing::ValuesIn(test::kEngines),
                         test::EngineName);

TEST_P(LongestTest, K7_ATriggerActsHoweverLongItsNamesAndTexts) {
  world_.Do(&CreateAccount,
            Long<v1::CreateAccountRequest>(
                "account_id: 'ID' account { display_name: 'TEXT' }"));
  world_.Do(&CreateMilestoneType,
            Long<v1::CreateMilestoneTypeRequest>(
                "milestone_type_id: 'ID' milestone_type { recurrence: NONE }"));
  const std::string filler(230, '!');
  world_.Do(&CreateEntitlementProcess,
            Long<v1::CreateEntitlementProcessRequest>(absl::StrCat(
                "entitlement_process_id: 'ID' entitlement_process { definition "
                "{ milestones { key: 'ID' milestone_type: 'milestoneTypes/ID' "
                "target { seconds: 3600 } triggers { key: 'ID' kind: VIOLATION "
                "actions { key: 'ID' create_task { owner: 'TEXT' subject: "
                "'{case} {milestone} ",
                filler, "' } } } } } }")));
  world_.Do(&PublishVersion,
            Long<v1::PublishVersionRequest>("name: 'entitlementProcesses/ID'"));
  world_.Do(&CreateEntitlement, Long<v1::CreateEntitlementRequest>(R"pb(
    entitlement_id: 'ID'
    entitlement {
      account: 'accounts/ID'
      display_name: 'TEXT'
      process: 'entitlementProcesses/ID'
      start_date { year: 2020 month: 1 day: 1 }
    })pb"));
  world_.Do(&OpenCase,
            Long<v1::OpenCaseRequest>(
                "case_id: 'ID' case { account: 'accounts/ID' owner: 'TEXT' }"));
  world_.clock().Advance(absl::Hours(1));
  workers::WakeupWorker worker(world_.services());
  ASSERT_EQ(worker.RunUntilIdle(), absl::OkStatus());
  const v1::ListTasksResponse tasks =
      world_.Do(&ListTasks, v1::ListTasksRequest());
  ASSERT_EQ(tasks.tasks_size(), 1);
  const std::string& subject = tasks.tasks(0).display_name();
  EXPECT_THAT(subject, StartsWith(absl::StrCat("cases/", std::string(63, 'i'),
                                               " milestoneTypes/iii")));
  EXPECT_EQ(subject.size(), 255u);
  EXPECT_EQ(sla::ValidUtf8Prefix(subject), subject.size());
}

}  // namespace
}  // namespace charter::services

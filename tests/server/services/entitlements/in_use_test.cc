// What an entitlement names stays.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/services/process/process.h"
#include "server/services/shared/errors.h"
#include "storage/table/list.h"
#include "tests/support/service_world.h"

namespace charter::services {
namespace {

using test::Proto;
using testing::HasSubstr;

// Copies of `gold` under the process `draft`, numbered from 0; `deleted`: their
// delete_time.
std::string Copies(const std::vector<std::string>& columns,
                   const std::string& name, const std::string& deleted,
                   int count) {
  std::vector<std::string> values;
  for (const std::string& column : columns) {
    values.push_back(column == "name"      ? absl::StrCat("'", name, "' || n")
                     : column == "process" ? "'entitlementProcesses/draft'"
                     : column == "delete_time" ? deleted
                                               : column);
  }
  return absl::StrCat(
      "INSERT INTO entitlements (", absl::StrJoin(columns, ", "),
      ") WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM "
      "numbers WHERE n + 1 < ",
      count, ") SELECT ", absl::StrJoin(values, ", "),
      " FROM entitlements, numbers WHERE name = 'entitlements/gold'");
}

TEST(InUseTest, AProcessStaysHoweverManyDeletedEntitlementsComeFirst) {
  test::ServiceWorld world;
  world.SetUpSupport();
  world.Do(&CreateEntitlementProcess,
           Proto<v1::CreateEntitlementProcessRequest>(R"pb(
             entitlement_process_id: "draft"
             entitlement_process { definition { kind: CASE } })pb"));
  const std::vector<std::string> columns =
      world.Lines("SELECT name FROM pragma_table_info('entitlements')");
  // More than one page goes over.
  world.Execute(
      Copies(columns, "entitlements/a", "1", storage::kMaxRowsChecked + 1));
  world.Execute(Copies(columns, "entitlements/live", "NULL", 1));
  const auto remove = Proto<v1::DeleteEntitlementProcessRequest>(
      "name: 'entitlementProcesses/draft'");
  const absl::Status refused =
      world.Try(&DeleteEntitlementProcess, remove).status();
  EXPECT_EQ(errors::ReasonOf(refused), "RESOURCE_IN_USE");
  EXPECT_THAT(std::string(refused.message()), HasSubstr("entitlements/live0"));
  world.Execute("DELETE FROM entitlements WHERE name = 'entitlements/live0'");
  world.Do(&DeleteEntitlementProcess, remove);
}

}  // namespace
}  // namespace charter::services

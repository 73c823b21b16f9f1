#include <cstdio>
#include <functional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "charter/testing/fake_charter.h"
#include "charter/v1/case_client.h"
#include "charter/v1/directory_client.h"
#include "charter/v1/entitlement_client.h"
#include "charter/v1/process_client.h"
#include "tools/bench/client/verbs.h"
#include "tools/bench/load/histogram.h"
#include "tools/bench/load/support.h"

namespace charter::bench {
namespace {

using testing::FakeCharter;

// An account with an entitlement whose cases owe an answer in three hours.
void MakeSupport(FakeCharter& fake) {
  v1::ProcessClient process(fake.channel());
  Must(process.CreateMilestoneType(Proto<v1::CreateMilestoneTypeRequest>(
      "milestone_type_id: 'first' milestone_type { recurrence: NONE }")));
  Must(process.CreateEntitlementProcess(
      Proto<v1::CreateEntitlementProcessRequest>(R"pb(
        entitlement_process_id: "gold"
        entitlement_process {
          definition {
            milestones {
              key: "first"
              milestone_type: "milestoneTypes/first"
              target { seconds: 10800 }
              completion_criteria: "is_closed"
              triggers { key: "missed" kind: VIOLATION }
            }
          }
        })pb")));
  Must(process.PublishVersion("entitlementProcesses/gold"));
  Must(v1::DirectoryClient(fake.channel())
           .CreateAccount(Proto<v1::CreateAccountRequest>(
               "account_id: 'acme' account { display_name: 'Acme' }")));
  Must(v1::EntitlementClient(fake.channel())
           .CreateEntitlement(Proto<v1::CreateEntitlementRequest>(
               "entitlement_id: 'gold' entitlement { account: 'accounts/acme' "
               "display_name: 'Gold' process: 'entitlementProcesses/gold' "
               "start_date { year: 2026 month: 1 day: 1 } }")));
}

void Print(const char* what, const Histogram& times) {
  std::printf("%-46s %s\n", what, times.Summary().c_str());
}

}  // namespace

void MeasureFake(int rounds) {
  Histogram made, opened, quiet, due;
  const auto timed = [](Histogram* times, const std::function<void()>& what) {
    const absl::Time begin = absl::Now();
    what();
    times->Record(absl::Now() - begin);
  };
  for (int i = 0; i < rounds; ++i) timed(&made, [] { FakeCharter fake; });
  FakeCharter fake;
  MakeSupport(fake);
  v1::CaseClient cases(fake.channel());
  for (int i = 0; i < rounds; ++i) {
    v1::OpenCaseRequest open;
    open.mutable_case_()->set_account("accounts/acme");
    open.mutable_case_()->set_subject("The printer is on fire");
    timed(&opened, [&] { Must(cases.OpenCase(open)); });
    timed(&due, [&] { fake.Advance(absl::Hours(4)); });
    timed(&quiet, [&] { fake.Advance(absl::Hours(4)); });
  }
  Print("Making a FakeCharter", made);
  Print("OpenCase", opened);
  Print("Advance by 4 hours, nothing due", quiet);
  Print("Advance by 4 hours, a milestone is violated", due);
}

}  // namespace charter::bench

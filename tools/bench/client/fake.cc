#include <cstdio>
#include <functional>
#include <string>
#include <utility>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "charter/testing/fake_charter.h"
#include "charter/v1/case_client.h"
#include "client-sdk/samples/seed.h"
#include "tools/bench/client/verbs.h"
#include "tools/bench/load/histogram.h"
#include "tools/bench/load/support.h"

namespace charter::bench {
namespace {

using testing::FakeCharter;

void Print(const char* what, const Histogram& times) {
  std::printf("%-46s %s\n", what, times.Summary().c_str());
}

}  // namespace

void MeasureFake(int rounds) {
  Histogram made, opened, minute, quiet, due;
  const auto timed = [](Histogram* times, const std::function<void()>& what) {
    const absl::Time begin = absl::Now();
    what();
    times->Record(absl::Now() - begin);
  };
  for (int i = 0; i < rounds / 10; ++i) {
    timed(&made, [] {
      FakeCharter fake;
      fake.Advance(absl::ZeroDuration());
    });
  }
  FakeCharter fake;
  samples::Seed(fake);
  v1::CaseClient cases(fake.channel());
  for (int i = 0; i < rounds; ++i) {
    v1::OpenCaseRequest open;
    open.mutable_case_()->set_account("accounts/acme");
    open.mutable_case_()->set_subject("The printer is on fire");
    timed(&opened, [&] { Must(cases.OpenCase(open)); });
    timed(&due, [&] { fake.Advance(absl::Hours(4)); });
    timed(&quiet, [&] { fake.Advance(absl::Hours(4)); });
    timed(&minute, [&] { fake.Advance(absl::Minutes(1)); });
  }
  Print("A FakeCharter for its first call", made);
  Print("OpenCase", opened);
  Print("Advance by a minute, nothing due", minute);
  Print("Advance by 4 hours, nothing due", quiet);
  Print("Advance by 4 hours, a milestone is violated", due);
}

}  // namespace charter::bench

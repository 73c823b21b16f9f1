// How late timers fire: from a target's instant to its receipt by a watcher.
#include <CLI/CLI.hpp>
#include <atomic>
#include <cstdio>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "charter/v1/directory_client.h"
#include "charter/v1/entitlement_client.h"
#include "charter/v1/process_client.h"
#include "server/services/shared/time_convert.h"
#include "tools/bench/bulk_cases.h"
#include "tools/bench/feed_watcher.h"
#include "tools/bench/load/histogram.h"
#include "tools/bench/load/support.h"
#include "tools/bench/verbs.h"

namespace charter::bench {
namespace {

struct TimersOptions {
  int pending = 100'000;
  int per_second = 200;
  int seconds = 20;
};

constexpr absl::Duration kTarget = absl::Hours(2);
constexpr absl::Duration kWarning = absl::Hours(1);
// Cases that are opened to find out how long it takes.
constexpr int kTried = 200;

// One milestone whose clock always runs, with a warning at half of its target.
void MakePromise(const std::shared_ptr<client::Channel>& channel) {
  v1::DirectoryClient directory(channel);
  v1::ProcessClient process(channel);
  v1::EntitlementClient entitlement(channel);
  Must(directory.CreateAccount(Proto<v1::CreateAccountRequest>(
      "account_id: 'acme' account { display_name: 'Acme' }")));
  Must(process.CreateMilestoneType(Proto<v1::CreateMilestoneTypeRequest>(
      "milestone_type_id: 'answer' milestone_type { recurrence: NONE }")));
  Must(process.CreateEntitlementProcess(
      Proto<v1::CreateEntitlementProcessRequest>(absl::StrCat(
          R"(entitlement_process_id: 'timed' entitlement_process { definition {
                business_hours: 'businessHours/always'
                milestones {
                  key: 'answer' milestone_type: 'milestoneTypes/answer'
                  completion_criteria: 'is_closed'
                  triggers { key: 'soon' kind: WARNING used_percent: 50 }
                  target { seconds: )",
          absl::ToInt64Seconds(kTarget), " } } } }"))));
  Must(process.PublishVersion(
      Proto<v1::PublishVersionRequest>("name: 'entitlementProcesses/timed'")));
  Must(entitlement.CreateEntitlement(Proto<v1::CreateEntitlementRequest>(R"(
           entitlement_id: 'gold' entitlement {
             account: 'accounts/acme' display_name: 'Gold'
             process: 'entitlementProcesses/timed'
             start_date { year: 2020 month: 1 day: 1 } })")));
}

v1::OpenCaseRequest Opening(const std::string& id, absl::Time opened) {
  v1::OpenCaseRequest request;
  request.set_case_id(id);
  *request.mutable_occur_time() = services::ToProto(opened);
  request.mutable_case_()->set_account("accounts/acme");
  request.mutable_case_()->set_entitlement("entitlements/gold");
  request.mutable_case_()->set_subject("The printer is on fire");
  return request;
}

// The timers that fall due while it is measured, one after the other: a
// warning, a violation, and so on.
class DueTimers {
 public:
  DueTimers(absl::Time first, int per_second, int count)
      : first_(first),
        every_(absl::Microseconds(1'000'000 / per_second)),
        arrived_(static_cast<size_t>(count)) {}

  int count() const { return static_cast<int>(arrived_.size()); }
  absl::Time At(int i) const { return first_ + i * every_; }
  v1::OpenCaseRequest Open(int i) const {
    return Opening(absl::StrCat("due-", i),
                   At(i) - (i % 2 == 0 ? kWarning : kTarget));
  }

  // An event of a milestone. Those of other timers are none of ours.
  void Note(const v1::Event& event, absl::Time received) {
    absl::string_view name = event.subject();
    int i = 0;
    if (!absl::ConsumePrefix(&name, "cases/due-") ||
        !absl::SimpleAtoi(name.substr(0, name.find('/')), &i) ||
        event.type() !=
            (i % 2 == 0 ? "milestone.warning" : "milestone.violated")) {
      return;
    }
    const absl::Time due = services::ToTime(event.occur_time());
    if (due != At(i))
      Die(absl::StrCat(event.subject(), " has another instant"));
    if (arrived_[static_cast<size_t>(i)].exchange(true))
      Die(absl::StrCat(event.subject(), " came twice"));
    lateness.Record(received - due);
    fired.Record(services::ToTime(event.record_time()) - due);
  }

  Histogram lateness;
  Histogram fired;  // until the transaction that fired them began

 private:
  const absl::Time first_;
  const absl::Duration every_;
  std::vector<std::atomic<bool>> arrived_;
};

int MeasureTimers(const BenchOptions& options, const TimersOptions& timers) {
  BenchDatabase database(options);
  BenchServer server(database);
  const auto client = server.Client();
  MakePromise(client);
  const absl::Time begun = absl::Now();
  OpenCases(client, 1, [&](int) { return Opening("waiting", begun); });
  server.process().Stop();
  CopyWaitingCase(database.url(), "waiting", timers.pending - 1);
  server.process().Start();
  std::printf("%s: %d wake-ups pending after %s\n", Describe(options).c_str(),
              timers.pending,
              absl::FormatDuration(absl::Now() - begun).c_str());
  std::fflush(stdout);

  // What falls due is opened before: it is found out how long that takes.
  const int count = timers.per_second * timers.seconds;
  const absl::Time tried = absl::Now();
  OpenCases(client, kTried,
            [&](int i) { return Opening(absl::StrCat("tried-", i), tried); });
  const absl::Duration opening = 2 * (absl::Now() - tried) * count / kTried;
  // The server keeps whole microseconds.
  const absl::Time first =
      absl::FromUnixSeconds(absl::ToUnixSeconds(absl::Now() + opening) + 5);
  DueTimers due(first, timers.per_second, count);
  OpenCases(client, count, [&](int i) { return due.Open(i); });
  if (absl::Now() > first - absl::Seconds(1))
    Die("opening the cases took too long for their timers");
  v1::EventFilter filter;
  filter.add_event_types("milestone.*");
  const FeedWatcher watcher(server.Channels(1)[0], filter,
                            [&](const v1::Event& event, absl::Time received) {
                              due.Note(event, received);
                            });
  absl::SleepFor(due.At(count) - absl::Now());
  WaitFor([&] { return due.lateness.count() == count; },
          "a timer never came to the watcher");
  absl::SleepFor(absl::Seconds(1));  // for what might come twice
  std::printf("%d a second for %d s, from the target's instant\n",
              timers.per_second, timers.seconds);
  std::printf("  to the firing transaction  %s\n", due.fired.Summary().c_str());
  std::printf("  to the watcher             %s\n%s",
              due.lateness.Summary().c_str(), due.lateness.Chart().c_str());
  return 0;
}

}  // namespace

void AddTimers(CLI::App& app, const BenchOptions& options,
               std::function<int()>& run) {
  const auto timers = std::make_shared<TimersOptions>();
  CLI::App* const verb = app.add_subcommand(
      "timers", "How late timers come to a watcher of the feed");
  verb->add_option("--pending", timers->pending, "wake-ups that wait besides")
      ->check(CLI::Range(1, 10'000'000))
      ->capture_default_str();
  verb->add_option("--per-second", timers->per_second, "that fall due")
      ->check(CLI::Range(1, 100'000))
      ->capture_default_str();
  verb->add_option("--seconds", timers->seconds, "for so long")
      ->check(CLI::Range(1, 3600))
      ->capture_default_str();
  verb->callback([&options, &run, timers] {
    run = [&options, timers] { return MeasureTimers(options, *timers); };
  });
}

}  // namespace charter::bench

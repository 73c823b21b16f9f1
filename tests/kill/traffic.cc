#include "tests/kill/traffic.h"

#include <algorithm>
#include <random>
#include <utility>

#include "absl/strings/str_cat.h"
#include "charter/client/status.h"
#include "charter/client/time.h"
#include "charter/v1/directory_client.h"
#include "charter/v1/entitlement_client.h"
#include "charter/v1/process_client.h"

namespace charter::test {

using std::chrono::steady_clock;

void SetUpPromise(const std::shared_ptr<client::Channel>& channel) {
  v1::DirectoryClient directory(channel);
  v1::ProcessClient process(channel);
  v1::EntitlementClient entitlements(channel);
  Must(directory.CreateAccount(Proto<v1::CreateAccountRequest>(
      "account_id: 'acme' account { display_name: 'Acme' }")));
  Must(process.CreateMilestoneType(Proto<v1::CreateMilestoneTypeRequest>(
      "milestone_type_id: 'first' milestone_type { recurrence: NONE }")));
  Must(process.CreateEntitlementProcess(
      Proto<v1::CreateEntitlementProcessRequest>(R"pb(
        entitlement_process_id: 'support'
        entitlement_process {
          definition {
            business_hours: 'businessHours/always'
            milestones {
              key: 'first'
              milestone_type: 'milestoneTypes/first'
              target { seconds: 3600 }
              completion_criteria: 'has(last_outbound_time)'
              triggers {
                key: 'missed'
                kind: VIOLATION
                after_target {}
                actions {
                  key: 'look'
                  create_task { subject: 'Look' }
                }
              }
            }
          }
        })pb")));
  Must(process.PublishVersion("entitlementProcesses/support"));
  Must(entitlements.CreateEntitlement(Proto<v1::CreateEntitlementRequest>(R"pb(
    entitlement_id: 'gold'
    entitlement {
      account: 'accounts/acme'
      display_name: 'Gold'
      process: 'entitlementProcesses/support'
      start_date { year: 2020 month: 1 day: 1 }
    })pb")));
}

Traffic::Traffic(int writers, const std::string& target, Clock& clock)
    : clock_(clock) {
  for (int i = 0; i < writers; ++i) {
    threads_.emplace_back(
        [this, i, cases = v1::CaseClient(Connect(target, repetitions_))] {
          Write(i, cases);
        });
  }
}

Traffic::~Traffic() {
  if (!threads_.empty()) Finish();
}

void Traffic::Finish() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stop_ = true;
  }
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

template <typename Send>
absl::Status Traffic::Note(const Send& send) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    ++in_flight_;
  }
  absl::Status status = send();
  const std::lock_guard<std::mutex> lock(mutex_);
  --in_flight_;
  if (status.ok()) {
    acknowledged_.push_back(steady_clock::now());
  } else {
    unexpected_.push_back(client::Describe(status));
  }
  return status;
}

void Traffic::Write(int writer, v1::CaseClient cases) {
  std::mt19937 random(writer);
  std::uniform_int_distribution<int> ahead_ms(0, 3000);
  for (int number = 0;; ++number) {
    LoggedCase logged;
    logged.target = clock_.Now() + absl::Milliseconds(ahead_ms(random));
    v1::OpenCaseRequest open;
    *open.mutable_occur_time() = client::ToProto(logged.target - kTarget);
    open.mutable_case_()->set_account("accounts/acme");
    open.mutable_case_()->set_entitlement("entitlements/gold");
    std::string name;
    const absl::Status opened = Note([&] {
      const auto response = cases.OpenCase(open);
      if (response.ok()) name = response->case_().name();
      return response.status();
    });
    if (!opened.ok()) return;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      log_[name] = logged;
    }
    constexpr int kMessages = 3;
    for (int i = 0; i < kMessages; ++i) {
      {
        const std::lock_guard<std::mutex> lock(mutex_);
        if (stop_) return;
      }
      const bool answer = i == kMessages - 1 && number % 2 == 1;
      const absl::Time now = clock_.Now();
      v1::RecordEventsRequest record;
      v1::RecordedEvent& event = *record.add_events();
      event.set_case_(name);
      event.mutable_event()->set_key(absl::StrCat("mail-", i));
      *event.mutable_event()->mutable_occur_time() = client::ToProto(now);
      v1::Interaction& mail = *event.mutable_event()->mutable_interaction();
      mail.set_direction(answer ? v1::Interaction::OUTBOUND
                                : v1::Interaction::INBOUND);
      mail.set_author(answer ? v1::Interaction::AGENT
                             : v1::Interaction::CUSTOMER);
      const absl::Status recorded = Note([&] {
        const auto response = cases.RecordEvents(record);
        if (!response.ok()) return response.status();
        const google::rpc::Status& each = response->results(0).status();
        return absl::Status(static_cast<absl::StatusCode>(each.code()),
                            each.message());
      });
      if (!recorded.ok()) return;
      const std::lock_guard<std::mutex> lock(mutex_);
      log_[name].keys.push_back(event.event().key());
      if (answer) log_[name].answered = now;
    }
  }
}

bool Traffic::WaitForRate(int per_second) {
  const auto give_up = steady_clock::now() + absl::ToChronoSeconds(kPatience);
  const auto from = acknowledged();
  while (steady_clock::now() < give_up) {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      const auto since = steady_clock::now() - std::chrono::seconds(1);
      const auto recent =
          std::count_if(acknowledged_.begin() + from, acknowledged_.end(),
                        [&](const auto& at) { return at > since; });
      if (recent >= per_second) return true;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return false;
}

int Traffic::in_flight() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return in_flight_;
}

int64_t Traffic::acknowledged() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return static_cast<int64_t>(acknowledged_.size());
}

int Traffic::DueBetween(absl::Time from, absl::Time to) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return static_cast<int>(
      std::count_if(log_.begin(), log_.end(), [&](const auto& entry) {
        const LoggedCase& logged = entry.second;
        return !logged.answered.has_value() && logged.target >= from &&
               logged.target < to;
      }));
}

}  // namespace charter::test

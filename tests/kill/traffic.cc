#include "tests/kill/traffic.h"

#include <google/protobuf/text_format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <utility>

#include "absl/strings/str_cat.h"
#include "charter/v1/directory_service.grpc.pb.h"
#include "charter/v1/entitlement_service.grpc.pb.h"
#include "charter/v1/process_service.grpc.pb.h"
#include "server/services/shared/time_convert.h"

namespace charter::test {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds kPatience(60);

template <typename Message>
Message Proto(const std::string& text) {
  Message message;
  if (!google::protobuf::TextFormat::ParseFromString(text, &message)) {
    std::fprintf(stderr, "not a message: %s\n", text.c_str());
    std::abort();
  }
  return message;
}

template <typename Stub, typename Request, typename Response>
void Must(Stub& stub,
          grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                       Response*),
          const std::string& request) {
  grpc::ClientContext context;
  context.set_wait_for_ready(true);
  Response response;
  const grpc::Status status =
      (stub.*method)(&context, Proto<Request>(request), &response);
  if (status.ok()) return;
  std::fprintf(stderr, "%s\n%s\n", status.error_message().c_str(),
               request.c_str());
  std::abort();
}

// Whether the same write, sent again, may still be taken.
bool MayRetry(const grpc::Status& status) {
  switch (status.error_code()) {
    case grpc::StatusCode::UNAVAILABLE:
    case grpc::StatusCode::DEADLINE_EXCEEDED:
    case grpc::StatusCode::CANCELLED:
    case grpc::StatusCode::ABORTED:
      return true;
    default:
      return false;
  }
}

}  // namespace

void SetUpPromise(const std::shared_ptr<grpc::Channel>& channel) {
  const auto directory = v1::DirectoryService::NewStub(channel);
  const auto process = v1::ProcessService::NewStub(channel);
  const auto entitlement = v1::EntitlementService::NewStub(channel);
  Must(*directory, &v1::DirectoryService::Stub::CreateAccount,
       "account_id: 'acme' account { display_name: 'Acme' }");
  Must(*process, &v1::ProcessService::Stub::CreateMilestoneType,
       "milestone_type_id: 'first' milestone_type { recurrence: NONE }");
  Must(*process, &v1::ProcessService::Stub::CreateEntitlementProcess, R"pb(
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
    })pb");
  Must(*process, &v1::ProcessService::Stub::PublishVersion,
       "name: 'entitlementProcesses/support'");
  Must(*entitlement, &v1::EntitlementService::Stub::CreateEntitlement, R"pb(
    entitlement_id: 'gold'
    entitlement {
      account: 'accounts/acme'
      display_name: 'Gold'
      process: 'entitlementProcesses/support'
      start_date { year: 2020 month: 1 day: 1 }
    })pb");
}

Traffic::Traffic(std::vector<std::shared_ptr<grpc::Channel>> channels,
                 Clock& clock)
    : channels_(std::move(channels)), clock_(clock) {
  for (size_t i = 0; i < channels_.size(); ++i) {
    threads_.emplace_back([this, i] {
      const auto stub = v1::CaseService::NewStub(channels_[i]);
      Write(static_cast<int>(i), *stub);
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
void Traffic::Insist(const std::string& what, const Send& send) {
  const auto give_up = steady_clock::now() + kPatience;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    ++in_flight_;
  }
  grpc::Status status;
  do {
    grpc::ClientContext context;
    context.set_wait_for_ready(true);
    context.set_deadline(gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC),
                                      gpr_time_from_seconds(10, GPR_TIMESPAN)));
    status = send(&context);
    if (!status.ok()) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  } while (!status.ok() && MayRetry(status) && steady_clock::now() < give_up);
  const std::lock_guard<std::mutex> lock(mutex_);
  --in_flight_;
  if (status.ok()) {
    acknowledged_.push_back(steady_clock::now());
  } else {
    unexpected_.push_back(absl::StrCat(what, ": ", status.error_message()));
  }
}

void Traffic::Write(int writer, v1::CaseService::Stub& stub) {
  std::mt19937 random(writer);
  std::uniform_int_distribution<int> ahead_ms(0, 3000);
  for (int number = 0;; ++number) {
    const std::string id = absl::StrCat("w", writer, "-", number);
    const std::string name = absl::StrCat("cases/", id);
    LoggedCase logged;
    logged.target = clock_.Now() + absl::Milliseconds(ahead_ms(random));
    v1::OpenCaseRequest open;
    open.set_case_id(id);
    open.set_request_id(absl::StrCat("open-", id));
    *open.mutable_occur_time() = services::ToProto(logged.target - kTarget);
    open.mutable_case_()->set_account("accounts/acme");
    open.mutable_case_()->set_entitlement("entitlements/gold");
    Insist(name, [&](grpc::ClientContext* context) {
      v1::OpenCaseResponse response;
      return stub.OpenCase(context, open, &response);
    });
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
      *event.mutable_event()->mutable_occur_time() = services::ToProto(now);
      v1::Interaction& mail = *event.mutable_event()->mutable_interaction();
      mail.set_direction(answer ? v1::Interaction::OUTBOUND
                                : v1::Interaction::INBOUND);
      mail.set_author(answer ? v1::Interaction::AGENT
                             : v1::Interaction::CUSTOMER);
      Insist(name, [&](grpc::ClientContext* context) {
        v1::RecordEventsResponse response;
        const grpc::Status status =
            stub.RecordEvents(context, record, &response);
        if (!status.ok() || response.results(0).status().code() == 0) {
          return status;
        }
        const google::rpc::Status& refused = response.results(0).status();
        return grpc::Status(static_cast<grpc::StatusCode>(refused.code()),
                            refused.message());
      });
      const std::lock_guard<std::mutex> lock(mutex_);
      log_[name].keys.push_back(event.event().key());
      if (answer) log_[name].answered = now;
    }
  }
}

bool Traffic::WaitForRate(int per_second) {
  const auto give_up = steady_clock::now() + kPatience;
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

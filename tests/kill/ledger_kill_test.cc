// A server that is killed while many take the last units of an allotment
// neither spends one twice nor loses one (C5).
#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "charter/v1/admin_service.grpc.pb.h"
#include "charter/v1/case_service.grpc.pb.h"
#include "charter/v1/directory_service.grpc.pb.h"
#include "charter/v1/entitlement_service.grpc.pb.h"
#include "tests/support/child_server.h"
#include "tests/support/mariadb_server.h"
#include "tests/support/temp_dir.h"

namespace charter::test {
namespace {

using std::chrono::steady_clock;
using testing::IsEmpty;

constexpr int kWriters = 8;
constexpr int kUnits = 100;
// Answers in each round before the server is killed.
constexpr int kAnswers = 40;

int Rounds() { return std::getenv("CHARTER_TEST_FULL") != nullptr ? 20 : 4; }

template <typename Message>
Message Proto(const std::string& text) {
  Message message;
  if (!google::protobuf::TextFormat::ParseFromString(text, &message))
    std::abort();
  return message;
}

std::shared_ptr<grpc::Channel> Connect(const std::string& target) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 50);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 50);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 100);
  return grpc::CreateCustomChannel(target, grpc::InsecureChannelCredentials(),
                                   arguments);
}

// Opens cases under one allotment, and closes some of them, used or called off.
// A call whose answer was lost is sent again, the same, until it has one.
class Spenders {
 public:
  explicit Spenders(const std::string& target) {
    for (int i = 0; i < kWriters; ++i) {
      threads_.emplace_back(
          [this, i, channel = Connect(target)] { Spend(i, channel); });
    }
  }
  ~Spenders() { Finish(); }
  void Finish() {
    stop_ = true;
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }

  std::atomic<int> opened = 0, used = 0, called_off = 0, exhausted = 0;
  std::atomic<int> answers = 0;
  std::vector<std::string> unexpected;

 private:
  // OK, or that there is no unit left.
  template <typename Send>
  bool Insist(const Send& send) {
    const auto give_up = steady_clock::now() + std::chrono::seconds(60);
    while (true) {
      grpc::ClientContext context;
      context.set_wait_for_ready(true);
      context.set_deadline(
          gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC),
                       gpr_time_from_seconds(10, GPR_TIMESPAN)));
      const grpc::Status status = send(&context);
      if (status.ok()) {
        ++answers;
        return true;
      }
      if (status.error_code() == grpc::StatusCode::FAILED_PRECONDITION) {
        ++answers;
        ++exhausted;
        return false;
      }
      const bool again =
          status.error_code() == grpc::StatusCode::UNAVAILABLE ||
          status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED ||
          status.error_code() == grpc::StatusCode::CANCELLED ||
          status.error_code() == grpc::StatusCode::ABORTED;
      if (!again || steady_clock::now() > give_up) {
        const std::lock_guard<std::mutex> lock(mutex_);
        unexpected.push_back(status.error_message());
        return false;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  }

  void Spend(int writer, const std::shared_ptr<grpc::Channel>& channel) {
    const auto stub = v1::CaseService::NewStub(channel);
    for (int number = 0; !stop_; ++number) {
      const std::string id = absl::StrCat("w", writer, "-", number);
      v1::OpenCaseRequest open;
      open.set_case_id(id);
      open.set_request_id(absl::StrCat("open-", id));
      open.mutable_case_()->set_account("accounts/acme");
      open.mutable_case_()->set_entitlement("entitlements/units");
      const bool taken = Insist([&](grpc::ClientContext* context) {
        v1::OpenCaseResponse response;
        return stub->OpenCase(context, open, &response);
      });
      if (!taken) continue;
      ++opened;
      // One in eight is left open, one in eight is used.
      if (number % 8 == 0) continue;
      v1::CloseCaseRequest close;
      close.set_name(absl::StrCat("cases/", id));
      close.set_request_id(absl::StrCat("close-", id));
      close.set_release_unit(number % 8 != 1);
      const bool closed = Insist([&](grpc::ClientContext* context) {
        v1::Case response;
        return stub->CloseCase(context, close, &response);
      });
      if (closed) ++(close.release_unit() ? called_off : used);
    }
  }

  std::atomic<bool> stop_ = false;
  std::mutex mutex_;
  std::vector<std::thread> threads_;
};

template <typename Stub, typename Request, typename Response>
Response Must(Stub& stub,
              grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                           Response*),
              const std::string& request) {
  grpc::ClientContext context;
  context.set_wait_for_ready(true);
  Response response;
  const grpc::Status status =
      (stub.*method)(&context, Proto<Request>(request), &response);
  EXPECT_TRUE(status.ok()) << request << ": " << status.error_message();
  return response;
}

void SpendWhileKilled(const std::string& database_url) {
  std::mt19937 random(std::random_device{}());
  std::uniform_int_distribution<int> moment_ms(0, 100);
  ChildServer server(database_url);
  const auto channel = Connect(server.target());
  const auto entitlements = v1::EntitlementService::NewStub(channel);
  Must(*v1::DirectoryService::NewStub(channel),
       &v1::DirectoryService::Stub::CreateAccount,
       "account_id: 'acme' account { display_name: 'Acme' }");
  Must(*entitlements, &v1::EntitlementService::Stub::CreateEntitlement, R"pb(
    entitlement_id: 'units'
    entitlement {
      account: 'accounts/acme'
      display_name: 'Units'
      start_date { year: 2020 month: 1 day: 1 }
      allotment { unit: CASES commit: CLOSING }
    })pb");
  Must(*entitlements, &v1::EntitlementService::Stub::GrantUnits,
       absl::StrCat("name: 'entitlements/units' units: ", kUnits));

  Spenders spenders(server.target());
  for (int round = 0; round < Rounds(); ++round) {
    const int enough = spenders.answers + kAnswers;
    const auto give_up = steady_clock::now() + std::chrono::seconds(60);
    while (spenders.answers < enough) {
      ASSERT_LT(steady_clock::now(), give_up) << "too few answers";
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(moment_ms(random)));
    server.Kill();
    server.Start();
  }
  // Until there is none left to take.
  const auto give_up = steady_clock::now() + std::chrono::seconds(120);
  while (spenders.exhausted == 0 && steady_clock::now() < give_up)
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  spenders.Finish();
  EXPECT_THAT(spenders.unexpected, IsEmpty());
  EXPECT_GT(spenders.exhausted, 0);

  const auto after =
      Must(*entitlements, &v1::EntitlementService::Stub::GetEntitlement,
           "name: 'entitlements/units'");
  EXPECT_EQ(after.units_available(),
            kUnits - spenders.opened + spenders.called_off);
  EXPECT_GE(after.units_available(), 0);
  EXPECT_EQ(after.units_committed(), spenders.used);
  EXPECT_EQ(after.units_reserved(),
            spenders.opened - spenders.called_off - spenders.used);
  const auto checked = Must(*v1::AdminService::NewStub(channel),
                            &v1::AdminService::Stub::CheckIntegrity, "");
  EXPECT_EQ(checked.checked_count(), 1);
  EXPECT_EQ(checked.problems_size(), 0) << checked.ShortDebugString();
  EXPECT_EQ(server.Stop(), 0);
}

TEST(LedgerKillTest, C5_SqliteSpendsNoUnitTwiceAndLosesNone) {
  const TempDir dir;
  SpendWhileKilled(absl::StrCat("sqlite://", dir.File("charter.db")));
}

TEST(LedgerKillTest, C5_MariadbSpendsNoUnitTwiceAndLosesNone) {
  MariadbServer& mariadb = MariadbServer::Shared();
  const std::string url = mariadb.CreateDatabase();
  SpendWhileKilled(url);
  mariadb.DropDatabase(url);
}

}  // namespace
}  // namespace charter::test

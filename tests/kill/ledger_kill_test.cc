// A server that is killed while many take the last units of an allotment
// neither spends one twice nor loses one (C5).
#include <gmock/gmock.h>
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
#include "charter/client/status.h"
#include "charter/v1/admin_client.h"
#include "charter/v1/case_client.h"
#include "charter/v1/directory_client.h"
#include "charter/v1/entitlement_client.h"
#include "tests/kill/calls.h"
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

// Opens cases under one allotment, and closes some of them, used or called off.
// The server names them, so that one that is opened twice costs two units.
class Spenders {
 public:
  explicit Spenders(const std::string& target) {
    for (int i = 0; i < kWriters; ++i) {
      threads_.emplace_back(
          [this, cases = v1::CaseClient(Connect(target, repetitions_))] {
            Spend(cases);
          });
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
  // Attempts that the SDK repeated.
  int64_t repeated() const { return repetitions_->count(); }

 private:
  // Counts an answer: OK, or that there is no unit left.
  bool Note(const absl::Status& status) {
    if (!status.ok() && !absl::IsFailedPrecondition(status)) {
      const std::lock_guard<std::mutex> lock(mutex_);
      unexpected.push_back(client::Describe(status));
      return false;
    }
    ++answers;
    if (!status.ok()) ++exhausted;
    return status.ok();
  }

  void Spend(v1::CaseClient cases) {
    for (int number = 0; !stop_; ++number) {
      v1::OpenCaseRequest open;
      open.mutable_case_()->set_account("accounts/acme");
      open.mutable_case_()->set_entitlement("entitlements/units");
      const auto taken = cases.OpenCase(std::move(open));
      if (!Note(taken.status())) continue;
      ++opened;
      // One in eight is left open, one in eight is used.
      if (number % 8 == 0) continue;
      v1::CloseCaseRequest close;
      close.set_name(taken->case_().name());
      close.set_release_unit(number % 8 != 1);
      if (Note(cases.CloseCase(close).status()))
        ++(close.release_unit() ? called_off : used);
    }
  }

  const std::shared_ptr<Repetitions> repetitions_ =
      std::make_shared<Repetitions>();
  std::atomic<bool> stop_ = false;
  std::mutex mutex_;
  std::vector<std::thread> threads_;
};

void SpendWhileKilled(const std::string& database_url) {
  std::mt19937 random(std::random_device{}());
  std::uniform_int_distribution<int> moment_ms(0, 100);
  ChildServer server(database_url);
  const auto channel = Connect(server.target());
  v1::EntitlementClient entitlements(channel);
  Must(v1::DirectoryClient(channel).CreateAccount(
      Proto<v1::CreateAccountRequest>(
          "account_id: 'acme' account { display_name: 'Acme' }")));
  Must(entitlements.CreateEntitlement(Proto<v1::CreateEntitlementRequest>(R"pb(
    entitlement_id: 'units'
    entitlement {
      account: 'accounts/acme'
      display_name: 'Units'
      start_date { year: 2020 month: 1 day: 1 }
      allotment { unit: CASES commit: CLOSING }
    })pb")));
  Must(entitlements.GrantUnits(Proto<v1::GrantUnitsRequest>(
      absl::StrCat("name: 'entitlements/units' units: ", kUnits))));

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
  EXPECT_GT(spenders.repeated(), 0);

  const auto after = Must(entitlements.GetEntitlement("entitlements/units"));
  EXPECT_EQ(after.units_available(),
            kUnits - spenders.opened + spenders.called_off);
  EXPECT_GE(after.units_available(), 0);
  EXPECT_EQ(after.units_committed(), spenders.used);
  EXPECT_EQ(after.units_reserved(),
            spenders.opened - spenders.called_off - spenders.used);
  const auto checked = Must(
      v1::AdminClient(channel).CheckIntegrityPage(v1::CheckIntegrityRequest()));
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

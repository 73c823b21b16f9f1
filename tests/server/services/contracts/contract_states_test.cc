// States, and what starts and expires by its date with nobody calling (C10).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/services/shared/time_convert.h"
#include "server/workers/feed_publisher.h"
#include "server/workers/wakeup_worker.h"
#include "tests/server/services/contracts/contracts_fixture.h"

namespace charter::services {
namespace {

using Contract = v1::ServiceContract;
using test::Proto;
using testing::ElementsAre;
using testing::IsEmpty;

class ContractStatesTest : public ContractsTest {
 protected:
  template <typename Request>
  absl::StatusOr<Contract> Try(absl::StatusOr<Contract> (*verb)(Call&,
                                                                const Request&),
                               const std::string& id) {
    return world_.Try(verb, Proto<Request>(absl::StrCat(
                                "name: 'serviceContracts/", id, "'")));
  }
  Contract Activate(const std::string& id) {
    absl::StatusOr<Contract> contract = Try(&ActivateContract, id);
    EXPECT_TRUE(contract.ok()) << contract.status();
    return contract.ok() ? *contract : Contract();
  }

  void SetNow(int year, int month, int day, int hour = 0) {
    world_.clock().Set(absl::FromCivil(
        absl::CivilSecond(year, month, day, hour), absl::UTCTimeZone()));
  }
  void Work() {
    if (!worker_) worker_.emplace(world_.services());
    ASSERT_EQ(worker_->RunUntilIdle(), absl::OkStatus());
  }
  // What the feed says of contracts and lines since the last call: what, when,
  // and the status.
  std::vector<std::string> News() {
    if (!publisher_) publisher_.emplace(world_.services());
    EXPECT_EQ(publisher_->RunUntilIdle(), absl::OkStatus());
    std::vector<std::string> news;
    const std::vector<v1::Event> feed = world_.Feed();
    for (; read_ < feed.size(); ++read_) {
      const v1::Event& event = feed[read_];
      std::string status;
      Contract contract;
      v1::ContractLineItem line;
      if (event.resource().UnpackTo(&contract))
        status = Contract::Status_Name(contract.status());
      else if (event.resource().UnpackTo(&line))
        status = Contract::Status_Name(line.status());
      else
        continue;
      if (absl::EndsWith(event.type(), ".created") ||
          absl::EndsWith(event.type(), ".updated"))
        continue;
      news.push_back(absl::StrCat(
          event.type(), " ",
          absl::FormatTime("%Y-%m-%dT%H", ToTime(event.occur_time()),
                           absl::UTCTimeZone()),
          " ", status));
    }
    return news;
  }
  int64_t Wakeups() { return world_.Number("SELECT COUNT(*) FROM wakeups"); }

  std::optional<workers::WakeupWorker> worker_;
  std::optional<workers::FeedPublisher> publisher_;
  size_t read_ = 0;
  const std::string year_ =
      Day("start_date", 2026, 4, 1) + Day("end_date", 2027, 3, 31);
};
INSTANTIATE_TEST_SUITE_P(All, ContractStatesTest,
                         testing::ValuesIn(test::kEngines), test::EngineName);

TEST_P(ContractStatesTest, C10_StatesFollowEachOther) {
  CreateContract("c", Day("start_date", 2026, 1, 1));
  EXPECT_THAT(Try(&SuspendContract, "c").status(),
              IsRefusal("STATE_TRANSITION_NOT_ALLOWED", "DRAFT"));
  EXPECT_THAT(Try(&ResumeContract, "c").status(),
              IsRefusal("STATE_TRANSITION_NOT_ALLOWED", "DRAFT"));
  EXPECT_EQ(Activate("c").status(), Contract::ACTIVE);
  EXPECT_THAT(Try(&ActivateContract, "c").status(),
              IsRefusal("STATE_TRANSITION_NOT_ALLOWED", "ACTIVE"));
  EXPECT_EQ(Try(&SuspendContract, "c")->status(), Contract::SUSPENDED);
  EXPECT_THAT(Try(&SuspendContract, "c").status(),
              IsRefusal("STATE_TRANSITION_NOT_ALLOWED", "SUSPENDED"));
  EXPECT_EQ(Try(&ResumeContract, "c")->status(), Contract::ACTIVE);
  EXPECT_EQ(Try(&CancelContract, "c")->status(), Contract::CANCELLED);
  for (const absl::Status& status :
       {Try(&CancelContract, "c").status(), Try(&ResumeContract, "c").status(),
        Try(&ActivateContract, "c").status()}) {
    EXPECT_THAT(status, IsRefusal("STATE_TRANSITION_NOT_ALLOWED", "CANCELLED"));
  }
  EXPECT_THAT(
      TryLine("l", "c", "price_book_entry: 'priceBookEntries/std'").status(),
      IsRefusal("STATE_TRANSITION_NOT_ALLOWED", "CANCELLED"));
  EXPECT_THAT(
      News(),
      ElementsAre("service_contract.activated 2026-03-02T09 ACTIVE",
                  "service_contract.started 2026-03-02T09 ACTIVE",
                  "service_contract.suspended 2026-03-02T09 SUSPENDED",
                  "service_contract.resumed 2026-03-02T09 ACTIVE",
                  "service_contract.cancelled 2026-03-02T09 CANCELLED"));
}

TEST_P(ContractStatesTest, C10_StartsAndExpiresByItsDateWithNobodyCalling) {
  CreateContract("c", year_);
  EXPECT_EQ(Wakeups(), 0);
  Contract contract = Activate("c");
  EXPECT_EQ(contract.status(), Contract::INACTIVE);
  EXPECT_FALSE(contract.has_activation_time());
  EXPECT_EQ(Wakeups(), 1);
  Work();
  EXPECT_THAT(News(),
              ElementsAre("service_contract.activated 2026-03-02T09 INACTIVE"));
  SetNow(2026, 4, 1);
  Work();
  EXPECT_THAT(News(),
              ElementsAre("service_contract.started 2026-04-01T00 ACTIVE"));
  contract = GetContract("c");
  EXPECT_EQ(ToTime(contract.activation_time()), world_.now());
  EXPECT_EQ(ToTime(contract.first_activation_time()), world_.now());
  Work();
  EXPECT_THAT(News(), IsEmpty());
  SetNow(2027, 4, 1);
  Work();
  EXPECT_THAT(News(),
              ElementsAre("service_contract.expired 2027-04-01T00 EXPIRED"));
  EXPECT_EQ(Wakeups(), 0);
}

TEST_P(ContractStatesTest, T4_AfterDowntimeAllIsToldOnceAtItsInstant) {
  CreateContract("c", year_);
  CreateLine("l", "c",
             Day("start_date", 2026, 5, 1) + Day("end_date", 2026, 5, 31));
  Activate("c");
  News();
  worker_.reset();
  publisher_.reset();
  world_.Restart();
  SetNow(2028, 1, 1, 5);
  // Every attempt dies at its commit, until the last.
  int commits = 0;
  world_.SetFault([&](absl::string_view sql) {
    return sql == "COMMIT" && ++commits <= 2
               ? (GetParam() == storage::Engine::kSqlite ? 5 : 1213)
               : 0;
  });
  Work();
  world_.SetFault(nullptr);
  Work();
  EXPECT_THAT(News(), testing::UnorderedElementsAre(
                          "service_contract.started 2026-04-01T00 ACTIVE",
                          "service_contract.expired 2027-04-01T00 EXPIRED",
                          "contract_line_item.started 2026-05-01T00 ACTIVE",
                          "contract_line_item.expired 2026-06-01T00 EXPIRED"));
  EXPECT_EQ(ToTime(GetContract("c").activation_time()),
            absl::FromCivil(absl::CivilDay(2026, 4, 1), absl::UTCTimeZone()));
  EXPECT_EQ(Wakeups(), 0);
}

// Who writes while no worker runs finds the same as if one had run.
TEST_P(ContractStatesTest, T4_AWriteTellsFirstWhatWasDue) {
  CreateContract("c", year_);
  Activate("c");
  News();
  SetNow(2026, 4, 2);
  ASSERT_TRUE(Try(&SuspendContract, "c").ok());
  Work();
  EXPECT_THAT(
      News(),
      ElementsAre("service_contract.started 2026-04-01T00 ACTIVE",
                  "service_contract.suspended 2026-04-02T00 SUSPENDED"));
  EXPECT_EQ(Wakeups(), 0);
  // Its dates go on while it is put aside.
  SetNow(2027, 6, 1);
  ASSERT_TRUE(Try(&ResumeContract, "c").ok());
  EXPECT_THAT(News(),
              ElementsAre("service_contract.resumed 2027-06-01T00 EXPIRED",
                          "service_contract.expired 2027-06-01T00 EXPIRED"));
  // A longer term brings it back.
  ASSERT_TRUE(TryUpdateContract("c", Day("end_date", 2027, 12, 31)).ok());
  EXPECT_THAT(News(),
              ElementsAre("service_contract.started 2027-06-01T00 ACTIVE"));
  ASSERT_TRUE(TryUpdateContract("c", Day("end_date", 2027, 5, 31)).ok());
  EXPECT_THAT(News(),
              ElementsAre("service_contract.expired 2027-06-01T00 EXPIRED"));
  EXPECT_EQ(ToTime(GetContract("c").activation_time()),
            absl::FromCivil(absl::CivilDay(2026, 4, 1), absl::UTCTimeZone()));
}

TEST_P(ContractStatesTest, C10_AWakeUpMovesWithTheDatesAndGoesWithItsSubject) {
  CreateContract("c", year_);
  CreateLine("l", "c", Day("start_date", 2026, 5, 1));
  Activate("c");
  EXPECT_EQ(Wakeups(), 2);
  ASSERT_TRUE(TryUpdateLine("l", Day("start_date", 2026, 6, 1)).ok());
  ASSERT_TRUE(TryUpdateContract("c", Day("start_date", 2026, 5, 1) +
                                         Day("end_date", 2027, 3, 31))
                  .ok());
  News();
  SetNow(2026, 5, 31, 23);
  Work();
  EXPECT_THAT(News(),
              ElementsAre("service_contract.started 2026-05-01T00 ACTIVE"));
  EXPECT_EQ(Wakeups(), 2);
  ASSERT_TRUE(TryUpdateLine("l", "cancelled: true").ok());
  EXPECT_EQ(Wakeups(), 1);
  EXPECT_EQ(DeleteLine("l"), absl::OkStatus());
  ASSERT_EQ(
      world_
          .Try(&DeleteServiceContract, Proto<v1::DeleteServiceContractRequest>(
                                           "name: 'serviceContracts/c'"))
          .status(),
      absl::OkStatus());
  EXPECT_EQ(Wakeups(), 0);
}

// A wake-up whose subject is gone, or due at another time, is nobody's.
TEST_P(ContractStatesTest, K6_AStrayWakeUpDoesNothing) {
  CreateContract("c", year_);
  Activate("c");
  News();
  const int64_t now = absl::ToUnixMicros(world_.now());
  for (const char* subject : {"serviceContracts/c", "contractLineItems/x"}) {
    world_.Execute(
        absl::StrCat("INSERT INTO wakeups (shard, due_us, subject) "
                     "VALUES (3, ",
                     now, ", '", subject, "')"));
  }
  Work();
  EXPECT_THAT(News(), IsEmpty());
  SetNow(2026, 4, 1);
  Work();
  EXPECT_THAT(News(),
              ElementsAre("service_contract.started 2026-04-01T00 ACTIVE"));
}

TEST_P(ContractStatesTest, C3_StatusIsComputedForTheInstantAskedFor) {
  CreateContract("c", year_);
  CreateLine("l", "c", Day("start_date", 2026, 5, 1));
  const auto status = [&](const std::string& as_of) {
    return world_
        .Do(&GetContractLineItem,
            Proto<v1::GetContractLineItemRequest>(
                absl::StrCat("name: 'contractLineItems/l' ", as_of)))
        .status();
  };
  EXPECT_EQ(status(""), Contract::INACTIVE);
  SetNow(2026, 5, 1);
  EXPECT_EQ(status(""), Contract::DRAFT);
  Activate("c");
  EXPECT_EQ(status(""), Contract::ACTIVE);
  EXPECT_EQ(status("as_of { seconds: 1775001600 }"), Contract::INACTIVE);
  EXPECT_EQ(status("as_of { seconds: 1806537600 }"), Contract::EXPIRED);
}

}  // namespace
}  // namespace charter::services

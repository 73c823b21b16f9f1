// Contracts and lines as of an instant, and those that end soon.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/services/shared/time_convert.h"
#include "tests/server/services/contracts/contracts_fixture.h"

namespace charter::services {
namespace {

using test::Proto;
using testing::ElementsAre;
using testing::IsEmpty;

class ListContractsTest : public ContractsTest {
 protected:
  void CreateYear(const std::string& id, int year, int month) {
    CreateContract(id, Day("start_date", year, month, 1) + "term_months: 12");
    world_.Do(&ActivateContract,
              Proto<v1::ActivateContractRequest>(
                  absl::StrCat("name: 'serviceContracts/", id, "'")));
  }
  // The last parts of the names, page by page.
  std::vector<std::string> Where(const std::string& filter) {
    v1::ListServiceContractsRequest request;
    request.set_filter(filter);
    request.set_page_size(2);
    std::vector<std::string> ids;
    do {
      const auto page = world_.Do(&ListServiceContracts, request);
      for (const v1::ServiceContract& contract : page.service_contracts())
        ids.push_back(contract.name().substr(sizeof("serviceContracts")));
      request.set_page_token(page.next_page_token());
    } while (!request.page_token().empty());
    return ids;
  }
};
INSTANTIATE_TEST_SUITE_P(All, ListContractsTest,
                         testing::ValuesIn(test::kEngines), test::EngineName);

TEST_P(ListContractsTest, C3_StatusIsThatOfTheInstantAskedFor) {
  CreateYear("c", 2030, 1);
  CreateLine("whole", "c");
  CreateLine("half", "c", Day("end_date", 2030, 6, 30));
  const auto at = [](int month) {
    return absl::StrCat(
        "as_of { seconds: ",
        absl::ToUnixSeconds(absl::FromCivil(
            absl::CivilMonth(2030, 1) + month - 1, absl::UTCTimeZone())),
        " }");
  };
  const auto contract = [&](const std::string& as_of) {
    return world_
        .Do(&ListServiceContracts,
            Proto<v1::ListServiceContractsRequest>(as_of))
        .service_contracts(0)
        .status();
  };
  const auto lines = [&](const std::string& as_of) {
    const auto page = world_.Do(&ListContractLineItems,
                                Proto<v1::ListContractLineItemsRequest>(as_of));
    std::vector<int> statuses;
    for (const v1::ContractLineItem& line : page.contract_line_items())
      statuses.push_back(line.status());
    return statuses;
  };
  using Contract = v1::ServiceContract;
  EXPECT_EQ(contract(at(0)), Contract::INACTIVE);
  EXPECT_EQ(contract(at(1)), Contract::ACTIVE);
  EXPECT_EQ(contract(at(13)), Contract::EXPIRED);
  EXPECT_THAT(lines(at(6)), ElementsAre(Contract::ACTIVE, Contract::ACTIVE));
  EXPECT_THAT(lines(at(7)), ElementsAre(Contract::EXPIRED, Contract::ACTIVE));
  EXPECT_THAT(lines(at(13)), ElementsAre(Contract::EXPIRED, Contract::EXPIRED));
  EXPECT_EQ(contract(""), Contract::INACTIVE);
}

TEST_P(ListContractsTest, X3_WhatEndsSoonAndIsStillToBeRenewed) {
  CreateContract("open");
  CreateYear("may", 2029, 6);    // until 2030-05-31
  CreateYear("april", 2029, 5);  // until 2030-04-30
  CreateYear("too-late", 2029, 7);
  CreateYear("early", 2029, 4);  // until 2030-03-31
  CreateYear("april-b", 2029, 5);
  const std::string quarter =
      "end_date >= date('2030-04-01') && end_date < date('2030-06-01')";
  EXPECT_THAT(Where(quarter), ElementsAre("april", "april-b", "may"));
  EXPECT_THAT(Where("end_date <= date('2030-04-30')"),
              ElementsAre("early", "april", "april-b"));
  EXPECT_THAT(Where("end_date > date('2030-04-30')"),
              ElementsAre("may", "too-late"));
  EXPECT_THAT(Where("end_date == date('2030-05-31')"), ElementsAre("may"));
  EXPECT_THAT(Where("end_date > date('2030-06-30')"), IsEmpty());
  EXPECT_THAT(Where(quarter + " && account == 'accounts/acme'"),
              testing::UnorderedElementsAre("april", "april-b", "may"));
  world_.Do(&RenewContract,
            Proto<v1::RenewContractRequest>(
                "name: 'serviceContracts/april' service_contract_id: 'next'"));
  EXPECT_THAT(Where(quarter + " && renewed_to == ''"),
              ElementsAre("april-b", "may"));
  EXPECT_THAT(Where("renewed_from == 'serviceContracts/april'"),
              ElementsAre("next"));
  EXPECT_THAT(Where("renewed_to == 'serviceContracts/next'"),
              ElementsAre("april"));
  EXPECT_THAT(Where("has(renewed_from)"), ElementsAre("next"));
}

}  // namespace
}  // namespace charter::services

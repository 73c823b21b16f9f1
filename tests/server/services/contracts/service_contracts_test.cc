#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "tests/server/services/contracts/contracts_fixture.h"

namespace charter::services {
namespace {

using Contract = v1::ServiceContract;
using test::Proto;

class ServiceContractTest : public ContractsTest {
 protected:
  static std::string Date(const google::type::Date& date) {
    return absl::StrCat(date.year(), "-", date.month(), "-", date.day());
  }
};
INSTANTIATE_TEST_SUITE_P(All, ServiceContractTest,
                         testing::ValuesIn(test::kEngines), test::EngineName);

TEST_P(ServiceContractTest, C10_ANewContractIsADraftWithANumber) {
  const Contract a = CreateContract("a", "contact: 'contacts/ann'");
  EXPECT_EQ(a.state(), Contract::DRAFT);
  EXPECT_EQ(a.status(), Contract::DRAFT);
  EXPECT_EQ(a.contract_number().size(), 12);
  EXPECT_EQ(a.root(), "serviceContracts/a");
  EXPECT_EQ(Text(a.grand_total()), "EUR 0.00");
  const Contract b = CreateContract("b");
  EXPECT_NE(a.contract_number(), b.contract_number());
  EXPECT_EQ(GetContract("a").SerializeAsString(), a.SerializeAsString());
  const auto found = world_.Do(
      &ListServiceContracts,
      Proto<v1::ListServiceContractsRequest>(absl::StrCat(
          "filter: \"contract_number == '", b.contract_number(), "'\"")));
  ASSERT_EQ(found.service_contracts_size(), 1);
  EXPECT_EQ(found.service_contracts(0).name(), "serviceContracts/b");
}

TEST_P(ServiceContractTest, C8_StartAndTermGiveTheEnd) {
  Contract contract =
      CreateContract("c", Day("start_date", 2028, 1, 31) + "term_months: 1");
  EXPECT_EQ(Date(contract.end_date()), "2028-2-28");
  // A new end gives the term, a new start or term the end.
  contract = *TryUpdateContract("c", Day("end_date", 2029, 1, 30));
  EXPECT_EQ(contract.term_months(), 12);
  contract = *TryUpdateContract("c", "term_months: 2");
  EXPECT_EQ(Date(contract.end_date()), "2028-3-30");
  contract = *TryUpdateContract("c", Day("start_date", 2028, 2, 1));
  EXPECT_EQ(Date(contract.end_date()), "2028-3-31");
  contract = *TryUpdateContract("c", Day("end_date", 2028, 3, 15));
  EXPECT_EQ(contract.term_months(), 0);
  contract = *TryUpdateContract("c", "", "end_date");
  EXPECT_FALSE(contract.has_end_date());
  EXPECT_EQ(contract.term_months(), 0);
  // What is written stands, though it is what was there.
  contract = *TryUpdateContract("c", "term_months: 12");
  EXPECT_EQ(Date(contract.end_date()), "2029-1-31");
  contract = *TryUpdateContract(
      "c", Day("start_date", 2028, 3, 1) + Day("end_date", 2029, 1, 31));
  EXPECT_EQ(Date(contract.end_date()), "2029-1-31");
  EXPECT_EQ(contract.term_months(), 11);
}

TEST_P(ServiceContractTest, C8_DatesThatContradictTheTermAreRefused) {
  const std::string of = "account: 'accounts/acme' currency_code: 'EUR' ";
  EXPECT_THAT(TryContract("c", absl::StrCat(of, Day("start_date", 2028, 1, 1),
                                            Day("end_date", 2028, 12, 30),
                                            "term_months: 12"))
                  .status(),
              IsRefusal("FIELD_INVALID", "service_contract.end_date: "));
  EXPECT_THAT(TryContract("c", absl::StrCat(of, Day("start_date", 2028, 1, 2),
                                            Day("end_date", 2028, 1, 1)))
                  .status(),
              IsRefusal("FIELD_INVALID", "service_contract.end_date: "));
  EXPECT_THAT(TryContract("c", of + Day("start_date", 2027, 2, 29)).status(),
              IsRefusal("FIELD_INVALID", "service_contract.start_date: "));
}

TEST_P(ServiceContractTest, C8_AnUpdateWhoseDatesContradictItsTermIsRefused) {
  CreateContract("c", Day("start_date", 2028, 1, 1) + "term_months: 12");
  const std::string before = GetContract("c").SerializeAsString();
  for (const std::string& changes :
       {// All three, a day short.
        absl::StrCat(Day("start_date", 2028, 1, 1),
                     Day("end_date", 2028, 12, 30), "term_months: 12"),
        // The start that was there does not lead where these two say.
        absl::StrCat(Day("end_date", 2028, 12, 31), "term_months: 6"),
        Day("start_date", 2029, 1, 2) + Day("end_date", 2029, 1, 1),
        // Before the start that was there.
        Day("end_date", 2027, 12, 31)}) {
    EXPECT_THAT(TryUpdateContract("c", changes).status(),
                IsRefusal("FIELD_INVALID", "service_contract.end_date: "))
        << changes;
  }
  EXPECT_EQ(GetContract("c").SerializeAsString(), before);
  EXPECT_TRUE(TryUpdateContract("c", absl::StrCat(Day("start_date", 2028, 2, 1),
                                                  Day("end_date", 2029, 1, 31),
                                                  "term_months: 12"))
                  .ok());
}

TEST_P(ServiceContractTest, C8_OneCurrencyInWholeMinorUnits) {
  const std::string of = "account: 'accounts/acme' ";
  const auto refused = [&](const std::string& more) {
    return TryContract("c", of + more).status();
  };
  EXPECT_THAT(refused("currency_code: 'EURO'"),
              IsRefusal("FIELD_INVALID", "service_contract.currency_code: "));
  EXPECT_THAT(refused("currency_code: 'XAU'"),
              IsRefusal("FIELD_INVALID", "service_contract.currency_code: "));
  EXPECT_THAT(refused("currency_code: 'EUR' tax { currency_code: 'USD' }"),
              IsRefusal("FIELD_INVALID", "service_contract.tax: "));
  EXPECT_THAT(
      refused("currency_code: 'EUR' tax { currency_code: 'EUR' nanos: 1 }"),
      IsRefusal("FIELD_INVALID", "service_contract.tax: "));
  EXPECT_THAT(refused("currency_code: 'EUR' shipping { currency_code: 'EUR' "
                      "units: -1 }"),
              IsRefusal("FIELD_INVALID", "service_contract.shipping: "));
  EXPECT_THAT(
      refused("currency_code: 'EUR' additional_discount: '101'"),
      IsRefusal("FIELD_INVALID", "service_contract.additional_discount: "));
  CreateContract("c");
  EXPECT_THAT(TryUpdateContract("c", "currency_code: 'USD'").status(),
              IsRefusal("FIELD_INVALID", "service_contract.currency_code: "));
}

TEST_P(ServiceContractTest, C1_WhatItNamesIsItsAccounts) {
  const std::string of = "account: 'accounts/acme' currency_code: 'EUR' ";
  EXPECT_THAT(TryContract("c", of + "contact: 'contacts/oto'").status(),
              IsRefusal("FIELD_INVALID", "service_contract.contact: "));
  EXPECT_THAT(TryContract("c", of + "contact: 'contacts/Ann'").status(),
              IsRefusal("RESOURCE_NOT_FOUND", "service_contract.contact"));
  EXPECT_THAT(TryContract("c", "account: 'accounts/none' currency_code: 'EUR'")
                  .status(),
              IsRefusal("RESOURCE_NOT_FOUND", "service_contract.account"));
  ASSERT_TRUE(
      TryContract("o", "account: 'accounts/other' currency_code: 'EUR'").ok());
  EXPECT_THAT(TryContract("c", of + "parent: 'serviceContracts/o'").status(),
              IsRefusal("FIELD_INVALID", "service_contract.parent: "));
  // An external id is one customer's.
  CreateContract("c", "external_id: 'E 1'");
  EXPECT_TRUE(TryUpdateContract("o", "external_id: 'E 1'").ok());
  EXPECT_THAT(TryContract("d", of + "external_id: 'E 1'").status(),
              IsRefusal("RESOURCE_ALREADY_EXISTS", "external_id"));
  EXPECT_THAT(world_
                  .Try(&DeleteAccount, Proto<v1::DeleteAccountRequest>(
                                           "name: 'accounts/other'"))
                  .status(),
              IsRefusal("RESOURCE_IN_USE", "accounts/other"));
}

TEST_P(ServiceContractTest, C8_ContractsFormTreesWithoutCircles) {
  CreateContract("a");
  CreateContract("b", "parent: 'serviceContracts/a'");
  CreateContract("x", "parent: 'serviceContracts/b'");
  EXPECT_EQ(GetContract("x").root(), "serviceContracts/a");
  EXPECT_THAT(TryUpdateContract("a", "parent: 'serviceContracts/x'").status(),
              IsRefusal("FIELD_INVALID", "service_contract.parent: "));
  CreateContract("y");
  ASSERT_TRUE(TryUpdateContract("a", "parent: 'serviceContracts/y'").ok());
  EXPECT_EQ(GetContract("x").root(), "serviceContracts/y");
  ASSERT_TRUE(TryUpdateContract("b", "", "parent").ok());
  EXPECT_EQ(GetContract("x").root(), "serviceContracts/b");
  EXPECT_EQ(GetContract("a").root(), "serviceContracts/y");
}

TEST_P(ServiceContractTest, GoesWhenNothingHangsOnIt) {
  CreateContract("c");
  CreateContract("d", "parent: 'serviceContracts/c'");
  CreateLine("l", "c");
  const auto remove = [&](const std::string& id) {
    return world_
        .Try(&DeleteServiceContract,
             Proto<v1::DeleteServiceContractRequest>(
                 absl::StrCat("name: 'serviceContracts/", id, "'")))
        .status();
  };
  EXPECT_THAT(remove("c"), IsRefusal("RESOURCE_IN_USE", "serviceContracts/d"));
  EXPECT_EQ(remove("d"), absl::OkStatus());
  EXPECT_THAT(remove("c"), IsRefusal("RESOURCE_IN_USE", "contractLineItems/l"));
  EXPECT_EQ(DeleteLine("l"), absl::OkStatus());
  EXPECT_EQ(remove("c"), absl::OkStatus());
  EXPECT_THAT(TryUpdateContract("c", "display_name: 'X'").status(),
              IsRefusal("RESOURCE_NOT_FOUND", "serviceContracts/c"));
}

}  // namespace
}  // namespace charter::services

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "google/rpc/error_details.pb.h"
#include "server/services/shared/method.h"
#include "tests/server/services/batches/batches_fixture.h"

namespace charter::services {
namespace {

using test::Proto;

class BatchCreateTest : public BatchesTest {
 protected:
  // A call of BatchCreateContacts with a request id, as the call path makes it.
  CallInfo Info(const std::string& request_id) {
    static const absl::StatusOr<Method>& method = *new absl::StatusOr<Method>(
        MethodOf(*google::protobuf::DescriptorPool::generated_pool()
                      ->FindMethodByName(
                          "charter.v1.DirectoryService.BatchCreateContacts")));
    CallInfo info = world_.Info();
    info.method = &*method;
    info.request_id = request_id;
    info.fingerprint = std::string(32, 'f');
    return info;
  }
};
INSTANTIATE_TEST_SUITE_P(All, BatchCreateTest,
                         testing::ValuesIn(test::kEngines), test::EngineName);

TEST_P(BatchCreateTest, EachLeavesWhatItWouldLeaveAlone) {
  const Counts before = Count();
  const auto batch = BatchOf<v1::BatchCreateContactsRequest>(
      {"contact_id: 'b0' contact { account: 'accounts/acme' display_name: "
       "'Bea Adams' email: 'bea@acme.example' }",
       "contact_id: 'b1' contact { account: 'accounts/other' display_name: "
       "'Bob' }"});
  const Counts none = Count();
  const v1::BatchCreateContactsResponse response =
      world_.Do(&BatchCreateContacts, batch);
  const Counts together = Count();
  for (v1::CreateContactRequest request : batch.requests()) {
    request.set_contact_id("s" + request.contact_id().substr(1));
    world_.Do(&CreateContact, request);
  }
  const Counts apart = Count();
  EXPECT_EQ(together.contacts - none.contacts, 2);
  EXPECT_EQ(apart.terms - together.terms, together.terms - none.terms);
  EXPECT_EQ(before, none);

  ASSERT_EQ(response.contacts_size(), 2);
  for (int i = 0; i < 2; ++i) {
    const v1::Contact& contact = response.contacts(i);
    v1::Contact alone =
        world_.Do(&GetContact, Proto<v1::GetContactRequest>(
                                   absl::StrCat("name: 'contacts/s", i, "'")));
    EXPECT_EQ(contact.name(), absl::StrCat("contacts/b", i));
    EXPECT_NE(contact.etag(), alone.etag());
    alone.set_name(contact.name());
    alone.set_etag(contact.etag());
    EXPECT_EQ(contact.SerializeAsString(), alone.SerializeAsString());
  }
}

TEST_P(BatchCreateTest, TheFeedAndTheAuditTellOfEach) {
  const int64_t outbox = Count().outbox;
  const auto session = world_.store().OpenSession();
  Call call(world_.services(), *session, Info(""));
  ASSERT_TRUE(BatchCreateContacts(call, Contacts({"b0", "b1"})).ok());
  EXPECT_THAT(
      world_.Lines("SELECT method, subject FROM audit_log WHERE method LIKE "
                   "'%Batch%' ORDER BY id"),
      testing::ElementsAre(
          "charter.v1.DirectoryService/BatchCreateContacts|contacts/b0",
          "charter.v1.DirectoryService/BatchCreateContacts|contacts/b1"));
  // One transaction: one row with both events.
  EXPECT_EQ(Count().outbox, outbox + 1);
}

TEST_P(BatchCreateTest, ARefusalNamesItsRequestAndLeavesNothing) {
  const Counts before = Count();
  v1::BatchCreateContactsRequest batch = Contacts({"b0", "b1", "b2"});
  batch.mutable_requests(2)->mutable_contact()->set_account("accounts/none");
  const absl::Status refused = world_.Try(&BatchCreateContacts, batch).status();
  EXPECT_THAT(refused,
              IsRefusal("RESOURCE_NOT_FOUND",
                        "requests[2].contact.account: accounts/none does"));
  google::rpc::ErrorInfo info;
  ASSERT_TRUE(info.ParseFromString(std::string(
      *refused.GetPayload("type.googleapis.com/google.rpc.ErrorInfo"))));
  EXPECT_EQ(info.metadata().at("field"), "requests[2].contact.account");
  EXPECT_EQ(Count(), before);
}

TEST_P(BatchCreateTest, FieldsAreNamedWithTheirRequest) {
  const absl::Status refused =
      world_
          .Try(&BatchCreateAssets,
               BatchOf<v1::BatchCreateAssetsRequest>(
                   {"asset { account: 'accounts/acme' display_name: 'A' }",
                    "asset { account: 'accounts/acme' display_name: 'A' "
                    "product: 'products/laptop' }"}))
          .status();
  EXPECT_THAT(refused,
              IsRefusal("FIELD_INVALID", "requests[1].asset.serial_number: "));
  google::rpc::BadRequest bad;
  ASSERT_TRUE(bad.ParseFromString(std::string(
      *refused.GetPayload("type.googleapis.com/google.rpc.BadRequest"))));
  ASSERT_EQ(bad.field_violations_size(), 1);
  EXPECT_EQ(bad.field_violations(0).field(), "requests[1].asset.serial_number");
  EXPECT_EQ(bad.field_violations(0).reason(), "REQUIRED");
}

TEST_P(BatchCreateTest, OfTwoAlikeTheLaterIsNamed) {
  const Counts before = Count();
  EXPECT_THAT(
      world_.Try(&BatchCreateContacts, Contacts({"b0", "b1", "b0"})).status(),
      IsRefusal("RESOURCE_ALREADY_EXISTS",
                "requests[2]: contacts/b0 exists already"));
  v1::BatchCreateContactsRequest batch = Contacts({"b0", "", "b2", "b3"});
  batch.mutable_requests(1)->mutable_contact()->set_external_id("x");
  batch.mutable_requests(2)->mutable_contact()->set_external_id("x");
  EXPECT_THAT(world_.Try(&BatchCreateContacts, batch).status(),
              IsRefusal("RESOURCE_ALREADY_EXISTS",
                        "requests[2]: contacts/b2: another one has this "
                        "external_id"));
  // One that was there before.
  EXPECT_THAT(
      world_.Try(&BatchCreateContacts, Contacts({"b0", "ann"})).status(),
      IsRefusal("RESOURCE_ALREADY_EXISTS",
                "requests[1]: contacts/ann exists already"));
  const absl::Status price =
      world_
          .Try(&BatchCreatePriceBookEntries,
               BatchOf<v1::BatchCreatePriceBookEntriesRequest>(
                   {"price_book_entry { product: 'products/laptop' unit_price "
                    "{ currency_code: 'EUR' units: 1 } }",
                    "price_book_entry { product: 'products/laptop' unit_price "
                    "{ currency_code: 'EUR' units: 2 } }"}))
          .status();
  EXPECT_THAT(price, IsRefusal("RESOURCE_ALREADY_EXISTS", "requests[1]: "));
  EXPECT_EQ(Count(), before);
}

TEST_P(BatchCreateTest, WhatIsOfTheBatchIsNotOfItsRequests) {
  v1::BatchCreateContactsRequest batch = Contacts({"b0", "b1"});
  batch.mutable_requests(1)->set_request_id("r");
  EXPECT_THAT(world_.Try(&BatchCreateContacts, batch).status(),
              IsRefusal("FIELD_INVALID", "requests[1].request_id: "));
  batch.mutable_requests(0)->set_validate_only(true);
  EXPECT_THAT(world_.Try(&BatchCreateContacts, batch).status(),
              IsRefusal("FIELD_INVALID",
                        "requests[0].validate_only: is of the whole "
                        "batch: leave it out here, and set the "
                        "batch's own validate_only (and 1 more"));
}

TEST_P(BatchCreateTest, ADryRunKeepsNothingAndIsRefusedAlike) {
  const Counts before = Count();
  const auto dry = [&](const v1::BatchCreateContactsRequest& batch) {
    const auto session = world_.store().OpenSession();
    CallInfo info = Info("r");
    info.validate_only = true;
    Call call(world_.services(), *session, info);
    return BatchCreateContacts(call, batch);
  };
  const auto answer = dry(Contacts({"b0", "b1"}));
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->contacts(1).name(), "contacts/b1");
  EXPECT_THAT(dry(Contacts({"b0", "b0"})).status(),
              IsRefusal("RESOURCE_ALREADY_EXISTS", "requests[1]: "));
  EXPECT_EQ(Count(), before);
}

// Also when the answer is large, which of one resource would be read again.
TEST_P(BatchCreateTest, ARetryGetsTheFirstAnswer) {
  v1::BatchCreateContactsRequest batch =
      Contacts(std::vector<std::string>(1000));
  for (v1::CreateContactRequest& request : *batch.mutable_requests())
    request.mutable_contact()->set_title(std::string(100, 't'));
  const auto session = world_.store().OpenSession();
  Call first(world_.services(), *session, Info("r"));
  const auto answer = BatchCreateContacts(first, batch);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_GT(answer->ByteSizeLong(), 64u * 1024);
  const Counts before = Count();
  Call second(world_.services(), *session, Info("r"));
  EXPECT_FALSE(BatchCreateContacts(second, batch).ok());
  const auto stored = second.StoredResponse();
  ASSERT_TRUE(stored.ok()) << stored.status();
  ASSERT_TRUE(stored->has_value());
  EXPECT_EQ((*stored)->read_again, "");
  EXPECT_TRUE((*stored)->response == answer->SerializeAsString());
  EXPECT_EQ(Count(), before);
}

TEST_P(BatchCreateTest, OfTwoServersWithOneRequestIdOneCreates) {
  for (int round = 0; round < 5; ++round) {
    const int64_t before = Count().contacts;
    const std::string id = absl::StrCat("r", round);
    std::optional<absl::StatusOr<v1::BatchCreateContactsResponse>> answers[2];
    test::Host* hosts[] = {&world_.host(), &world_.AddHost()};
    std::vector<std::thread> servers;
    for (int i = 0; i < 2; ++i) {
      servers.emplace_back([&, i] {
        const auto session = world_.store().OpenSession();
        Call call(hosts[i]->services(), *session, Info(id));
        answers[i] =
            BatchCreateContacts(call, Contacts(std::vector<std::string>(20)));
        if (answers[i]->ok()) return;
        const auto stored = call.StoredResponse();
        ASSERT_TRUE(stored.ok() && stored->has_value());
        answers[i] = v1::BatchCreateContactsResponse();
        (*answers[i])->ParseFromString((*stored)->response);
      });
    }
    for (std::thread& server : servers) server.join();
    ASSERT_TRUE(answers[0]->ok() && answers[1]->ok());
    EXPECT_EQ((*answers[0])->SerializeAsString(),
              (*answers[1])->SerializeAsString());
    EXPECT_EQ(Count().contacts, before + 20);
  }
}

TEST_P(BatchCreateTest, EachSeesThoseBeforeIt) {
  const v1::BatchCreateAccountsResponse accounts =
      world_.Do(&BatchCreateAccounts,
                BatchOf<v1::BatchCreateAccountsRequest>(
                    {"account_id: 'top' account { display_name: 'T' }",
                     "account_id: 'below' account { display_name: 'B' parent: "
                     "'accounts/top' }"}));
  EXPECT_EQ(accounts.accounts(1).parent(), "accounts/top");
  EXPECT_THAT(
      world_
          .Try(&BatchCreateAccounts,
               BatchOf<v1::BatchCreateAccountsRequest>(
                   {"account_id: 'c' account { display_name: 'C' parent: "
                    "'accounts/d' }",
                    "account_id: 'd' account { display_name: 'D' }"}))
          .status(),
      IsRefusal("RESOURCE_NOT_FOUND", "requests[0].account.parent: "));
}

// Text of what a batch, and what single calls made, that differs in nothing
// but names, numbers and etags.
std::string Same(std::string text, const std::string& id,
                 const v1::ServiceContract& contract) {
  return absl::StrReplaceAll(text, {{contract.contract_number(), "NUMBER"},
                                    {absl::StrCat("/", id), "/ID"}});
}

TEST_P(BatchCreateTest, C8_LinesComeOutAsTheyDoOneByOne) {
  int contracts = 0;
  const bool ok = rc::check("a batch of lines", [&] {
    const int count = *rc::gen::inRange(1, 6);
    std::vector<std::string> lines;
    for (int i = 0; i < count; ++i) {
      const int parent = *rc::gen::inRange(-1, i);
      lines.push_back(absl::StrCat(
          "price_book_entry: 'priceBookEntries/std' quantity: '",
          *rc::gen::inRange(1, 100), ".", *rc::gen::inRange(1, 100),
          "' discount: '", *rc::gen::inRange(0, 100), "'",
          parent < 0
              ? ""
              : absl::StrCat(" parent: 'contractLineItems/@-", parent, "'")));
    }
    std::string made[2];
    for (const bool batch : {false, true}) {
      const std::string id =
          absl::StrCat("contract-", ++contracts, batch ? "b" : "s");
      CreateContract(id, "tax { currency_code: 'EUR' units: 40 }");
      v1::BatchCreateContractLineItemsRequest all;
      for (int i = 0; i < count; ++i) {
        *all.add_requests() =
            Proto<v1::CreateContractLineItemRequest>(absl::StrCat(
                "contract_line_item_id: '", id, "-", i,
                "' contract_line_item { service_contract: 'serviceContracts/",
                id, "' ", absl::StrReplaceAll(lines[i], {{"@", id}}), " }"));
      }
      v1::BatchCreateContractLineItemsResponse response;
      if (batch) {
        response = world_.Do(&BatchCreateContractLineItems, all);
      } else {
        for (const auto& one : all.requests()) {
          *response.add_contract_line_items() =
              world_.Do(&CreateContractLineItem, one);
        }
      }
      v1::ServiceContract contract = GetContract(id);
      for (v1::ContractLineItem& line :
           *response.mutable_contract_line_items()) {
        RC_ASSERT(GetLine(line.name().substr(line.name().find('/') + 1))
                      .SerializeAsString() == line.SerializeAsString());
        line.clear_etag();
      }
      contract.clear_etag();
      made[batch] =
          Same(contract.DebugString() + response.DebugString(), id, contract);
    }
    RC_ASSERT(made[0] == made[1]);
  });
  EXPECT_TRUE(ok);
}

}  // namespace
}  // namespace charter::services

#include "server/workers/rebuild.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "server/services/cases/cases.h"
#include "server/services/contracts/contracts.h"
#include "server/services/directory/directory.h"
#include "storage/records/search_terms.h"
#include "tests/support/service_world.h"

namespace charter::workers {
namespace {

using test::Proto;
using test::ServiceWorld;

class RebuildTest : public testing::TestWithParam<storage::Engine> {
 protected:
  RebuildTest() {
    world_.Do(&services::CreateAccount,
              Proto<v1::CreateAccountRequest>(
                  "account_id: 'acme' account { display_name: 'Acme Bolts' "
                  "phone: '+43 1 588' }"));
    for (int i = 0; i < 12; ++i) Contact(absl::StrCat("c", i));
    world_.Do(&services::CreateAsset,
              Proto<v1::CreateAssetRequest>(
                  "asset { account: 'accounts/acme' display_name: 'Press' "
                  "serial_number: 'X-1' }"));
    world_.Do(&services::OpenCase,
              Proto<v1::OpenCaseRequest>(
                  "case { account: 'accounts/acme' external_id: 'E-1' }"));
    world_.Do(&services::DeleteContact,
              Proto<v1::DeleteContactRequest>("name: 'contacts/c0'"));
  }
  void Contact(const std::string& id) {
    world_.Do(
        &services::CreateContact,
        Proto<v1::CreateContactRequest>(absl::StrCat(
            "contact_id: '", id, "' contact { account: 'accounts/acme' ",
            "display_name: 'Kim Walker", id, "' email: 'k@x.example' }")));
  }
  void Queue() {
    const auto session = world_.store().OpenSession();
    services::Call call(world_.services(), *session, world_.Info());
    EXPECT_EQ(call.Apply([](storage::Transaction& tx) {
      return storage::QueueRebuilds(
          tx, {"accounts", "contacts", "assets", "cases"});
    }),
              absl::OkStatus());
  }
  std::vector<std::string> Terms() {
    return world_.Lines(
        "SELECT kind, term, subject, account FROM search_terms ORDER BY kind, "
        "term, subject");
  }
  std::vector<std::string> Shapes() {
    return world_.Lines(
        "SELECT shape, word FROM search_shapes WHERE word <> 'walkerc0' ORDER "
        "BY shape, word");
  }

  ServiceWorld world_{{.engine = GetParam()}};
};
INSTANTIATE_TEST_SUITE_P(All, RebuildTest, testing::ValuesIn(test::kEngines),
                         test::EngineName);

TEST_P(RebuildTest, WhatWasThereBeforeGetsTheTermsItWouldHaveGot) {
  const std::vector<std::string> terms = Terms();
  const std::vector<std::string> shapes = Shapes();
  ASSERT_FALSE(terms.empty());
  world_.Execute("DELETE FROM search_terms WHERE kind <> 0");
  world_.Execute("DELETE FROM search_shapes WHERE shape <> ''");
  // The migration itself has queued it.
  Rebuild worker(world_.services());
  ASSERT_EQ(worker.RunUntilIdle(), absl::OkStatus());
  EXPECT_EQ(Terms(), terms);
  EXPECT_EQ(Shapes(), shapes);
  EXPECT_EQ(world_.Number("SELECT COUNT(*) FROM search_rebuilds"), 0);
}

TEST_P(RebuildTest, WhatIsThereStays) {
  const std::vector<std::string> terms = Terms();
  world_.Execute("DELETE FROM search_rebuilds WHERE place = ''");
  Queue();
  Rebuild worker(world_.services());
  ASSERT_EQ(worker.RunUntilIdle(), absl::OkStatus());
  EXPECT_EQ(Terms(), terms);
}

TEST_P(RebuildTest, AnotherServerGoesOnWhereOneStopped) {
  const std::vector<std::string> terms = Terms();
  world_.Execute("DELETE FROM search_terms WHERE kind <> 0");
  {
    Rebuild first(world_.services());
    ASSERT_TRUE(first.RunOnce().ok());  // one table
    first.Stop();
  }
  world_.Restart();
  EXPECT_EQ(world_.Number("SELECT COUNT(*) FROM search_rebuilds"), 5);
  Rebuild second(world_.services());
  world_.clock().Advance(absl::Minutes(1));
  ASSERT_EQ(second.RunUntilIdle(), absl::OkStatus());
  EXPECT_EQ(Terms(), terms);
}

// What was renewed before there were columns for it stands in `more`.
TEST_P(RebuildTest, WhatWasRenewedBeforeIsFoundByIt) {
  for (const char* id : {"old", "other"}) {
    world_.Do(&services::CreateServiceContract,
              Proto<v1::CreateServiceContractRequest>(absl::StrCat(
                  "service_contract_id: '", id,
                  "' service_contract { account: 'accounts/acme' display_name: "
                  "'C' currency_code: 'EUR' }")));
  }
  v1::ServiceContract stored;
  stored.set_renewed_to("serviceContracts/other");
  world_.Execute(
      absl::StrCat("UPDATE service_contracts SET more = X'",
                   absl::BytesToHexString(stored.SerializeAsString()),
                   "' WHERE name = 'serviceContracts/old'"));
  const auto session = world_.store().OpenSession();
  services::Call call(world_.services(), *session, world_.Info());
  ASSERT_EQ(call.Apply([](storage::Transaction& tx) {
    return storage::QueueRebuilds(tx, {"serviceContracts"});
  }),
            absl::OkStatus());
  Rebuild worker(world_.services());
  ASSERT_EQ(worker.RunUntilIdle(), absl::OkStatus());
  v1::ListServiceContractsRequest request;
  request.set_filter("renewed_to == 'serviceContracts/other'");
  EXPECT_EQ(world_.Do(&services::ListServiceContracts, request)
                .service_contracts_size(),
            1);
}

}  // namespace
}  // namespace charter::workers

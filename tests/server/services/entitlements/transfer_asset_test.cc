// An asset that goes to another account, with all that hangs on it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "charter/v1/admin_service.pb.h"
#include "server/services/admin/admin.h"
#include "server/services/cases/cases.h"
#include "server/services/shared/time_convert.h"
#include "server/workers/feed_publisher.h"
#include "server/workers/wakeup_worker.h"
#include "storage/table/resource_tables.h"
#include "tests/server/services/entitlements/entitlements_fixture.h"

namespace charter::services {
namespace {

using test::Proto;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr char kToOther[] = "account: 'accounts/other' ";

class TransferAssetTest : public EntitlementsTest {
 protected:
  absl::StatusOr<v1::Asset> Transfer(const std::string& fields,
                                     const std::string& id = "press") {
    return world_.Try(&TransferAsset,
                      Proto<v1::TransferAssetRequest>(
                          absl::StrCat("name: 'assets/", id, "' ", fields)));
  }
  // Refused, and nothing has changed.
  absl::Status Refused(const std::string& fields,
                       const std::string& id = "press") {
    const std::vector<std::string> before = Stored();
    const absl::Status status = Transfer(fields, id).status();
    EXPECT_FALSE(status.ok());
    EXPECT_EQ(Stored(), before);
    return status;
  }
  std::vector<std::string> Stored() {
    std::vector<std::string> all;
    for (const char* sql :
         {"SELECT name, account, parent, root, contact, row_version FROM "
          "assets ORDER BY name",
          "SELECT name, account, state, row_version FROM entitlements ORDER BY "
          "name",
          "SELECT subject, term, account FROM search_terms ORDER BY 1, 2, 3"}) {
      for (const std::string& line : world_.Lines(sql)) all.push_back(line);
    }
    return all;
  }
  v1::Asset Asset(const std::string& id) {
    return world_.Do(&GetAsset, Proto<v1::GetAssetRequest>(
                                    absl::StrCat("name: 'assets/", id, "'")));
  }
  void Update(const std::string& id, const std::string& fields) {
    world_.Do(&UpdateAsset,
              Proto<v1::UpdateAssetRequest>(absl::StrCat(
                  "asset { name: 'assets/", id, "' ", fields, " }")));
  }
  // The events since the last call, "type subject account".
  std::vector<std::string> News() {
    if (!publisher_) publisher_.emplace(world_.services());
    EXPECT_EQ(publisher_->RunUntilIdle(), absl::OkStatus());
    std::vector<std::string> news;
    const std::vector<v1::Event> feed = world_.Feed();
    for (; read_ < feed.size(); ++read_) {
      news.push_back(absl::StrCat(feed[read_].type(), " ",
                                  feed[read_].subject(), " ",
                                  feed[read_].account()));
      last_.push_back(feed[read_]);
    }
    return news;
  }
  absl::StatusCode AsCustomer(const std::string& account,
                              const std::string& id) {
    const auto session = world_.store().OpenSession();
    CallInfo info = world_.Info();
    info.principal.confined_to = storage::Confinement{account};
    Call call(world_.services(), *session, info);
    v1::GetAssetRequest request;
    request.set_name(absl::StrCat("assets/", id));
    return GetAsset(call, request).status().code();
  }
  std::vector<std::string> Problems() {
    std::vector<std::string> problems;
    const auto checked =
        world_.Do(&CheckIntegrity, v1::CheckIntegrityRequest());
    for (const v1::IntegrityProblem& problem : checked.problems())
      problems.push_back(problem.description());
    return problems;
  }

  std::optional<workers::FeedPublisher> publisher_;
  size_t read_ = 0;
  std::vector<v1::Event> last_;
};
INSTANTIATE_TEST_SUITE_P(All, TransferAssetTest,
                         testing::ValuesIn(test::kEngines), test::EngineName);

TEST_P(TransferAssetTest, C1_AnAssetGoesWithItsParts) {
  Update("press", "contact: 'contacts/ann' external_id: 'e1'");
  Update("roller", "contact: 'contacts/bob' serial_number: 'R-7'");
  News();
  last_.clear();
  const absl::StatusOr<v1::Asset> moved = Transfer(
      absl::StrCat(kToOther, "contact: 'contacts/oto' parent: 'assets/oven'"));
  ASSERT_TRUE(moved.ok()) << moved.status();
  EXPECT_EQ(moved->account(), "accounts/other");
  EXPECT_EQ(moved->contact(), "contacts/oto");
  EXPECT_EQ(moved->parent(), "assets/oven");
  EXPECT_EQ(moved->root(), "assets/oven");
  EXPECT_EQ(moved->external_id(), "e1");
  EXPECT_EQ(moved->etag(), Asset("press").etag());
  const v1::Asset part = Asset("roller");
  EXPECT_EQ(part.account(), "accounts/other");
  EXPECT_EQ(part.contact(), "");
  EXPECT_EQ(part.parent(), "assets/press");
  EXPECT_EQ(part.root(), "assets/oven");
  // Each account is told of what it sees, as it saw it.
  EXPECT_THAT(News(),
              ElementsAre("asset.transferred_out assets/press accounts/acme",
                          "asset.transferred_in assets/press accounts/other",
                          "asset.transferred_out assets/roller accounts/acme",
                          "asset.transferred_in assets/roller accounts/other"));
  v1::Asset told;
  ASSERT_TRUE(last_[0].resource().UnpackTo(&told));
  EXPECT_EQ(told.account(), "accounts/acme");
  ASSERT_TRUE(last_[3].resource().UnpackTo(&told));
  EXPECT_EQ(told.account(), "accounts/other");
  // Those who call are found where the asset is now.
  EXPECT_THAT(world_.Lines("SELECT DISTINCT account FROM search_terms WHERE "
                           "subject IN ('assets/press', 'assets/roller')"),
              ElementsAre("accounts/other"));
  EXPECT_GT(world_.Number("SELECT COUNT(*) FROM search_terms WHERE subject = "
                          "'assets/roller' AND kind = 5"),
            0);
  for (const char* id : {"press", "roller"}) {
    EXPECT_EQ(AsCustomer("accounts/acme", id), absl::StatusCode::kNotFound);
    EXPECT_EQ(AsCustomer("accounts/other", id), absl::StatusCode::kOk);
  }
}

TEST_P(TransferAssetTest, C1_APartLeavesItsWholeBehind) {
  const absl::StatusOr<v1::Asset> moved = Transfer(kToOther, "roller");
  ASSERT_TRUE(moved.ok()) << moved.status();
  EXPECT_EQ(moved->parent(), "");
  EXPECT_EQ(moved->root(), "assets/roller");
  EXPECT_EQ(Asset("press").account(), "accounts/acme");
  EXPECT_EQ(Asset("press").root(), "assets/press");
}

TEST_P(TransferAssetTest, ItIsAuditedAsItWasAndAsItBecame) {
  Entitle("e", "asset: 'assets/roller'");
  ASSERT_TRUE(Transfer(absl::StrCat(kToOther, "coverage: MOVE")).ok());
  v1::ListAuditEntriesRequest request;
  std::vector<std::string> subjects;
  const auto audited = world_.Do(&ListAuditEntries, request);
  for (const v1::AuditEntry& entry : audited.audit_entries()) {
    if (entry.has_before() && entry.has_after())
      subjects.push_back(entry.subject());
  }
  EXPECT_THAT(subjects, testing::IsSupersetOf({"assets/press", "assets/roller",
                                               "entitlements/e"}));
}

TEST_P(TransferAssetTest, C1_WhatTheRequestNamesMustBeTheReceivers) {
  EXPECT_THAT(Refused("account: 'accounts/acme'"),
              IsRefusal("FIELD_INVALID", "account: "));
  EXPECT_THAT(Refused("account: 'accounts/none'"),
              IsRefusal("RESOURCE_NOT_FOUND", "account: "));
  EXPECT_THAT(Refused(absl::StrCat(kToOther, "contact: 'contacts/ann'")),
              IsRefusal("FIELD_INVALID", "contact: "));
  EXPECT_THAT(Refused(absl::StrCat(kToOther, "contact: 'contacts/none'")),
              IsRefusal("RESOURCE_NOT_FOUND", "contact: "));
  EXPECT_THAT(Refused(absl::StrCat(kToOther, "parent: 'assets/none'")),
              IsRefusal("RESOURCE_NOT_FOUND", "parent: "));
  for (const char* parent : {"press", "roller"}) {
    EXPECT_THAT(
        Refused(absl::StrCat(kToOther, "parent: 'assets/", parent, "'")),
        IsRefusal("FIELD_INVALID", "parent: "));
  }
  EXPECT_THAT(
      Refused(absl::StrCat(kToOther, "parent: 'assets/press'"), "roller"),
      IsRefusal("FIELD_INVALID", "parent: is an asset of another account"));
  EXPECT_THAT(Refused(absl::StrCat(kToOther, "etag: '\"9-x\"'")),
              IsRefusal("ETAG_MISMATCH", "assets/press"));
  EXPECT_THAT(Refused(kToOther, "none"),
              IsRefusal("RESOURCE_NOT_FOUND", "assets/none"));
  world_.Do(&CreateAccount, Proto<v1::CreateAccountRequest>(
                                "account_id: 'gone' account { display_name: "
                                "'G' }"));
  world_.Do(&DeleteAccount,
            Proto<v1::DeleteAccountRequest>("name: 'accounts/gone'"));
  EXPECT_THAT(Refused("account: 'accounts/gone'"),
              IsRefusal("RESOURCE_NOT_FOUND", "account: "));
}

TEST_P(TransferAssetTest, AnExternalIdThatIsTakenThereIsNamed) {
  Update("roller", "external_id: 'x'");
  Update("oven", "external_id: 'x'");
  EXPECT_THAT(Refused(kToOther),
              IsRefusal("RESOURCE_ALREADY_EXISTS", "assets/roller"));
  Update("oven", "external_id: 'y'");
  EXPECT_TRUE(Transfer(kToOther).ok());
}

TEST_P(TransferAssetTest, C8_WhatALineCoversStays) {
  AddLine("l", "acme", "asset: 'assets/roller'");
  // Of a draft, of a contract in force.
  EXPECT_THAT(Refused(kToOther),
              IsRefusal("RESOURCE_IN_USE", "contractLineItems/l"));
  Activate("acme");
  EXPECT_THAT(Refused(absl::StrCat(kToOther, "coverage: CANCEL")),
              IsRefusal("RESOURCE_IN_USE", "contractLineItems/l"));
  world_.Do(&UpdateContractLineItem,
            Proto<v1::UpdateContractLineItemRequest>(
                "contract_line_item { name: 'contractLineItems/l' cancelled: "
                "true }"));
  EXPECT_TRUE(Transfer(kToOther).ok());
}

TEST_P(TransferAssetTest, C9_WhatFollowsOnALineThatIsOverLeavesTheAssetOut) {
  world_.Do(&UpdateServiceContract,
            Proto<v1::UpdateServiceContractRequest>(
                "service_contract { name: 'serviceContracts/acme' end_date { "
                "year: 2001 month: 12 day: 31 } }"));
  AddLine("l", "acme", "asset: 'assets/roller'");
  AddLine("kept", "acme");
  const std::string ended = "end_date { year: 2001 month: 12 day: 31 } ";
  Entitle("covered", absl::StrCat(ended,
                                  "asset: 'assets/press' service_contract: "
                                  "'serviceContracts/acme'"));
  Entitle("alone", absl::StrCat(ended, "asset: 'assets/press'"));
  Activate("acme");
  ASSERT_TRUE(Transfer(kToOther).ok());
  const auto next = world_.Do(
      &RenewContract,
      Proto<v1::RenewContractRequest>("name: 'serviceContracts/acme'"));
  EXPECT_EQ(next.line_count(), 1);
  EXPECT_EQ(world_.Number("SELECT COUNT(*) FROM entitlements"), 2);
  EXPECT_THAT(world_
                  .Try(&RenewEntitlement, Proto<v1::RenewEntitlementRequest>(
                                              "name: 'entitlements/alone'"))
                  .status(),
              IsRefusal("NOT_RENEWABLE", "assets/press"));
}

TEST_P(TransferAssetTest, C1_EntitlementsRefuseItUnlessTheRequestSaysMore) {
  Entitle("e", "asset: 'assets/roller'");
  EXPECT_THAT(Refused(kToOther),
              IsRefusal("RESOURCE_IN_USE", "entitlements/e"));
  EXPECT_THAT(Refused(absl::StrCat(kToOther, "coverage: REFUSE")),
              IsRefusal("RESOURCE_IN_USE", "entitlements/e"));
  world_.Do(&SuspendEntitlement,
            Proto<v1::SuspendEntitlementRequest>("name: 'entitlements/e'"));
  EXPECT_THAT(Refused(kToOther),
              IsRefusal("RESOURCE_IN_USE", "entitlements/e"));
  world_.Do(&CancelEntitlement,
            Proto<v1::CancelEntitlementRequest>("name: 'entitlements/e'"));
  EXPECT_TRUE(Transfer(kToOther).ok());
  EXPECT_EQ(Get("e").account(), "accounts/acme");
}

TEST_P(TransferAssetTest, C10_TheyCanBeCancelled) {
  Entitle("e", "asset: 'assets/roller'");
  Entitle("later",
          "asset: 'assets/press' end_date { year: 2100 month: 1 day: "
          "1 } service_contract: 'serviceContracts/acme'");
  Entitle("over",
          "asset: 'assets/press' end_date { year: 2001 month: 2 day: 1 }");
  Entitle("general");
  News();
  ASSERT_TRUE(Transfer(absl::StrCat(kToOther, "coverage: CANCEL")).ok());
  EXPECT_EQ(Get("e").state(), v1::Entitlement::CANCELLED);
  EXPECT_EQ(Get("later").state(), v1::Entitlement::CANCELLED);
  EXPECT_EQ(Get("over").status(), v1::Entitlement::EXPIRED);
  EXPECT_EQ(Get("general").status(), v1::Entitlement::ACTIVE);
  EXPECT_EQ(Get("e").account(), "accounts/acme");
  const std::vector<std::string> news = News();
  EXPECT_THAT(news, testing::Contains(
                        "entitlement.cancelled entitlements/e accounts/acme"));
  EXPECT_THAT(news,
              testing::Contains(
                  "entitlement.cancelled entitlements/later accounts/acme"));
  // It waits for nothing any more.
  EXPECT_EQ(world_.Number("SELECT COUNT(*) FROM wakeups"), 0);
}

TEST_P(TransferAssetTest, C6_TheyCanGoAlongAndHoldThere) {
  Entitle("e", "asset: 'assets/press' contacts: 'contacts/ann'");
  Entitle("over",
          "asset: 'assets/press' end_date { year: 2001 month: 2 day: 1 }");
  News();
  ASSERT_TRUE(Transfer(absl::StrCat(kToOther, "coverage: MOVE")).ok());
  const v1::Entitlement moved = Get("e");
  EXPECT_EQ(moved.account(), "accounts/other");
  EXPECT_EQ(moved.contacts_size(), 0);
  EXPECT_EQ(moved.status(), v1::Entitlement::ACTIVE);
  EXPECT_EQ(Get("over").account(), "accounts/acme");
  const std::vector<std::string> news = News();
  EXPECT_THAT(news,
              testing::Contains(
                  "entitlement.transferred_out entitlements/e accounts/acme"));
  EXPECT_THAT(news,
              testing::Contains(
                  "entitlement.transferred_in entitlements/e accounts/other"));
  // A part is covered by what covers the whole.
  const v1::VerifyEntitlementResponse there =
      Verify("account: 'accounts/other' asset: 'assets/roller'");
  EXPECT_TRUE(there.eligible());
  EXPECT_EQ(there.entitlement(), "entitlements/e");
  EXPECT_FALSE(Verify("account: 'accounts/acme'").eligible());
  EXPECT_THAT(world_
                  .Try(&VerifyEntitlement,
                       Proto<v1::VerifyEntitlementRequest>(
                           "account: 'accounts/acme' asset: 'assets/press'"))
                  .status(),
              IsRefusal("FIELD_INVALID", "asset: "));
  // It can go back, too.
  ASSERT_TRUE(Transfer("account: 'accounts/acme' coverage: MOVE").ok());
  EXPECT_EQ(Get("e").account(), "accounts/acme");
}

TEST_P(TransferAssetTest, C1_OneOfAContractCannotGoAlong) {
  Entitle("e",
          "asset: 'assets/press' service_contract: 'serviceContracts/acme'");
  EXPECT_THAT(Refused(absl::StrCat(kToOther, "coverage: MOVE")),
              IsRefusal("RESOURCE_IN_USE", "entitlements/e"));
}

TEST_P(TransferAssetTest, AnExternalIdOfAnEntitlementThatIsTakenIsNamed) {
  Entitle("e", "asset: 'assets/press' external_id: 'x'");
  world_.Do(&CreateEntitlement,
            Proto<v1::CreateEntitlementRequest>(
                "entitlement { display_name: 'E' account: 'accounts/other' "
                "external_id: 'x' }"));
  EXPECT_THAT(Refused(absl::StrCat(kToOther, "coverage: MOVE")),
              IsRefusal("RESOURCE_ALREADY_EXISTS", "entitlements/e"));
}

TEST_P(TransferAssetTest, C5_TheUnitsGoAlong) {
  Entitle("e", "asset: 'assets/press' allotment { unit: MINUTES }");
  const absl::Time begin = world_.now();
  const auto grant = [&](int units, absl::Duration after) {
    v1::GrantUnitsRequest request;
    request.set_name("entitlements/e");
    request.set_units(units);
    *request.mutable_lapse_time() = ToProto(begin + after);
    world_.Do(&GrantUnits, request);
  };
  grant(2, absl::Hours(1));
  grant(5, absl::Hours(9));
  News();
  world_.clock().Advance(absl::Hours(2));
  ASSERT_TRUE(Transfer(absl::StrCat(kToOther, "coverage: MOVE")).ok());
  // What had lapsed by then was the old account's.
  EXPECT_EQ(News().front(), "ledger.lapse entitlements/e accounts/acme");
  EXPECT_EQ(Get("e").units_available(), 5);
  EXPECT_THAT(Problems(), IsEmpty());
  world_.clock().Advance(absl::Hours(8));
  workers::WakeupWorker worker(world_.services());
  ASSERT_EQ(worker.RunUntilIdle(), absl::OkStatus());
  EXPECT_THAT(News(),
              ElementsAre("ledger.lapse entitlements/e accounts/other"));
  EXPECT_EQ(Get("e").units_available(), 0);
  EXPECT_THAT(Problems(), IsEmpty());
}

TEST_P(TransferAssetTest, AssetsOnLinesAreNotDeleted) {
  AddLine("l", "acme", "asset: 'assets/roller'");
  const auto remove = [&] {
    return world_
        .Try(&DeleteAsset,
             Proto<v1::DeleteAssetRequest>("name: 'assets/roller'"))
        .status();
  };
  EXPECT_THAT(remove(), IsRefusal("RESOURCE_IN_USE", "contractLineItems/l"));
  world_.Do(&UpdateContractLineItem,
            Proto<v1::UpdateContractLineItemRequest>(
                "contract_line_item { name: 'contractLineItems/l' cancelled: "
                "true }"));
  EXPECT_EQ(remove(), absl::OkStatus());
}

TEST_P(TransferAssetTest, C5_CasesThatStayUseNoUnitsOfWhatWent) {
  Entitle("e", "asset: 'assets/press' allotment { unit: MINUTES }");
  world_.Do(&GrantUnits,
            Proto<v1::GrantUnitsRequest>("name: 'entitlements/e' units: 100"));
  world_.Do(&OpenCase,
            Proto<v1::OpenCaseRequest>(
                "case_id: 'c' case { account: 'accounts/acme' asset: "
                "'assets/press' entitlement: 'entitlements/e' }"));
  const auto work = [&](const std::string& key) {
    world_.Do(&RecordEvents,
              Proto<v1::RecordEventsRequest>(absl::StrCat(
                  "events { case: 'cases/c' event { key: '", key,
                  "' work_logged { minutes: 10 worker: 'ann' } } }")));
  };
  work("before");
  EXPECT_EQ(Get("e").units_available(), 90);
  ASSERT_TRUE(Transfer(absl::StrCat(kToOther, "coverage: MOVE")).ok());
  work("after");
  EXPECT_EQ(Get("e").units_available(), 90);
  EXPECT_THAT(Problems(), IsEmpty());
}

TEST_P(TransferAssetTest, C1_WhatStayedAsHistoryCoversItNoMore) {
  Entitle("e", "asset: 'assets/press' end_date { year: 2001 month: 6 day: 1 }");
  AddLine("l", "acme",
          "asset: 'assets/press' end_date { year: 2001 month: 6 day: 1 }");
  Activate("acme");
  ASSERT_TRUE(Transfer(kToOther).ok());
  EXPECT_THAT(
      world_
          .Try(&UpdateEntitlement,
               Proto<v1::UpdateEntitlementRequest>(
                   "entitlement { name: 'entitlements/e' end_date { year: 2100 "
                   "month: 1 day: 1 } }"))
          .status(),
      IsRefusal("FIELD_INVALID", "entitlement.asset"));
  EXPECT_THAT(
      world_
          .Try(&UpdateContractLineItem,
               Proto<v1::UpdateContractLineItemRequest>(
                   "contract_line_item { name: 'contractLineItems/l' end_date "
                   "{ year: 2100 month: 1 day: 1 } }"))
          .status(),
      IsRefusal("FIELD_INVALID", "contract_line_item.asset"));
}

// One that goes loses its contacts, and one without contacts is everybody's of
// its account: nobody may see its old account without its old contacts.
TEST_P(TransferAssetTest, C4_NobodySeesItHalfGone) {
  Entitle("e", "asset: 'assets/press' contacts: 'contacts/ann'");
  bool gone = false;
  world_.SetFault([&](absl::string_view sql) {
    if (absl::StrContains(sql, "entitlement_contacts") &&
        !std::exchange(gone, true)) {
      EXPECT_TRUE(Transfer(absl::StrCat(kToOther, "coverage: MOVE")).ok());
    }
    return 0;
  });
  const auto seen = world_.Do(&ListEntitlements,
                              Proto<v1::ListEntitlementsRequest>(
                                  "filter: 'account == \"accounts/acme\"'"));
  world_.SetFault(nullptr);
  EXPECT_TRUE(gone);
  for (const v1::Entitlement& entitlement : seen.entitlements())
    EXPECT_THAT(entitlement.contacts(), ElementsAre("contacts/ann"));
  EXPECT_EQ(Get("e").account(), "accounts/other");
}

TEST_P(TransferAssetTest, AnAssetOfMoreThanAThousandPartsGoesToo) {
  const auto session = world_.store().OpenSession();
  Call call(world_.services(), *session, world_.Info());
  ASSERT_EQ(call.Apply([&](storage::Transaction& tx) {
    std::vector<v1::Asset> parts;
    for (int i = 0; i < 1001; ++i) {
      v1::Asset& part = parts.emplace_back();
      part.set_name(absl::StrCat("assets/part-", i));
      part.set_account("accounts/acme");
      part.set_display_name("Part");
      part.set_parent("assets/press");
      part.set_root("assets/press");
    }
    return storage::AssetTable().InsertAll(tx, &parts);
  }),
            absl::OkStatus());
  const int64_t before = world_.store().round_trips();
  const absl::StatusOr<v1::Asset> moved = Transfer(kToOther);
  const int64_t round_trips = world_.store().round_trips() - before;
  ASSERT_TRUE(moved.ok()) << moved.status();
  EXPECT_EQ(world_.Number(
                "SELECT COUNT(*) FROM assets WHERE account = 'accounts/other'"),
            1001 + 3);
  // Nor do they take a round trip each (SQLite has none).
  if (GetParam() == storage::Engine::kMysql) {
    EXPECT_LT(round_trips, 60);
  }
}

}  // namespace
}  // namespace charter::services

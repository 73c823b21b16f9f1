// What a write names is held until its commit: two writes that would not agree
// wait for each other, and the second one sees the first.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <string>

#include "absl/strings/str_cat.h"
#include "google/protobuf/empty.pb.h"
#include "tests/server/services/entitlements/entitlements_fixture.h"

namespace charter::services {
namespace {

using test::Proto;

class NamedTest : public EntitlementsTest {
 protected:
  using Write = std::function<absl::Status(Call&)>;

  template <typename Response, typename Request>
  static Write Of(absl::StatusOr<Response> (*handler)(Call&, const Request&),
                  const std::string& request) {
    return [=](Call& call) {
      return handler(call, Proto<Request>(request)).status();
    };
  }
  static Write Entitles(const std::string& fields) {
    return Of(&CreateEntitlement,
              absl::StrCat("entitlement { display_name: 'x' account: "
                           "'accounts/acme' ",
                           fields, " }"));
  }

  absl::Status Run(
      const Write& write,
      std::chrono::steady_clock::duration wait = std::chrono::seconds(60)) {
    const auto session = world_.store().OpenSession();
    CallInfo info = world_.Info();
    info.deadline = std::chrono::steady_clock::now() + wait;
    Call call(world_.services(), *session, info);
    return write(call);
  }
  // What `second` comes to when it is tried before the commit of `first`.
  absl::Status Beside(const Write& first, const Write& second) {
    absl::Status beside;
    EXPECT_EQ(Run([&](Call& call) {
                return call
                    .WriteTogether<google::protobuf::Empty>(
                        [&]() -> absl::StatusOr<google::protobuf::Empty> {
                          absl::Status status = first(call);
                          if (!status.ok()) return status;
                          beside = Run(second, std::chrono::milliseconds(300));
                          return google::protobuf::Empty();
                        })
                    .status();
              }),
              absl::OkStatus());
    return beside;
  }
  // `second` waits for `first`, and is then refused.
  void ExpectHeld(const Write& first, const Write& second,
                  const std::string& reason, const std::string& words) {
    EXPECT_EQ(Beside(first, second).code(),
              absl::StatusCode::kDeadlineExceeded);
    EXPECT_THAT(Run(second), IsRefusal(reason, words));
  }
};
INSTANTIATE_TEST_SUITE_P(All, NamedTest, testing::ValuesIn(test::kEngines),
                         test::EngineName);

const char kTransfer[] = "name: 'assets/press' account: 'accounts/other'";
const char kOtherProduct[] =
    "asset { name: 'assets/press' product: 'products/roller' }";
const char kOtherAsset[] =
    "contract_line_item { name: 'contractLineItems/l' asset: 'assets/roller' }";

TEST_P(NamedTest, C1_AnAssetThatIsBeingNamedIsNotTransferred) {
  ExpectHeld(Entitles("asset: 'assets/press'"), Of(&TransferAsset, kTransfer),
             "RESOURCE_IN_USE", "assets/press");
}

TEST_P(NamedTest, C1_AnAssetThatIsBeingTransferredIsNotNamed) {
  ExpectHeld(Of(&TransferAsset, kTransfer), Entitles("asset: 'assets/roller'"),
             "FIELD_INVALID", "of another account");
}

TEST_P(NamedTest, C1_OneThatIsNamedLaterHoldsItsAssetAsWell) {
  Entitle("e");
  ExpectHeld(Of(&UpdateEntitlement,
                "entitlement { name: 'entitlements/e' asset: 'assets/press' }"),
             Of(&TransferAsset, kTransfer), "RESOURCE_IN_USE",
             "entitlements/e");
}

TEST_P(NamedTest, C9_WhatIsBeingRenewedHoldsItsAsset) {
  Entitle("e",
          "asset: 'assets/press' end_date { year: 2001 month: 12 day: 31 }");
  ExpectHeld(Of(&RenewEntitlement,
                "name: 'entitlements/e' end_date { year: 2999 month: 1 day: 1 "
                "}"),
             Of(&TransferAsset, kTransfer), "RESOURCE_IN_USE", "assets/press");
}

TEST_P(NamedTest, C1_ALineHoldsItsAsset) {
  ExpectHeld(Of(&CreateContractLineItem,
                "contract_line_item { service_contract: "
                "'serviceContracts/acme' price_book_entry: "
                "'priceBookEntries/care' asset: 'assets/press' }"),
             Of(&TransferAsset, kTransfer), "RESOURCE_IN_USE",
             "contractLineItems/");
}

TEST_P(NamedTest, C1_AnEntitlementHoldsTheProductOfItsAsset) {
  const Write entitle =
      Entitles("asset: 'assets/press' product: 'products/press'");
  ExpectHeld(entitle, Of(&UpdateAsset, kOtherProduct), "RESOURCE_IN_USE",
             "assets/press");
}

TEST_P(NamedTest, C1_AnAssetOfANewProductIsNotNamedWithTheOldOne) {
  ExpectHeld(Of(&UpdateAsset, kOtherProduct),
             Entitles("asset: 'assets/press' product: 'products/press'"),
             "FIELD_INVALID", "is not the asset's product");
}

TEST_P(NamedTest, C1_AnEntitlementHoldsTheAssetOfItsLine) {
  AddLine("l", "acme", "asset: 'assets/press'");
  const Write entitle = Entitles("contract_line_item: 'contractLineItems/l'");
  ExpectHeld(entitle, Of(&UpdateContractLineItem, kOtherAsset),
             "RESOURCE_IN_USE", "contractLineItems/l");
}

TEST_P(NamedTest, C1_WhatIsBeingNamedIsNotDeleted) {
  AddLine("l", "acme");
  ExpectHeld(Entitles("contract_line_item: 'contractLineItems/l'"),
             Of(&DeleteContractLineItem, "name: 'contractLineItems/l'"),
             "RESOURCE_IN_USE", "contractLineItems/l");
  ExpectHeld(Entitles("service_contract: 'serviceContracts/acme'"),
             Of(&DeleteServiceContract, "name: 'serviceContracts/acme'"),
             "RESOURCE_IN_USE", "serviceContracts/acme");
  world_.Do(&CreateProduct,
            Proto<v1::CreateProductRequest>(
                "product_id: 'new' product { display_name: 'N' }"));
  ExpectHeld(Entitles("product: 'products/new'"),
             Of(&DeleteProduct, "name: 'products/new'"), "RESOURCE_IN_USE",
             "products/new");
  world_.Do(&CreateAccount,
            Proto<v1::CreateAccountRequest>(
                "account_id: 'new' account { display_name: 'N' }"));
  ExpectHeld(Of(&CreateContact,
                "contact { account: 'accounts/new' display_name: 'C' }"),
             Of(&DeleteAccount, "name: 'accounts/new'"), "RESOURCE_IN_USE",
             "accounts/new");
}

TEST_P(NamedTest, C1_WhatIsBeingDeletedIsNotNamed) {
  ExpectHeld(Of(&DeleteContact, "name: 'contacts/bob'"),
             Entitles("contacts: 'contacts/bob'"), "FIELD_INVALID",
             "names no contact that exists");
  ExpectHeld(Of(&DeleteAsset, "name: 'assets/roller'"),
             Entitles("asset: 'assets/roller'"), "RESOURCE_NOT_FOUND",
             "assets/roller");
}

// Those that name the same do not wait for each other (SQLite writes one
// transaction at a time).
TEST_P(NamedTest, ManyMayNameTheSameAtOnce) {
  AddLine("l", "acme", "asset: 'assets/press'");
  const Write entitle = Entitles(
      "contract_line_item: 'contractLineItems/l' contacts: 'contacts/ann'");
  EXPECT_EQ(Beside(entitle, entitle).code(),
            GetParam() == storage::Engine::kMysql
                ? absl::StatusCode::kOk
                : absl::StatusCode::kDeadlineExceeded);
}

}  // namespace
}  // namespace charter::services

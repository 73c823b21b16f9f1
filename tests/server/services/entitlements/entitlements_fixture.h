// Two accounts with what entitlements may name, on either engine.
#ifndef CHARTER_TESTS_SERVER_SERVICES_ENTITLEMENTS_ENTITLEMENTS_FIXTURE_H_
#define CHARTER_TESTS_SERVER_SERVICES_ENTITLEMENTS_ENTITLEMENTS_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/services/contracts/contracts.h"
#include "server/services/directory/directory.h"
#include "server/services/entitlements/entitlements.h"
#include "tests/support/refusal.h"
#include "tests/support/service_world.h"

namespace charter::services {

// `accounts/acme` with `contacts/ann`, `contacts/bob`, `assets/press` (of
// `products/press`) and its part `assets/roller` (of `products/roller`);
// `accounts/other` with `contacts/oto` and `assets/oven`. Each account has a
// contract, `serviceContracts/acme` and `serviceContracts/other`, without a
// line. All contracts are drafts, from 2001 on.
class EntitlementsTest : public testing::TestWithParam<storage::Engine> {
 protected:
  void SetUp() override;

  // `fields`: of the entitlement, in text. Of acme, from 2001 on unless they
  // say so.
  v1::Entitlement Entitle(const std::string& id,
                          const std::string& fields = "");
  absl::StatusOr<v1::Entitlement> TryEntitle(const std::string& fields);
  // `contractLineItems/ID` of a contract: `fields` in text.
  v1::ContractLineItem AddLine(const std::string& id,
                               const std::string& contract,
                               const std::string& fields = "");
  // `products/press` comes with `entitlementTemplates/OF`, by the link
  // `productEntitlementTemplates/ID`; empty: of the same id.
  void Link(const std::string& of, const std::string& start,
            const std::string& id = "");
  // Another asset of acme that is a `products/press`.
  static v1::CreateAssetRequest NewPress(const std::string& id,
                                         const std::string& fields = "");
  // `serviceContracts/ID` comes into force.
  void Activate(const std::string& contract);
  v1::Entitlement Get(const std::string& id, const std::string& more = "");
  v1::VerifyEntitlementResponse Verify(const std::string& request);
  // The types of what is on the feed, of entitlements and what belongs to them.
  std::vector<std::string> FeedTypes();

  test::ServiceWorld world_{{.engine = GetParam()}};
};

}  // namespace charter::services

#endif  // CHARTER_TESTS_SERVER_SERVICES_ENTITLEMENTS_ENTITLEMENTS_FIXTURE_H_

// An account with a choice of entitlements.
#ifndef CHARTER_TESTS_SERVER_SERVICES_CASES_TWO_ENTITLEMENTS_H_
#define CHARTER_TESTS_SERVER_SERVICES_CASES_TWO_ENTITLEMENTS_H_

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "server/services/entitlements/entitlements.h"
#include "tests/support/service_world.h"

namespace charter::services {

// acme has `gold`, first in rank, and `night`, of type "night".
class TwoEntitlements : public testing::TestWithParam<storage::Engine> {
 protected:
  void SetUp() override {
    world_.SetUpSupport();
    Entitle("night", "type: 'night'");
  }
  void Entitle(const std::string& id, const std::string& fields) {
    world_.Do(&CreateEntitlement,
              test::Proto<v1::CreateEntitlementRequest>(absl::StrCat(
                  "entitlement_id: '", id,
                  "' entitlement { account: 'accounts/acme' display_name: 'E' "
                  "start_date { year: 2020 month: 1 day: 1 } ",
                  fields, " }")));
  }

  test::ServiceWorld world_{{.engine = GetParam()}};
};

}  // namespace charter::services

#endif  // CHARTER_TESTS_SERVER_SERVICES_CASES_TWO_ENTITLEMENTS_H_

// Calls as tokens make them: through the call path, without a transport.
#ifndef CHARTER_TESTS_SERVER_SERVICES_CUSTOMERS_CALLER_H_
#define CHARTER_TESTS_SERVER_SERVICES_CUSTOMERS_CALLER_H_

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "nlohmann/json.hpp"
#include "server/call/endpoint.h"
#include "server/call/identity.h"
#include "server/call/path.h"
#include "tests/support/service_world.h"

namespace charter::services {

using Json = nlohmann::json;

// Two customers, acme and bolt, each with people, an asset, entitlements and
// cases. Principals by their tokens: `admin`, `desk` (an agent), `acme` (a
// customer), `ann` (acme's contact), `boss` (acme's customer-admin), `blind`
// (an agent who does not see contacts' telephone numbers).
class CustomersTest : public testing::TestWithParam<storage::Engine> {
 protected:
  CustomersTest();

  // The response as JSON by proto names; or the failure. `method`:
  // "CaseService/GetCase".
  absl::StatusOr<Json> Try(const std::string& token, const std::string& method,
                           const Json& request);
  Json Do(const std::string& token, const std::string& method,
          const Json& request);
  // The reason of a refusal; "OK" when there was none.
  std::string Refused(const std::string& token, const std::string& method,
                      const Json& request);

  test::ServiceWorld world_;
  call::Endpoints endpoints_;

 private:
  void SetUpAccount(const std::string& name, const std::string& contact,
                    const std::string& other);

  test::TempDir dir_;
  std::unique_ptr<call::Identity> identity_;
  std::unique_ptr<call::CallPath> path_;
};

}  // namespace charter::services

#endif  // CHARTER_TESTS_SERVER_SERVICES_CUSTOMERS_CALLER_H_

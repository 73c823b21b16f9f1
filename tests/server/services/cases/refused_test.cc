// What is wrong with a change of a case is said by the names that its request
// has for it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "server/services/cases/cases.h"
#include "tests/support/service_world.h"

namespace charter::services {
namespace {

using test::Proto;
using test::ServiceWorld;
using testing::StartsWith;

class RefusedTest : public testing::Test {
 protected:
  void SetUp() override {
    world_.SetUpSupport();
    world_.Open("one");
    world_.Open("two");
  }

  template <typename Request, typename Response>
  std::string Refusal(absl::StatusOr<Response> (*handler)(Call&,
                                                          const Request&),
                      const std::string& request) {
    const absl::Status status =
        world_.Try(handler, Proto<Request>(request)).status();
    EXPECT_FALSE(status.ok());
    return std::string(status.message());
  }

  ServiceWorld world_;
};

TEST_F(RefusedTest, E1_TheInstantIsNamedAsTheRequestNamesIt) {
  EXPECT_THAT(
      Refusal(&StopClock, "name: 'cases/one' occur_time { seconds: 0 }"),
      StartsWith("occur_time: "));
  EXPECT_THAT(Refusal(&UpdateCase,
                      "case { name: 'cases/one' priority: 1 } "
                      "occur_time { seconds: 0 }"),
              StartsWith("occur_time: "));
  EXPECT_THAT(Refusal(&OpenCase,
                      "case { account: 'accounts/acme' } "
                      "occur_time { seconds: 99999999999 }"),
              StartsWith("occur_time: "));
  EXPECT_THAT(Refusal(&OpenCase,
                      "case { account: 'accounts/acme' } history { occur_time "
                      "{ seconds: 0 } clock_stopped {} }"),
              StartsWith("history[0].occur_time: "));
}

TEST_F(RefusedTest, FieldsAreNamedAsTheRequestNamesThem) {
  EXPECT_THAT(
      Refusal(&UpdateCase, "case { name: 'cases/one' contact: 'contacts/no' }"),
      StartsWith("case.contact: "));
  EXPECT_THAT(
      Refusal(&UpdateCase, "case { name: 'cases/one' status: 'no-such' }"),
      StartsWith("case.status: "));
  EXPECT_THAT(Refusal(&ChangeEntitlement,
                      "name: 'cases/one' entitlement: 'entitlements/no-such'"),
              StartsWith("entitlement: "));
}

TEST_F(RefusedTest, E0_AnItemIsNoPartOfItself) {
  const auto make_part_of = [](const std::string& part,
                               const std::string& whole) {
    return "case { name: 'cases/" + part + "' parent: 'cases/" + whole + "' }";
  };
  EXPECT_THAT(Refusal(&UpdateCase, make_part_of("one", "one")),
              StartsWith("case.parent: "));
  world_.Do(&UpdateCase,
            Proto<v1::UpdateCaseRequest>(make_part_of("one", "two")));
  EXPECT_THAT(Refusal(&UpdateCase, make_part_of("two", "one")),
              StartsWith("case.parent: "));
}

}  // namespace
}  // namespace charter::services

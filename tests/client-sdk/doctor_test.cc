#include "charter/client/doctor.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "charter/client/credentials.h"
#include "charter/client/timing.h"
#include "charter/testing/fake_charter.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace charter::client {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::vector<std::string> Bad(const std::vector<Finding>& findings) {
  std::vector<std::string> bad;
  for (const Finding& finding : findings) {
    if (!finding.good) bad.push_back(finding.what);
    EXPECT_EQ(finding.good, finding.way_out.empty()) << Print({finding});
  }
  return bad;
}

TEST(DoctorTest, FindsNothingWhereNothingIsWrong) {
  // The fake's clock is the machine's for once.
  testing::FakeCharter fake({.start = SystemTiming()->Now()});
  const auto findings = Doctor(fake.channel());
  EXPECT_EQ(findings.size(), 5u);
  EXPECT_TRUE(Bad(findings).empty()) << Print(findings);
}

TEST(DoctorTest, NamesAServerThatIsNotThere) {
  const auto findings = Doctor(Channel::Open(
      Options().Set<EndpointOption>("unix:/nonexistent/charter")));
  EXPECT_EQ(Bad(findings), std::vector<std::string>{"connection"});
  EXPECT_THAT(Print(findings), HasSubstr("EndpointOption"));
}

TEST(DoctorTest, NamesACallerWhomTheServerDoesNotKnow) {
  testing::FakeCharter fake(
      {.tokens =
           "[[token]]\nsha256 = \""
           "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a2"
           "5b\"\nprincipal = \"desk\"\nroles = [\"admin\"]\n"});
  EXPECT_EQ(Bad(Doctor(fake.channel())), std::vector<std::string>{"identity"});
  const auto known = Doctor(
      fake.channel(Options().Set<CredentialsOption>(BearerToken("secret"))));
  EXPECT_EQ(Bad(known), std::vector<std::string>{"clock"}) << Print(known);
}

TEST(DoctorTest, NamesAFeedThatCannotBeRead) {
  testing::FakeCharter fake;
  fake.FailNext("ListEvents", absl::PermissionDeniedError("not for you"));
  const auto findings = Doctor(fake.channel());
  ASSERT_EQ(findings.size(), 5u);
  EXPECT_THAT(Bad(findings), Contains("feed"));
  EXPECT_THAT(Print({findings.back()}), StartsWith("!!  feed: "));
  EXPECT_THAT(findings.back().detail, HasSubstr("not for you"));
  EXPECT_THAT(findings.back().way_out, HasSubstr("role"));
}

}  // namespace
}  // namespace charter::client

#include "tools/charterctl/connection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace charter::tools {
namespace {

using testing::HasSubstr;

TEST(ConnectionTest, EachFieldThatIsWrongIsToldOnce) {
  google::rpc::BadRequest bad;
  for (const char* field : {"first", "second"}) {
    auto& violation = *bad.add_field_violations();
    violation.set_field(field);
    violation.set_description("it must be given");
  }
  google::rpc::Status details;
  details.add_details()->PackFrom(bad);
  EXPECT_EQ(Describe(grpc::Status(
                grpc::StatusCode::INVALID_ARGUMENT,
                "first: it must be given (and 1 more, in the details)",
                details.SerializeAsString())),
            "INVALID_ARGUMENT: first: it must be given (and 1 more, in the "
            "details); second: it must be given");
}

TEST(ConnectionTest, AnInstantIsReadToTheMicrosecond) {
  const absl::StatusOr<absl::Time> read =
      ParseInstant("--as-of", "2026-11-21T16:00:00.000001+01:00");
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(absl::ToUnixMicros(*read), 1795273200000001);
  const absl::Status refused = ParseInstant("--as-of", "yesterday").status();
  EXPECT_THAT(std::string(refused.message()),
              HasSubstr("--as-of: `yesterday`"));
  EXPECT_THAT(std::string(refused.message()),
              HasSubstr("2026-11-21T15:00:00Z"));
}

TEST(ConnectionTest, ATokenGoesOverNoNetwork) {
  for (const char* here : {"127.0.0.1:1", "localhost:1", "[::1]:1", "unix:/s"})
    EXPECT_TRUE(CheckToken(here, "secret").ok()) << here;
  EXPECT_TRUE(CheckToken("desk.example:1", "").ok());
  for (const char* away : {"desk.example:1", "127.0.0.1.example:1",
                           "10.0.0.1:1", "[2001:db8::1]:1"}) {
    const absl::Status refused = CheckToken(away, "secret");
    EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition) << away;
    EXPECT_THAT(std::string(refused.message()), HasSubstr(away));
  }
}

}  // namespace
}  // namespace charter::tools

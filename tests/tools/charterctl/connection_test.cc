#include "tools/charterctl/connection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "tests/support/temp_dir.h"
#include "tools/charterctl/commands.h"

namespace charter::tools {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

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

TEST(ConnectionTest, ATokenGoesOverNoNetworkInPlainText) {
  const test::TempDir dir;
  ConnectionOptions options;
  options.token_file = dir.File("token");
  std::ofstream(options.token_file) << "secret\n";
  options.server = "desk.example:1";
  const absl::Status refused = Status(Connect(options));
  EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition) << refused;
  EXPECT_THAT(Told(refused), HasSubstr("desk.example:1 is another machine"));
  EXPECT_THAT(Told(refused), Not(HasSubstr("secret")));
}

TEST(ConnectionTest, WhatACallFailedWithIsToldWithItsCode) {
  EXPECT_EQ(Told(absl::NotFoundError("no such file")), "no such file");
  ConnectionOptions options;
  options.server = "unix:/nonexistent/charter";
  const std::string told = Told(Status(Connect(options)));
  EXPECT_THAT(told, StartsWith("UNAVAILABLE: "));
  EXPECT_THAT(told, HasSubstr("AdminService/GetServerInfo, 4 attempts"));
}

}  // namespace
}  // namespace charter::tools

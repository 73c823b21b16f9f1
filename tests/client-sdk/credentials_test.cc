#include "charter/client/credentials.h"

#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <memory>
#include <string>

#include "gtest/gtest.h"
#include "tests/client-sdk/turned_timing.h"
#include "tests/support/temp_dir.h"

namespace charter::client {
namespace {

TEST(CredentialsTest, ATokenIsRefreshedBeforeItEndsAndWhenItIsRefused) {
  const auto timing = std::make_shared<TurnedTiming>();
  int asked = 0;
  bool failing = false;
  const auto credentials = RefreshingToken(
      [&]() -> absl::StatusOr<ExpiringToken> {
        if (failing) return absl::UnavailableError("gone");
        return ExpiringToken{std::to_string(++asked),
                             timing->Now() + absl::Minutes(10)};
      },
      absl::Minutes(1), timing);
  EXPECT_EQ(*credentials->Token(), "1");
  timing->Pass(absl::Minutes(8));
  EXPECT_EQ(*credentials->Token(), "1");
  timing->Pass(absl::Minutes(1));
  EXPECT_EQ(*credentials->Token(), "2");
  EXPECT_TRUE(credentials->Refused("2"));
  EXPECT_EQ(*credentials->Token(), "3");
  // What another thread has replaced meanwhile stays.
  EXPECT_TRUE(credentials->Refused("2"));
  EXPECT_EQ(*credentials->Token(), "3");
  // While none can be had, the last one goes on until it ends.
  failing = true;
  timing->Pass(absl::Minutes(9));
  EXPECT_EQ(*credentials->Token(), "3");
  timing->Pass(absl::Minutes(1));
  EXPECT_EQ(credentials->Token().status().code(),
            absl::StatusCode::kUnavailable);
}

TEST(CredentialsTest, ATokenFileIsReadAgainWhenItChanges) {
  const test::TempDir dir;
  const auto timing = std::make_shared<TurnedTiming>();
  const std::string path = dir.File("token");
  const auto credentials = TokenFile(path, timing);
  EXPECT_EQ(credentials->Token().status().code(),
            absl::StatusCode::kFailedPrecondition);
  std::ofstream(path) << " one \nand more\n";
  timing->Pass(absl::Seconds(2));
  EXPECT_EQ(*credentials->Token(), "one");
  std::ofstream(path) << "another\n";
  EXPECT_EQ(*credentials->Token(), "one");
  // Refused: it is looked at at once.
  EXPECT_TRUE(credentials->Refused("one"));
  EXPECT_EQ(*credentials->Token(), "another");
  EXPECT_FALSE(credentials->Refused("another"));
  std::remove(path.c_str());
  timing->Pass(absl::Seconds(2));
  EXPECT_EQ(*credentials->Token(), "another");
}

// By a tool that renews tokens before they end: nobody was refused.
TEST(CredentialsTest, ATokenFileIsReadAgainThoughItsTokenIsStillGood) {
  const test::TempDir dir;
  const auto timing = std::make_shared<TurnedTiming>();
  const std::string path = dir.File("token");
  std::ofstream(path) << "one\n";
  const auto credentials = TokenFile(path, timing);
  EXPECT_EQ(*credentials->Token(), "one");
  for (const char* token : {"two", "three"}) {
    // Renamed into place.
    const std::string renewed = dir.File("token.new");
    std::ofstream(renewed) << token << "\n";
    ASSERT_EQ(std::rename(renewed.c_str(), path.c_str()), 0);
    timing->Pass(absl::Seconds(2));
    EXPECT_EQ(*credentials->Token(), token);
  }
  // As written over.
  std::ofstream(path) << "the fourth\n";
  timing->Pass(absl::Seconds(2));
  EXPECT_EQ(*credentials->Token(), "the fourth");
}

TEST(CredentialsTest, APipeGivesItsTokenOnce) {
  const auto timing = std::make_shared<TurnedTiming>();
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const auto credentials =
      TokenFile("/dev/fd/" + std::to_string(ends[0]), timing);
  ASSERT_EQ(write(ends[1], "one\n", 4), 4);
  close(ends[1]);
  EXPECT_EQ(*credentials->Token(), "one");
  // Opened again, it would wait for a writer that never comes.
  timing->Pass(absl::Seconds(2));
  EXPECT_EQ(*credentials->Token(), "one");
  EXPECT_FALSE(credentials->Refused("one"));
  close(ends[0]);
}

}  // namespace
}  // namespace charter::client

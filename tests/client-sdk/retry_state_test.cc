#include "client-sdk/src/retry_state.h"

#include "google/rpc/error_details.pb.h"
#include "gtest/gtest.h"
#include "tests/client-sdk/with_reason.h"

namespace charter::client::internal {
namespace {

constexpr absl::Time kNow = absl::UnixEpoch();

TEST(RetryStateTest, OnlyWhatMayPassIsRepeated) {
  EXPECT_TRUE(MayPass(absl::UnavailableError("")));
  EXPECT_TRUE(MayPass(absl::CancelledError("")));
  for (const absl::Status& status :
       {absl::InvalidArgumentError(""), absl::AbortedError(""),
        absl::ResourceExhaustedError(""), absl::InternalError(""),
        absl::DeadlineExceededError(""), absl::UnknownError("")})
    EXPECT_FALSE(MayPass(status)) << status;
}

// What a server asks for is kept, and makes a limit worth another attempt.
TEST(RetryStateTest, AServerThatAsksForAPauseGetsIt) {
  RetryRights rights({});
  const auto pause = [&](absl::Status status, bool asked,
                         absl::Time deadline = absl::InfiniteFuture()) {
    google::rpc::RetryInfo retry;
    retry.mutable_retry_delay()->set_seconds(3);
    if (asked) {
      status.SetPayload("type.googleapis.com/google.rpc.RetryInfo",
                        absl::Cord(retry.SerializeAsString()));
    }
    RetryState state({}, true, rights, deadline);
    return state.PauseAfter(status, kNow);
  };
  const absl::Duration most = RetryPolicy().most;
  EXPECT_GE(*pause(absl::UnavailableError(""), true), absl::Seconds(3));
  EXPECT_LE(*pause(absl::UnavailableError(""), false), most);
  EXPECT_GE(*pause(absl::ResourceExhaustedError(""), true), absl::Seconds(3));
  EXPECT_FALSE(pause(absl::ResourceExhaustedError(""), false).has_value());
  EXPECT_FALSE(
      pause(absl::UnavailableError(""), true, kNow + absl::Seconds(2)));
}

TEST(RetryStateTest, AConflictIsRepeatedAndAnOldEtagIsNot) {
  EXPECT_TRUE(
      MayPass(WithReason(absl::AbortedError(""), "TRANSACTION_CONFLICT")));
  EXPECT_FALSE(MayPass(WithReason(absl::AbortedError(""), "ETAG_MISMATCH")));
}

TEST(RetryStateTest, PausesStayUnderAGrowingBound) {
  const RetryPolicy policy = {.first = absl::Milliseconds(100),
                              .most = absl::Milliseconds(500),
                              .multiplier = 2};
  const absl::Duration bounds[] = {
      absl::Milliseconds(100), absl::Milliseconds(200), absl::Milliseconds(400),
      absl::Milliseconds(500), absl::Milliseconds(500)};
  for (int failures = 0; failures < 5; ++failures) {
    absl::Duration most;
    for (int i = 0; i < 1000; ++i)
      most = std::max(most, PauseOf(policy, failures, std::nullopt));
    EXPECT_LE(most, bounds[failures]);
    EXPECT_GT(most, bounds[failures] * 0.9);
  }
  EXPECT_GE(PauseOf(policy, 0, absl::Seconds(3)), absl::Seconds(3));
}

TEST(RetryStateTest, EndsWithAttemptsDeadlineOrRights) {
  RetryRights rights({.per_second = 0, .ratio = 0, .most = 3});
  RetryState twice({.most_attempts = 2}, true, rights, absl::InfiniteFuture());
  EXPECT_TRUE(twice.PauseAfter(absl::UnavailableError(""), kNow).has_value());
  EXPECT_FALSE(twice.PauseAfter(absl::UnavailableError(""), kNow).has_value());
  EXPECT_EQ(twice.attempts(), 2);

  RetryState late({}, true, rights, kNow);
  EXPECT_FALSE(late.PauseAfter(absl::UnavailableError(""), kNow).has_value());

  RetryState unsafe({}, false, rights, absl::InfiniteFuture());
  EXPECT_FALSE(unsafe.PauseAfter(absl::UnavailableError(""), kNow).has_value());

  RetryState rest({}, true, rights, absl::InfiniteFuture());
  EXPECT_TRUE(rest.PauseAfter(absl::UnavailableError(""), kNow).has_value());
  EXPECT_TRUE(rest.PauseAfter(absl::UnavailableError(""), kNow).has_value());
  EXPECT_FALSE(rest.PauseAfter(absl::UnavailableError(""), kNow).has_value());
}

TEST(RetryStateTest, RightsComeWithTimeAndCalls) {
  RetryRights rights({.per_second = 1, .ratio = 0.5, .most = 1});
  EXPECT_TRUE(rights.Take(kNow));
  EXPECT_FALSE(rights.Take(kNow));
  rights.Earn(kNow);
  EXPECT_FALSE(rights.Take(kNow));
  rights.Earn(kNow);
  EXPECT_TRUE(rights.Take(kNow));
  EXPECT_TRUE(rights.Take(kNow + absl::Seconds(1)));
}

}  // namespace
}  // namespace charter::client::internal

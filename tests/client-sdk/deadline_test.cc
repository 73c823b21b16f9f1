// What a call waits for, and by which clock.
#include <memory>
#include <string>
#include <utility>

#include "absl/synchronization/notification.h"
#include "charter/client/cancellation.h"
#include "charter/client/channel.h"
#include "charter/client/faults.h"
#include "charter/client/observer.h"
#include "charter/client/retry.h"
#include "charter/client/status.h"
#include "charter/v1/directory_client.h"
#include "gtest/gtest.h"
#include "tests/client-sdk/turned_timing.h"

namespace charter::client {
namespace {

// Where nobody listens: every attempt fails at once.
constexpr char kNobody[] = "unix:/nonexistent/charter.sock";

// Does something to the time after each attempt.
class AfterAttempts : public CallObserver {
 public:
  explicit AfterAttempts(std::function<void()> act) : act_(std::move(act)) {}
  void OnAttempt(absl::string_view, int, const absl::Status&,
                 absl::Duration) override {
    act_();
  }

 private:
  const std::function<void()> act_;
};

// How often a call is tried that may be three times and take ten seconds in
// all, when this happens after each attempt.
int AttemptsWhen(const std::shared_ptr<TurnedTiming>& timing,
                 std::function<void()> act) {
  v1::DirectoryClient directory(
      Channel::Open(Options()
                        .Set<EndpointOption>(kNobody)
                        .Set<TimingOption>(timing)
                        .Set<DeadlineOption>(absl::Seconds(10))
                        .Set<RetryOption>({.most_attempts = 3})
                        .Set<ObserverOption>(
                            std::make_shared<AfterAttempts>(std::move(act)))));
  return AttemptsOf(directory.GetAccount("accounts/a").status())->count;
}

TEST(DeadlineTest, SettingTheClockNeitherEndsNorLengthensACall) {
  const auto timing = std::make_shared<TurnedTiming>();
  EXPECT_EQ(AttemptsWhen(timing, [&] { timing->SetClock(absl::Hours(24)); }),
            3);
  // The second one begins when all is over.
  EXPECT_EQ(AttemptsWhen(timing,
                         [&] {
                           timing->Pass(absl::Seconds(11));
                           timing->SetClock(-absl::Hours(24));
                         }),
            2);
}

TEST(DeadlineTest, GivingUpCutsThePauseOfAnAsynchronousCall) {
  Cancellation cancellation;
  absl::Notification paused, done;
  absl::Status status;
  v1::DirectoryClient directory(Channel::Open(
      Options()
          .Set<EndpointOption>(kNobody)
          .Set<CancellationOption>(cancellation)
          .Set<DeadlineOption>(absl::InfiniteDuration())
          .Set<RetryOption>(
              {.first = absl::Hours(1'000'000), .most = absl::Hours(1'000'000)})
          .Set<ObserverOption>(
              std::make_shared<AfterAttempts>([&] { paused.Notify(); }))));
  v1::GetAccountRequest request;
  request.set_name("accounts/a");
  directory.AsyncGetAccount(request,
                            [&](const absl::StatusOr<v1::Account>& account) {
                              status = account.status();
                              done.Notify();
                            });
  ASSERT_TRUE(paused.WaitForNotificationWithTimeout(absl::Seconds(60)));
  cancellation.Cancel();
  ASSERT_TRUE(done.WaitForNotificationWithTimeout(absl::Seconds(60)));
  EXPECT_EQ(status.code(), absl::StatusCode::kCancelled) << status;
}

// The caller gives up while an attempt fails.
class GivesUp : public Faults {
 public:
  GivesUp(Cancellation cancellation, absl::Status failure)
      : cancellation_(std::move(cancellation)), failure_(std::move(failure)) {}
  absl::Status Before(absl::string_view, absl::Duration) override {
    cancellation_.Cancel();
    return failure_;
  }
  absl::Status After(absl::string_view) override { return absl::OkStatus(); }
  void Ended() override {}

 private:
  Cancellation cancellation_;
  const absl::Status failure_;
};

TEST(DeadlineTest, WhoGaveUpIsToldSoUnlessThereIsAnAnswer) {
  const auto ask = [](absl::Status failure) {
    const Cancellation cancellation;
    v1::DirectoryClient directory(
        Channel::Open(Options()
                          .Set<EndpointOption>(kNobody)
                          .Set<CancellationOption>(cancellation)
                          .Set<FaultsOption>(std::make_shared<GivesUp>(
                              cancellation, std::move(failure)))));
    return directory.GetAccount("accounts/a").status().code();
  };
  EXPECT_EQ(ask(absl::UnavailableError("gone")), absl::StatusCode::kCancelled);
  EXPECT_EQ(ask(absl::NotFoundError("none")), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace charter::client

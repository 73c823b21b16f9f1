#include "charter/client/action_worker.h"

#include <map>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "charter/client/observer.h"
#include "charter/client/status.h"
#include "charter/testing/fake_charter.h"
#include "charter/v1/case_client.h"
#include "charter/v1/event_client.h"
#include "client-sdk/samples/seed.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "tests/client-sdk/with_reason.h"

namespace charter::client {
namespace {

using testing::FakeCharter;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

template <typename Message>
Message Parse(const std::string& text) {
  Message message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message));
  return message;
}

// Counts the calls of each method that ended.
class Calls : public CallObserver {
 public:
  void OnCall(const CallRecord& record) override {
    absl::MutexLock lock(&mutex_);
    ++count_[std::string(record.method)];
  }
  // Waits until that many of EventService's method ended.
  void Await(const std::string& method, int count) {
    absl::MutexLock lock(&mutex_);
    const auto enough = [&] {
      return count_["charter.v1.EventService/" + method] >= count;
    };
    EXPECT_TRUE(
        mutex_.AwaitWithTimeout(absl::Condition(&enough), absl::Seconds(60)))
        << method;
  }

 private:
  absl::Mutex mutex_;
  std::map<std::string, int> count_;
};

// A database of somebody's: effects and their keys, written together.
class Effects {
 public:
  EffectSink Sink() {
    return {[this](const std::string& key) -> absl::StatusOr<bool> {
              absl::MutexLock lock(&mutex_);
              return made_.contains(key);
            },
            [this](const v1::Action& action) -> absl::Status {
              absl::MutexLock lock(&mutex_);
              ++tries_;
              if (!made_.insert(action.effect_key()).second)
                return absl::AlreadyExistsError("the key is unique");
              return std::exchange(answer_, absl::OkStatus());
            }};
  }
  // The next transaction is committed, but whoever made it learns this.
  void LoseAnswer(absl::Status answer) {
    absl::MutexLock lock(&mutex_);
    answer_ = std::move(answer);
  }
  size_t made() const {
    absl::MutexLock lock(&mutex_);
    return made_.size();
  }
  int tries() const {
    absl::MutexLock lock(&mutex_);
    return tries_;
  }

 private:
  mutable absl::Mutex mutex_;
  std::set<std::string> made_;
  absl::Status answer_;
  int tries_ = 0;
};

class ActionWorkerTest : public ::testing::Test {
 protected:
  ActionWorkerTest() { samples::Seed(fake_); }

  template <typename Answer>
  static void Must(const Answer& answer) {
    ASSERT_TRUE(answer.ok()) << Describe(answer.status());
  }

  // Lets the milestones of so many cases be missed: an action each.
  void Miss(int cases) {
    v1::CaseClient client(fake_.channel());
    for (int i = 0; i < cases; ++i) {
      Must(client.OpenCase(Parse<v1::OpenCaseRequest>(
          "case { account: 'accounts/acme' subject: 'It burns' }")));
    }
    fake_.Advance(absl::Hours(4));
  }
  std::unique_ptr<ActionWorker> Work(ActionHandler handler,
                                     ActionWorkerOptions options = {}) {
    options.topic = "pager";
    options.timing = fake_.virtual_timing();
    return std::make_unique<ActionWorker>(
        v1::MakeEventConnection(
            fake_.channel(Options().Set<ObserverOption>(calls_))),
        std::move(handler), options);
  }
  // Lets time pass until that is so.
  bool AdvanceUntil(
      const ActionWorker& worker,
      absl::FunctionRef<bool(const ActionWorkerProgress&)> reached) {
    for (int i = 0; i < 1000; ++i) {
      if (worker.WaitUntil(reached, absl::Milliseconds(50))) return true;
      fake_.Advance(absl::Seconds(2));
    }
    return false;
  }
  // As another program would.
  std::vector<v1::Action> Pull() {
    const auto response = events_.PullActions("pager");
    Must(response);
    return {response->actions().begin(), response->actions().end()};
  }
  std::vector<v1::Action> DeadLetters() {
    const auto all =
        events_.ListDeadActions(v1::ListDeadActionsRequest()).ToVector();
    Must(all);
    return *all;
  }

  FakeCharter fake_;
  v1::EventClient events_{fake_.channel()};
  const std::shared_ptr<Calls> calls_ = std::make_shared<Calls>();
  Effects effects_;
};

auto Done(int64_t count) {
  return [count](const ActionWorkerProgress& progress) {
    return progress.done >= count;
  };
}
auto Failed(int64_t count) {
  return [count](const ActionWorkerProgress& progress) {
    return progress.failed >= count;
  };
}

TEST_F(ActionWorkerTest, W2_DoesWhatIsThereAndWhatComes) {
  Miss(3);
  const auto worker = Work(Once(effects_.Sink()));
  EXPECT_TRUE(worker->WaitUntil(Done(3)));
  Miss(2);
  EXPECT_TRUE(worker->WaitUntil(Done(5)));
  EXPECT_TRUE(worker->Stop(absl::Seconds(10)).ok());
  EXPECT_EQ(worker->progress().held, 0);
  EXPECT_EQ(effects_.made(), 5u);
  fake_.Advance(absl::Hours(1));
  EXPECT_THAT(Pull(), IsEmpty());
  EXPECT_TRUE(worker->status().ok());
}

TEST_F(ActionWorkerTest, W2_AHandlerSlowerThanTheLeaseKeepsIt) {
  Miss(2);
  absl::Notification begun, finish;
  const auto worker = Work(
      [&](const v1::Action&, const Cancellation&) {
        if (!begun.HasBeenNotified()) begun.Notify();
        finish.WaitForNotification();
        return absl::OkStatus();
      },
      {.threads = 1, .lease = absl::Seconds(60)});
  begun.WaitForNotification();
  // Both, the one that waits for a thread too, in one call each time.
  for (int i = 1; i <= 10; ++i) {
    fake_.Advance(absl::Seconds(20));
    calls_->Await("ExtendActionLease", i);
    EXPECT_THAT(Pull(), IsEmpty());
  }
  finish.Notify();
  EXPECT_TRUE(worker->WaitUntil(Done(2)));
}

// The program that was killed between its effect and the acknowledgement.
TEST_F(ActionWorkerTest, W2_AnEffectThatWasMadeIsNotMadeAgain) {
  Miss(1);
  const std::vector<v1::Action> killed = Pull();
  ASSERT_THAT(killed, SizeIs(1));
  ASSERT_TRUE(effects_.Sink().make(killed[0]).ok());
  fake_.Advance(absl::Seconds(60));
  const auto worker = Work(Once(effects_.Sink()));
  EXPECT_TRUE(worker->WaitUntil(Done(1)));
  EXPECT_EQ(effects_.tries(), 1);
}

TEST_F(ActionWorkerTest, W2_WhereTheAnswerToTheCommitIsLostTheKeyDecides) {
  Miss(1);
  effects_.LoseAnswer(absl::UnavailableError("the database went away"));
  const auto worker = Work(Once(effects_.Sink()));
  EXPECT_TRUE(worker->WaitUntil(Done(1)));
  EXPECT_EQ(worker->progress().failed, 0);
  EXPECT_EQ(effects_.tries(), 1);
}

TEST_F(ActionWorkerTest, W2_ALostAnswerToTheAcknowledgementIsHarmless) {
  Miss(3);
  fake_.FailNext("AckActions", absl::UnavailableError("gone"), 3,
                 FakeCharter::Fault::kAnswerLost);
  const auto worker = Work(Once(effects_.Sink()));
  EXPECT_TRUE(worker->WaitUntil(Done(3)));
  EXPECT_TRUE(worker->Stop(absl::Seconds(10)).ok());
  EXPECT_EQ(worker->progress().done, 3);
  EXPECT_EQ(effects_.tries(), 3);
}

TEST_F(ActionWorkerTest, W2_AnAcknowledgementThatFailsIsMadeLater) {
  Miss(1);
  // This the client doesn't repeat by itself.
  fake_.FailNext("AckActions", absl::InternalError("a bug"));
  const auto worker = Work(Once(effects_.Sink()));
  calls_->Await("AckActions", 1);
  EXPECT_EQ(worker->progress().done, 0);
  EXPECT_TRUE(AdvanceUntil(*worker, Done(1)));
}

TEST_F(ActionWorkerTest, W2_WhatAlwaysFailsDiesAndLivesAgainWhenRevived) {
  Miss(1);
  bool mended = false;
  absl::Mutex mutex;
  const auto worker = Work([&](const v1::Action&, const Cancellation&) {
    absl::MutexLock lock(&mutex);
    return mended ? absl::OkStatus() : absl::UnavailableError("pager is off");
  });
  for (int attempt = 1; attempt <= 20; ++attempt) {
    ASSERT_TRUE(worker->WaitUntil(Failed(attempt))) << attempt;
    fake_.Advance(absl::Hours(1));
  }
  const std::vector<v1::Action> dead = DeadLetters();
  ASSERT_THAT(dead, SizeIs(1));
  EXPECT_EQ(dead[0].attempt(), 20);
  EXPECT_THAT(dead[0].last_failure(), HasSubstr("pager is off"));
  {
    absl::MutexLock lock(&mutex);
    mended = true;
  }
  Must(events_.ReviveActions({dead[0].effect_key()}));
  EXPECT_TRUE(worker->WaitUntil(Done(1)));
  EXPECT_EQ(worker->progress().failed, 20);
  EXPECT_THAT(DeadLetters(), IsEmpty());
}

TEST_F(ActionWorkerTest, W2_WhatCanNeverBeDoneIsADeadLetterAtOnce) {
  Miss(1);
  const auto worker = Work([](const v1::Action&, const Cancellation&) {
    // A handler may say anything.
    return absl::InvalidArgumentError(absl::StrCat(
        "no pager \xff", absl::string_view("\0", 1), std::string(2000, 'x')));
  });
  ASSERT_TRUE(worker->WaitUntil(Failed(1)));
  const std::vector<v1::Action> dead = DeadLetters();
  ASSERT_THAT(dead, SizeIs(1));
  EXPECT_EQ(dead[0].attempt(), 1);
  EXPECT_THAT(dead[0].last_failure(), HasSubstr("no pager ?\\x00xxx"));
}

TEST_F(ActionWorkerTest, W2_WhoLostTheLeaseIsToldAndChangesNothing) {
  Miss(1);
  absl::Notification begun;
  const auto worker = Work(
      [&](const v1::Action&, const Cancellation& cancellation) {
        begun.Notify();
        absl::Notification told;
        const uint64_t id = cancellation.OnCancel([&] { told.Notify(); });
        told.WaitForNotification();
        cancellation.Forget(id);
        return absl::InvalidArgumentError("too late to say so");
      },
      {.most_held = 1});
  begun.WaitForNotification();
  fake_.FailNext("ExtendActionLease", absl::InternalError("a bug"));
  fake_.Advance(absl::Seconds(60));
  calls_->Await("ExtendActionLease", 1);
  const std::vector<v1::Action> taken = Pull();
  ASSERT_THAT(taken, SizeIs(1));
  EXPECT_EQ(taken[0].attempt(), 2);
  fake_.Advance(absl::Seconds(15));
  EXPECT_TRUE(worker->WaitUntil(
      [](const ActionWorkerProgress& progress) { return progress.lost == 1; }));
  EXPECT_TRUE(worker->Stop(absl::Seconds(10)).ok());
  EXPECT_THAT(DeadLetters(), IsEmpty());
  Must(events_.AckActions({taken[0].lease_id()}));
}

// As when the server was away for longer than the lease.
TEST_F(ActionWorkerTest, W2_WhatItGetsAgainGoesOnUnderTheNewLease) {
  Miss(1);
  absl::Notification begun, finish;
  std::multiset<std::string> handled;
  const auto worker = Work(
      [&](const v1::Action& action, const Cancellation&) {
        handled.insert(action.effect_key());
        if (!begun.HasBeenNotified()) begun.Notify();
        finish.WaitForNotification();
        return absl::OkStatus();
      },
      {.threads = 1});
  begun.WaitForNotification();
  fake_.FailNext("ExtendActionLease", absl::InternalError("a bug"));
  Miss(1);  // an hour later: pulled with or after the first one
  EXPECT_TRUE(worker->WaitUntil(
      [](const ActionWorkerProgress& progress) { return progress.held == 2; }));
  finish.Notify();
  EXPECT_TRUE(worker->WaitUntil(Done(2)));
  EXPECT_EQ(worker->progress().lost, 0);
  EXPECT_TRUE(worker->Stop(absl::Seconds(10)).ok());
  EXPECT_THAT(handled, SizeIs(2));
}

TEST_F(ActionWorkerTest, W2_AStopLetsHandlersFinishAndGivesTheRestBack) {
  Miss(3);
  absl::Notification begun, finish;
  std::set<std::string> handled;
  const auto worker = Work(
      [&](const v1::Action& action, const Cancellation&) {
        handled.insert(action.effect_key());
        begun.Notify();
        finish.WaitForNotification();
        return absl::OkStatus();
      },
      // With no pull under way, which the server may still take for one when
      // the first of these comes back.
      {.threads = 1, .most_held = 3});
  begun.WaitForNotification();
  absl::Status stopped = absl::UnknownError("not yet");
  std::thread stopper([&] { stopped = worker->Stop(absl::Seconds(10)); });
  EXPECT_TRUE(worker->WaitUntil([](const ActionWorkerProgress& progress) {
    return progress.returned == 2;
  }));
  // At once, not when their leases end, and with all their attempts.
  const std::vector<v1::Action> returned = Pull();
  EXPECT_THAT(returned, SizeIs(2));
  for (const v1::Action& action : returned) {
    EXPECT_FALSE(handled.contains(action.effect_key()));
    EXPECT_EQ(action.last_failure(), "");
  }
  finish.Notify();
  stopper.join();
  EXPECT_TRUE(stopped.ok()) << stopped;
  EXPECT_EQ(worker->progress().done, 1);
  EXPECT_THAT(handled, SizeIs(1));
}

TEST_F(ActionWorkerTest, W2_AStopIsBounded) {
  Miss(1);
  absl::Notification begun;
  const auto worker = Work(
      [&](const v1::Action&, const Cancellation& cancellation) {
        begun.Notify();
        absl::Notification told;
        const uint64_t id = cancellation.OnCancel([&] { told.Notify(); });
        told.WaitForNotification();
        cancellation.Forget(id);
        return absl::CancelledError("gave up");
      },
      {.most_held = 1});
  begun.WaitForNotification();
  EXPECT_EQ(worker->Stop(absl::ZeroDuration()).code(),
            absl::StatusCode::kDeadlineExceeded);
  // What it gave up is somebody else's at once.
  EXPECT_TRUE(worker->WaitUntil([](const ActionWorkerProgress& progress) {
    return progress.returned == 1;
  }));
  EXPECT_THAT(Pull(), SizeIs(1));
}

TEST_F(ActionWorkerTest, W2_TwoWorkersShareWithoutOverlap) {
  Miss(60);
  absl::Mutex mutex;
  std::multiset<std::string> handled;
  const auto handler = [&](const v1::Action& action, const Cancellation&) {
    absl::MutexLock lock(&mutex);
    handled.insert(action.effect_key());
    return absl::OkStatus();
  };
  const auto one = Work(handler, {.most_held = 7});
  const auto two = Work(handler, {.most_held = 7});
  {
    absl::MutexLock lock(&mutex);
    const auto all = [&] { return handled.size() >= 60; };
    EXPECT_TRUE(
        mutex.AwaitWithTimeout(absl::Condition(&all), absl::Seconds(60)));
  }
  EXPECT_TRUE(one->Stop(absl::Seconds(10)).ok());
  EXPECT_TRUE(two->Stop(absl::Seconds(10)).ok());
  EXPECT_EQ(one->progress().done + two->progress().done, 60);
  absl::MutexLock lock(&mutex);
  EXPECT_EQ(std::set<std::string>(handled.begin(), handled.end()).size(), 60u);
  EXPECT_THAT(handled, SizeIs(60));
}

TEST_F(ActionWorkerTest, W2_NeverHoldsMoreThanItMay) {
  Miss(10);
  absl::Notification finish;
  const auto worker = Work(
      [&](const v1::Action&, const Cancellation&) {
        finish.WaitForNotification();
        return absl::OkStatus();
      },
      {.threads = 2, .most_held = 3});
  EXPECT_TRUE(worker->WaitUntil(
      [](const ActionWorkerProgress& progress) { return progress.held == 3; }));
  const std::vector<v1::Action> rest = Pull();
  EXPECT_THAT(rest, SizeIs(7));
  finish.Notify();
  EXPECT_TRUE(worker->WaitUntil(Done(3)));
}

TEST_F(ActionWorkerTest, W2_GoesOnWhenTheServerIsBack) {
  fake_.FailNext("PullActions", absl::InternalError("a bug"));
  const auto worker = Work(Once(effects_.Sink()));
  calls_->Await("PullActions", 1);
  Miss(1);
  EXPECT_TRUE(AdvanceUntil(*worker, Done(1)));
}

TEST_F(ActionWorkerTest, AFailureThatNothingMendsIsTold) {
  fake_.FailNext("PullActions", absl::PermissionDeniedError("not yours"));
  absl::Notification ended;
  const auto worker =
      Work(Once(effects_.Sink()), {.on_end = [&](const absl::Status& status) {
             EXPECT_EQ(status.code(), absl::StatusCode::kPermissionDenied);
             ended.Notify();
           }});
  ended.WaitForNotification();
  EXPECT_TRUE(worker->Stop(absl::Seconds(10)).ok());
  EXPECT_EQ(worker->status().code(), absl::StatusCode::kPermissionDenied);
}

// As while a database fails over, or a token is replaced.
TEST_F(ActionWorkerTest, WhatPassesIsWaitedFor) {
  Miss(1);
  fake_.FailNext("PullActions",
                 WithReason(absl::FailedPreconditionError("read only"),
                            "DATABASE_READ_ONLY"),
                 2);
  fake_.FailNext("AckActions", absl::UnauthenticatedError("expired"), 2);
  const auto worker = Work(Once(effects_.Sink()));
  EXPECT_TRUE(AdvanceUntil(*worker, [](const ActionWorkerProgress& progress) {
    return progress.done == 1;
  }));
  EXPECT_TRUE(worker->status().ok()) << worker->status();
}

}  // namespace
}  // namespace charter::client

// One of everything, used from 16 threads: what the thread sanitizer looks at.
// It does not see how gRPC, which is not instrumented, hands a call from one
// thread to another, so asynchronous calls are left to weather_test and
// async_stream_test; calls that wait, their repetitions, and all that stands on
// a mock are judged truly.
#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "charter/client/action_worker.h"
#include "charter/client/bulk_writer.h"
#include "charter/client/cancellation.h"
#include "charter/client/channel.h"
#include "charter/client/credentials.h"
#include "charter/client/event_stream.h"
#include "charter/client/live_cache.h"
#include "charter/client/observer.h"
#include "charter/client/retry.h"
#include "charter/client/status.h"
#include "charter/v1/directory_client.h"
#include "charter/v1/event_client.h"
#include "gtest/gtest.h"
#include "tests/client-sdk/scripted_events.h"
#include "tests/client-sdk/turned_timing.h"

namespace charter::client {
namespace {

constexpr int kThreads = 16;

// Runs it on all threads, each with its number, and waits for them.
void OnAll(const std::function<void(int)>& act) {
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) threads.emplace_back(act, t);
  for (std::thread& thread : threads) thread.join();
}

class Counter : public CallObserver {
 public:
  void OnAttempt(absl::string_view, int, const absl::Status&,
                 absl::Duration) override {
    ++attempts;
  }
  void OnCall(const CallRecord&) override { ++calls; }
  std::atomic<int> attempts = 0, calls = 0;
};

// Nobody listens there: each attempt fails, and is repeated as the budget has
// it, until somebody gives all calls up.
TEST(ThreadsTest, CallsStreamsAndTheirRepetitions) {
  constexpr int kEach = 20;
  const auto counter = std::make_shared<Counter>();
  std::atomic<int> tokens = 0;
  const auto channel = Channel::Open(
      Options()
          .Set<EndpointOption>("unix:/nonexistent/charter.sock")
          .Set<RetryOption>({.most_attempts = 3,
                             .first = absl::Microseconds(10),
                             .most = absl::Microseconds(100)})
          .Set<RetryBudgetOption>({.per_second = 100, .ratio = 1, .most = 50})
          .Set<ObserverOption>(counter)
          .Set<CredentialsOption>(RefreshingToken([&]() -> absl::StatusOr<
                                                            ExpiringToken> {
            return ExpiringToken{absl::StrCat(++tokens), absl::InfinitePast()};
          })));
  Cancellation cancellation;
  const v1::DirectoryClient shared(
      channel, Options().Set<CancellationOption>(cancellation));
  std::atomic<int> ended = 0;
  OnAll([&](int t) {
    v1::DirectoryClient directory = shared;
    v1::EventClient events(channel);
    for (int i = 0; i < kEach; ++i) {
      const absl::Status status = directory.GetAccount("accounts/a").status();
      EXPECT_TRUE(absl::IsUnavailable(status) || absl::IsCancelled(status))
          << status;
      ++ended;
      const auto stream = events.WatchEvents(v1::WatchEventsRequest());
      EXPECT_FALSE(stream->Read().has_value());
      EXPECT_TRUE(absl::IsUnavailable(stream->status())) << stream->status();
    }
    if (t == 0) cancellation.Cancel();
  });
  EXPECT_EQ(ended, kThreads * kEach);
  EXPECT_EQ(counter->calls, 2 * kThreads * kEach);
}

// Pauses that nobody cuts would outlast the test.
TEST(ThreadsTest, PausesAreCutForAll) {
  Cancellation cancellation;
  const auto counter = std::make_shared<Counter>();
  const v1::DirectoryClient shared(
      Channel::Open(Options()
                        .Set<EndpointOption>("unix:/nonexistent/charter.sock")
                        .Set<DeadlineOption>(absl::InfiniteDuration())
                        .Set<ObserverOption>(counter)
                        .Set<RetryOption>({.first = absl::Hours(1'000'000),
                                           .most = absl::Hours(1'000'000)})),
      Options().Set<CancellationOption>(cancellation));
  std::thread canceller([&] {
    while (counter->attempts < kThreads - 1) std::this_thread::yield();
    cancellation.Cancel();
  });
  OnAll([&](int) {
    v1::DirectoryClient directory = shared;
    EXPECT_EQ(directory.GetAccount("accounts/a").status().code(),
              absl::StatusCode::kCancelled);
  });
  canceller.join();
}

TEST(ThreadsTest, AStreamOfEventsAndItsLag) {
  constexpr int kMessages = 500;
  ScriptedEvents feed;
  EventStreamOptions options;
  options.timing = std::make_shared<TurnedTiming>();
  EventStream stream(feed.connection(), {}, options);
  OnAll([&](int t) {
    if (t == 0) {
      int seen = 0;
      while (stream.Next().ok()) ++seen;
      EXPECT_EQ(seen, kMessages);
    } else if (t == 1) {
      for (int i = 1; i <= kMessages; ++i) {
        v1::WatchEventsResponse message;
        message.add_events()->set_sequence(i);
        message.set_head_sequence(i);
        message.set_seen_sequence(i);
        feed.Send(message);
        if (i % 50 == 0) feed.End(absl::UnavailableError("cut"));
      }
      feed.AwaitRead();
      stream.Cancel();
    } else {
      while (stream.reconnections() < kMessages / 50)
        EXPECT_GE(stream.lag().transactions, 0);
    }
  });
  EXPECT_EQ(stream.lag().transactions, 0);
}

TEST(ThreadsTest, ACacheThatIsReadWhileItChanges) {
  constexpr int kMessages = 300;
  using Rows = PageRange<v1::Account>;
  ScriptedEvents feed;
  LiveCacheOptions options;
  options.stream.timing = std::make_shared<TurnedTiming>();
  std::atomic<int> told = 0;
  LiveCache<v1::Account> cache(
      feed.connection(), "accounts",
      [](const Options&) {
        return Rows([](const std::string&) { return Rows::Page(); });
      },
      [](const std::string& name,
         const Options&) -> absl::StatusOr<v1::Account> {
        v1::Account account;
        account.set_name(name);
        return account;
      },
      options, [&](const std::string&, const v1::Account*) { ++told; });
  feed.Send("bookmark: true head_sequence: 1 seen_sequence: 1");
  OnAll([&](int t) {
    ASSERT_TRUE(cache.WaitUntilReady(absl::Seconds(600)).ok());
    for (int i = 0; t == 0 && i < kMessages; ++i) {
      feed.Send(absl::StrCat(
          "events { type: 'account.updated' subject: 'accounts/a", i % 7,
          "' } head_sequence: ", i + 2, " seen_sequence: ", i + 2));
    }
    while (told < kMessages) {
      EXPECT_LE(cache.size(), 7u);
      EXPECT_TRUE(cache.Get("accounts/a1").ok());
      EXPECT_TRUE(cache.Find([](const v1::Account&) { return true; }).ok());
      EXPECT_LT(cache.staleness(), absl::InfiniteDuration());
    }
  });
  EXPECT_EQ(cache.size(), 7u);
}

// Answers on threads of its own.
class Answerers {
 public:
  Answerers() {
    for (int t = 0; t < kThreads; ++t) threads_.emplace_back([this] { Run(); });
  }
  ~Answerers() {
    for (int t = 0; t < kThreads; ++t) Add(nullptr);
    for (std::thread& thread : threads_) thread.join();
  }
  void Add(std::function<void()> act) {
    const std::lock_guard lock(mutex_);
    acts_.push_back(std::move(act));
    added_.notify_one();
  }

 private:
  void Run() {
    for (;;) {
      std::unique_lock lock(mutex_);
      added_.wait(lock, [this] { return !acts_.empty(); });
      const std::function<void()> act = std::move(acts_.front());
      acts_.pop_front();
      lock.unlock();
      if (act == nullptr) return;
      act();
    }
  }

  std::mutex mutex_;  // of what follows
  std::condition_variable added_;
  std::deque<std::function<void()>> acts_;
  std::vector<std::thread> threads_;
};

TEST(ThreadsTest, WritesInBulk) {
  constexpr int kWrites = 1000;
  Answerers answerers;
  int written = 0;
  BulkWriter<v1::CreateAccountRequest, v1::Account> writer(
      [&](v1::CreateAccountRequest request, const Options& options,
          Callback<v1::Account> done) {
        answerers.Add([request, options, done = std::move(done)] {
          const bool good = request.account_id() != "bad";
          const absl::Status status =
              good ? absl::OkStatus() : absl::UnavailableError("busy");
          (*options.Find<ObserverOption>())
              ->OnAttempt("m", 1, status, absl::InfiniteDuration());
          if (good) {
            done(v1::Account());
          } else {
            done(status);
          }
        });
      },
      {}, [&](const auto&, const auto&) { ++written; });
  std::atomic<bool> finished = false;
  std::thread watcher([&] {
    while (!finished) EXPECT_LE(writer.progress().at_once, 64);
  });
  for (int i = 0; i < kWrites; ++i) {
    v1::CreateAccountRequest request;
    request.set_account_id(i % 10 == 0 ? "bad" : "good");
    writer.Add(request);
  }
  EXPECT_EQ(writer.Finish().size(), size_t{kWrites / 10});
  EXPECT_EQ(written, kWrites - kWrites / 10);
  finished = true;
  watcher.join();
}

// Actions that a server gives out, takes back, and hears of.
class ScriptedActions {
 public:
  static constexpr int kActions = 2000;
  static constexpr int kMostHeld = 50;

  ScriptedActions() {
    using ::testing::_;
    ON_CALL(*connection_, PullActions(_, _))
        .WillByDefault([this](const v1::PullActionsRequest& request,
                              const Options& options) {
          return Pull(request.max_actions(),
                      *options.Find<CancellationOption>());
        });
    ON_CALL(*connection_, ExtendActionLease(_, _))
        .WillByDefault([this](const v1::ExtendActionLeaseRequest& request,
                              const Options&) {
          v1::ExtendActionLeaseResponse response;
          // Somebody else has this one now.
          response.add_expired_lease_ids(request.lease_ids(0));
          ++lost;
          return response;
        });
    ON_CALL(*connection_, AckActions(_, _))
        .WillByDefault(
            [this](const v1::AckActionsRequest& request, const Options&) {
              acked += request.lease_ids_size();
              return v1::AckActionsResponse();
            });
    ON_CALL(*connection_, RejectAction(_, _))
        .WillByDefault([](const v1::RejectActionRequest&, const Options&) {
          return v1::RejectActionResponse();
        });
  }
  std::shared_ptr<v1::EventConnection> connection() { return connection_; }
  std::shared_ptr<Timing> timing() { return timing_; }

  std::atomic<int> acked = 0, lost = 0;

 private:
  // Waits for nothing but, when all are out, for being given up.
  absl::StatusOr<v1::PullActionsResponse> Pull(
      int most, const Cancellation& cancellation) {
    v1::PullActionsResponse response;
    while (pulled_ == kActions && !cancellation.cancelled())
      std::this_thread::yield();
    if (cancellation.cancelled()) return absl::CancelledError("given up");
    timing_->Pass(absl::Seconds(20));
    for (; most > 0 && pulled_ < kActions; --most) {
      v1::Action& action = *response.add_actions();
      action.set_lease_id(absl::StrCat("lease ", ++pulled_));
      action.set_effect_key(absl::StrCat("effect ", pulled_));
    }
    return response;
  }

  const std::shared_ptr<::testing::NiceMock<v1::MockEventConnection>>
      connection_ =
          std::make_shared<::testing::NiceMock<v1::MockEventConnection>>();
  const std::shared_ptr<TurnedTiming> timing_ =
      std::make_shared<TurnedTiming>();
  int pulled_ = 0;  // one thread pulls
};

// Most are done, some fail, some are lost on the way; the worker is stopped and
// asked how it gets on meanwhile.
TEST(ThreadsTest, AWorkerAndItsActions) {
  ScriptedActions script;
  ActionWorkerOptions options;
  options.threads = kThreads;
  options.most_held = ScriptedActions::kMostHeld;
  options.timing = script.timing();
  std::atomic<int> handled = 0;
  ActionWorker worker(
      script.connection(),
      [&](const v1::Action&, const Cancellation& cancellation) {
        if (++handled % 10 == 0) return absl::UnavailableError("not now");
        return cancellation.cancelled() ? absl::CancelledError("lost")
                                        : absl::OkStatus();
      },
      options);
  std::thread watcher([&] {
    EXPECT_TRUE(worker.WaitUntil(
        [](const ActionWorkerProgress& at) {
          return at.done + at.failed + at.lost >= ScriptedActions::kActions / 2;
        },
        absl::InfiniteDuration()));
    while (worker.progress().held > 0) EXPECT_TRUE(worker.status().ok());
  });
  watcher.join();
  while (!worker.Stop(absl::ZeroDuration()).ok()) std::this_thread::yield();
  const ActionWorkerProgress end = worker.progress();
  EXPECT_EQ(end.held, 0);
  EXPECT_GE(end.done, 1);
  EXPECT_GE(end.failed, 1);
  EXPECT_LE(end.lost, script.lost);
  EXPECT_LE(end.done + end.failed + end.lost + end.returned,
            ScriptedActions::kActions);
  EXPECT_GE(script.acked, end.done);
}

TEST(ThreadsTest, CancellingWhileActsComeAndGo) {
  for (int round = 0; round < 50; ++round) {
    Cancellation cancellation;
    std::atomic<int> ran = 0;
    OnAll([&](int t) {
      if (t == 0) return cancellation.Cancel();
      // What is forgotten is not run any more: it may go.
      auto alive = std::make_unique<int>(1);
      const uint64_t id =
          cancellation.OnCancel([&ran, at = alive.get()] { ran += *at; });
      cancellation.Forget(id);
      alive.reset();
    });
    EXPECT_LE(ran, kThreads - 1);
    EXPECT_TRUE(cancellation.cancelled());
  }
}

}  // namespace
}  // namespace charter::client

#include "server/call/executor.h"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <future>
#include <memory>
#include <mutex>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/call/parking.h"
#include "tests/support/temp_dir.h"

namespace charter::call {
namespace {

class ExecutorTest : public testing::Test {
 protected:
  ExecutorTest() {
    auto store =
        storage::OpenStore(absl::StrCat("sqlite://", dir_.File("test.db")), {});
    EXPECT_TRUE(store.ok()) << store.status();
    store_ = *std::move(store);
  }

  test::TempDir dir_;
  std::unique_ptr<storage::Store> store_;
};

// Holds jobs until it is opened; tells how many are inside.
class Gate {
 public:
  Executor::Job Job() {
    return [this](storage::Session&) {
      {
        std::lock_guard<std::mutex> lock(mutex_);
        ++inside_;
      }
      changed_.notify_all();
      future_.wait();
    };
  }
  void WaitFor(int inside) {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [&] { return inside_ >= inside; });
  }
  int inside() {
    std::lock_guard<std::mutex> lock(mutex_);
    return inside_;
  }
  void Open() { open_.set_value(); }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int inside_ = 0;
  std::promise<void> open_;
  std::shared_future<void> future_ = open_.get_future().share();
};

TEST_F(ExecutorTest, JobsHaveAWorkingSession) {
  Executor executor(*store_, {.threads = 2});
  std::promise<absl::Status> done;
  ASSERT_TRUE(executor.Submit(false, [&](storage::Session& session) {
    done.set_value(session.Read({}, [](storage::Transaction& tx) {
      return tx.Query("SELECT 1").status();
    }));
  }));
  EXPECT_TRUE(done.get_future().get().ok());
}

TEST_F(ExecutorTest, AFullQueueRefusesAtOnce) {
  Gate gate;
  Executor executor(*store_, {.threads = 1, .queue_limit = 2});
  ASSERT_TRUE(executor.Submit(false, gate.Job()));
  gate.WaitFor(1);
  EXPECT_TRUE(executor.Submit(false, gate.Job()));
  EXPECT_TRUE(executor.Submit(false, gate.Job()));
  EXPECT_FALSE(executor.Submit(false, gate.Job()));
  // What was let in before may go on.
  EXPECT_TRUE(executor.Resume(gate.Job()));
  gate.Open();
  executor.Stop();
  EXPECT_EQ(gate.inside(), 4);
}

TEST_F(ExecutorTest, HeavyJobsLeaveHalfTheThreadsToOthers) {
  Gate heavy, light;
  Executor executor(*store_, {.threads = 4});
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(executor.Submit(true, heavy.Job()));
  heavy.WaitFor(2);
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(executor.Submit(false, light.Job()));
  light.WaitFor(2);
  EXPECT_EQ(heavy.inside(), 2);
  light.Open();
  heavy.Open();
  executor.Stop();
  EXPECT_EQ(heavy.inside(), 4);
}

TEST_F(ExecutorTest, OneThreadServesHeavyJobsToo) {
  Executor executor(*store_, {.threads = 1});
  std::promise<void> done;
  ASSERT_TRUE(
      executor.Submit(true, [&](storage::Session&) { done.set_value(); }));
  done.get_future().get();
}

TEST_F(ExecutorTest, HeavyQueueHasALimitOfItsOwn) {
  Gate gate;
  Executor executor(*store_, {.threads = 2, .heavy_queue_limit = 1});
  ASSERT_TRUE(executor.Submit(true, gate.Job()));
  gate.WaitFor(1);
  EXPECT_TRUE(executor.Submit(true, gate.Job()));
  EXPECT_FALSE(executor.Submit(true, gate.Job()));
  gate.Open();
}

TEST_F(ExecutorTest, StopRunsWhatIsQueuedAndRefusesMore) {
  std::atomic<int> ran{0};
  Executor executor(*store_, {.threads = 2});
  int accepted = 0;
  for (int i = 0; i < 50; ++i) {
    accepted += executor.Submit(i % 2 == 0, [&](storage::Session&) { ++ran; });
  }
  executor.Stop();
  EXPECT_GE(accepted, 25);
  EXPECT_EQ(ran.load(), accepted);
  EXPECT_FALSE(executor.Submit(false, [](storage::Session&) {}));
  EXPECT_FALSE(executor.Resume([](storage::Session&) {}));
}

TEST_F(ExecutorTest, ManySubmittersLoseNothing) {
  std::atomic<int> ran{0};
  int accepted = 0;
  {
    Executor executor(*store_, {.threads = 4, .queue_limit = 1000000});
    std::vector<std::future<int>> submitters;
    for (int t = 0; t < 4; ++t) {
      submitters.push_back(std::async(std::launch::async, [&executor, &ran] {
        int taken = 0;
        for (int i = 0; i < 500; ++i) {
          taken += executor.Submit(false, [&ran](storage::Session&) { ++ran; });
        }
        return taken;
      }));
    }
    for (auto& submitter : submitters) accepted += submitter.get();
  }
  EXPECT_EQ(accepted, 2000);
  EXPECT_EQ(ran.load(), 2000);
}

constexpr auto kForever = std::chrono::hours(1);

TEST(ParkingTest, ABellResumesWhoWaitsForIt) {
  Bell bell, other;
  Parking parking(kForever);
  std::promise<bool> resumed;
  parking.Park(bell, bell.rings(), Parking::Clock::now() + kForever,
               [&](bool last) { resumed.set_value(last); });
  other.Ring();
  bell.Ring();
  EXPECT_FALSE(resumed.get_future().get());
}

TEST(ParkingTest, ARingBetweenLookingAndParkingIsNotMissed) {
  Bell bell;
  Parking parking(kForever);
  const int64_t seen = bell.rings();
  bell.Ring();
  std::promise<bool> resumed;
  parking.Park(bell, seen, Parking::Clock::now() + kForever,
               [&](bool last) { resumed.set_value(last); });
  EXPECT_FALSE(resumed.get_future().get());
}

TEST(ParkingTest, TheEndOfTheWaitIsTheLastTry) {
  Bell bell;
  Parking parking(kForever);
  std::promise<bool> resumed;
  parking.Park(bell, bell.rings(), Parking::Clock::now(),
               [&](bool last) { resumed.set_value(last); });
  EXPECT_TRUE(resumed.get_future().get());
}

TEST(ParkingTest, LooksAgainWithoutABell) {
  Bell bell;
  Parking parking(std::chrono::milliseconds(1));
  std::promise<bool> resumed;
  parking.Park(bell, bell.rings(), Parking::Clock::now() + kForever,
               [&](bool last) { resumed.set_value(last); });
  EXPECT_FALSE(resumed.get_future().get());
}

TEST(ParkingTest, NudgeAndDrainEndTheWait) {
  Bell bell;
  Parking parking(kForever);
  std::promise<bool> nudged, drained, late;
  const auto until = Parking::Clock::now() + kForever;
  const int64_t id = parking.Park(bell, bell.rings(), until,
                                  [&](bool last) { nudged.set_value(last); });
  parking.Park(bell, bell.rings(), until,
               [&](bool last) { drained.set_value(last); });
  parking.Nudge(id);
  EXPECT_TRUE(nudged.get_future().get());
  parking.Nudge(id);  // gone: nothing happens
  parking.Drain();
  EXPECT_TRUE(drained.get_future().get());
  parking.Park(bell, bell.rings(), until,
               [&](bool last) { late.set_value(last); });
  EXPECT_TRUE(late.get_future().get());
}

}  // namespace
}  // namespace charter::call

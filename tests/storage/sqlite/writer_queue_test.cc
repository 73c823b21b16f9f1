#include "storage/sqlite/writer_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <mutex>
#include <thread>
#include <vector>

namespace charter::storage::internal {
namespace {

TEST(WriterQueueTest, FirstComeFirstServed) {
  WriterQueue queue;
  ASSERT_TRUE(queue.Take(Wait()).ok());
  std::mutex mutex;
  std::vector<int> order;
  std::vector<std::thread> threads;
  for (int i = 0; i < 6; ++i) {
    threads.emplace_back([&, i] {
      ASSERT_TRUE(queue.Take(Wait()).ok());
      {
        std::lock_guard<std::mutex> lock(mutex);
        order.push_back(i);
      }
      queue.Give();
    });
    while (queue.waiting() != static_cast<size_t>(i) + 1)
      std::this_thread::yield();
  }
  queue.Give();
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(order, testing::ElementsAre(0, 1, 2, 3, 4, 5));
}

TEST(WriterQueueTest, WhoGivesUpLeavesTheLine) {
  WriterQueue queue;
  ASSERT_TRUE(queue.Take(Wait()).ok());
  EXPECT_EQ(KindOf(queue.Take(Wait(absl::Milliseconds(10)))),
            ErrorKind::kDeadline);
  EXPECT_EQ(
      KindOf(queue.Take(Wait(absl::InfiniteDuration(), [] { return true; }))),
      ErrorKind::kCancelled);
  EXPECT_EQ(queue.waiting(), 0u);
  queue.Give();
  EXPECT_TRUE(queue.Take(Wait(absl::Milliseconds(1))).ok());
}

}  // namespace
}  // namespace charter::storage::internal

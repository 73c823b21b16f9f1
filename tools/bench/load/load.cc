#include "tools/bench/load/load.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace charter::bench {
namespace {

using std::chrono::steady_clock;

// The calls under way and what became of the others.
class Flight {
 public:
  explicit Flight(LoadResult* result)
      : result_(result), start_(steady_clock::now()) {}

  // Waits until fewer than `most` are under way, and adds one.
  void Begin(int64_t most) {
    std::unique_lock<std::mutex> lock(mutex_);
    ended_.wait(lock, [&] { return in_flight_ < most; });
    ++in_flight_;
  }
  void End(bool ok, steady_clock::time_point from,
           steady_clock::time_point to) {
    if (ok) result_->latency.Record(absl::FromChrono(to - from));
    const std::lock_guard<std::mutex> lock(mutex_);
    ++(ok ? result_->succeeded : result_->failed);
    last_end_ = std::max(last_end_, to);
    --in_flight_;
    ended_.notify_one();
  }
  void Wait() {
    std::unique_lock<std::mutex> lock(mutex_);
    ended_.wait(lock, [&] { return in_flight_ == 0; });
    result_->elapsed = absl::FromChrono(last_end_ - start_);
  }

 private:
  LoadResult* const result_;
  const steady_clock::time_point start_;
  std::mutex mutex_;
  std::condition_variable ended_;
  int64_t in_flight_ = 0;
  steady_clock::time_point last_end_ = start_;
};

}  // namespace

void RunOpenLoop(const OpenLoop& loop, const AsyncCall& call,
                 LoadResult* result) {
  Flight flight(result);
  const auto start = steady_clock::now();
  const auto calls = static_cast<int64_t>(loop.per_second *
                                          absl::ToDoubleSeconds(loop.length));
  for (int64_t i = 0; i < calls; ++i) {
    const auto scheduled =
        start + absl::ToChronoNanoseconds(
                    absl::Seconds(static_cast<double>(i) / loop.per_second));
    std::this_thread::sleep_until(scheduled);
    flight.Begin(loop.most_in_flight);
    call(i, [&flight, scheduled](bool ok) {
      flight.End(ok, scheduled, steady_clock::now());
    });
  }
  flight.Wait();
}

void RunClosedLoop(int callers, int64_t calls, const AsyncCall& call,
                   LoadResult* result) {
  Flight flight(result);
  std::atomic<int64_t> next = 0;
  std::function<void()> start = [&] {
    const int64_t index = next.fetch_add(1);
    if (index >= calls) return;
    flight.Begin(calls);
    call(index, [&, from = steady_clock::now()](bool ok) {
      const auto to = steady_clock::now();
      start();  // before the end, so that some are under way until all ended
      flight.End(ok, from, to);
    });
  };
  for (int i = 0; i < callers; ++i) start();
  flight.Wait();
}

void RunWorkers(int workers, int64_t calls, const BlockingCall& call,
                LoadResult* result) {
  Flight flight(result);
  std::atomic<int64_t> next = 0;
  std::vector<std::thread> threads;
  for (int worker = 0; worker < workers; ++worker) {
    threads.emplace_back([&, worker] {
      for (int64_t i = next++; i < calls; i = next++) {
        flight.Begin(workers);
        const auto from = steady_clock::now();
        const bool ok = call(worker, i);
        flight.End(ok, from, steady_clock::now());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  flight.Wait();
}

}  // namespace charter::bench

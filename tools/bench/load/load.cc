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
  void Begin(int most) {
    std::unique_lock<std::mutex> lock(mutex_);
    ended_.wait(lock, [&] { return in_flight_ < most; });
    ++in_flight_;
  }
  void End(bool ok, steady_clock::time_point scheduled) {
    const auto now = steady_clock::now();
    if (ok) result_->latency.Record(absl::FromChrono(now - scheduled));
    const std::lock_guard<std::mutex> lock(mutex_);
    ++(ok ? result_->succeeded : result_->failed);
    last_end_ = std::max(last_end_, now);
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
  int in_flight_ = 0;
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
    call(i, [&flight, scheduled](bool ok) { flight.End(ok, scheduled); });
  }
  flight.Wait();
}

void RunClosedLoop(int callers, absl::Duration length, const AsyncCall& call,
                   LoadResult* result) {
  Flight flight(result);
  const auto until = steady_clock::now() + absl::ToChronoNanoseconds(length);
  for (int64_t i = 0; steady_clock::now() < until; ++i) {
    flight.Begin(callers);
    const auto now = steady_clock::now();
    call(i, [&flight, now](bool ok) { flight.End(ok, now); });
  }
  flight.Wait();
}

void RunWorkers(int workers, absl::Duration length, const BlockingCall& call,
                LoadResult* result) {
  Flight flight(result);
  const auto until = steady_clock::now() + absl::ToChronoNanoseconds(length);
  std::atomic<int64_t> next = 0;
  std::vector<std::thread> threads;
  for (int worker = 0; worker < workers; ++worker) {
    threads.emplace_back([&, worker] {
      while (steady_clock::now() < until) {
        flight.Begin(workers);
        const auto now = steady_clock::now();
        flight.End(call(worker, next.fetch_add(1)), now);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  flight.Wait();
}

}  // namespace charter::bench

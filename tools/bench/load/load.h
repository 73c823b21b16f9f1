// Load on a server: calls at a fixed rate, or by a fixed number of callers.
#ifndef CHARTER_TOOLS_BENCH_LOAD_LOAD_H_
#define CHARTER_TOOLS_BENCH_LOAD_LOAD_H_

#include <cstdint>
#include <functional>

#include "absl/time/time.h"
#include "tools/bench/load/histogram.h"

namespace charter::bench {

// Starts call number `index` (0, 1, 2, …) and returns at once; `done` is called
// once, on a thread of the transport, with whether the call succeeded.
using AsyncCall =
    std::function<void(int64_t index, std::function<void(bool ok)> done)>;
// Makes call number `index` of worker `worker` (0 to workers - 1) and says
// whether it succeeded.
using BlockingCall = std::function<bool(int worker, int64_t index)>;

struct LoadResult {
  Histogram latency;  // of the calls that succeeded
  int64_t succeeded = 0;
  int64_t failed = 0;
  absl::Duration elapsed;  // from the first start to the last end

  double PerSecond() const {
    return static_cast<double>(succeeded) / absl::ToDoubleSeconds(elapsed);
  }
};

struct OpenLoop {
  double per_second = 100;
  absl::Duration length = absl::Seconds(10);
  // Calls under way at most; what is scheduled while there are so many starts
  // late, which its latency shows.
  int most_in_flight = 1000;
};

// Starts a call every 1/per_second, whatever became of those before, and waits
// for all. Latency counts from the instant for which a call was scheduled, so
// that a server that stalls cannot hide it by making callers wait.
void RunOpenLoop(const OpenLoop& loop, const AsyncCall& call,
                 LoadResult* result);

// `calls` calls by `callers` callers, each of whom starts one when their last
// one ended: what the server can do at most.
void RunClosedLoop(int callers, int64_t calls, const AsyncCall& call,
                   LoadResult* result);

// The same with a thread for each caller.
void RunWorkers(int workers, int64_t calls, const BlockingCall& call,
                LoadResult* result);

}  // namespace charter::bench

#endif  // CHARTER_TOOLS_BENCH_LOAD_LOAD_H_

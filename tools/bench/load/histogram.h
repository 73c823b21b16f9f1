// How long things took: counts by latency, from a microsecond to hours.
#ifndef CHARTER_TOOLS_BENCH_LOAD_HISTOGRAM_H_
#define CHARTER_TOOLS_BENCH_LOAD_HISTOGRAM_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/time/time.h"

namespace charter::bench {

// Thread-safe; recording takes no lock. A latency is kept to 1.6 % of itself,
// rounded up.
class Histogram {
 public:
  Histogram() = default;
  Histogram(const Histogram&) = delete;
  Histogram& operator=(const Histogram&) = delete;

  // Less than nothing counts as nothing.
  void Record(absl::Duration latency);

  int64_t count() const { return count_.load(); }
  absl::Duration max() const { return absl::Nanoseconds(max_ns_.load()); }
  // The latency that `percent` of the recorded ones do not exceed; zero when
  // there are none.
  absl::Duration Percentile(double percent) const;

  // "count 120000  p50 1.23 ms  p90 2.34 ms  p99 5.67 ms  max 12.30 ms".
  std::string Summary() const;
  // A line for each doubling of the latency that has any: its upper end, the
  // count, and a bar.
  std::string Chart() const;

 private:
  // 64 buckets for each power of two of nanoseconds.
  static constexpr int kSteps = 64;
  static size_t BucketOf(int64_t ns);
  static int64_t UpperEnd(size_t bucket);

  std::array<std::atomic<int64_t>, kSteps* 42> buckets_ = {};
  std::atomic<int64_t> count_ = 0;
  std::atomic<int64_t> max_ns_ = 0;
};

}  // namespace charter::bench

#endif  // CHARTER_TOOLS_BENCH_LOAD_HISTOGRAM_H_

#include "tools/bench/load/histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace charter::bench {
namespace {

std::string Millis(absl::Duration duration) {
  return absl::StrFormat("%.2f ms", absl::ToDoubleMilliseconds(duration));
}

}  // namespace

size_t Histogram::BucketOf(int64_t ns) {
  if (ns < kSteps) return static_cast<size_t>(ns);
  const int shift = std::bit_width(static_cast<uint64_t>(ns)) -
                    std::bit_width(static_cast<uint64_t>(kSteps));
  return static_cast<size_t>(shift) * kSteps + static_cast<size_t>(ns >> shift);
}

int64_t Histogram::UpperEnd(size_t bucket) {
  if (bucket < 2 * kSteps) return static_cast<int64_t>(bucket);
  const size_t shift = bucket / kSteps - 1;
  return static_cast<int64_t>(((bucket - shift * kSteps + 1) << shift) - 1);
}

void Histogram::Record(absl::Duration latency) {
  const int64_t ns = std::max<int64_t>(0, absl::ToInt64Nanoseconds(latency));
  buckets_[std::min(BucketOf(ns), buckets_.size() - 1)].fetch_add(
      1, std::memory_order_relaxed);
  count_.fetch_add(1, std::memory_order_relaxed);
  int64_t seen = max_ns_.load(std::memory_order_relaxed);
  while (ns > seen && !max_ns_.compare_exchange_weak(seen, ns)) {
  }
}

absl::Duration Histogram::Percentile(double percent) const {
  const int64_t rank = std::max<int64_t>(
      1, static_cast<int64_t>(
             std::ceil(percent / 100 * static_cast<double>(count()))));
  int64_t below = 0;
  for (size_t i = 0; i < buckets_.size(); ++i) {
    below += buckets_[i].load(std::memory_order_relaxed);
    if (below >= rank) return std::min(max(), absl::Nanoseconds(UpperEnd(i)));
  }
  return max();
}

std::string Histogram::Summary() const {
  return absl::StrCat("count ", count(), "  p50 ", Millis(Percentile(50)),
                      "  p90 ", Millis(Percentile(90)), "  p99 ",
                      Millis(Percentile(99)), "  max ", Millis(max()));
}

std::string Histogram::Chart() const {
  std::string out;
  for (size_t from = 0; from < buckets_.size(); from += kSteps) {
    int64_t sum = 0;
    for (size_t i = from; i < from + kSteps; ++i)
      sum += buckets_[i].load(std::memory_order_relaxed);
    if (sum == 0) continue;
    const auto bar = static_cast<size_t>(std::ceil(
        50.0 * static_cast<double>(sum) / static_cast<double>(count())));
    absl::StrAppendFormat(
        &out, "  up to %12s %9d %s\n",
        Millis(absl::Nanoseconds(UpperEnd(from + kSteps - 1) + 1)), sum,
        std::string(bar, '#'));
  }
  return out;
}

}  // namespace charter::bench

#include "server/sla/calendar/open_table.h"

#include <algorithm>
#include <limits>

namespace charter::sla {
namespace {

// The bucket width, as a power of two, that gives about twice as many buckets
// as pieces.
int ShiftFor(int64_t length, size_t pieces) {
  const int64_t buckets = static_cast<int64_t>(2 * pieces + 1);
  int shift = 0;
  while ((length >> shift) > buckets) ++shift;
  return shift;
}

}  // namespace

OpenTable::OpenTable(const std::vector<Interval>& open, Instant origin,
                     int64_t length) {
  constexpr int64_t kNever = std::numeric_limits<int64_t>::max();
  pieces_.reserve(open.size() + 1);
  int64_t total = 0;
  for (const Interval& interval : open) {
    const int64_t start = (interval.from - origin).micros();
    const int64_t end = (interval.to - origin).micros();
    pieces_.push_back({start, end, total});
    total += end - start;
  }
  pieces_.push_back({kNever, kNever, total});

  time_shift_ = ShiftFor(length, open.size());
  by_time_.resize(static_cast<size_t>(length >> time_shift_) + 1);
  uint32_t piece = 0;
  for (size_t k = 0; k < by_time_.size(); ++k) {
    while (pieces_[piece].end <= static_cast<int64_t>(k) << time_shift_)
      ++piece;
    by_time_[k] = piece;
  }
  open_shift_ = ShiftFor(total, open.size());
  by_open_.resize(static_cast<size_t>(total >> open_shift_) + 1);
  piece = 0;
  for (size_t k = 0; k < by_open_.size(); ++k) {
    const int64_t passed = static_cast<int64_t>(k) << open_shift_;
    while (piece < open.size() && pieces_[piece + 1].before <= passed) ++piece;
    by_open_[k] = piece;
  }
}

}  // namespace charter::sla

#ifndef CHARTER_SERVER_SLA_CALENDAR_OPEN_TABLE_H_
#define CHARTER_SERVER_SLA_CALENDAR_OPEN_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "server/sla/time.h"

namespace charter::sla {

// The open intervals of one stretch of time with their prefix sums, and an
// index into them by time and one by open time, so that a look-up takes the
// same few steps anywhere. Immutable; offsets are microseconds from the
// stretch's start.
class OpenTable {
 public:
  struct Piece {
    int64_t start;
    int64_t end;
    int64_t before;  // open time before `start`
  };

  // `open`: in order, apart from each other, within the `length` microseconds
  // from `origin` on.
  OpenTable(const std::vector<Interval>& open, Instant origin, int64_t length);

  // All open time of the stretch.
  int64_t total() const { return pieces_.back().before; }
  size_t size() const { return pieces_.size() - 1; }
  const Piece& operator[](size_t i) const { return pieces_[i]; }

  // The first piece that ends after `offset`; size() if none does.
  size_t EndingAfter(int64_t offset) const {
    size_t i = by_time_[static_cast<size_t>(offset >> time_shift_)];
    while (pieces_[i].end <= offset) ++i;
    return i;
  }
  bool IsOpen(int64_t offset) const {
    return pieces_[EndingAfter(offset)].start <= offset;
  }
  // Open time in [0, offset).
  int64_t OpenBefore(int64_t offset) const {
    const Piece& piece = pieces_[EndingAfter(offset)];
    return piece.before + (offset > piece.start ? offset - piece.start : 0);
  }
  // The earliest offset before which `open` of open time lies; 0 < open <=
  // total().
  int64_t Earliest(int64_t open) const {
    const Piece& piece = pieces_[Reaching(open - 1)];
    return piece.start + (open - piece.before);
  }
  // The latest offset before which `open` of open time lies; 0 <= open <
  // total().
  int64_t Latest(int64_t open) const {
    const Piece& piece = pieces_[Reaching(open)];
    return piece.start + (open - piece.before);
  }

 private:
  // The first piece by whose end more than `open` of open time has passed.
  size_t Reaching(int64_t open) const {
    size_t i = by_open_[static_cast<size_t>(open >> open_shift_)];
    while (pieces_[i + 1].before <= open) ++i;
    return i;
  }

  // The last one is a sentinel that never opens; its `before` is the total.
  std::vector<Piece> pieces_;
  // by_time_[k] is the first piece that ends after k << time_shift_,
  // by_open_[k] the first by whose end more than k << open_shift_ has passed.
  std::vector<uint32_t> by_time_;
  std::vector<uint32_t> by_open_;
  int time_shift_ = 0;
  int open_shift_ = 0;
};

}  // namespace charter::sla

#endif  // CHARTER_SERVER_SLA_CALENDAR_OPEN_TABLE_H_

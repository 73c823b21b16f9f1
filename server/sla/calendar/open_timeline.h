#ifndef CHARTER_SERVER_SLA_CALENDAR_OPEN_TIMELINE_H_
#define CHARTER_SERVER_SLA_CALENDAR_OPEN_TIMELINE_H_

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "server/sla/calendar/open_table.h"
#include "server/sla/calendar/schedule.h"
#include "server/sla/time.h"

namespace charter::sla {

// The open time of a set of business hours from year 1 to 9999, its versions
// one after another (B6), as tables of some 15 years that are made when they
// are first asked for. Making one takes a lock; reading one that is there
// doesn't.
//
// A table spans 773 weeks, of which 27 are the Gregorian calendar's 400 years.
// So where nothing but a zone's rule changes the clocks, and no date is named,
// a table equals that of 400 years earlier, and before a zone's first clock
// change all are alike. Such tables are shared: however far the instants lie
// that are asked for, the memory used stays that of a few hundred years.
class OpenTimeline {
 public:
  static constexpr int64_t kSpan = Duration::Hours(24 * 7 * 773).micros();
  static constexpr int kCount = 675;

  // From when a version counts. The first piece begins at Instant::Min().
  struct Version {
    Instant from;
    Schedule schedule;
  };

  // A table's number and an offset into it.
  struct Place {
    int table;
    int64_t offset;
  };

  // `versions` in order of `from`, at least one, no two alike.
  explicit OpenTimeline(std::vector<Version> versions);

  // Instants before year 1 are taken for its start, those past 9999 for its
  // end.
  static Place Locate(Instant t) {
    const int64_t micros =
        t < Instant::Min()
            ? Instant::Min().micros()
            : (t > Instant::Max() ? Instant::Max().micros() : t.micros());
    const uint64_t since =
        static_cast<uint64_t>(micros - Instant::Min().micros());
    const uint64_t table = since / static_cast<uint64_t>(kSpan);
    return {static_cast<int>(table),
            static_cast<int64_t>(since - table * static_cast<uint64_t>(kSpan))};
  }
  static Instant Start(int table) {
    return Instant::Min() + Duration::Micros(table * kSpan);
  }

  const OpenTable& Table(int table) const {
    const OpenTable* found =
        tables_[static_cast<size_t>(table)].load(std::memory_order_acquire);
    return found != nullptr ? *found : Make(table);
  }

  // The version that counts at `t`.
  const Schedule& ScheduleAt(Instant t) const;
  // What holidays and overrides say of [a, b), as Schedule::NamedClosures.
  std::vector<ExplainedInterval> NamedClosures(Interval range) const;

 private:
  const OpenTable& Make(int table) const;
  std::vector<Interval> OpenIn(Interval range) const;
  void FindSources();
  // The part of `range` in which version `i` counts; may be empty.
  Interval Counting(size_t i, Interval range) const;

  std::vector<Version> versions_;
  // The number of the table that each is a copy of; its own if of none.
  std::array<int16_t, kCount> sources_;
  mutable std::array<std::atomic<const OpenTable*>, kCount> tables_{};
  mutable std::mutex mutex_;
  mutable std::vector<std::unique_ptr<const OpenTable>>
      made_;  // guarded by mutex_
};

}  // namespace charter::sla

#endif  // CHARTER_SERVER_SLA_CALENDAR_OPEN_TIMELINE_H_

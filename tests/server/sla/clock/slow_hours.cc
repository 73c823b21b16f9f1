#include "tests/server/sla/clock/slow_hours.h"

#include <algorithm>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace charter::sla {
namespace {

class Version {
 public:
  Version(const HoursVersion& version, Instant begin, int seconds)
      : open_(seconds, 0), begin_(begin) {
    absl::LoadTimeZone(version.time_zone, &zone_);
    const Date first = Date(absl::ToCivilDay(begin.ToAbsl(), zone_)) - 2;
    const Date last = first + seconds / 86400 + 5;
    for (Date date = first; date < last; ++date) {
      // absl's days of the week begin with Monday, as `weekly` does.
      std::vector<WallInterval> intervals =
          version.weekly[static_cast<int>(absl::GetWeekday(date))];
      for (const Override& o : version.overrides) {
        if (o.date == date) intervals = o.intervals;
      }
      for (const WallInterval& i : intervals) {
        const bool over_midnight = i.end_second <= i.start_second;
        Mark(date, i.start_second, i.end_second + (over_midnight ? 86400 : 0),
             1);
      }
    }
    for (const Holiday& h : version.holidays) Mark(h.date, 0, 86400, 0);
  }

  const std::vector<uint8_t>& open() const { return open_; }

 private:
  // The offset before a gap, the first of two: both are absl's `pre` (B3).
  int64_t Second(Date date, int second) const {
    const absl::TimeZone::TimeInfo info =
        zone_.At(absl::CivilSecond(date) + second);
    return (Instant::From(info.pre) - begin_).seconds();
  }
  void Mark(Date date, int from, int to, uint8_t value) {
    const int64_t size = static_cast<int64_t>(open_.size());
    const int64_t a = std::clamp<int64_t>(Second(date, from), 0, size);
    const int64_t b = std::clamp<int64_t>(Second(date, to), 0, size);
    if (a < b) std::fill(open_.begin() + a, open_.begin() + b, value);
  }

  std::vector<uint8_t> open_;
  Instant begin_;
  absl::TimeZone zone_;
};

}  // namespace

std::vector<uint8_t> SlowOpenSeconds(const HoursDefinition& definition,
                                     Instant begin, int seconds) {
  if (definition.always) return std::vector<uint8_t>(seconds, 1);
  std::vector<uint8_t> open;
  for (const HoursVersion& version : definition.versions) {
    const Version its(version, begin, seconds);
    int64_t from = 0;  // the first version has no beginning
    if (!open.empty()) {
      from = std::clamp<int64_t>((version.effective_time - begin).seconds(), 0,
                                 seconds);
    }
    open.resize(seconds);
    std::copy(its.open().begin() + from, its.open().end(), open.begin() + from);
  }
  return open;
}

}  // namespace charter::sla

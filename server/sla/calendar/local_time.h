#ifndef CHARTER_SERVER_SLA_CALENDAR_LOCAL_TIME_H_
#define CHARTER_SERVER_SLA_CALENDAR_LOCAL_TIME_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "server/sla/time.h"

// Local days and times of a zone, and what they are in UTC (B3).
namespace charter::sla {

// A local date as days since 1970-01-01.
using DayNumber = int32_t;

inline constexpr int kSecondsPerDay = 86400;

DayNumber ToDayNumber(Date date);
Date FromDayNumber(DayNumber day);
// 0 is Monday.
constexpr int WeekdayOf(DayNumber day) { return ((day + 3) % 7 + 7) % 7; }

// The zone of an IANA name. INVALID_ARGUMENT for anything else that the system
// might load: paths, the host's own zone, fixed offsets.
absl::StatusOr<absl::TimeZone> LoadZone(absl::string_view name);

// The UTC second at which the clocks of `zone` show `second` (which may reach
// into later days) of `day`. One that a clock change skips is read with the
// offset before the gap, an ambiguous one is its first occurrence (B3).
int64_t ReadLocalTime(const absl::TimeZone& zone, DayNumber day, int second);

// The same for many days in turn: away from clock changes it only subtracts the
// offset. For one thread.
class LocalTimeReader {
 public:
  explicit LocalTimeReader(const absl::TimeZone& zone) : zone_(zone) {}

  int64_t Read(DayNumber day, int second) {
    const int64_t local = int64_t{day} * kSecondsPerDay + second;
    if (local < safe_from_ || local >= safe_to_) {
      if (local < unsafe_from_ || local >= unsafe_to_) FindSafeSpan(local);
      if (local < safe_from_ || local >= safe_to_)
        return ReadLocalTime(zone_, day, second);
    }
    return local - offset_;
  }

 private:
  void FindSafeSpan(int64_t local);

  absl::TimeZone zone_;
  // Local seconds in [safe_from_, safe_to_) are UTC + offset_. Those in
  // [unsafe_from_, unsafe_to_) are near a clock change and must be looked up.
  int64_t safe_from_ = 0;
  int64_t safe_to_ = 0;
  int64_t unsafe_from_ = 0;
  int64_t unsafe_to_ = 0;
  int64_t offset_ = 0;
};

}  // namespace charter::sla

#endif  // CHARTER_SERVER_SLA_CALENDAR_LOCAL_TIME_H_

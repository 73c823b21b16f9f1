#ifndef CHARTER_TESTS_SERVER_SLA_CALENDAR_MINUTE_MODEL_H_
#define CHARTER_TESTS_SERVER_SLA_CALENDAR_MINUTE_MODEL_H_

#include <optional>
#include <vector>

#include "absl/time/time.h"
#include "server/sla/calendar/hours_definition.h"
#include "server/sla/time.h"

namespace charter::sla {

// A slow second reading of what one version of business hours means: it says of
// each minute of a stretch whether it is open and then only counts minutes. It
// shares nothing with the engine but value types, and finds the UTC time of a
// local one by trying offsets. All wall times must be whole minutes, and the
// offsets of the zone as well.
class MinuteModel {
 public:
  // `from` and `to` are whole minutes.
  MinuteModel(const HoursVersion& version, absl::TimeZone zone, Instant from,
              Instant to);

  // All instants must be whole minutes of the stretch; an answer outside it is
  // nullopt.
  bool IsOpen(Instant t) const { return open_[Index(t)]; }
  std::optional<Instant> Add(Instant t, int minutes) const;
  std::optional<Instant> Subtract(Instant t, int minutes) const;
  int Between(Instant a, Instant b) const;
  std::optional<Instant> NextOpening(Instant t) const;
  std::optional<Instant> NextClosing(Instant t) const;
  std::optional<Instant> PreviousOpening(Instant t) const;
  std::optional<Instant> PreviousClosing(Instant t) const;

 private:
  size_t Index(Instant t) const {
    return static_cast<size_t>((t - from_).seconds() / 60);
  }
  Instant At(size_t i) const {
    return from_ + Duration::Minutes(static_cast<int64_t>(i));
  }
  bool Opens(size_t i) const { return open_[i] && !open_[i - 1]; }
  bool Closes(size_t i) const { return !open_[i] && open_[i - 1]; }

  Instant from_;
  std::vector<bool> open_;
};

}  // namespace charter::sla

#endif  // CHARTER_TESTS_SERVER_SLA_CALENDAR_MINUTE_MODEL_H_

#ifndef CHARTER_SERVER_SLA_CALENDAR_BUSINESS_HOURS_H_
#define CHARTER_SERVER_SLA_CALENDAR_BUSINESS_HOURS_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/sla/calendar/hours_definition.h"
#include "server/sla/time.h"

namespace charter::sla {

// Why a stretch of time is open or closed (B8).
enum class OpenCause { kOpen, kOutsideHours, kHoliday, kOverride };

struct ExplainedInterval {
  Interval interval;
  OpenCause cause = OpenCause::kOpen;
  std::string name;  // of the holiday or override
  bool operator==(const ExplainedInterval&) const = default;
};

// A set of business hours made ready for arithmetic: immutable to its callers,
// safe to use from any number of threads. Open time is kept as a table of
// intervals with prefix sums that grows on demand, so each operation is a
// binary search or better whatever the horizon.
//
// Searches for open time stop ten years out with OUT_OF_RANGE whose message
// begins with "NO_OPEN_TIME" (B5).
class BusinessHours {
 public:
  // INVALID_ARGUMENT for an unknown zone, a wall time outside 00:00..24:00, a
  // bad recurrence rule, or hours that never open (B5); the message begins with
  // the path of the offending field, e.g. "versions[0].weekly[2][0]: …".
  static absl::StatusOr<std::shared_ptr<const BusinessHours>> Compile(const HoursDefinition& definition);
  // The built-in set that is open at every instant.
  static std::shared_ptr<const BusinessHours> Always();

  virtual ~BusinessHours() = default;

  virtual bool IsOpen(Instant t) const = 0;
  // The earliest instant by which `d` of open time has passed since `t`; d >= 0 (B4).
  // add(t, 0) is t.
  virtual absl::StatusOr<Instant> Add(Instant t, Duration d) const = 0;
  // The latest instant from which `d` of open time passes until `t`; d >= 0 (B4).
  virtual absl::StatusOr<Instant> Subtract(Instant t, Duration d) const = 0;
  // Open time in [a, b), negative when b < a (B4).
  virtual Duration Between(Instant a, Instant b) const = 0;

  // The next six are as in the table of tests/vectors/README.md; nullopt where
  // there is no such instant within ten years.
  virtual std::optional<Instant> NextOpen(Instant t) const = 0;       // next_start: t itself when open at t
  virtual std::optional<Instant> NextClose(Instant t) const = 0;      // next_end: first closing after t
  virtual std::optional<Instant> PreviousOpen(Instant t) const = 0;   // prev_opening: last opening strictly before t
  virtual std::optional<Instant> PreviousClose(Instant t) const = 0;  // prev_end: t itself if open time touches it from before
  virtual std::optional<Instant> NextOpening(Instant t) const = 0;    // next_opening: strictly after t
  virtual std::optional<Instant> PreviousClosing(Instant t) const = 0;  // prev_closing: strictly before t

  // Open intervals cut to [a, b), touching ones merged.
  virtual std::vector<Interval> Intervals(Instant a, Instant b) const = 0;
  // Has the local date of `t` any open time?
  virtual bool IsBusinessDay(Instant t) const = 0;
  // `days` business days later (negative: earlier), same wall time.
  virtual absl::StatusOr<Instant> AddBusinessDays(Instant t, int days) const = 0;
  // The ordered, gap-free list of intervals of [a, b) with their causes (B8).
  virtual std::vector<ExplainedInterval> Explain(Instant a, Instant b) const = 0;
};

}  // namespace charter::sla

#endif  // CHARTER_SERVER_SLA_CALENDAR_BUSINESS_HOURS_H_

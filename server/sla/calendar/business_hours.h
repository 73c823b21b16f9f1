#ifndef CHARTER_SERVER_SLA_CALENDAR_BUSINESS_HOURS_H_
#define CHARTER_SERVER_SLA_CALENDAR_BUSINESS_HOURS_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/sla/calendar/hours_definition.h"
#include "server/sla/time.h"

namespace charter::sla {

// Why a stretch of time is open or closed (B8). On a date that an override
// replaces, whatever it leaves closed is closed by the override.
enum class OpenCause { kOpen, kOutsideHours, kHoliday, kOverride };

// A stretch of time, open or closed for one cause.
struct ExplainedInterval {
  Interval interval;
  OpenCause cause = OpenCause::kOpen;
  std::string name;  // of the holiday or override that closes it
  bool operator==(const ExplainedInterval&) const = default;
};

class OpenTimeline;

// What Compile says of hours that never open. A set is refused when it is
// written (B5); a reader that must go on with one that it finds may allow it,
// and then finds no open time.
enum class NeverOpens { kRefuse, kAllow };

// A set of business hours made ready for arithmetic: immutable to its callers,
// safe to use from any number of threads. Open time is kept in tables of
// intervals with prefix sums, made when they are first needed and then read
// without a lock, so that an operation costs the same whatever its horizon.
//
// Every instant given must lie in [Instant::Min(), Instant::Max()] (T1).
// Searches for open time stop ten years (kSearchLimit) out (B5).
class BusinessHours final {
 public:
  // No ten calendar years are longer.
  static constexpr Duration kSearchLimit = Duration::Hours(24 * 3653);

  // INVALID_ARGUMENT for an unknown zone, a wall time outside 00:00..24:00, a
  // bad recurrence rule, or hours that never open (B5); the message begins with
  // the path of the offending field, e.g. "versions[0].weekly[2][0]: …".
  static absl::StatusOr<std::shared_ptr<const BusinessHours>> Compile(
      const HoursDefinition& definition,
      NeverOpens never_opens = NeverOpens::kRefuse);
  // The built-in set that is open at every instant (B1).
  static std::shared_ptr<const BusinessHours> Always();

  ~BusinessHours();
  BusinessHours(const BusinessHours&) = delete;
  BusinessHours& operator=(const BusinessHours&) = delete;

  // Whether `t` is in open time.
  bool IsOpen(Instant t) const;
  // The earliest instant by which `d` of open time has passed since `t` (B4);
  // Add(t, 0) is t. INVALID_ARGUMENT when d < 0; OUT_OF_RANGE with a message
  // that begins with "NO_OPEN_TIME" when it is more than ten years after t.
  absl::StatusOr<Instant> Add(Instant t, Duration d) const;
  // The latest instant from which `d` of open time passes until `t` (B4);
  // errors as of Add.
  absl::StatusOr<Instant> Subtract(Instant t, Duration d) const;
  // Open time in [a, b), negative when b < a (B4).
  Duration Between(Instant a, Instant b) const;

  // Openings and closings; two intervals that touch have neither between them.
  // Each is nullopt where there is no such instant within ten years of `t`.
  std::optional<Instant> NextOpen(Instant t) const;  // t itself when open at t
  std::optional<Instant> NextOpening(Instant t) const;  // first opening after t
  std::optional<Instant> NextClose(Instant t) const;    // first closing after t
  std::optional<Instant> PreviousOpen(
      Instant t) const;  // last opening before t
  std::optional<Instant> PreviousClose(
      Instant t) const;  // t itself if open time ends at or spans it
  std::optional<Instant> PreviousClosing(
      Instant t) const;  // last closing before t

  // Open intervals cut to [a, b), touching ones merged. Its length is in
  // proportion to b - a: callers bound that.
  std::vector<Interval> Intervals(Instant a, Instant b) const;
  // Has the local date of `t` any open time?
  bool IsBusinessDay(Instant t) const;
  // The same wall time on the `days`-th business day after the local date of
  // `t` (negative: before it), whether or not that date is itself one: from a
  // Saturday, 1 is Monday. 0 is t. OUT_OF_RANGE "NO_OPEN_TIME" as of Add.
  absl::StatusOr<Instant> AddBusinessDays(Instant t, int days) const;
  // The ordered, gap-free list of intervals of [a, b) with their causes (B8).
  // Its length is in proportion to b - a: callers bound that.
  std::vector<ExplainedInterval> Explain(Instant a, Instant b) const;

 private:
  explicit BusinessHours(std::unique_ptr<const OpenTimeline> timeline);

  // The first open interval that ends after `t`, with its end as far out as the
  // search goes; the last one that starts before `t`, with its start so.
  std::optional<Interval> EndingAfter(Instant t) const;
  std::optional<Interval> StartingBefore(Instant t) const;
  // Has this local date, in days since 1970-01-01, any open time?
  bool OpensOn(const absl::TimeZone& zone, int day) const;

  std::unique_ptr<const OpenTimeline> timeline_;
};

}  // namespace charter::sla

#endif  // CHARTER_SERVER_SLA_CALENDAR_BUSINESS_HOURS_H_

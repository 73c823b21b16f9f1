#ifndef CHARTER_SERVER_SLA_TIME_H_
#define CHARTER_SERVER_SLA_TIME_H_

#include <compare>
#include <cstdint>
#include <limits>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"

// The engine's own time: whole microseconds, as semantics T1 says. Both types
// are plain 64-bit values, so that they cost nothing and hash and compare as
// numbers. Arithmetic does not check for overflow: every instant that enters
// the engine lies in [Instant::Min(), Instant::Max()] and every duration is
// shorter than that range, so no sum of two overflows.
namespace charter::sla {

// A signed length of time in microseconds.
class Duration {
 public:
  constexpr Duration() = default;
  // So long.
  static constexpr Duration Micros(int64_t n) { return Duration(n); }
  static constexpr Duration Millis(int64_t n) { return Duration(n * 1000); }
  static constexpr Duration Seconds(int64_t n) { return Duration(n * 1000000); }
  static constexpr Duration Minutes(int64_t n) { return Seconds(n * 60); }
  static constexpr Duration Hours(int64_t n) { return Seconds(n * 3600); }
  static constexpr Duration Zero() { return Duration(0); }
  // Truncates toward zero to the microsecond (T1).
  static Duration From(absl::Duration d) {
    return Duration(absl::ToInt64Microseconds(d));
  }

  // In microseconds.
  constexpr int64_t micros() const { return micros_; }
  // Whole seconds, rounded toward zero.
  constexpr int64_t seconds() const { return micros_ / 1000000; }
  // For Abseil's functions.
  absl::Duration ToAbsl() const { return absl::Microseconds(micros_); }

  constexpr auto operator<=>(const Duration&) const = default;
  constexpr Duration operator-() const { return Duration(-micros_); }
  constexpr Duration operator+(Duration o) const {
    return Duration(micros_ + o.micros_);
  }
  constexpr Duration operator-(Duration o) const {
    return Duration(micros_ - o.micros_);
  }
  constexpr Duration operator*(int64_t k) const {
    return Duration(micros_ * k);
  }
  constexpr Duration& operator+=(Duration o) {
    micros_ += o.micros_;
    return *this;
  }
  constexpr Duration& operator-=(Duration o) {
    micros_ -= o.micros_;
    return *this;
  }

 private:
  constexpr explicit Duration(int64_t micros) : micros_(micros) {}
  int64_t micros_ = 0;
};

// An instant: microseconds since 1970-01-01 UTC (T1).
class Instant {
 public:
  constexpr Instant() = default;
  // So long after 1970-01-01T00:00:00Z.
  static constexpr Instant FromMicros(int64_t n) { return Instant(n); }
  static constexpr Instant FromSeconds(int64_t n) {
    return Instant(n * 1000000);
  }
  // Truncates toward the past to the microsecond.
  static Instant From(absl::Time t) { return Instant(absl::ToUnixMicros(t)); }
  // 0001-01-01T00:00:00Z and the last microsecond of year 9999.
  static constexpr Instant Min() { return Instant(-62135596800000000); }
  static constexpr Instant Max() { return Instant(253402300799999999); }

  // Microseconds since 1970-01-01T00:00:00Z.
  constexpr int64_t micros() const { return micros_; }
  // For Abseil's functions.
  absl::Time ToAbsl() const { return absl::FromUnixMicros(micros_); }

  constexpr auto operator<=>(const Instant&) const = default;
  constexpr Instant operator+(Duration d) const {
    return Instant(micros_ + d.micros());
  }
  constexpr Instant operator-(Duration d) const {
    return Instant(micros_ - d.micros());
  }
  constexpr Duration operator-(Instant o) const {
    return Duration::Micros(micros_ - o.micros_);
  }

 private:
  constexpr explicit Instant(int64_t micros) : micros_(micros) {}
  int64_t micros_ = 0;
};

// A half-open stretch of time [from, to) (T2).
struct Interval {
  Instant from;
  Instant to;
  constexpr bool operator==(const Interval&) const = default;
};

// A calendar date without a zone.
using Date = absl::CivilDay;

// For Abseil's hash tables.
template <typename H>
H AbslHashValue(H h, Duration d) {
  return H::combine(std::move(h), d.micros());
}
template <typename H>
H AbslHashValue(H h, Instant t) {
  return H::combine(std::move(h), t.micros());
}

}  // namespace charter::sla

#endif  // CHARTER_SERVER_SLA_TIME_H_

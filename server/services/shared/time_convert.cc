#include "server/services/shared/time_convert.h"

#include <cstdint>
#include <cstdlib>

namespace charter::services {
namespace {

constexpr int64_t kFirstSecond = -62135596800;         // 0001-01-01T00:00:00Z
constexpr int64_t kLastSecond = 253402300799;          // 9999-12-31T23:59:59Z
constexpr int64_t kMaxDurationSeconds = 315576000000;  // 10,000 years
constexpr int32_t kNanosPerSecond = 1000000000;

// Toward the past, so that instants before 1970 truncate as those after.
int64_t FloorDiv(int64_t n, int64_t d) {
  return n / d - (n % d != 0 && n < 0 ? 1 : 0);
}

}  // namespace

bool InRange(const google::protobuf::Timestamp& t) {
  return t.seconds() >= kFirstSecond && t.seconds() <= kLastSecond &&
         t.nanos() >= 0 && t.nanos() < kNanosPerSecond;
}

bool InRange(const google::protobuf::Duration& d) {
  if (d.seconds() < -kMaxDurationSeconds || d.seconds() > kMaxDurationSeconds ||
      d.nanos() <= -kNanosPerSecond || d.nanos() >= kNanosPerSecond) {
    return false;
  }
  return !(d.seconds() > 0 && d.nanos() < 0) &&
         !(d.seconds() < 0 && d.nanos() > 0);
}

sla::Instant ToInstant(const google::protobuf::Timestamp& t) {
  return sla::Instant::FromMicros(t.seconds() * 1000000 + t.nanos() / 1000);
}

sla::Duration ToSlaDuration(const google::protobuf::Duration& d) {
  return sla::Duration::Micros(d.seconds() * 1000000 + d.nanos() / 1000);
}

absl::Time ToTime(const google::protobuf::Timestamp& t) {
  return ToInstant(t).ToAbsl();
}

google::protobuf::Timestamp ToProto(sla::Instant t) {
  google::protobuf::Timestamp proto;
  const int64_t seconds = FloorDiv(t.micros(), 1000000);
  proto.set_seconds(seconds);
  proto.set_nanos(static_cast<int32_t>(t.micros() - seconds * 1000000) * 1000);
  return proto;
}

google::protobuf::Timestamp ToProto(absl::Time t) {
  return ToProto(sla::Instant::From(t));
}

google::protobuf::Duration ToProto(sla::Duration d) {
  google::protobuf::Duration proto;
  proto.set_seconds(d.micros() / 1000000);
  proto.set_nanos(static_cast<int32_t>(d.micros() % 1000000) * 1000);
  return proto;
}

std::optional<sla::Date> ToDate(const google::type::Date& date) {
  if (date.year() < 1 || date.year() > 9999 || date.month() < 1 ||
      date.month() > 12 || date.day() < 1 || date.day() > 31) {
    return std::nullopt;
  }
  const sla::Date day(date.year(), date.month(), date.day());
  // A day that the month doesn't have runs over into the next.
  if (day.month() != date.month()) return std::nullopt;
  return day;
}

google::type::Date ToProto(sla::Date date) {
  google::type::Date proto;
  proto.set_year(static_cast<int32_t>(date.year()));
  proto.set_month(date.month());
  proto.set_day(date.day());
  return proto;
}

}  // namespace charter::services

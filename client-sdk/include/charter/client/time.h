// Instants and lengths of time, between messages and C++.
#ifndef CHARTER_CLIENT_TIME_H_
#define CHARTER_CLIENT_TIME_H_

#include <cstdint>

#include "absl/time/time.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/timestamp.pb.h"

namespace charter::client {

// As Abseil has them.
inline absl::Time ToTime(const google::protobuf::Timestamp& time) {
  return absl::FromUnixSeconds(time.seconds()) +
         absl::Nanoseconds(time.nanos());
}
inline absl::Duration ToDuration(const google::protobuf::Duration& length) {
  return absl::Seconds(length.seconds()) + absl::Nanoseconds(length.nanos());
}

// To the microsecond, down: Charter knows no finer instants.
inline google::protobuf::Timestamp ToProto(absl::Time time) {
  const int64_t micros = absl::ToUnixMicros(time);
  int64_t seconds = micros / 1'000'000;
  if (micros % 1'000'000 < 0) --seconds;
  google::protobuf::Timestamp proto;
  proto.set_seconds(seconds);
  proto.set_nanos(static_cast<int32_t>(micros - seconds * 1'000'000) * 1000);
  return proto;
}
inline google::protobuf::Duration ToProto(absl::Duration length) {
  google::protobuf::Duration proto;
  proto.set_seconds(absl::IDivDuration(length, absl::Seconds(1), &length));
  proto.set_nanos(static_cast<int32_t>(
      absl::IDivDuration(length, absl::Nanoseconds(1), &length)));
  return proto;
}

}  // namespace charter::client

#endif  // CHARTER_CLIENT_TIME_H_

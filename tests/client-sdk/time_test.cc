#include "charter/client/time.h"

#include "gtest/gtest.h"

namespace charter::client {
namespace {

TEST(TimeTest, InstantsAndLengthsComeBack) {
  for (const int64_t micros :
       {int64_t{0}, int64_t{1}, int64_t{-1}, int64_t{-1'000'000},
        int64_t{1'700'000'000'123'456}}) {
    const absl::Time time = absl::FromUnixMicros(micros);
    EXPECT_EQ(ToTime(ToProto(time)), time) << micros;
    // As the proto wants it: nanos count forward.
    EXPECT_GE(ToProto(time).nanos(), 0) << micros;
    const absl::Duration length = absl::Microseconds(micros);
    EXPECT_EQ(ToDuration(ToProto(length)), length) << micros;
  }
  // A duration's parts have one sign.
  EXPECT_EQ(ToProto(absl::Milliseconds(-1500)).seconds(), -1);
  EXPECT_EQ(ToProto(absl::Milliseconds(-1500)).nanos(), -500'000'000);
  // Down to the microsecond.
  EXPECT_EQ(ToProto(absl::FromUnixNanos(1999)).nanos(), 1000);
}

}  // namespace
}  // namespace charter::client

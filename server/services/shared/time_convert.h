// Time on the wire to time in the engine, and back (semantics T1).
#ifndef CHARTER_SERVER_SERVICES_SHARED_TIME_CONVERT_H_
#define CHARTER_SERVER_SERVICES_SHARED_TIME_CONVERT_H_

#include <optional>

#include "absl/time/time.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/date.pb.h"
#include "server/sla/time.h"

namespace charter::services {

// Years 0001 to 9999, nanoseconds from 0 to 999,999,999. The call path has
// refused every other Timestamp of a request, so handlers needn't ask.
bool InRange(const google::protobuf::Timestamp& t);
// At most 10,000 years, nanoseconds with the sign of the seconds.
bool InRange(const google::protobuf::Duration& d);

// Truncate to the microsecond. The argument must be in range.
sla::Instant ToInstant(const google::protobuf::Timestamp& t);
sla::Duration ToSlaDuration(const google::protobuf::Duration& d);
absl::Time ToTime(const google::protobuf::Timestamp& t);

google::protobuf::Timestamp ToProto(sla::Instant t);
google::protobuf::Timestamp ToProto(absl::Time t);
google::protobuf::Duration ToProto(sla::Duration d);

// nullopt for a date that isn't one: year 1 to 9999, month and day of the
// calendar.
std::optional<sla::Date> ToDate(const google::type::Date& date);
google::type::Date ToProto(sla::Date date);

}  // namespace charter::services

#endif  // CHARTER_SERVER_SERVICES_SHARED_TIME_CONVERT_H_
